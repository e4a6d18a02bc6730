"""The pages of a member's own plan: with and without script, for its owner and for nobody else."""

import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from peersupport.access.models import AccessLogEntry
from peersupport.reminders.models import Message
from supportplans.forms.personal_plan import mark_of
from supportplans.models import PersonalPlan, PersonalPlanSection, PersonalPlanText
from supportplans.personal_prompts import PERSONAL_PROMPTS
from tests.factories import (
    NOW,
    FlareUpFactory,
    MembershipFactory,
    PersonalPlanFactory,
    PersonalPlanSectionFactory,
    PersonalPlanTextFactory,
    PersonFactory,
)

pytestmark = pytest.mark.django_db

PLAN = "/my-plan/"
FIRST_STEPS = "/my-plan/first_steps/"
SCRIPT = {"X-Autosave": "1"}


@pytest.fixture
def person(client):
    person = MembershipFactory().person
    client.force_login(person)
    return person


@pytest.fixture
def section(person):
    return PersonalPlanSectionFactory(plan__person=person, text="Ring Joan.")


def typed(person, text, **changes):
    """What the form sends as someone's page was first opened."""
    sent = {"text": text, "revision": 0, "sitting": uuid.uuid4(), "step": 0, "written_by": mark_of(person)}
    return sent | changes


def standing(kind="first_steps"):
    return PersonalPlanSection.objects.get(kind=kind).text


# Writing


def test_each_section_is_one_question_with_an_example(client, person):
    assert list(PERSONAL_PROMPTS) == PersonalPlanSection.Kind.values
    for kind, (prompt, example) in PERSONAL_PROMPTS.items():
        page = client.get(reverse("supportplans:personal_section_edit", args=[kind]))
        assert page.text.count("<textarea") == 1
        assert page.context["form"].fields["text"].label == prompt
        assert page.context["form"].fields["text"].help_text == f"For example: {example}"
        assert "Only you" in page.text


def test_section_of_no_known_kind_is_not_there(client, person):
    assert client.get("/my-plan/diagnosis/").status_code == 404
    assert client.get("/my-plan/diagnosis/earlier/").status_code == 404
    assert client.post("/my-plan/diagnosis/", typed(person, "x")).status_code == 404


def test_without_script_the_button_saves_and_leads_to_the_plan(client, person):
    page = client.post(FIRST_STEPS, typed(person, "Lie down.\r\nTell Joan."), follow=True)
    assert page.redirect_chain == [(PLAN, 302)]
    assert "Saved." in page.text
    assert "Tell Joan." in page.text
    assert standing() == "Lie down.\nTell Joan."


def test_only_what_has_words_is_shown_and_the_rest_stays_quiet(client, section):
    page = client.get(PLAN)
    assert [one.kind for one in page.context["written"]] == ["first_steps"]
    assert len(page.context["blank"]) == 10
    assert "It can stay so." in page.text


def test_empty_plan_says_where_to_start(client, person):
    page = client.get(PLAN).text
    assert "Start with your first steps" in page
    assert "Last looked at" not in page
    assert not PersonalPlan.objects.exists()


def test_text_can_be_taken_out_again(client, section, person):
    client.post(FIRST_STEPS, typed(person, "", revision=section.revision))
    assert standing() == ""
    assert "Start with your first steps" in client.get(PLAN).text
    assert PersonalPlanText.objects.get().text == "Ring Joan."


def test_static_list_stands_where_medical_help_is_written_about(client, person):
    assert client.get("/my-plan/medical_help/").text.count("Go to A&E now") == 2
    assert client.get(FIRST_STEPS).text.count("Go to A&E now") == 1


def test_what_was_agreed_with_a_clinician_is_no_advice_of_ours(client, person):
    assert "Nobody checks this, and it is no advice." in client.get("/my-plan/clinician/").text


