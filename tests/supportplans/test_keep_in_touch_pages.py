"""The pages of keeping in touch: what a member does there, and what nobody else gets to see."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from groups.services.death import mark_died
from groups.services.membership import leave_group, pause_membership
from supportplans.models import CheckIn, KeepInTouch, KeepInTouchWish
from supportplans.services.check_in import note_check_in
from supportplans.services.pair import end_pair
from supportplans.services.wish import pause_wish
from tests.factories import KeepInTouchFactory, KeepInTouchWishFactory, MembershipFactory, RoleTermFactory

pytestmark = pytest.mark.django_db

SAID = {"ways": ["call", "text"], "reach": "07700 900123", "rhythm_weeks": "2", "best_time": "Mornings"}


def address(name, row):
    return reverse(f"supportplans:{name}", args=[row.pk])


def wish_of(group, name):
    return KeepInTouchWishFactory(membership__group=group, membership__person__preferred_name=name)


@pytest.fixture
def ana(client):
    membership = MembershipFactory(person__preferred_name="Ana", group__name="Tuesday Group")
    client.force_login(membership.person)
    return membership


@pytest.fixture
def group(ana):
    return ana.group


@pytest.fixture
def wish(ana):
    return KeepInTouchWishFactory(membership=ana)


@pytest.fixture
def pair(wish):
    """Ana and Ben keep in touch, and it is due: Ana's turn."""
    ben = wish_of(wish.membership.group, "Ben").membership
    return KeepInTouchFactory(first=wish.membership, second=ben, due_on=timezone.localdate())


def page(client, group):
    return client.get(address("keep_in_touch_detail", group)).text


def test_it_is_off_and_says_what_it_is(client, group):
    text = page(client, group)
    assert "It is off until you turn it on." in text
    assert "Turn it on" in text


def test_who_did_not_opt_in_sees_nothing_of_it(client, group):
    KeepInTouchFactory(first=wish_of(group, "Bea").membership, second=wish_of(group, "Cal").membership)
    text = page(client, group)
    assert "Bea" not in text
    assert "Cal" not in text


def test_turning_it_on_and_changing_it(client, ana, group):
    text = client.post(address("wish_edit", group), SAID, follow=True).text
    assert "It is on." in text
    assert "Call, Text message" in text
    wish = KeepInTouchWish.objects.get()
    assert (wish.membership, wish.reach, wish.rhythm_weeks, wish.best_time) == (ana, "07700 900123", 2, "Mornings")
    assert "07700 900123" in client.get(address("wish_edit", group)).text
    client.post(address("wish_edit", group), SAID | {"reach": "Ring the bell"})
    wish.refresh_from_db()
    assert wish.reach == "Ring the bell"


@pytest.mark.parametrize(
    ("left_out", "sentence"),
    [
        ({"ways": []}, "Choose at least one way"),
        ({"reach": ""}, "Enter a phone number, or how else they can reach you"),
        ({"rhythm_weeks": ""}, "Choose how often"),
        ({"ways": ["fax"]}, "Choose one of the answers"),
        ({"reach": "7" * 201}, "Use 200 characters or fewer. You have used 201."),
    ],
)
def test_what_is_missing_gets_a_sentence_and_the_rest_is_kept(client, group, left_out, sentence):
    text = client.post(address("wish_edit", group), SAID | left_out).text
    assert sentence in text
    assert "Mornings" in text
    assert not KeepInTouchWish.objects.exists()


def test_nobody_to_ask_is_said_plainly_with_what_to_do(client, group, wish):
    text = page(client, group)
    assert "Nobody yet" in text
    assert "Mention it at the next meeting" in text


def test_asking_someone_who_wants_it_too(client, group, wish):
    ben = wish_of(group, "Ben")
    text = page(client, group)
    assert "Nobody keeps in touch with you yet. You can ask someone." in text
    assert address("pair_ask", ben) in text
    text = client.post(address("pair_ask", ben), {"turn": "them"}, follow=True).text
    assert "Waiting for Ben to answer" in text
    assert address("pair_ask", ben) not in text
    pair = KeepInTouch.objects.get()
    assert (pair.next_by, pair.takes_turns, pair.state) == (ben.membership, False, "asked")


def test_those_who_rest_or_are_elsewhere_are_not_there_to_ask(client, group, wish):
    resting, elsewhere = wish_of(group, "Ben"), KeepInTouchWishFactory()
    pause_wish(wish=resting, now=timezone.now())
    for other in (resting, elsewhere, wish):
        assert client.get(address("pair_ask", other)).status_code == 404
    assert "Ben" not in page(client, group)


