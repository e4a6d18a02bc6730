"""The pages about a study's questions: the lead's plan, the team's numbers and paper, and the participant's own."""

from datetime import timedelta

import pytest
from django.urls import reverse

from evaluation.models import Administration, ConsentStatement, Occasion, PlannedInstrument, Response
from evaluation.services.administration import Said, enter_administration, finish_administration
from evaluation.services.consent import withdraw
from evaluation.services.occasion import settle_occasions
from peersupport.access.log import AccessLogEntry
from peersupport.instruments.definition import Answer, Item, Words
from supportplans.forms.self_report import AnswerItemForm
from tests.evaluation.questions import PHQ4, asked, days, one_more, plan, say, standing
from tests.factories import OccasionFactory, PersonFactory, answered

pytestmark = pytest.mark.django_db
#: What a number may be taken to mean stands on no page.
SEVERITY = ("mild", "moderate", "severe", "minimal", "normal range", "cut-off", "positive screen")


def address(name, *keys, query=""):
    return reverse(f"evaluation:{name}", args=keys) + query


@pytest.fixture
def occasion(study, lead, willing, now):
    return asked(study, lead, now, phq4=["baseline"], pain_nrs=["baseline"])


@pytest.fixture
def phq4(occasion):
    return occasion.administrations.get(instrument__code="phq4")


@pytest.fixture
def own(client, member):
    client.force_login(member)
    return client


def text_of(response):
    assert response.status_code == 200
    return response.content.decode()


def finish(administration, by, now):
    finish_administration(administration=administration, by=by, now=now)


# The participant's own pages


def test_what_is_asked_is_on_their_research_pages(own, occasion, study):
    for url in (address("my_research"), address("my_study", study.pk)):
        text = text_of(own.get(url))
        assert "Questions wait for you" in text
        assert occasion.get_absolute_url() in text


def test_occasion_says_what_is_asked_who_sees_it_and_that_nobody_watches(own, occasion, phq4):
    text = text_of(own.get(occasion.get_absolute_url()))
    assert address("question_answer", phq4.pk, 1) in text
    for words in (
        "Nobody watches your answers",
        "under a pseudonym, not your name",
        "Not this time",
        "Answer 4 questions",
    ):
        assert words in text


def test_questions_come_one_a_page_and_each_answer_is_kept_at_once(own, phq4):
    response = own.post(address("question_answer", phq4.pk, 1), {"answer": "2"})
    assert response.url == address("question_answer", phq4.pk, 2)
    response = own.post(address("question_answer", phq4.pk, 2), {"missing": "skipped"})
    assert response.url == address("question_answer", phq4.pk, 3)
    response = own.post(address("question_answer", phq4.pk, 3), {"missing": "prefer_not"})
    assert standing(phq4) == {"nervous": 2, "worrying": "skipped", "interest": "prefer_not"}
    response = own.post(address("question_answer", phq4.pk, 4), {"answer": "0"})
    assert response.url == address("administration_finish", phq4.pk)


def test_begun_is_gone_on_with_where_it_stopped(own, occasion, phq4, member, now):
    say(phq4, member, now, nervous=1)
    assert address("question_answer", phq4.pk, 2) in text_of(own.get(occasion.get_absolute_url()))
    text = text_of(own.get(address("administration_finish", phq4.pk)))
    assert "Go on with question 2" in text
    assert "Several days" in text


def test_earlier_answer_is_chosen_and_can_be_changed_from_the_end(own, phq4, member, now):
    say(phq4, member, now, **PHQ4)
    page = address("question_answer", phq4.pk, 4, query="?change")
    assert own.get(page).context["form"].initial == {"answer": 3}
    assert own.post(page, {"answer": "0"}).url == address("administration_finish", phq4.pk)
    assert standing(phq4)["down"] == 0


@pytest.mark.parametrize("posted", [{}, {"answer": ""}, {"answer": "4"}, {"answer": "many"}, {"missing": "withdrawn"}])
def test_what_is_no_answer_says_what_to_do(own, phq4, posted):
    text = text_of(own.post(address("question_answer", phq4.pk, 1), posted))
    assert "Choose an answer, or skip this question" in text
    assert not phq4.responses.exists()


@pytest.mark.parametrize("number", [0, 5])
def test_question_that_is_not_there_is_not_found(own, phq4, number):
    assert own.get(f"/research/mine/answers/{phq4.pk}/{number}/").status_code == 404