@pytest.mark.parametrize(
    "text", ["😀 🫖", "‏شاي مع جوان ثم راحة", "<script>alert(1)</script>", "{{ plan }}", "a" * 5000, "O'Hara & co"]
)
def test_words_of_any_kind_come_back_as_they_were(client, person, text):
    client.post(FIRST_STEPS, typed(person, text))
    assert standing() == text
    page = client.get(FIRST_STEPS)
    assert page.context["form"]["text"].value() == text
    assert "<script>alert" not in page.text + client.get(PLAN).text


def test_far_too_long_a_text_gets_a_sentence_and_is_kept_on_the_page(client, person):
    text = "words " * 17_000
    page = client.post(FIRST_STEPS, typed(person, text))
    assert "Use 5000 characters or fewer. You have used 101999." in page.text
    assert text.strip() in page.text
    assert not PersonalPlanSection.objects.exists()


def test_null_character_is_refused_and_not_an_error(client, person):
    assert client.post(FIRST_STEPS, typed(person, "a\0b")).status_code == 200
    assert not PersonalPlanSection.objects.exists()


@pytest.mark.parametrize(
    "changes", [{"revision": "x"}, {"sitting": "x"}, {"step": -1}, {"step": 10**9}, {"written_by": ""}]
)
def test_form_that_was_tampered_with_saves_nothing(client, person, changes):
    assert client.post(FIRST_STEPS, typed(person, "Mine.", **changes)).status_code == 200
    assert client.post(FIRST_STEPS, typed(person, "Mine.", **changes), headers=SCRIPT).status_code == 400
    assert not PersonalPlanSection.objects.exists()


# Two pages


def test_two_tabs_show_both_texts_and_saving_again_loses_neither(client, person, section):
    opened = typed(person, "Ring my sister.", revision=section.revision - 1)
    page = client.post(FIRST_STEPS, opened)
    assert "Ring Joan." in page.text
    assert "Ring my sister.</textarea>" in page.text
    assert "This was changed on another page or device while you were writing." in page.text
    assert standing() == "Ring Joan."
    client.post(FIRST_STEPS, opened | {"revision": page.context["form"]["revision"].value()})
    assert standing() == "Ring my sister."
    assert PersonalPlanText.objects.get().text == "Ring Joan."


def test_page_of_someone_who_signed_out_saves_nothing_for_who_signed_in_since(client, person):
    other = PersonFactory()
    client.force_login(other)
    page = client.post(FIRST_STEPS, typed(person, "Not for her eyes later."))
    assert "Someone else is signed in on this device now." in page.text
    script = client.post(FIRST_STEPS, typed(person, "Nor this."), headers=SCRIPT)
    assert (script.status_code, "Someone else is signed in" in script.json()["sentence"]) == (400, True)
    assert not PersonalPlanSection.objects.exists()


def test_mark_of_a_page_tells_nobody_whose_it_is(person):
    assert str(person.pk) not in mark_of(person).split()
    assert mark_of(person) != mark_of(PersonFactory())


# The script


def test_script_is_told_the_new_revision(client, person):
    sent = typed(person, "Lie", step=1)
    first = client.post(FIRST_STEPS, sent, headers=SCRIPT)
    assert (first.status_code, first.json()) == (200, {"revision": 1})
    second = client.post(FIRST_STEPS, sent | {"text": "Lie down.", "step": 2}, headers=SCRIPT)
    assert second.json() == {"revision": 2}
    assert (standing(), PersonalPlanText.objects.count()) == ("Lie down.", 0)
    assert first.headers["Cache-Control"] == "no-store, private"


def test_script_is_told_of_another_page_and_of_what_can_not_be_saved(client, person, section):
    assert client.post(FIRST_STEPS, typed(person, "Mine."), headers=SCRIPT).status_code == 409
    refused = client.post(FIRST_STEPS, typed(person, "a" * 5001, revision=2), headers=SCRIPT)
    assert (refused.status_code, refused.json()) == (
        400,
        {"sentence": "Use 5000 characters or fewer. You have used 5001."},
    )
    assert standing() == "Ring Joan."