def test_who_said_not_now_is_not_offered_again(client, group, wish):
    ben = wish_of(group, "Ben")
    client.post(address("pair_ask", ben), {"turn": "turns"})
    end_pair(pair=KeepInTouch.objects.get(), by=ben.membership.person, now=timezone.now())
    text = page(client, group)
    assert "With Ben it is “not now”. That can have many reasons." in text
    assert address("pair_ask", ben) not in text
    assert "That ended a short while ago." in client.post(address("pair_ask", ben), {"turn": "turns"}).text


def test_question_is_answered_in_one_tap(client, group, wish):
    ben = wish_of(group, "Ben").membership
    pair = KeepInTouchFactory(is_asked=True, first=wish.membership, second=ben)
    client.force_login(ben.person)
    text = page(client, group)
    assert "Will you and Ana keep in touch?" in text
    assert wish.reach not in client.get(address("pair_detail", pair)).text
    text = client.post(address("pair_agree", pair), follow=True).text
    assert "You and Ana keep in touch from now on." in text
    assert wish.reach in text


def test_who_suggests_it_is_not_taken_for_the_other_one_of_the_same_name(client, group, wish):
    ben, organiser = wish_of(group, "Ben").membership, RoleTermFactory(group=group, person__preferred_name="Ben").person
    pair = KeepInTouchFactory(
        is_asked=True, first=wish.membership, second=ben, asked_by=organiser, first_agreed_at=None
    )
    assert "Ben suggests that you and Ben keep in touch" in client.get(pair.get_absolute_url()).text
    pair.asked_by = ben.person
    pair.save()
    assert "Ben asks whether you keep in touch" in client.get(pair.get_absolute_url()).text


def test_not_now_is_one_tap_and_the_yes_of_the_other_is_waited_for(client, group, wish):
    ben, joan = wish_of(group, "Ben").membership, RoleTermFactory(group=group, person__preferred_name="Joan").person
    suggested = {"is_asked": True, "first": wish.membership, "second": ben, "asked_by": joan, "first_agreed_at": None}
    pair = KeepInTouchFactory(**suggested)
    assert "Joan suggests that you and Ben keep in touch" in client.get(pair.get_absolute_url()).text
    assert "It begins once Ben says yes." in client.post(address("pair_agree", pair), follow=True).text
    assert "It begins once Ben says yes." in client.get(pair.get_absolute_url()).text
    client.force_login(ben.person)
    assert "You need not say why." in client.post(address("pair_end", pair), follow=True).text
    pair.refresh_from_db()
    assert pair.state == "declined"


def test_buddy_sees_how_to_reach_the_other_and_when_they_last_spoke(client, pair):
    text = client.get(pair.get_absolute_url()).text
    theirs = pair.second.touch_wish
    assert theirs.reach in text
    assert "Not yet" in text
    assert pair.first.touch_wish.reach not in text


@pytest.mark.parametrize(
    ("reach", "ways", "dialled"),
    [
        ("07700 900123", ["call"], "tel:07700900123"),
        ("+44 (0)117 496-0132", ["text"], "sms:+4401174960132"),
        ("07700 900123", ["visit"], None),
        ("Ring 0117 496 0132 after 5", ["call"], None),
        ("4 High Street", ["call", "text"], None),
    ],
)
def test_number_is_dialled_with_a_tap_where_that_is_welcome(client, pair, reach, ways, dialled):
    KeepInTouchWish.objects.filter(membership=pair.second).update(reach=reach, ways=ways)
    text = client.get(pair.get_absolute_url()).text
    assert reach in text
    assert (f'href="{dialled}"' in text) if dialled else ("tel:0" not in text and "sms:0" not in text)


def test_ending_is_said_for_a_week_at_home_and_a_month_on_its_page(client, group, pair):
    for days, at_home, on_page in ((6, True, True), (8, False, True), (31, False, False)):
        ended = timezone.now() - timedelta(days=days)
        KeepInTouch.objects.update(state="ended", due_on=None, ended_at=ended, ended_by=pair.second.person)
        assert ("come to an end" in client.get("/").text) is at_home
        assert ("come to an end" in page(client, group)) is on_page


def tap(client, pair, outcome="spoke", version=None):
    pair.refresh_from_db()
    return client.post(address("check_in_note", pair), {outcome: version or pair.schedule_version}, follow=True).text


