from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from groups.services.membership import leave_group
from supportplans.models import MutualSupportPlan, PlanLook, PlanWord
from supportplans.services.plan import propose_plan, reopen_plan
from supportplans.services.plan_section import edit_section
from supportplans.tasks import settle_group_plans
from tests.factories import (
    NOW,
    KeptMembershipFactory,
    MembershipFactory,
    MutualSupportPlanFactory,
    RoleTermFactory,
)
from tests.supportplans.planning import agree_on, propose, say, second_version

pytestmark = pytest.mark.django_db


def address(name, row):
    return reverse(f"supportplans:{name}", args=[row.pk])


def date_sent(name, days):
    """A day so many from now, as three boxes post it."""
    day = timezone.localdate() + timedelta(days=days)
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


@pytest.fixture
def proposed(plan, members):
    section = plan.sections.get(kind="purpose")
    edit_section(section=section, text="We carry on.", revision=0, by=members[0], now=NOW)
    earlier = timezone.now() - timedelta(days=1)
    return propose_plan(
        plan=plan,
        rule="everyone",
        review_on=None,
        last_day=timezone.localdate() + timedelta(days=13),
        by=members[0],
        now=earlier,
    )


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
    assert "A pound in the tin for tea, if you have it." in page
    assert page.count("Start from this") == 3


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
    page = client.post(address("plan_propose", plan), {"rule": "most"} | date_sent("last_day", 14)).text
    assert "Nothing is written yet." in page


def test_review_day_must_be_to_come(client, plan, members):
    client.force_login(members[0])
    sent = {"rule": "most"} | date_sent("last_day", 14)
    past = client.post(address("plan_propose", plan), sent | date_sent("review_on", 0)).text
    early = client.post(address("plan_propose", plan), sent | date_sent("review_on", 14)).text
    assert "Enter a day that is still to come." in past
    assert "Enter a day after the last day to say a word." in early


@pytest.mark.parametrize("days", [-1, 0, 93, 3650])
def test_last_day_for_words_is_within_three_months(client, plan, members, days):
    client.force_login(members[0])
    page = client.post(address("plan_propose", plan), {"rule": "most"} | date_sent("last_day", days)).text
    assert "Enter a day within the next three months." in page
    plan.refresh_from_db()
    assert plan.state == "draft"


def test_proposing_suggests_two_weeks_and_a_year(client, plan, members):
    client.force_login(members[0])
    form = client.get(address("plan_propose", plan)).context["form"]
    today = timezone.localdate()
    assert form["last_day"].initial == today + timedelta(days=14)
    assert form["review_on"].initial == today + timedelta(days=365)


def test_members_give_their_word_until_it_is_in_use(client, proposed, members):
    for person in members:
        client.force_login(person)
        page = client.post(
            address("word_say", proposed), {"word": "agree", "note": f"{person} is glad", "proposal": 0}, follow=True
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
    assert "doesn't count any more" in client.get(address("plan_reopen", proposed)).text
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
    assert "Taken out: </span>[A pound]</del>" in page
    assert "New: </span>Two pounds</ins>" in page
    assert "1 part of 12 is different: Money." in " ".join(page.split())


@pytest.mark.parametrize("number", [1, 3, 20])
def test_plan_page_costs_the_same_queries(client, proposed, members, number, django_assert_num_queries):
    for _number in range(number):
        person = MembershipFactory(group=proposed.group).person
        PlanWord.objects.create(plan=proposed, person=person, word="agree", said_at=timezone.now())
    client.force_login(members[0])
    client.get("/")
    with django_assert_num_queries(10):
        client.get(address("plan_detail", proposed))


# Waiting for words


def test_page_says_whom_it_waits_for_and_whom_not(client, proposed, group, members):
    KeptMembershipFactory(group=group, name="Dot")
    MembershipFactory(group=group, person__preferred_name="Eve", state="paused")
    say(proposed, members[0], now=timezone.now())
    client.force_login(members[1])
    page = " ".join(client.get(address("plan_detail", proposed)).text.split())
    assert "No word yet from: Ben, Cal." in page
    assert "we don't wait for them: Eve." in page
    assert "Please tell them about it: Dot." in page
    assert "The last day to say a word is" in page


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        ("everyone", "once each of you has said", "The last day is over, and words still count."),
        ("most", "if more than half of you agree, or sooner", "as soon as more than half of you agree"),
        ("no_one_against", "if someone agrees and nobody says", "as soon as someone agrees and nobody says"),
    ],
)
def test_page_says_when_the_plan_comes_into_use(client, proposed, members, rule, before, after):
    MutualSupportPlan.objects.update(rule=rule)
    client.force_login(members[0])
    assert before in client.get(address("plan_detail", proposed)).text
    MutualSupportPlan.objects.update(words_until=timezone.now() - timedelta(seconds=1))
    assert after in client.get(address("plan_detail", proposed)).text