def test_script_leaves_no_message_for_the_next_page(client, person):
    client.post(FIRST_STEPS, typed(person, "Lie down."), headers=SCRIPT)
    assert "Saved." not in client.get("/").text


def test_script_without_a_session_is_sent_to_sign_in_and_saves_nothing(client, person):
    client.logout()
    answer = client.post(FIRST_STEPS, typed(person, "Lie down."), headers=SCRIPT)
    assert (answer.status_code, answer.url.startswith(reverse("account_login"))) == (302, True)
    assert not PersonalPlanSection.objects.exists()


def test_script_needs_the_secret_of_the_form(client, person):
    client.handler.enforce_csrf_checks = True
    assert client.post(FIRST_STEPS, typed(person, "Lie down."), headers=SCRIPT).status_code == 403


def test_saving_costs_few_queries(client, person, section, django_assert_max_num_queries):
    client.get("/")
    with django_assert_max_num_queries(13):
        client.post(FIRST_STEPS, typed(person, "Tell Joan.", revision=section.revision), headers=SCRIPT)


# What it said before


def test_earlier_texts_are_there_newest_first_and_come_back(client, person, section):
    PersonalPlanTextFactory(section=section, text="Lie down.")
    later = PersonalPlanTextFactory(section=section, text="Sit.", revision=5, written_at=NOW)
    page = client.get(FIRST_STEPS + "earlier/")
    assert [earlier.text for earlier in page.context["page"].rows] == ["Sit.", "Lie down."]
    answer = client.post(reverse("supportplans:personal_text_restore", args=[later.pk]), follow=True)
    assert answer.redirect_chain == [(FIRST_STEPS, 302)]
    assert "It is back." in answer.text
    assert standing() == "Sit."
    assert set(PersonalPlanText.objects.values_list("text", flat=True)) == {"Lie down.", "Sit.", "Ring Joan."}


def test_bringing_back_twice_changes_nothing_the_second_time(client, section):
    address = reverse("supportplans:personal_text_restore", args=[PersonalPlanTextFactory(section=section).pk])
    client.post(address)
    client.post(address)
    section.refresh_from_db()
    assert (section.text, section.revision) == ("Lie down.", 3)


def test_text_of_someone_else_can_not_be_brought_back(client, person):
    other = PersonalPlanTextFactory()
    assert client.post(reverse("supportplans:personal_text_restore", args=[other.pk])).status_code == 404
    assert "Nothing yet" in client.get(FIRST_STEPS + "earlier/").text


@pytest.mark.parametrize("number", [1, 5, 50])
def test_earlier_texts_cost_the_same_queries(client, section, number, django_assert_num_queries):
    for revision in range(number):
        PersonalPlanTextFactory(section=section, revision=revision, written_at=NOW - timedelta(days=revision))
    client.get("/")
    with django_assert_num_queries(6):
        client.get(FIRST_STEPS + "earlier/")


# Looking at it


def test_last_look_is_shown_as_it_was_before_this_one(client, section):
    long_ago = timezone.now() - timedelta(days=40)
    PersonalPlan.objects.update(looked_at=long_ago)
    page = client.get(PLAN)
    assert page.context["looked_at"] == long_ago
    assert "Last looked at on" in page.text
    assert PersonalPlan.objects.get().looked_at > timezone.now() - timedelta(minutes=1)


@pytest.mark.parametrize("number", [1, 11])
def test_plan_costs_at_most_eight_queries(client, person, number, django_assert_max_num_queries):
    plan = PersonalPlanFactory(person=person)
    for kind in PersonalPlanSection.Kind.values[:number]:
        PersonalPlanSectionFactory(plan=plan, kind=kind)
    client.get("/")
    with django_assert_max_num_queries(8):
        client.get(PLAN)


def test_flareup_just_logged_shows_what_the_plan_says_and_counts_as_a_look(client, section, person):
    PersonalPlanSectionFactory(plan=section.plan, kind="helps", text="Warmth helps.")
    PersonalPlanSectionFactory(plan=section.plan, kind="reward", text="Cake.")
    page = client.post(reverse("supportplans:flareup_log"), {"client_id": uuid.uuid4()}, follow=True)
    assert [one.text for one in page.context["plan_says"]] == ["Ring Joan.", "Warmth helps."]
    assert "Your plan says" in page.text
    assert "Cake." not in page.text
    assert PersonalPlan.objects.get().looked_at is not None