def test_finishing_thanks_and_closes(own, occasion, phq4, member, now):
    say(phq4, member, now, **PHQ4)
    response = own.post(address("administration_finish", phq4.pk), follow=True)
    assert "Thank you. Your answers are kept." in text_of(response)
    phq4.refresh_from_db()
    assert phq4.state == "answered"
    for url in (address("question_answer", phq4.pk, 1), address("administration_finish", phq4.pk)):
        assert own.get(url).url == occasion.get_absolute_url()


def test_nothing_answered_says_what_to_do(own, phq4):
    text = text_of(own.post(address("administration_finish", phq4.pk)))
    assert "You can stop here" in text
    phq4.refresh_from_db()
    assert phq4.is_open


def test_not_this_time_is_one_tap_and_no_loss(own, occasion, study):
    response = own.post(address("occasion_decline", occasion.pk), follow=True)
    text = text_of(response)
    assert "That is fine. Nothing more is asked this time." in text
    assert "Questions wait for you" not in text
    assert set(occasion.administrations.values_list("state", flat=True)) == {"declined"}
    assert own.get(address("occasion_decline", occasion.pk)).status_code == 405


def test_after_taking_consent_back_nothing_is_asked(own, occasion, phq4, willing, member, study, now):
    withdraw(participant=willing, scope="no_contact", by=member, method="own_page", now=now)
    assert own.get(address("question_answer", phq4.pk, 1)).url == occasion.get_absolute_url()
    text = text_of(own.get(occasion.get_absolute_url()))
    assert "So nothing is asked." in text
    assert address("question_answer", phq4.pk, 1) not in text
    assert "Questions wait for you" not in text_of(own.get(address("my_research")))


@pytest.mark.parametrize("who", ["lead", "interviewer", "other"])
def test_own_pages_are_nobody_elses(sign_in, occasion, phq4, study, lead, interviewer, who):
    person = {"lead": lead, "interviewer": interviewer, "other": PersonFactory()}[who]
    client = sign_in(person)
    for url in (
        occasion.get_absolute_url(),
        address("question_answer", phq4.pk, 1),
        address("administration_finish", phq4.pk),
        address("my_numbers", study.pk),
    ):
        assert client.get(url).status_code == 404
    assert client.post(address("question_answer", phq4.pk, 1), {"answer": "1"}).status_code == 404


def test_numbers_over_time_show_range_and_direction_and_no_judgement(own, occasion, phq4, study, willing, member, now):
    say(phq4, member, now, nervous=3, worrying=3, interest=3, down=3)
    finish(phq4, member, now)
    later = OccasionFactory(study=study, participant=willing, event="month_3", opened_at=now + days(1))
    answered(occasion=later, nervous=0, worrying=0, interest="skipped", down=1)
    response = own.get(address("my_numbers", study.pk))
    text = text_of(response)
    assert "It can be 0 to 12." in text
    [numbers] = response.context["numbers"]
    assert [[cell for _rule, cell in cells] for _day, cells in numbers.rows] == [["12", "6", "6"], ["", "0", ""]]
    assert [word for word in SEVERITY if word in text.lower().replace("that is severe", "")] == []


def test_worst_and_best_answers_give_the_same_page(own, occasion, phq4, member, now):
    """Nothing of what is said changes what comes next."""
    pages = []
    for value in (0, 3):
        say(phq4, member, now, **dict.fromkeys(PHQ4, value))
        text = text_of(own.get(occasion.get_absolute_url()))
        pages.append([line for line in text.splitlines() if "csrf" not in line and "nonce" not in line])
    assert pages[0] == pages[1]


@pytest.mark.parametrize("number", [1, 3])
def test_occasion_costs_the_same_for_one_set_and_three(own, study, lead, willing, now, number, queries_of):
    codes = ["phq4", "pain_nrs", "ons4"][:number]
    row = asked(study, lead, now, **{code: ["baseline"] for code in codes})
    assert queries_of(row.get_absolute_url()) == 8


# The lead's plan


