from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from supportplans.models import MutualSupportPlan, PlanWord
from supportplans.services.plan import edit_section, propose_plan
from tests.factories import NOW, MembershipFactory, MutualSupportPlanFactory

pytestmark = pytest.mark.django_db


def address(name, row):
    return reverse(f"supportplans:{name}", args=[row.pk])


@pytest.fixture
def proposed(plan, members):
    section = plan.sections.get(kind="purpose")
    edit_section(section=section, text="We carry on.", revision=0, by=members[0], now=NOW)
    earlier = timezone.now() - timedelta(days=1)
    return propose_plan(plan=plan, rule="everyone", review_on=None, by=members[0], now=earlier)


def test_group_without_a_plan_is_fine(client, group, members):
    client.force_login(members[0])
    page = client.get(address("plan_list", group)).text
    assert "A group can do well without one." in page


def test_member_starts_a_draft_and_a_second_start_is_answered(client, group, members):
    client.force_login(members[0])
    plan_page = client.post(address("plan_start", group), follow=True)
    assert "Write this part" in plan_page.text
    again = client.post(address("plan_start", group), follow=True).text
    assert "The group is working on a plan already." in again
    assert MutualSupportPlan.objects.count() == 1


def test_tutor_reads_and_does_not_write(client, plan, tutor, with_second_factor):
    client.force_login(with_second_factor(tutor))
    assert client.get(address("plan_detail", plan)).status_code == 200
    assert client.get(address("section_edit", plan.sections.first())).status_code == 403
    assert client.get(address("word_say", plan)).status_code == 403


@pytest.mark.parametrize("name", ["plan_detail", "plan_propose", "word_say", "plan_changes"])
def test_plan_of_another_group_is_not_there(client, plan, name):
    client.force_login(MembershipFactory().person)
    assert client.get(address(name, plan)).status_code == 404


def test_part_asks_in_plain_words_with_an_example(client, plan, members):
    client.force_login(members[1])
    page = client.get(address("section_edit", plan.sections.get(kind="money"))).text
    assert "Is there any money, and who looks after it?" in page
    assert "For example: A pound in the tin for tea, if you have it." in page


def test_part_is_saved(client, plan, members):
    client.force_login(members[1])
    section = plan.sections.get(kind="money")
    client.post(address("section_edit", section), {"text": "A pound in the tin.", "revision": 0})
    section.refresh_from_db()
    assert (section.text, section.edited_by) == ("A pound in the tin.", members[1])


def test_conflict_shows_both_texts_and_saving_again_settles_it(client, plan, members):
    section = plan.sections.get(kind="money")
    edit_section(section=section, text="Ana's coins", revision=0, by=members[0], now=NOW)
    client.force_login(members[1])
    page = client.post(address("section_edit", section), {"text": "Ben's notes", "revision": 0})
    assert "Ana&#x27;s coins" in page.text
    assert "Ben&#x27;s notes" in page.text
    assert "Someone else changed this part" in page.text
    assert 'name="revision" value="1"' in page.text
    client.post(address("section_edit", section), {"text": "Ana's coins and Ben's notes", "revision": 1})
    section.refresh_from_db()
    assert section.text == "Ana's coins and Ben's notes"


def test_long_text_gets_a_sentence_and_is_kept(client, plan, members):
    client.force_login(members[0])
    section = plan.sections.get(kind="money")
    text = "pound " * 20_000
    page = client.post(address("section_edit", section), {"text": text, "revision": 0}).text
    assert "Use 5000 characters or fewer." in page
    assert text.strip() in page


def test_empty_plan_is_not_proposed_and_the_page_says_why(client, plan, members):
    client.force_login(members[0])
    page = client.post(address("plan_propose", plan), {"rule": "most"}).text
    assert "Nothing is written yet." in page


def test_review_day_must_be_to_come(client, plan, members):
    client.force_login(members[0])
    past = timezone.localdate() - timedelta(days=1)
    sent = {"review_on_day": past.day, "review_on_month": past.month, "review_on_year": past.year}
    assert (
        "Enter a day that is still to come." in client.post(address("plan_propose", plan), sent | {"rule": "most"}).text
    )


def test_members_give_their_word_until_it_is_in_use(client, proposed, members):
    for person in members:
        client.force_login(person)
        page = client.post(
            address("word_say", proposed), {"word": "agree", "note": f"{person} is glad"}, follow=True
        ).text
    assert "The plan is now in use." in page
    proposed.refresh_from_db()
    assert proposed.state == "in_use"


def test_word_and_note_are_shown_to_the_group(client, proposed, members):
    PlanWord.objects.create(plan=proposed, person=members[1], word="not_yet", note="Shorter", said_at=timezone.now())
    client.force_login(members[2])
    page = client.get(address("plan_detail", proposed)).text
    assert "Ben: Not yet" in page
    assert "Shorter" in page


def test_no_word_gets_a_sentence_and_keeps_the_note(client, proposed, members):
    client.force_login(members[1])
    page = client.post(address("word_say", proposed), {"note": "Hm"}).text
    assert "Choose what you say to this plan" in page
    assert "Hm</textarea>" in page


def test_proposal_can_be_taken_back_once(client, proposed, members):
    client.force_login(members[1])
    assert "The plan is a draft again." in client.post(address("plan_reopen", proposed), follow=True).text
    assert "not waiting for words any more" in client.post(address("plan_reopen", proposed), follow=True).text


def test_changes_are_shown_word_by_word(client, plan, group, members):
    MutualSupportPlan.objects.filter(pk=plan.pk).update(
        state="superseded", proposed_at=NOW, in_use_at=NOW, superseded_at=NOW
    )
    second = MutualSupportPlanFactory(group=group, number=2)
    plan.sections.filter(kind="money").update(text="A pound for tea")
    for section in plan.sections.all():
        text = "Two pounds for tea" if section.kind == "money" else section.text
        second.sections.create(kind=section.kind, text=text)
    client.force_login(members[0])
    page = client.get(address("plan_changes", second)).text
    assert "<del>[A pound]</del>" in page
    assert "<ins>Two pounds</ins>" in page


@pytest.mark.parametrize("number", [1, 3, 20])
def test_plan_page_costs_the_same_queries(client, proposed, members, number, django_assert_num_queries):
    for _number in range(number):
        person = MembershipFactory(group=proposed.group).person
        PlanWord.objects.create(plan=proposed, person=person, word="agree", said_at=timezone.now())
    client.force_login(members[0])
    client.get("/")
    with django_assert_num_queries(8):
        client.get(address("plan_detail", proposed))
