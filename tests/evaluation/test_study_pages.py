"""Researchers' pages about a study, its team and its consent form."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from evaluation.models import ConsentForm, Interview, Study
from evaluation.services.consent import publish_form, withdraw
from evaluation.services.identity import request_identity
from evaluation.services.study import add_study
from evaluation.setting_up import STEPS
from members.models import Person
from tests.evaluation.test_my_research_pages import make_export
from tests.factories import (
    ConsentFormFactory,
    MembershipFactory,
    ParticipantFactory,
    PersonFactory,
    StudyFactory,
    StudyMemberFactory,
    SupportGroupFactory,
    WithdrawalFactory,
)

pytestmark = pytest.mark.django_db


def address(name, *args):
    return reverse(f"evaluation:{name}", args=args)


ADDED = {"title": "Carrying on", "ethics_reference": "26/LO/0042"}
DATES = {
    "starts_on_day": "1",
    "starts_on_month": "11",
    "starts_on_year": "2026",
    "ends_on_day": "1",
    "ends_on_month": "11",
    "ends_on_year": "2028",
}


def step(study, name):
    return address("study_edit", study.pk, name)


@pytest.fixture
def begun(lead):
    """A study with a title and nothing else."""
    return add_study(by=lead, now=timezone.now(), **ADDED)


# Who sees a study


@pytest.mark.parametrize(
    "name", ["study_detail", "study_team", "consent_form_publish", "participant_list", "interview_list"]
)
@pytest.mark.parametrize("who", ["member", "other lead", "former lead", "administrator"])
def test_study_is_not_there_for_anyone_outside_its_team(sign_in, study, member, now, name, who):
    people = {
        "member": lambda: member,
        "other lead": lambda: StudyMemberFactory().person,
        "former lead": lambda: StudyMemberFactory(study=study, ended_at=now).person,
        "administrator": lambda: PersonFactory(is_staff=True, is_superuser=True),
    }
    page = sign_in(people[who]()).get(address(name, study.pk))
    assert page.status_code == 404
    assert study.title not in page.text


@pytest.mark.parametrize("duty", ["lead", "interviewer", "analyst", "key_holder", "approver"])
def test_study_list_shows_each_duty_its_own_studies(sign_in, study, duty):
    StudyFactory(title="Someone else's")
    person = StudyMemberFactory(study=study, duty=duty).person
    page = sign_in(person).get(address("study_list"))
    assert list(page.context["studies"]) == [study]
    assert "Someone else" not in page.text


def test_only_the_lead_sets_a_study_up(sign_in, study, interviewer):
    client = sign_in(interviewer)
    assert client.get(address("consent_form_publish", study.pk)).status_code == 403
    assert {client.get(step(study, name)).status_code for name in STEPS} == {403}
    page = client.get(study.get_absolute_url())
    assert "Nobody can be asked yet" in page.text
    assert step(study, "method") not in page.text


def test_step_outside_of_the_team_or_of_another_name_is_not_there(sign_in, study, member, lead):
    assert {sign_in(member).get(step(study, name)).status_code for name in STEPS} == {404}
    assert sign_in(lead).get(step(study, "colour")).status_code == 404


# Adding and changing


def test_study_is_added_and_set_up_step_by_step(sign_in, lead, group):
    client = sign_in(lead)
    page = client.post(address("study_add"), ADDED)
    study = Study.objects.get(title="Carrying on")
    assert study.team.get().person == lead
    answers = {
        "groups": {"groups": [group.pk]},
        "method": {"method": "We talk."},
        "dates": DATES,
        "numbers": {"small_number_threshold": "10"},
        "observing": {"observation_domains": "The room\n\nWho leads \nThe room"},
        "distress": {"distress_protocol": "Stop, and have tea."},
    }
    for name, answer in answers.items():
        assert page.url == step(study, name) + "?on"
        page = client.post(page.url, answer)
    assert page.url == study.get_absolute_url()
    study.refresh_from_db()
    assert list(study.groups.all()) == [group]
    assert (study.method, study.small_number_threshold) == ("We talk.", 10)
    assert (study.starts_on, study.ends_on) == (date(2026, 11, 1), date(2028, 11, 1))
    assert study.domains == ["The room", "Who leads"]
    assert study.distress_steps == "Stop, and have tea."


def test_what_to_do_when_someone_gets_upset_has_words_to_start_from_and_can_change_later(sign_in, lead, study, form):
    client = sign_in(lead)
    assert "116 123" in client.get(step(study, "distress")).context["form"]["distress_protocol"].value()
    assert "Enter what interviewers are to do" in client.post(step(study, "distress"), {"distress_protocol": " "}).text
    client.post(step(study, "distress"), {"distress_protocol": "Stop, and have tea."})
    assert "Stop, and have tea." in client.get(study.get_absolute_url()).text


def test_study_page_lists_the_steps_with_what_is_left(sign_in, lead, begun, group):
    client = sign_in(lead)
    page = client.get(begun.get_absolute_url())
    assert {row.name for row in page.context["steps"] if row.is_done} == {"title", "numbers"}
    for name in STEPS:
        assert step(begun, name) in page.text
    client.post(step(begun, "groups"), {"groups": [group.pk]})
    page = client.get(begun.get_absolute_url())
    assert {row.name for row in page.context["steps"] if row.is_done} == {"title", "groups", "numbers"}


def test_consent_form_of_a_study_that_is_not_set_up_is_not_published(sign_in, lead, begun):
    page = sign_in(lead).post(address("consent_form_publish", begun.pk), form_post())
    assert page.context["form"].non_field_errors() == [
        "Set the study up first. These steps are left: Sites and groups covered, Method, Dates."
    ]
    assert ConsentForm.objects.count() == 0


def test_nobody_is_asked_under_a_study_without_dates(client, begun, group, member):
    begun.groups.add(group)
    ConsentFormFactory(study=begun)
    client.force_login(member)
    assert list(client.get(address("my_research")).context["open_studies"]) == []


def test_administrator_adds_a_study_for_a_lead_and_stays_outside(sign_in):
    administrator = PersonFactory(is_staff=True)
    posted = ADDED | {"lead_name": "Jo", "lead_email": "jo@example.org"}
    page = sign_in(administrator).post(address("study_add"), posted, follow=True)
    assert page.redirect_chain == [(address("study_list"), 302)]
    assert "The study is added." in page.text
    assert "Carrying on" not in page.text
    assert Study.objects.get().team.get().person == Person.objects.get(email="jo@example.org")


def test_researcher_who_is_no_administrator_is_not_asked_for_a_lead(sign_in, lead):
    client = sign_in(lead)
    assert "lead_email" not in client.get(address("study_add")).text
    client.post(address("study_add"), ADDED | {"lead_name": "Jo", "lead_email": "jo@example.org"})
    assert Study.objects.get(title="Carrying on").team.get().person == lead


@pytest.mark.parametrize("who", ["member", "coordinator"])
def test_nobody_else_adds_a_study(sign_in, member, who):
    person = member if who == "member" else PersonFactory()
    assert sign_in(person).get(address("study_add")).status_code == 403


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"title": ""}, "title", "Enter the title of the study"),
        (
            {"ethics_reference": "26/sw/9999"},
            "ethics_reference",
            "A study with this reference is already here. Check the number on the approval.",
        ),
    ],
)
def test_mistake_in_adding_gets_its_sentence_and_keeps_what_was_typed(sign_in, lead, changed, field, sentence):
    StudyFactory(ethics_reference="26/SW/9999")
    posted = ADDED | changed
    page = sign_in(lead).post(address("study_add"), posted)
    assert page.context["form"].errors == {field: [sentence]}
    assert (posted["title"] or posted["ethics_reference"]) in page.text
    assert not Study.objects.filter(title="Carrying on").exists()


@pytest.mark.parametrize(
    ("name", "posted", "field", "sentence"),
    [
        ("groups", {"csrfmiddlewaretoken": "x"}, "groups", "Choose at least one group"),
        ("method", {"method": " "}, "method", "Enter in a few words how you will do the study"),
        ("dates", DATES | {"ends_on_year": "2025"}, "ends_on", "Enter a last day that is not before the first day"),
        ("dates", DATES | {"starts_on_month": "13"}, "starts_on", "Enter a real date, like 24 11 2026"),
        ("numbers", {"small_number_threshold": "2"}, "small_number_threshold", "Enter a number that is 3 or more"),
        (
            "observing",
            {"observation_domains": "x" * 81},
            "observation_domains",
            f"Shorten this line to 80 characters: {'x' * 40}…",
        ),
        (
            "observing",
            {"observation_domains": "\n".join(f"line {number}" for number in range(13))},
            "observation_domains",
            "Enter 12 lines or fewer",
        ),
    ],
)
def test_mistake_in_a_step_gets_its_sentence_and_changes_nothing(sign_in, lead, begun, name, posted, field, sentence):
    page = sign_in(lead).post(step(begun, name), posted)
    assert page.context["form"].errors == {field: [sentence]}
    begun.refresh_from_db()
    assert (begun.method, begun.starts_on, begun.small_number_threshold, begun.observation_domains) == ("", None, 8, "")
    assert not begun.groups.exists()


@pytest.mark.parametrize(
    ("name", "email", "field", "sentence"),
    [
        ("", "jo@example.org", "lead_name", "Enter the name of the lead"),
        ("Jo", "", "lead_email", "Enter the email address of the lead"),
        ("Jo", "jo", "lead_email", "Enter an email address in the right format, like name@example.com"),
    ],
)
def test_administrator_names_a_lead_in_full(sign_in, name, email, field, sentence):
    posted = ADDED | {"lead_name": name, "lead_email": email}
    page = sign_in(PersonFactory(is_staff=True)).post(address("study_add"), posted)
    assert page.context["form"].errors == {field: [sentence]}
    assert Study.objects.count() == 0


def test_groups_to_choose_from_show_name_and_site_only(sign_in, lead, begun):
    group = SupportGroupFactory(name="Knowle", about="Secret words")
    page = sign_in(lead).get(step(begun, "groups"))
    assert f"Knowle, {group.site.name}" in page.text
    assert "Secret words" not in page.text


def test_study_can_be_changed_until_a_form_is_published(sign_in, study, lead):
    client = sign_in(lead)
    assert 'value="How groups carry on"' in client.get(step(study, "title")).text
    page = client.post(step(study, "title"), ADDED)
    assert page.url == study.get_absolute_url()
    study.refresh_from_db()
    assert study.title == "Carrying on"
    publish_form(study=study, text="About.", statements=[("interview", "Yes")], now=study.created_at)
    assert "stays as it is" in client.get(step(study, "title")).text
    page = client.post(step(study, "title"), ADDED | {"title": "Other"})
    assert page.context["form"].non_field_errors() == [
        "A consent form is published, so this can't be changed any more."
    ]
    study.refresh_from_db()
    assert study.title == "Carrying on"


def test_what_observers_look_at_can_change_at_any_time(sign_in, study, form, lead):
    client = sign_in(lead)
    page = client.get(step(study, "observing"))
    assert "How people support one another" in page.text
    client.post(step(study, "observing"), {"observation_domains": "Who leads"})
    study.refresh_from_db()
    assert study.domains == ["Who leads"]
    assert "Who leads" in client.get(study.get_absolute_url()).text


# Team


@pytest.mark.parametrize("email", ["known@example.org", "unknown@example.org"])
def test_duty_is_given_with_the_same_answer_for_any_address(sign_in, study, lead, email):
    PersonFactory(email="known@example.org", preferred_name="Secretly a member")
    posted = {"name": "Quentin", "email": email, "duty": "analyst"}
    page = sign_in(lead).post(address("study_team", study.pk), posted, follow=True)
    assert "The duty is given. Tell them to sign in with this email address." in page.text
    assert f"{email}: Analyst" in page.text
    assert "Secretly a member" not in page.text
    assert "Quentin" not in page.text


def test_team_is_seen_by_all_of_it_and_changed_by_the_lead_only(sign_in, study, lead, interviewer):
    client = sign_in(interviewer)
    page = client.get(address("study_team", study.pk))
    assert lead.email in page.text
    assert "Give a duty" not in page.text
    posted = {"name": "Sam", "email": "sam@example.org", "duty": "key_holder"}
    assert client.post(address("study_team", study.pk), posted).status_code == 403
    assert client.post(address("duty_end", study.team.get(person=lead).pk)).status_code == 403
    assert study.team.current().count() == 2


def test_duty_is_ended_and_the_last_lead_stays(sign_in, study, lead, interviewer):
    client = sign_in(lead)
    page = client.post(address("duty_end", study.team.get(person=interviewer).pk), follow=True)
    assert "The duty is ended." in page.text
    page = client.post(address("duty_end", study.team.get(person=lead).pk), follow=True)
    assert "A study needs a lead." in page.text
    assert [member.person for member in study.team.current()] == [lead]


def test_lead_who_ends_their_own_duty_is_led_out(sign_in, study, lead):
    StudyMemberFactory(study=study)
    page = sign_in(lead).post(address("duty_end", study.team.get(person=lead).pk), follow=True)
    assert page.redirect_chain == [(address("study_list"), 302)]


def test_duty_of_another_study_is_not_there(sign_in, lead):
    elsewhere = StudyMemberFactory(duty="analyst")
    assert sign_in(lead).post(address("duty_end", elsewhere.pk)).status_code == 404
    elsewhere.refresh_from_db()
    assert elsewhere.ended_at is None


# Consent form


def form_post(**changed):
    return {
        "text": "What we\r\nask.",
        "asks_interview": "on",
        "wording_interview": "I agree to be interviewed.",
        "asks_quotes": "on",
        "wording_quotes": "You may quote me.",
        "wording_archive": "Not ticked",
        **changed,
    }


def test_consent_form_is_published_with_the_ticked_statements(sign_in, study, lead):
    page = sign_in(lead).post(address("consent_form_publish", study.pk), form_post(), follow=True)
    form = ConsentForm.objects.get()
    assert page.redirect_chain == [(form.get_absolute_url(), 302)]
    assert form.text == "What we\nask."
    assert list(form.statements.values_list("purpose", "text")) == [
        ("interview", "I agree to be interviewed."),
        ("quotes", "You may quote me."),
    ]
    assert form.checksum in page.text
    assert "Not ticked" not in page.text


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"text": " "}, "text", "Enter the information that people read before they decide"),
        ({"wording_quotes": ""}, "wording_quotes", "Enter the wording of the statement about: Quotes"),
        ({"asks_interview": "", "asks_quotes": ""}, "asks_questionnaires", "Tick at least one thing to ask for"),
    ],
)
def test_consent_form_with_a_gap_is_not_published(sign_in, study, lead, changed, field, sentence):
    page = sign_in(lead).post(address("consent_form_publish", study.pk), form_post(**changed))
    assert page.context["form"].errors == {field: [sentence]}
    assert "I agree to be interviewed." in page.text
    assert ConsentForm.objects.count() == 0


def test_next_version_starts_from_the_words_in_force(sign_in, study, lead):
    client = sign_in(lead)
    client.post(address("consent_form_publish", study.pk), form_post())
    page = client.get(address("consent_form_publish", study.pk))
    assert "You may quote me." in page.text
    assert page.text.count(" checked") == 2
    same = client.post(address("consent_form_publish", study.pk), form_post())
    assert same.context["form"].non_field_errors() == [
        "This is word for word the version in force. There is nothing to publish."
    ]
    client.post(address("consent_form_publish", study.pk), form_post(text="New"))
    assert list(study.consent_forms.values_list("version", flat=True)) == [2, 1]


def test_consent_form_of_another_study_is_not_there(sign_in, form):
    assert sign_in(StudyMemberFactory().person).get(form.get_absolute_url()).status_code == 404


# The same work for few and for many


def test_study_list_costs_the_same_for_few_and_many(sign_in, lead, queries_of):
    sign_in(lead)
    few = queries_of(address("study_list"))
    for _number in range(3):
        other = StudyMemberFactory(person=lead).study
        other.groups.add(SupportGroupFactory())
        ParticipantFactory(study=other)
    assert queries_of(address("study_list")) == few <= 10


def test_study_page_costs_the_same_for_few_and_many(sign_in, lead, study, form, group, decide, queries_of):
    sign_in(lead)
    counts = []
    for more in (5, 45):
        for _number in range(more):
            decide(ParticipantFactory(study=study), "interview")
        study.groups.add(*SupportGroupFactory.create_batch(more, site=group.site))
        counts.append(queries_of(study.get_absolute_url()))
    assert counts[0] == counts[1] <= 21


def test_worklist_counts_what_waits(sign_in, lead, study, form, participant, decide, world_of_rows, key_holder, now):
    decide(ParticipantFactory(study=study), "interview")
    asked = ParticipantFactory(study=study)
    make_export(study, participant)
    Interview.objects.filter(pk=world_of_rows.pk).update(length_minutes=300)
    WithdrawalFactory(participant=ParticipantFactory(study=study), scope="remove")
    client = sign_in(lead)
    assert waiting(client, study) == {
        "Have not answered the consent form in force": 1,
        "Agreed to an interview, and none planned": 1,
        "Interviews without a transcript": 1,
        "Records to look at": 1,
    }
    withdraw(participant=participant, scope="remove", by=lead, method="paper", now=now)
    request_identity(participant=asked, reason="To ring", by=key_holder, now=now)
    assert waiting(client, study) == {
        "Have not answered the consent form in force": 1,
        "Agreed to an interview, and none planned": 1,
        "Requests to find out who someone is": 1,
        "Users of exports to tell of a withdrawal": 1,
    }


def waiting(client, study):
    """The lines of the worklist that have something to do."""
    tasks = client.get(study.get_absolute_url()).context["worklist"]
    return {str(task.label): task.count for task in tasks if task.count}


def test_member_of_a_group_covered_does_not_reach_researchers_pages(sign_in, study, form):
    client = sign_in(MembershipFactory(group=study.groups.get()).person)
    assert client.get(address("study_list")).context["studies"].count() == 0
    assert client.get(study.get_absolute_url()).status_code == 404
    assert client.get(form.get_absolute_url()).status_code == 404