def test_lead_plans_what_is_asked(sign_in, study, lead):
    client = sign_in(lead)
    overview, page = address("questionnaire_list", study.pk), address("questionnaire_plan", study.pk)
    assert "Nothing is asked yet." in text_of(client.get(overview))
    posted = {"window_days": "21", "asks_phq4": ["baseline", "month_3"], "asks_pain_nrs": ["month_3"]}
    text = text_of(client.post(page, posted, follow=True))
    assert "The plan is saved." in text
    assert "have 21 days" in text
    assert PlannedInstrument.objects.count() == 3
    form = client.get(page).context["form"]
    assert form.initial == {
        "window_days": 21,
        "asks_phq4": ["baseline", "month_3"],
        "asks_pain_nrs": ["month_3"],
    }


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({"window_days": ""}, "Enter how many days they may take, like 14"),
        ({"window_days": "6"}, "Enter a number that is 7 or more"),
        ({"window_days": "61"}, "Enter a number that is 60 or less"),
        ({"window_days": "soon"}, "Enter a whole number, like 4"),
        ({"window_days": "14", "asks_phq4": ["month_9"]}, "Choose one of the answers"),
    ],
)
def test_plan_that_can_not_be_says_what_to_do(sign_in, study, lead, posted, sentence):
    text = text_of(sign_in(lead).post(address("questionnaire_plan", study.pk), posted))
    assert sentence in text
    assert not PlannedInstrument.objects.exists()


def test_plan_offers_every_instrument_with_its_licence(sign_in, study, lead):
    text = text_of(sign_in(lead).get(address("questionnaire_plan", study.pk)))
    for words in ("PHQ-4", "GAD-7", "No permission required to reproduce"):
        assert words in text
    assert "PEG" not in text


# What the team sees


def test_numbers_of_people_are_hidden_where_small(sign_in, study, analyst, lead, willing, now):
    for _number in range(11):
        one_more(study, now - days(1), person=PersonFactory())
    plan(study, lead, now, phq4=["baseline"], ons4=["month_3"])
    settle_occasions(now=now)
    some = Administration.objects.filter(instrument__code="phq4").order_by("pk")[:2]
    for administration in some:
        answer = administration.instrument.items.first()
        Response.objects.create(administration=administration, item=answer, value=1, answered_at=now)
        finish(administration, administration.occasion.participant.identity_key.person, now)
    client = sign_in(analyst)
    events = client.get(address("questionnaire_list", study.pk)).context["events"]
    assert [(event.value, [(one.name, one.cells) for one in rows]) for event, rows in events] == [
        ("baseline", [("PHQ-4", [10, 0, None, 0, 0, 0])]),
        ("month_3", [("ONS personal well-being (ONS4)", [0, 0, 0, 0, 0, 0])]),
    ]
    assert "a few" in text_of(client.get(address("questionnaire_list", study.pk)))


def test_participant_has_a_list_by_pseudonym_and_no_name(sign_in, interviewer, willing, member, occasion, phq4, now):
    say(phq4, member, now, **PHQ4)
    finish(phq4, member, now)
    text = text_of(sign_in(interviewer).get(address("administration_list", willing.pk)))
    for words in ("PHQ-4", "Answered", "On their own page", willing.pseudonym):
        assert words in text
    assert member.preferred_name not in text


def test_each_look_at_answers_is_written_down(sign_in, analyst, member, phq4, now):
    say(phq4, member, now, **PHQ4)
    finish(phq4, member, now)
    text = text_of(sign_in(analyst).get(phq4.get_absolute_url()))
    assert "Nearly every day" in text
    entry = AccessLogEntry.objects.get(object_type="evaluation.administration")
    assert (entry.actor, entry.subject, entry.object_id) == (analyst, member, phq4.pk)


def test_team_does_not_see_what_is_still_being_answered(sign_in, interviewer, member, phq4, now):
    say(phq4, member, now, down=3)
    text = text_of(sign_in(interviewer).get(phq4.get_absolute_url()))
    assert "Nearly every day" not in text


def test_answers_of_who_asked_for_removal_are_nobodys(sign_in, interviewer, lead, willing, member, phq4, now):
    say(phq4, member, now, **PHQ4)
    finish(phq4, member, now)
    withdraw(participant=willing, scope="remove", by=lead, method="voice", now=now)
    client = sign_in(interviewer)
    assert client.get(phq4.get_absolute_url()).status_code == 404
    assert "PHQ-4" not in text_of(client.get(address("administration_list", willing.pk)))


# From paper


def posted(**changes):
    answers = {f"item_{code}": f"value_{value}" for code, value in PHQ4.items()}
    return answers | {"mode": "paper"} | changes


def test_answers_are_put_in_from_paper(sign_in, interviewer, phq4):
    client = sign_in(interviewer)
    page = address("administration_enter", phq4.pk)
    text = text_of(client.post(page, posted(item_down="not_applicable"), follow=True))
    for words in ("Their answers are saved.", "On paper", "Does not apply", "Put something right"):
        assert words in text
    assert standing(phq4) == PHQ4 | {"down": "not_applicable"}