def test_flareup_that_is_over_and_a_plan_without_words_show_nothing(client, person):
    over = FlareUpFactory(person=person, ended_on=timezone.localdate())
    on = FlareUpFactory(person=person)
    assert "Your plan says" not in client.get(on.get_absolute_url()).text
    PersonalPlanSectionFactory(plan__person=person, kind="helps", text="")
    PersonalPlanSectionFactory(kind="helps", text="Someone else's.")
    assert "Your plan says" not in client.get(on.get_absolute_url()).text
    PersonalPlanSection.objects.filter(plan__person=person).update(text="Warmth.")
    assert "Your plan says" in client.get(on.get_absolute_url()).text
    assert "Your plan says" not in client.get(over.get_absolute_url()).text


def test_logging_with_a_plan_still_costs_few_queries(client, section, django_assert_max_num_queries):
    client.get("/")
    with django_assert_max_num_queries(15):
        client.post(reverse("supportplans:flareup_log"), {"client_id": uuid.uuid4()})


def test_plan_is_reached_from_home_and_flareups(client, person):
    for address in ("/", reverse("supportplans:flareup_list")):
        assert f'href="{PLAN}"' in client.get(address).text


# The card


def test_card_shows_what_is_asked_for_and_leaves_no_gap_for_blank_sections(client, section):
    PersonalPlanSectionFactory(plan=section.plan, kind="reward", text="Cake.")
    first = client.get("/my-plan/card/")
    assert [one.kind for one in first.context["sections"]] == ["first_steps", "medical_help"]
    page = client.get("/my-plan/card/?section=reward&section=triggers&size=fridge")
    assert [one.kind for one in page.context["sections"]] == ["reward"]
    assert "app-sheet--fridge" in page.text
    assert "Ring Joan." not in page.text


def test_card_always_has_the_static_list_with_medical_help(client, person):
    sheet = client.get("/my-plan/card/").text.partition('class="app-sheet ')[2].partition("app-care")[0]
    for words in ("999", "NHS 111", "116 123", "85258", "numbness around the saddle"):
        assert words in sheet


def test_card_bears_no_name(client, person, section):
    person.preferred_name = "Zephyrine"
    person.save()
    assert "Zephyrine" not in client.get("/my-plan/card/").text


@pytest.mark.parametrize("query", ["size=poster", "size=wallet", "section=diagnosis&size=wallet", "section=&size="])
def test_card_of_a_made_up_choice_says_what_to_do_and_shows_the_usual_one(client, section, query):
    page = client.get(f"/my-plan/card/?{query}")
    assert page.context["form"].errors
    assert [one.kind for one in page.context["sections"]] == ["first_steps", "medical_help"]


# Where it never goes


def test_nothing_of_it_is_sent_or_logged(client, person, caplog, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        client.post(FIRST_STEPS, typed(person, "Zq7secret"))
        client.post(FIRST_STEPS, typed(person, "Zq7secret again", revision=1))
        client.post(reverse("supportplans:flareup_log"), {"client_id": uuid.uuid4()})
        client.get(PLAN)
        client.get("/my-plan/card/")
    assert PersonalPlanText.objects.get().text == "Zq7secret"
    assert mail.outbox == []
    assert not Message.objects.exists()
    assert "Zq7secret" not in caplog.text
    assert not AccessLogEntry.objects.exists()


def test_other_members_see_nothing_of_a_plan(client, section):
    group = section.plan.person.memberships.get().group
    client.force_login(MembershipFactory(group=group).person)
    for address in (PLAN, FIRST_STEPS, FIRST_STEPS + "earlier/", "/my-plan/card/", group.get_absolute_url()):
        assert "Ring Joan." not in client.get(address).text