def test_we_spoke_is_one_tap_twice_is_one_and_it_is_taken_back(client, pair):
    assert "It is noted that you spoke." in tap(client, pair)
    assert "It is noted that you spoke." in tap(client, pair, version=1)
    check_in = CheckIn.objects.get()
    pair.refresh_from_db()
    assert (pair.next_by, pair.due_on) == (pair.second, timezone.localdate() + timedelta(weeks=2))
    text = client.post(address("check_in_undo", check_in), follow=True).text
    assert "Taken back." in text
    assert "We tried" in text
    pair.refresh_from_db()
    assert (pair.next_by, pair.due_on) == (pair.first, timezone.localdate())


def test_having_tried_can_be_followed_by_having_spoken(client, pair):
    text = tap(client, pair, "tried")
    assert "Trying counts." in text
    assert "We tried" not in text
    assert "It is noted that you spoke." in tap(client, pair)


@pytest.mark.parametrize("posted", [{}, {"spoke": ""}, {"spoke": "x"}, {"spoke": "-1"}, {"shouted": "1"}])
def test_nonsense_is_noted_as_nothing(client, pair, posted):
    assert client.post(address("check_in_note", pair), posted).status_code == 302
    assert not CheckIn.objects.exists()


def test_late_undo_gets_a_sentence(client, pair):
    early = timezone.now() - timedelta(days=3)
    check_in = note_check_in(pair=pair, outcome="spoke", schedule_version=1, by=pair.first.person, now=early)
    assert "can&#x27;t be taken back any more" in client.post(address("check_in_undo", check_in), follow=True).text


def test_a_rest_needs_no_reason_hides_how_to_reach_one_and_ends_with_a_tap(client, group, pair):
    wish = pair.first.touch_wish
    text = client.post(address("wish_pause", wish), follow=True).text
    assert "You are having a rest from it" in text
    client.force_login(pair.second.person)
    text = client.get(pair.get_absolute_url()).text
    assert "Keeping in touch is having a rest. You need not do anything" in text
    assert wish.reach not in text
    assert "We spoke" not in text
    assert "Keeping in touch with Ana is having a rest" in page(client, group)
    client.force_login(pair.first.person)
    client.post(address("wish_resume", wish))
    assert "We spoke" in client.get(pair.get_absolute_url()).text


def test_stopping_asks_once_and_the_other_is_told_gently(client, group, pair):
    assert "You don't have to say why." in client.get(address("pair_end", pair)).text
    assert pair.state == "on"
    client.post(address("pair_end", pair))
    assert "come to an end" not in page(client, group)
    client.force_login(pair.second.person)
    for text in (page(client, group), client.get("/").text, client.get(pair.get_absolute_url()).text):
        assert "Keeping in touch with Ana has come to an end. That can have many reasons." in text
        assert pair.first.touch_wish.reach not in text


ENDINGS = {
    "left": lambda member: leave_group(group=member.group, by=member.person, now=timezone.now()),
    "died": lambda member: mark_died(membership=member, by=member.person, now=timezone.now()),
    "closed account": lambda member: type(member.person).objects.filter(pk=member.person_id).update(is_active=False),
}


@pytest.mark.parametrize("how", ENDINGS)
def test_whatever_ended_it_the_other_reads_the_same_words(client, group, pair, how):
    ENDINGS[how](pair.second)
    for text in (page(client, group), client.get("/").text, client.get(pair.get_absolute_url()).text):
        assert "Keeping in touch with Ben has come to an end. That can have many reasons." in text
        assert "We spoke" not in text
        assert pair.second.touch_wish.reach not in text


def test_break_of_the_other_from_the_group_is_a_rest(client, group, pair):
    pause_membership(membership=pair.second, by=pair.second.person, now=timezone.now())
    text = page(client, group)
    assert "Keeping in touch with Ben is having a rest" in text
    assert "come to an end" not in text


def test_turning_it_off_says_what_happens_and_deletes_how_to_reach_one(client, group, pair):
    wish = pair.first.touch_wish
    assert "How to reach you is deleted here." in client.get(address("wish_end", wish)).text
    text = client.post(address("wish_end", wish), follow=True).text
    assert "It is off until you turn it on." in text
    wish.refresh_from_db()
    assert (wish.state, wish.reach) == ("off", "")
    assert "turned off already" in client.post(address("wish_end", wish)).text