@pytest.mark.parametrize(
    "changes",
    [{"item_down": ""}, {"item_down": "value_4"}, {"item_down": "withdrawn"}, {"item_down": "3"}, {"mode": "own_page"}],
)
def test_paper_that_can_not_be_says_what_to_do(sign_in, interviewer, phq4, changes):
    text = text_of(sign_in(interviewer).post(address("administration_enter", phq4.pk), posted(**changes)))
    assert "error-summary" in text
    assert not phq4.responses.exists()


def test_paper_beside_their_own_answers_is_refused_on_the_page(sign_in, interviewer, member, phq4, now):
    say(phq4, member, now, nervous=0)
    text = text_of(sign_in(interviewer).post(address("administration_enter", phq4.pk), posted()))
    assert "They have begun to answer on their own page." in text
    assert standing(phq4) == {"nervous": 0}


def test_paper_after_consent_was_taken_back_is_refused_on_the_page(sign_in, interviewer, willing, member, phq4, now):
    withdraw(participant=willing, scope="no_collection", by=member, method="own_page", now=now)
    text = text_of(sign_in(interviewer).post(address("administration_enter", phq4.pk), posted()))
    assert "there is no yes to answering questions that holds now" in text


def test_paper_is_put_right_with_a_reason(sign_in, interviewer, phq4, now):
    answers = {code: Said(value=value) for code, value in PHQ4.items()}
    enter_administration(administration=phq4, answers=answers, mode="voice", by=interviewer, now=now)
    client, page = sign_in(interviewer), address("administration_correct", phq4.pk)
    assert client.get(page).context["form"].initial["item_down"] == "value_3"
    assert "Enter why you change it" in text_of(client.post(page, posted(item_down="value_0")))
    text = text_of(client.post(page, posted(item_down="value_0", reason="Misread."), follow=True))
    for words in ("What is right is saved.", "Put right: Misread.", "By voice"):
        assert words in text
    assert standing(phq4)["down"] == 0


def test_their_own_answers_can_not_be_put_right_by_others(sign_in, interviewer, member, phq4, now):
    say(phq4, member, now, **PHQ4)
    finish(phq4, member, now)
    client = sign_in(interviewer)
    assert "Put something right" not in text_of(client.get(phq4.get_absolute_url()))
    assert client.get(address("administration_correct", phq4.pk)).url == phq4.get_absolute_url()


def test_set_whose_questions_are_gone_is_listed_and_not_opened(sign_in, interviewer, willing, phq4, monkeypatch):
    monkeypatch.setattr("evaluation.models.questionnaire.instrument_of", lambda *key: None)
    client = sign_in(interviewer)
    assert "phq4" in text_of(client.get(address("administration_list", willing.pk)))
    assert client.get(phq4.get_absolute_url()).status_code == 404


def test_occasion_stays_where_its_study_asks_for_no_questionnaires_any_more(own, study, lead, willing, now, occasion):
    plan(study, lead, now + timedelta(minutes=1))
    assert Occasion.objects.open().count() == 1
    assert "Answer 4 questions" in text_of(own.get(occasion.get_absolute_url()))
    assert ConsentStatement.objects.filter(purpose="questionnaires").exists()


@pytest.mark.parametrize("number", [1, 3])
def test_list_of_a_participant_costs_the_same_for_one_and_three(
    sign_in, interviewer, study, willing, now, number, queries_of
):
    for event in ("baseline", "month_3", "month_6")[:number]:
        answered(occasion=OccasionFactory(study=study, participant=willing, event=event, opened_at=now), nervous=1)
    sign_in(interviewer)
    assert queries_of(address("administration_list", willing.pk)) == 7


def test_scale_of_ones_own_offers_its_own_numbers():
    """A deployer's instrument may end at 6, as the PSEQ does."""
    numbers = tuple(Answer(value, Words({"en": str(value)})) for value in range(7))
    low, high = Words({"en": "Not at all"}), Words({"en": "Completely"})
    item = Item("first", Words({"en": "How sure are you?"}), numbers, low, high)
    form = AnswerItemForm({"answer": "7"}, item=item, stem=None)
    assert [value for value, _label in form.fields["answer"].choices] == [str(value) for value in range(7)]
    assert form.errors["answer"] == ["Choose an answer, or skip this question"]
    assert AnswerItemForm({"answer": "6"}, item=item, stem=None).is_valid()