def test_looking_at_a_plan_changes_nothing(client, proposed, group, members):
    """It is agreed, and the next pass takes it into use: no reading does."""
    for person in members[:2]:
        say(proposed, person, now=timezone.now())
    leave_group(group=group, by=members[2], now=timezone.now())
    client.force_login(members[0])
    assert "It comes into use in a few minutes." in client.get(address("plan_detail", proposed)).text
    proposed.refresh_from_db()
    assert proposed.state == "proposed"
    settle_group_plans()
    assert "In use" in client.get(address("plan_detail", proposed)).text


def test_word_on_a_page_that_was_overtaken_is_not_taken(client, proposed, members):
    reopen_plan(plan=proposed, now=timezone.now())
    propose(proposed, now=timezone.now())
    client.force_login(members[1])
    page = client.post(address("word_say", proposed), {"word": "agree", "note": "Yes", "proposal": 0})
    assert "The plan has changed since you opened this page." in page.text
    assert "Yes</textarea>" in page.text
    assert not PlanWord.objects.exists()


def test_own_word_stands_in_the_form_when_it_is_changed(client, proposed, members):
    say(proposed, members[1], "not_yet", now=timezone.now(), note="Shorter")
    client.force_login(members[1])
    assert "Change my word" in client.get(address("plan_detail", proposed)).text
    form = client.get(address("word_say", proposed)).context["form"]
    assert (form["word"].value(), form["note"].value(), form["proposal"].value()) == ("not_yet", "Shorter", 0)


def test_note_of_100_kb_gets_a_sentence_and_is_kept(client, proposed, members):
    client.force_login(members[1])
    page = client.post(address("word_say", proposed), {"word": "agree", "note": "x" * 100_000, "proposal": 0})
    assert "Use 500 characters or fewer. You have used 100000." in page.text
    assert "x" * 100_000 in page.text


# In use, and afterwards


def test_who_agreed_stays_readable_and_who_left_is_marked(client, plan, group, members):
    agree_on(plan, members)
    leave_group(group=group, by=members[2], now=timezone.now())
    client.force_login(members[0])
    page = " ".join(client.get(address("plan_detail", plan)).text.split())
    assert "What each of us said" in page
    assert "Ben: I agree" in page
    assert 'Cal: I agree <span class="app-quiet">(no longer in the group)</span>' in page


def test_day_to_look_again_offers_a_new_version_or_to_keep_it(client, plan, members):
    agree_on(plan, members, review_on=date(2027, 11, 24))
    client.force_login(members[0])
    assert "Time to look at it again" not in client.get(address("plan_detail", plan)).text
    MutualSupportPlan.objects.update(review_on=timezone.localdate())
    page = client.get(address("plan_detail", plan)).text
    assert "Time to look at it again" in page
    assert address("plan_start", plan.group) in page
    kept = client.post(address("plan_keep", plan), {"weeks": "26"}, follow=True).text
    assert "The plan stays as it is." in kept
    assert "Time to look at it again" not in kept
    plan.refresh_from_db()
    assert plan.review_on == timezone.localdate() + timedelta(weeks=26)


def test_keeping_asks_for_when(client, plan, members):
    agree_on(plan, members)
    client.force_login(members[0])
    for weeks in ("", "5", "soon"):
        assert client.post(address("plan_keep", plan), {"weeks": weeks}).context["form"].errors
    assert not PlanLook.objects.exists()


def test_plan_that_is_replaced_leads_to_the_one_being_made(client, plan, members):
    agree_on(plan, members)
    second = second_version(plan, members[0])
    client.force_login(members[0])
    page = client.get(address("plan_detail", plan)).text
    assert second.get_absolute_url() in page
    assert "Time to look at it again" not in page


