"""A group writes its mutual support plan around one phone; members agree from home; a year later it changes."""

import re

import pytest

from supportplans.models import MutualSupportPlan, PlanWord
from supportplans.services.plan import say_word
from tests.factories import MembershipFactory, SupportGroupFactory

KEEP_IN_TOUCH = re.compile("Write this part.*How we keep in touch")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.fixture
def members():
    group = SupportGroupFactory(name="Tuesday Group")
    return [MembershipFactory(group=group, person__preferred_name=name).person for name in ("Ana", "Ben")]


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
    # And then writes a part
    walk.follow("Back")
    walk.follow(KEEP_IN_TOUCH)
    walk.fill("How do you keep in touch in between, and how much is enough?", "A message in the week between.")
    walk.follow("Save this part")
    walk.then_reads("A message in the week between.")
    walk.follow("Ask everyone for their word")
    walk.follow("Ask everyone for their word")
    # Then it waits for words
    walk.then_reads("Waiting for everyone's word", "Nobody has said anything yet.")
    walk.follow("Give my word")
    walk.choose("What do you say to this plan?", "I agree")
    walk.follow("Give my word")
    walk.then_reads("Ana: I agree")
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
    # Then the plan is in use
    walk.then_reads("The plan is now in use.", "In use")
    assert MutualSupportPlan.objects.get().state == "in_use"


def test_a_year_later_the_plan_gets_a_second_version(walk, client, members):
    ana, _ben = members
    # Given a plan in use
    test_a_group_writes_a_plan_and_agrees_it(walk, client, members)
    # When a member changes one part in a new version
    walk.follow("All versions")
    walk.follow("Write a new version")
    walk.follow(KEEP_IN_TOUCH)
    walk.fill("How do you keep in touch in between, and how much is enough?", "A call in the week between.")
    walk.follow("Save this part")
    walk.follow("What changed since the version before")
    # Then the difference is shown in words
    walk.then_reads("[message]", "call")
    # And agreement starts from nothing
    plan = MutualSupportPlan.objects.get(number=2)
    assert not PlanWord.objects.filter(plan=plan).exists()
    walk.follow("Back")
    walk.follow("Ask everyone for their word")
    walk.choose("When does this plan come into use?", "At least one agrees and no one says “not yet”")
    walk.follow("Ask everyone for their word")
    walk.then_reads("Nobody has said anything yet.")
    plan.refresh_from_db()
    say_word(plan=plan, word="agree", note="", by=ana, now=plan.proposed_at)
    walk.open(plan.get_absolute_url())
    walk.then_reads("In use")
    assert MutualSupportPlan.objects.get(number=1).state == "superseded"
