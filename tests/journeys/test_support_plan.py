"""A group writes its mutual support plan around one phone; members agree from home; a year later it changes."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from supportplans.models import MutualSupportPlan, PlanSectionText, PlanWord
from supportplans.prompts import PROMPTS
from supportplans.services.plan import settle_plans
from tests.factories import (
    KeptMembershipFactory,
    MembershipFactory,
    MutualSupportPlanFactory,
    RoleTermFactory,
    SupportGroupFactory,
)

KEEP_IN_TOUCH = re.compile("(Write|Change) this part.*How we keep in touch")
QUESTION = "How do you keep in touch in between, and how much is enough?"
PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")
EXAMPLE = "A message in the week between, from whoever feels able. No answer is needed."

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.fixture
def members():
    group = SupportGroupFactory(name="Tuesday Group")
    KeptMembershipFactory(group=group, name="Dot")
    people = [MembershipFactory(group=group, person__preferred_name=name).person for name in ("Ana", "Ben")]
    RoleTermFactory(group=group, person=people[0], role="contact")
    return people


@pytest.fixture
def other_walk(walk, new_walk):
    """A second browser, for someone else at the same time."""
    return new_walk()


@pytest.mark.walked_twice
def test_a_group_writes_a_plan_and_agrees_it(walk, client, members):
    ana, ben = members
    # Given a group without a plan
    walk.sign_in(client, ana)
    walk.open("/groups/")
    walk.follow("Tuesday Group")
    walk.follow("Our support plan")
    walk.then_reads("A group can do well without one.")
    # When a member starts one and asks for everyone's word too soon
    walk.follow("Start a plan")
    walk.follow("Ask everyone for their word")
    walk.follow("Ask everyone for their word")
    walk.then_reads("Nothing is written yet.")
    # And then writes a part, beginning with what another group wrote
    walk.follow("Back")
    walk.follow(KEEP_IN_TOUCH)
    walk.follow("Start from this")
    assert walk.page.input_value("#id_text") == EXAMPLE
    walk.fill(QUESTION, f"{EXAMPLE} Sundays are quiet.")
    walk.follow("Save this part")
    walk.then_reads("Sundays are quiet.", "Last written by Ana", "Contact: Ana")
    walk.follow("Ask everyone for their word")
    walk.then_reads("What is the last day to say a word?")
    walk.follow("Ask everyone for their word")
    # Then it waits for words, and not for someone who can't say one here
    walk.then_reads("Waiting for everyone's word", "Nobody has said anything yet.", "No word yet from: Ana, Ben.")
    walk.then_reads("Please tell them about it: Dot.")
    walk.follow("Give my word")
    walk.choose("What do you say to this plan?", "I agree")
    walk.follow("Give my word")
    walk.then_reads("Ana: I agree", "No word yet from: Ben.")
    # And the other finds it on their home page, and leaves the question out once
    walk.sign_in(client, ben)
    walk.open("/")
    walk.follow("Read the support plan of Tuesday Group and give your word")
    walk.follow("Give my word")
    walk.fill("Anything you want to say with it (only if you like)", "Well put.")
    walk.follow("Give my word")
    walk.then_reads("Choose what you say to this plan")
    assert walk.page.input_value("#id_note") == "Well put."
    walk.choose("What do you say to this plan?", "I stand aside")
    walk.follow("Give my word")
    # Then the plan is in use, and who agreed stays readable
    walk.then_reads("The plan is now in use.", "In use", "What each of us said", "Ben: I stand aside “Well put.”")
    assert MutualSupportPlan.objects.get().state == "in_use"


@pytest.mark.walked_twice
def test_a_year_later_the_plan_gets_a_second_version(walk, client, members):
    ana, _ben = members
    # Given a plan in use, whose day to be looked at again has come
    test_a_group_writes_a_plan_and_agrees_it(walk, client, members)
    MutualSupportPlan.objects.update(review_on=timezone.localdate())
    walk.sign_in(client, ana)
    walk.open("/")
    walk.follow("Time to look at the support plan of Tuesday Group again")
    walk.then_reads("Time to look at it again")
    # When a member changes one part in a new version
    walk.follow("Write a new version")
    walk.follow(KEEP_IN_TOUCH)
    walk.fill(QUESTION, "A call in the week between, from whoever feels able. No answer is needed.")
    walk.follow("Save this part")
    walk.follow("What changed since the version before")
    # Then the difference is shown in words
    walk.then_reads("1 part of 12 is different", "[message]", "call")
    # And agreement starts from nothing, with time for everyone
    assert not PlanWord.objects.filter(plan__number=2).exists()
    walk.follow("Back")
    walk.follow("Ask everyone for their word")
    walk.choose("When does this plan come into use?", "At least one agrees and no one says “not yet”")
    walk.follow("Ask everyone for their word")
    walk.follow("Give my word")
    walk.choose("What do you say to this plan?", "I agree")
    walk.follow("Give my word")
    walk.then_reads("Waiting for everyone's word", "No word yet from: Ben.")
    # And silence lets it come into use only when the time is over
    settle_plans(now=MutualSupportPlan.objects.get(number=2).words_until)
    walk.follow("All versions")
    walk.then_reads("In use", "Replaced by a newer version", "I agree Ana", "I stand aside Ben")
    walk.follow("Version 1")
    walk.then_reads("Ana: I agree", "Ben: I stand aside “Well put.”")


def test_two_write_one_part_at_once_and_lose_nothing(walk, other_walk, client, members):
    ana, ben = members
    # Given two members who have the same part of a draft before them
    walk.sign_in(client, ana)
    walk.open(f"/groups/{ana.memberships.get().group_id}/plans/")
    walk.follow("Start a plan")
    walk.follow(KEEP_IN_TOUCH)
    other_walk.sign_in(Client(), ben)
    other_walk.open(walk.page.url.removeprefix(walk.address))
    # When both write, and one is faster
    walk.fill(QUESTION, "Ana: we ring each other.")
    other_walk.fill(QUESTION, "Ben: we write.")
    other_walk.follow("Save this part")
    walk.follow("Save this part")
    # Then the slower one has both texts before them, and puts them together
    walk.then_reads("Someone else changed this part while you were writing.", "Ben: we write.", "Written by Ben")
    assert walk.page.input_value("#id_text") == "Ana: we ring each other."
    walk.fill(QUESTION, "We ring or write.")
    walk.follow("Save this part")
    walk.then_reads("We ring or write.", "Last written by Ana")
    # And what stood there is still to be read, and can come back
    walk.follow(re.compile("Last written by .*How we keep in touch"))
    walk.then_reads("Ben: we write.")
    walk.follow(re.compile("Bring this text back"))
    walk.then_reads("The earlier text is back.", "Ben: we write.")
    assert list(PlanSectionText.objects.order_by("pk").values_list("text", flat=True)) == [
        "Ben: we write.",
        "We ring or write.",
        "Ben: we write.",
    ]


def test_a_full_plan_is_printed_on_two_pages(walk, client, members):
    ana, _ben = members
    # Given a plan with all its parts, of usual length, that a full group agreed
    plan = a_full_plan(ana)
    walk.sign_in(client, ana)
    walk.open(plan.get_absolute_url())
    # When it is printed
    printed = walk.page.pdf(format="A4")
    walk.keep("printed.pdf", printed)
    # Then it fits on two pages, with words and the day to look again, and without what only a screen needs
    assert len(PAGE.findall(printed)) <= 2
    walk.page.emulate_media(media="print")
    walk.then_reads("Ana: I agree", "We look at it again on", "If you need help now")
    for text in ("All versions", "Last written by", "Who is who in the group"):
        assert not walk.page.get_by_text(text).first.is_visible()


def a_full_plan(by):
    group = by.memberships.get().group
    people = [by] + [MembershipFactory(group=group).person for _number in range(9)]
    RoleTermFactory(group=group, person=people[1], role="deputy", ends_on=date(2027, 6, 1))
    at = timezone.now() - timedelta(days=30)
    plan = MutualSupportPlanFactory(
        group=group, state="in_use", proposed_at=at, in_use_at=at, review_on=timezone.localdate() + timedelta(days=200)
    )
    for kind, prompt in PROMPTS.items():
        text = "\n".join(map(str, prompt.examples))
        plan.sections.create(kind=kind, text=text, edited_by=by, edited_at=at)
    for person in people:
        plan.words.create(person=person, word="agree", said_at=at)
    return plan
