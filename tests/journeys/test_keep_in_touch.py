"""Two members keep in touch between meetings, nobody is left over, and stopping needs no reason."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from peersupport.spoken import spoken_date
from supportplans.models import CheckIn, KeepInTouch, KeepInTouchWish
from tests.factories import KeepInTouchWishFactory, MembershipFactory, RoleTermFactory, SupportGroupFactory

WHAT_THEN = re.compile("What you can do.*Ben")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.fixture
def group():
    return SupportGroupFactory(name="Tuesday Group")


@pytest.fixture
def members(group):
    return [MembershipFactory(group=group, person__preferred_name=name).person for name in ("Ana", "Ben")]


def turn_it_on(walk, reach):
    walk.open("/groups/")
    walk.follow("Tuesday Group")
    walk.follow("Keep in touch between meetings")
    walk.then_reads("It is off until you turn it on.")
    walk.follow("Turn it on")
    walk.tick("Call")
    walk.choose("How often would you like it?", "Every 2 weeks")
    walk.follow("Turn it on")
    # The question that was left out gets a sentence, and nothing that was chosen is lost.
    walk.then_reads("Enter a phone number, or how else they can reach you")
    walk.fill("How do they reach you?", reach)
    walk.follow("Turn it on")
    walk.then_reads("It is on.", reach)


def test_two_members_keep_in_touch_with_one_tap(walk, client, members):
    ana, ben = members
    today = timezone.localdate()
    # Given a member who would like someone to keep in touch with her, and is the first
    walk.sign_in(client, ana)
    turn_it_on(walk, "07700 900123")
    walk.then_reads("Nobody yet", "Mention it at the next meeting")
    # When another wants it as well, and asks her
    walk.sign_in(client, ben)
    turn_it_on(walk, "Ring the bell at 4 High Street")
    walk.then_reads("Nobody keeps in touch with you yet. You can ask someone.")
    walk.follow("Ask Ana")
    walk.choose("Who gets in touch?", "We take turns, I begin")
    walk.follow("Ask them")
    walk.then_reads("We ask Ana.", "Waiting for Ana to answer")
    walk.then_does_not_read("07700 900123")
    # Then she finds the question on her home page, and one tap is a yes
    walk.sign_in(client, ana)
    walk.open("/")
    walk.then_reads("Will you and Ben keep in touch?", "Every 2 weeks.")
    walk.follow("Yes, Ben and I keep in touch")
    walk.then_reads("You and Ben keep in touch from now on.", "Ring the bell at 4 High Street", "Not yet")
    # When it is due, it stands on the home page of whoever's turn it is
    KeepInTouch.objects.update(due_on=today)
    walk.sign_in(client, ben)
    walk.open("/")
    walk.then_reads("You have not spoken yet. It is your turn to get in touch.")
    walk.follow("We spoke: Ana and I")
    # Then the next time is two weeks away and the other's turn; a slip is taken back as easily
    walk.then_reads("It is noted that you spoke.", spoken_date(today + timedelta(weeks=2)), "07700 900123")
    walk.follow("Take it back")
    walk.then_reads("Taken back.")
    walk.follow("We tried")
    walk.then_reads("Trying counts.", spoken_date(today + timedelta(days=3)))
    walk.follow("We spoke")
    walk.then_reads("the next turn is Ana's")
    assert list(CheckIn.objects.standing().order_by("pk").values_list("outcome", flat=True)) == ["tried", "spoke"]


def test_a_rest_and_a_stop_need_no_reason(walk, client, group, members):
    ana, ben = members
    # Given two who keep in touch
    test_two_members_keep_in_touch_with_one_tap(walk, client, members)
    pair = KeepInTouch.objects.get()
    # When one has a bad time and wants a rest
    walk.open(f"/groups/{group.pk}/keep-in-touch/")
    walk.follow("Have a rest from it")
    walk.then_reads("You are having a rest from it")
    # Then the other sees that it rests, and not why
    walk.sign_in(client, ana)
    walk.open(pair.get_absolute_url())
    walk.then_reads("Keeping in touch is having a rest.")
    walk.then_does_not_read("4 High Street", "We spoke")
    # And coming back is one tap
    walk.sign_in(client, ben)
    walk.open("/account/")
    walk.follow("Who keeps in touch with you")
    walk.follow("Tuesday Group")
    walk.follow("Carry on")
    walk.then_reads("Good to have you back.")
    # And stopping is as easy, and the other is told gently
    walk.open(pair.get_absolute_url())
    walk.follow("Stop keeping in touch with Ana")
    walk.follow("Stop")
    walk.then_reads("You need not say why.")
    walk.follow("Turn it off")
    walk.follow("Turn it off")
    walk.then_reads("It is off, and how to reach you is deleted.")
    assert KeepInTouchWish.objects.get(membership__person=ben).reach == ""
    walk.sign_in(client, ana)
    walk.open("/")
    walk.then_reads("Keeping in touch with Ben has come to an end. That can have many reasons.")
    walk.follow(WHAT_THEN)
    walk.follow("Would you like someone else? See whom you can ask")
    walk.then_reads("Nobody yet")


def test_an_organiser_leaves_nobody_over(walk, client, group, members):
    # Given three members who turned it on, and have nobody
    for name in ("Cal", "Dee", "Eve"):
        KeepInTouchWishFactory(membership__group=group, membership__person__preferred_name=name)
    joan = RoleTermFactory(group=group, person=members[0]).person
    # When the contact looks
    walk.sign_in(client, joan)
    walk.open(group.get_absolute_url())
    walk.follow("Who keeps in touch, and who has nobody")
    walk.then_reads("3 members have turned it on.", "3 of them have nobody yet:", "Cal", "Dee", "Eve")
    walk.then_does_not_read("07700")
    # And suggests a round
    walk.follow("Suggest a pair or a round")
    walk.follow("Ask them")
    # Then each is asked to say yes for themselves
    walk.then_reads("Whoever is not in touch yet is asked.", "Cal (waiting for an answer)")
    walk.sign_in(client, KeepInTouchWish.objects.get(membership__person__preferred_name="Dee").membership.person)
    walk.open("/")
    walk.then_reads("Will you and Cal keep in touch?", "Cal gets in touch with you.", "You get in touch with Eve.")
    walk.follow("Not now: Cal")
    walk.then_reads("You need not say why.", "Will you and Eve keep in touch?")