def test_organiser_sees_who_has_nobody_by_name_alone(client, group, pair):
    wish_of(group, "Cal")
    KeepInTouchFactory(is_asked=True, first=pair.first, second=wish_of(group, "Dee").membership)
    MembershipFactory(group=group, person__preferred_name="Eve")
    client.force_login(RoleTermFactory(group=group).person)
    text = page(client, group)
    assert "4 members have turned it on." in text
    assert "2 of them have nobody yet:" in text
    assert "Cal</li>" in text
    assert "(waiting for an answer)" in text
    assert "Ben" not in text
    assert "Eve" not in text
    assert not any(wish.reach in text for wish in KeepInTouchWish.objects.all())


def test_organiser_is_told_when_everyone_has_somebody_and_when_nobody_wants_it(client, group, pair):
    joan = RoleTermFactory(group=group).person
    client.force_login(joan)
    assert "Everyone has somebody." in page(client, group)
    KeepInTouchWish.objects.update(state="off", reach="")
    assert "Nobody has turned it on yet." in page(client, group)
    assert "It takes two" in client.get(address("pair_arrange", group)).text


def test_organiser_suggests_a_round_beginning_with_those_left_over(client, group, pair):
    cal, dee = wish_of(group, "Cal"), wish_of(group, "Dee")
    client.force_login(RoleTermFactory(group=group).person)
    arrange = address("pair_arrange", group)
    text = client.get(arrange).text
    assert text.count("checked") == 2
    assert "Choose at least 2 people" in client.post(arrange, {"memberships": [cal.membership_id]}).text
    chosen = [pair.first_id, cal.membership_id, dee.membership_id]
    said = "Whoever is not in touch yet is asked."
    assert said in client.post(arrange, {"memberships": chosen}, follow=True).text
    asked = KeepInTouch.objects.filter(state="asked").values_list("next_by__person__preferred_name", flat=True)
    assert set(asked) == {"Ana", "Cal", "Dee"}
    # Who speaks with whom is not theirs to know, so a second time reads the same.
    assert said in client.post(arrange, {"memberships": chosen}, follow=True).text
    assert KeepInTouch.objects.count() == 4


def test_organiser_who_is_no_member_is_not_asked_to_turn_it_on(client, group, with_second_factor):
    client.force_login(with_second_factor(RoleTermFactory(group=group, role="tutor").person))
    text = page(client, group)
    assert "Looking after it" in text
    assert "Turn it on" not in text


def test_own_overview_leads_to_each_group(client, group, pair):
    text = client.get(reverse("supportplans:keep_in_touch_list")).text
    assert address("keep_in_touch_detail", group) in text
    assert "We spoke" in text
    client.force_login(RoleTermFactory(group=group, role="contact").person)
    assert "You are in no group" in client.get(reverse("supportplans:keep_in_touch_list")).text


def test_way_there_from_group_plan_and_account(client, group):
    for where in (group.get_absolute_url(), reverse("supportplans:plan_list", args=[group.pk])):
        assert address("keep_in_touch_detail", group) in client.get(where).text
    assert reverse("supportplans:keep_in_touch_list") in client.get(reverse("members:account")).text


def test_closed_group_offers_nothing_new(client, group, pair):
    type(group).objects.filter(pk=group.pk).update(state="closed", closing_reason="Done")
    text = page(client, group)
    assert "Keeping in touch with Ben has come to an end." in text
    assert "Ask someone" not in text


@pytest.mark.parametrize("number", [1, 3, 20])
def test_group_page_costs_the_same_queries(client, group, wish, number, django_assert_num_queries):
    RoleTermFactory(group=group, person=wish.membership.person)
    for _number in range(number):
        wish_of(group, "Someone")
        other = wish_of(group, "Buddy").membership
        note_check_in(
            pair=KeepInTouchFactory(first=wish.membership, second=other),
            **{"outcome": "spoke", "schedule_version": 1, "by": other.person, "now": timezone.now()},
        )
        KeepInTouchFactory(is_asked=True, first=wish.membership, second=wish_of(group, "Asked").membership)
    client.get("/")
    with django_assert_num_queries(10):
        page(client, group)


@pytest.mark.parametrize("number", [1, 3, 20])
def test_pair_page_and_overview_cost_the_same_queries(client, pair, number, django_assert_num_queries):
    for day in range(number):
        when = timezone.now() - timedelta(days=30 - day)
        pair.refresh_from_db()
        version = pair.schedule_version
        note_check_in(pair=pair, outcome="spoke", schedule_version=version, by=pair.first.person, now=when)
        KeepInTouchFactory(first=pair.first)
    client.get("/")
    with django_assert_num_queries(8):
        client.get(pair.get_absolute_url())
    with django_assert_num_queries(6):
        client.get(reverse("supportplans:keep_in_touch_list"))