def test_roles_stand_beside_what_the_plan_says_of_them(client, plan, group, members):
    RoleTermFactory(group=group, person=members[0], role="contact", ends_on=date(2027, 5, 1))
    RoleTermFactory(group=group, person=members[1], role="deputy", ends_on=date(2028, 5, 1))
    RoleTermFactory(group=group, person=members[2], role="host", ended_at=NOW)
    agree_on(plan, members, review_on=date(2027, 11, 24))
    client.force_login(members[0])
    page = " ".join(client.get(address("plan_detail", plan)).text.split())
    assert "Contact: Ana, until Saturday 1 May 2027. <span" in page
    assert page.count("That is before you look at this plan again.") == 1
    assert "Deputy: Ben, until Monday 1 May 2028<" in page
    assert "Host: Cal" not in page
    assert group.get_absolute_url() in page


def test_replaced_plan_tells_nothing_of_todays_roles(client, plan, group, members):
    RoleTermFactory(group=group, person=members[0], role="contact")
    agree_on(plan, members)
    second = second_version(plan, members[0])
    propose(second)
    for person in members:
        say(second, person)
    client.force_login(members[0])
    assert "As it stands today" not in client.get(address("plan_detail", plan)).text
    assert "As it stands today" in client.get(address("plan_detail", second)).text


# Versions


@pytest.fixture
def versions(group, members):
    """30 versions, the last of them in use; Ana and Ben said a word on each."""
    plans = [
        MutualSupportPlanFactory(
            group=group, number=number, state="superseded", proposed_at=NOW, in_use_at=NOW, superseded_at=NOW
        )
        for number in range(1, 31)
    ]
    MutualSupportPlan.objects.filter(pk=plans[-1].pk).update(state="in_use", superseded_at=None)
    for plan in plans:
        plan.sections.create(kind="money", text=f"{plan.number} pounds")
        plan.words.create(person=members[0], word="agree", said_at=NOW)
        plan.words.create(person=members[1], word="stand_aside", said_at=NOW)
    return plans


def test_versions_are_listed_newest_first_with_who_said_what(client, versions, group, members):
    client.force_login(members[2])
    page = client.get(address("plan_list", group))
    assert [plan.number for plan in page.context["page"].rows] == list(range(30, 10, -1))
    assert page.context["page"].rows[0].said == [("I agree", ["Ana"]), ("I stand aside", ["Ben"])]
    older = client.get(address("plan_list", group) + page.context["page"].next_url)
    assert [plan.number for plan in older.context["page"].rows] == list(range(10, 0, -1))
    assert ("Write a new version" in page.text, "Write a new version" in older.text) == (True, False)


@pytest.mark.parametrize("number", [1, 3, 30])
def test_list_costs_the_same_queries(client, versions, group, members, number, django_assert_num_queries):
    for plan in versions[number:]:
        plan.sections.all().delete()
    MutualSupportPlan.objects.filter(number__gt=number).update(group=MembershipFactory().group)
    client.force_login(members[0])
    client.get("/")
    with django_assert_num_queries(8):
        client.get(address("plan_list", group))


def test_changes_between_any_two_versions(client, versions, members):
    client.force_login(members[0])
    page = client.get(address("plan_changes", versions[9]), {"since": 3})
    assert "[3]" in page.text
    assert "From version 3 to version 10." in page.text
    assert "?since=9" in page.text
    assert "[9]" in client.get(address("plan_changes", versions[9])).text


@pytest.mark.parametrize("since", ["10", "11", "99999", "9" * 500, "0"])
def test_changes_since_what_is_no_earlier_version_are_not_there(client, versions, members, since):
    client.force_login(members[0])
    assert client.get(address("plan_changes", versions[9]), {"since": since}).status_code in (200, 404)
    assert "From version 10" not in client.get(address("plan_changes", versions[9]), {"since": since}).text


def test_changes_cost_the_same_queries(client, versions, members, django_assert_num_queries):
    client.force_login(members[0])
    client.get("/")
    for plan in (versions[1], versions[29]):
        with django_assert_num_queries(9):
            client.get(address("plan_changes", plan))
