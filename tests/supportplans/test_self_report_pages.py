"""The pages on which a member answers questions about themselves and sees their own numbers: and nothing besides."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from peersupport.instruments import catalogue
from peersupport.instruments.catalogue import all_instruments, instrument_of
from peersupport.reminders.models import Message
from supportplans.models import SelfReport, SelfReportWish
from supportplans.self_report_page import GAP
from tests.factories import (
    MembershipFactory,
    RoleTermFactory,
    SelfReportFactory,
    SelfReportWishFactory,
    finished_report,
)
from tests.instruments.test_definitions import definition, score

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
#: How clinicians name what a number means. None of it is a member's business here.
SEVERITY = re.compile(
    r"\b(mild|moderate\w*|severe|severity|minimal|clinical\w*|symptom\w*|diagnos\w*|disorder|screen\w*|at risk"
    r"|cut-?offs?|threshold|bands?|depression|anxiety|abnormal|normal range|concerning|alarm)\b",
    re.IGNORECASE,
)


def address(name, *args):
    return reverse(f"supportplans:{name}", args=[getattr(arg, "pk", arg) for arg in args])


@pytest.fixture
def membership(client):
    membership = MembershipFactory(person__preferred_name="Ana")
    client.force_login(membership.person)
    return membership


@pytest.fixture
def person(membership):
    return membership.person


@pytest.fixture
def wish(person):
    return SelfReportWishFactory(person=person, instruments=["pain_nrs", "phq4", "ons4"], first_on=timezone.localdate())


@pytest.fixture
def report(person, wish):
    return SelfReportFactory(person=person, instrument="phq4")


def said(report):
    return {row.item: row.missing or row.value for row in report.answers.all()}


def text_of(page):
    """What a page says: no markup, no secrets of its forms."""
    return " ".join(re.sub(r"<[^>]+>", " ", page[page.index("<main") :]).split())


# Turning it on and off


def test_it_is_off_and_says_what_it_is(client, person):
    page = client.get(address("self_report_list")).text
    assert "It is off until you turn it on." in page
    assert "Nobody reads or watches your answers" in page
    assert address("self_report_wish_edit") in page


def test_choice_says_in_plain_words_what_each_asks_and_how_long_it_takes(client, person):
    page = client.get(address("self_report_wish_edit")).text
    for instrument in all_instruments():
        assert escape(instrument.plain_name) in page
        assert f"{len(instrument.items)} question" in page
    assert "1 question, about 1 minute." in page
    assert "8 questions, about 3 minutes." in page
    assert "PHQ" not in page


def test_turned_on_with_one_tick(client, person):
    page = client.post(address("self_report_wish_edit"), {"instruments": ["phq4"]}, follow=True).text
    assert "It is on." in page
    assert "Answer 4 questions" in page
    assert "come when you like" in page
    wish = SelfReportWish.objects.get()
    assert (wish.person, wish.instruments, wish.rhythm_weeks) == (person, ["phq4"], None)


def test_asked_every_four_weeks_says_when_next(client, person):
    client.post(address("self_report_wish_edit"), {"instruments": ["phq4", "pain_nrs"], "rhythm_weeks": "4"})
    assert SelfReportWish.objects.get().first_on == timezone.localdate() + timedelta(weeks=4)
    assert "We ask you next on" in client.get(address("self_report_list")).text


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Choose at least one, or go back and leave it off"),
        ({"instruments": ["phq9"]}, "Choose one of the answers"),
        ({"instruments": ["phq4"], "rhythm_weeks": "1"}, "Choose one of the answers"),
        ({"instruments": ["phq4"], "rhythm_weeks": "x" * 100_000}, "Choose one of the answers"),
    ],
)
def test_bad_choice_gets_a_sentence(client, person, sent, sentence):
    assert sentence in client.post(address("self_report_wish_edit"), sent).text
    assert not SelfReportWish.objects.exists()


def test_change_shows_what_was_chosen(client, wish):
    page = client.get(address("self_report_wish_edit")).text
    assert page.count("checked") == 4
    client.post(address("self_report_wish_edit"), {"instruments": ["gad7"], "rhythm_weeks": "4"})
    wish.refresh_from_db()
    assert (wish.instruments, wish.first_on) == (["gad7"], timezone.localdate())


def test_turning_it_off_is_asked_once_more_and_keeps_what_was_said(client, person, wish):
    finished_report(person=person, pain=4)
    page = client.get(address("self_report_wish_end")).text
    assert "What you answered stays here, for you alone." in page
    page = client.post(address("self_report_wish_end"), follow=True).text
    assert "It is off." in page
    assert "What you answered before" in page
    assert address("self_report_over_time", "pain_nrs") in page


def test_not_this_time_is_one_tap(client, wish):
    assert "You chose to be asked about now." in client.get(address("self_report_list")).text
    page = client.post(address("self_report_leave_out"), follow=True).text
    assert "It can wait." in page
    assert "You chose to be asked about now." not in page


# Answering


def begin(client, code="phq4"):
    return client.post(address("self_report_start", code))


def test_start_leads_to_the_first_question_in_its_own_words(client, wish):
    page = client.get(begin(client).url).text
    assert "Question 1 of 4" in page
    assert "Over the last 2 weeks, how often have you been bothered by the following problems?" in page
    assert "Feeling nervous, anxious or on edge" in page
    assert all(label in page for label in ("Not at all", "Several days", "More than half the days", "Nearly every day"))
    assert "Skip this one" in page
    assert "Rather not say" in page
    assert "Nobody reads or watches your answers" in page


def test_scale_says_what_its_ends_are(client, wish):
    page = client.get(begin(client, "pain_nrs").url).text
    assert "0: No pain" in page
    assert "10: Worst pain imaginable" in page
    assert page.count('type="radio"') == 11


@pytest.mark.parametrize("code", ["gad7", "phq9", "nothing"])
def test_what_was_not_chosen_cannot_be_started(client, wish, code):
    assert begin(client, code).status_code == 404


def test_nothing_can_be_started_while_it_is_off(client, wish):
    SelfReportWish.objects.update(is_on=False)
    assert begin(client).status_code == 404


def test_one_question_after_the_other_to_the_end(client, wish):
    place = begin(client).url
    for value in ("1", "2", "3", "0"):
        place = client.post(place, {"answer": value}).url
    report = SelfReport.objects.get()
    assert place == address("self_report_finish", report)
    assert "That was all" in client.get(place).text
    page = client.post(place, follow=True).text
    assert "It is kept, for you alone." in page
    assert "<strong>6</strong> on a scale from 0 to 12" in page
    assert "<strong>3</strong> on a scale from 0 to 6" in page
    assert said(report) == {"nervous": 1, "worrying": 2, "interest": 3, "down": 0}


@pytest.mark.parametrize(("reason", "shown"), [("skipped", "You skipped this one."), ("prefer_not", "rather not say")])
def test_skipping_and_not_saying_are_one_tap_and_can_be_answered_after_all(client, report, reason, shown):
    place = address("self_report_answer", report, 1)
    assert client.post(place, {"missing": reason}).url == address("self_report_answer", report, 2)
    assert said(report) == {"nervous": reason}
    assert shown in client.get(place).text
    client.post(place, {"answer": "2"})
    assert said(report) == {"nervous": 2}


def test_going_back_shows_what_was_said_and_the_last_counts(client, report):
    place = address("self_report_answer", report, 1)
    client.post(place, {"answer": "3"})
    assert re.search(r'value="3" checked', client.get(place).text)
    assert place in client.get(address("self_report_answer", report, 2)).text
    client.post(place, {"answer": "0"})
    client.post(place, {"answer": "0"})
    assert said(report) == {"nervous": 0}


def test_coming_back_goes_on_where_one_stopped(client, wish):
    place = begin(client).url
    client.post(place, {"answer": "1"})
    client.post(address("self_report_answer", SelfReport.objects.get(), 2), {"missing": "skipped"})
    assert "You have begun: 2 of 4 answered." in client.get(address("self_report_list")).text
    report = SelfReport.objects.get()
    assert begin(client).url == address("self_report_answer", report, 3)
    assert SelfReport.objects.get() == report


def test_session_that_runs_out_loses_nothing_that_was_given(client, report, person):
    client.post(address("self_report_answer", report, 1), {"answer": "1"})
    client.logout()
    place = address("self_report_answer", report, 2)
    lost = client.post(place, {"answer": "2"}, headers={"Referer": f"http://testserver{place}"})
    assert place in lost.url
    client.force_login(person)
    assert said(report) == {"nervous": 1}
    assert begin(client).url == address("self_report_answer", report, 2)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"answer": ""},
        {"answer": "4"},
        {"answer": "-1"},
        {"answer": "two 🙂"},
        {"answer": "שלום"},
        {"answer": "9" * 100_000},
        {"missing": "not_asked"},
        {"missing": "x" * 100_000},
    ],
)
def test_what_is_no_answer_gets_a_sentence_and_is_not_kept(client, report, sent):
    page = client.post(address("self_report_answer", report, 1), sent)
    assert said(report) == {}
    if "missing" not in sent:
        assert "Choose an answer, or skip this question" in page.text
        assert "Error:" in page.text


def test_change_from_the_end_leads_back_to_the_end(client, report):
    client.post(address("self_report_answer", report, 1), {"answer": "1"})
    end = address("self_report_finish", report)
    changing = f"{address('self_report_answer', report, 1)}?change"
    assert changing in client.get(end).text
    assert end in client.get(changing).text
    assert client.post(changing, {"answer": "3"}).url == end
    assert client.post(changing, {"missing": "skipped"}).url == end


def test_stopping_early_offers_to_go_on_to_finish_and_to_leave_it(client, report):
    client.post(address("self_report_answer", report, 1), {"answer": "1"})
    end = address("self_report_finish", report)
    page = client.get(end).text
    assert "You can stop here" in page
    assert "Go on with question 2" in page
    assert re.search(rf'href="{address("self_report_list")}">Leave it for later', page)
    assert page.count("Not answered") == 3
    page = client.post(end, follow=True).text
    assert "There is no number this time" in page
    assert " on a scale from " not in page
    assert page.count("Not answered") == 3


def test_what_has_no_answer_leaves_the_other_numbers(client, person, wish):
    report = finished_report(person=person, instrument="phq4", nervous=1, worrying=None, interest=2, down=3)
    page = client.get(report.get_absolute_url()).text
    assert page.count("No number, since something has no answer") == 2
    assert "<strong>5</strong> on a scale from 0 to 6" in page
    assert "There is no number this time" not in page


def test_skipping_posts_the_form_that_holds_the_answers(client, report):
    """So what was chosen before and not sent is settled with it: see static/js/drafts.js."""
    page = client.get(address("self_report_answer", report, 1)).text
    form = re.search(r'<form[^>]*id="answer-form"[^>]*>', page).group()
    assert "data-draft" in form
    assert re.findall(r'form="answer-form" name="missing" value="(\w+)"', page) == ["skipped", "prefer_not"]
    client.post(address("self_report_answer", report, 1), {"answer": "3", "missing": "skipped"})
    assert said(report) == {"nervous": "skipped"}


def test_finishing_with_nothing_answered_gets_a_sentence(client, report):
    page = client.post(address("self_report_finish", report)).text
    assert "Nothing is answered yet." in page
    assert not SelfReport.objects.finished().exists()


def test_second_tab_on_a_finished_report_changes_nothing(client, person, wish):
    report = finished_report(person=person, instrument="phq4", nervous=1)
    for name, args in (("self_report_answer", [1]), ("self_report_finish", [])):
        place = address(name, report, *args)
        assert client.get(place).url == report.get_absolute_url()
        assert client.post(place, {"answer": "3"}).url == report.get_absolute_url()
    assert said(report) == {"nervous": 1}


@pytest.mark.parametrize("number", [0, 5, 10**12])
def test_question_that_is_not_there_is_not_found(client, report, number):
    assert client.get(address("self_report_answer", report, number)).status_code == 404


def test_open_report_has_no_numbers_yet(client, report):
    assert client.get(address("self_report_detail", report)).url == address("self_report_finish", report)


# What was said, and over time


def test_finished_report_offers_what_is_still_asked(client, person, wish):
    report = finished_report(person=person, instrument="phq4", nervous=1)
    page = client.get(report.get_absolute_url()).text
    assert "Go on with: Pain" in page
    assert address("self_report_start", "pain_nrs") in page
    finished_report(person=person, pain=2)
    finished_report(person=person, instrument="ons4", happy=2)
    assert "Go on with" not in client.get(report.get_absolute_url()).text


def test_taking_one_out_takes_it_from_every_page(client, person, wish):
    report = finished_report(person=person, pain=9)
    assert "It can&#x27;t be brought back." in client.get(address("self_report_take_out", report)).text.replace(
        "'", "&#x27;"
    )
    page = client.post(address("self_report_take_out", report), follow=True).text
    assert "It is taken out." in page
    assert client.get(report.get_absolute_url()).status_code == 404
    assert client.get(address("self_report_take_out", report)).status_code == 404
    assert "Nothing answered" in client.get(address("self_report_over_time", "pain_nrs")).text


def rows_of(page):
    """Each row of the first table: its cells' texts."""
    body = page[page.index("<tbody") : page.index("</tbody>")]
    rows = re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)]
        for row in rows
    ]


def test_numbers_over_time_have_gaps_where_nothing_was_said(client, person):
    now = timezone.now()
    finished_report(person=person, at=now - timedelta(days=300), instrument="phq4", nervous=1, worrying=2)
    whole = {"nervous": 3, "worrying": 3, "interest": 3, "down": 3}
    finished_report(person=person, at=now - timedelta(days=28), instrument="phq4", **whole)
    finished_report(person=person, at=now, instrument="phq4", interest=None, down=0)
    page = client.get(address("self_report_over_time", "phq4")).text
    assert [row[1:] for row in rows_of(page)] == [["", "3", ""], ["", "", ""], ["12", "6", "6"], ["", "", ""]]
    assert rows_of(page)[1][0] == "No answers"
    assert "An empty place means that there is no number" in page
    assert 'data-top="12"' in page


def test_line_is_broken_only_beyond_the_longest_rhythm(client, person):
    now = timezone.now()
    for days in (0, 84, 84 + GAP.days):
        finished_report(person=person, at=now - timedelta(days=days), pain=5)
    assert len(rows_of(client.get(address("self_report_over_time", "pain_nrs")).text)) == 3


def test_each_number_says_which_way_it_runs(client, person):
    finished_report(person=person, instrument="ons4", satisfied=1, worthwhile=2, happy=3, anxious=4)
    page = client.get(address("self_report_over_time", "ons4")).text
    assert "A higher number means you are more satisfied." in page
    assert "This one runs the other way" in page
    assert rows_of(page)[0][1:] == ["1", "2", "3", "4"]


def test_category_is_words_and_never_drawn(client, person):
    answers = {"companionship": 1, "left_out": 2, "isolated": 3, "lonely": 4}
    report = finished_report(person=person, instrument="ons_loneliness", **answers)
    page = client.get(address("self_report_over_time", "ons_loneliness")).text
    assert rows_of(page)[0][1:] == ["6"]
    assert "Hardly ever</td>" in page
    assert "How often you feel lonely" not in client.get(report.get_absolute_url()).text


def test_over_time_is_paged_newest_first(client, person):
    now = timezone.now()
    for weeks in range(60):
        finished_report(person=person, at=now - timedelta(weeks=2 * weeks), pain=weeks % 11)
    page = client.get(address("self_report_over_time", "pain_nrs")).text
    rows = rows_of(page)
    assert (len(rows), rows[-1][1]) == (52, "0")
    earlier = re.search(r'href="(\?after=[^"]+)"', page)[1]
    assert (
        len(rows_of(client.get(address("self_report_over_time", "pain_nrs") + earlier.replace("&amp;", "&")).text)) == 8
    )


def test_where_the_questions_come_from_is_said(client, person):
    report = finished_report(person=person, instrument="ons4", happy=3)
    for place in (report.get_absolute_url(), address("self_report_over_time", "ons4")):
        assert "Open Government Licence v3.0" in client.get(place).text


def test_what_the_deployer_took_away_again_is_on_no_page_and_breaks_none(client, person, settings):
    settings.INSTRUMENT_LICENCES_ACCEPTED = ["peg"]
    SelfReportWishFactory(person=person, instruments=["peg", "pain_nrs"], first_on=timezone.localdate())
    open_one = client.post(address("self_report_start", "peg")).url
    finished = finished_report(person=person, pain=3)
    settings.INSTRUMENT_LICENCES_ACCEPTED = []
    page = client.get(address("self_report_list")).text
    assert "gets in the way" not in page
    assert "Answer 1 question" in page
    for place in (open_one, address("self_report_over_time", "peg")):
        assert client.get(place).status_code == 404
    assert client.post(address("self_report_start", "peg")).status_code == 404
    assert client.get(finished.get_absolute_url()).status_code == 200
    assert client.get("/").status_code == 200


def test_new_version_begins_a_new_report_and_the_old_one_keeps_its_words(client, person, tmp_path, settings):
    settings.INSTRUMENTS_DIR = str(tmp_path)
    numbers = score(code="sum") + score(rule="category", items=["black"], range=[0, 1])
    (tmp_path / "tea.v1.yaml").write_text(yaml.safe_dump(definition(scores=numbers)))
    SelfReportWishFactory(person=person, instruments=["tea"])
    place = client.post(address("self_report_start", "tea")).url
    client.post(place, {"answer": "1"})
    other_words = [{"value": 0, "en": "No cup"}, {"value": 1, "en": "A cup or more"}]
    (tmp_path / "tea.v2.yaml").write_text(yaml.safe_dump(definition(version=2, answers=other_words, scores=numbers)))
    catalogue._read.cache_clear()
    new = client.post(address("self_report_start", "tea")).url
    assert new != place
    client.post(new, {"answer": "1"})
    client.post(address("self_report_finish", SelfReport.objects.get(version=2)))
    page = client.get(address("self_report_over_time", "tea")).text
    assert ("Some</td>" in page, "A cup or more</td>" in page) == (True, True)


# Nobody else, and nothing else


@pytest.mark.parametrize(
    "name", ["self_report_answer", "self_report_finish", "self_report_detail", "self_report_take_out"]
)
@pytest.mark.parametrize("role", ["peer", "contact", "buddy"])
def test_report_is_not_there_for_anyone_else(client, membership, person, wish, name, role):
    reports = [SelfReportFactory(person=person, instrument="phq4"), finished_report(person=person, pain=10)]
    other = MembershipFactory(group=membership.group)
    if role == "contact":
        RoleTermFactory(group=membership.group, person=other.person)
    client.force_login(other.person)
    assert not SelfReport.objects.visible_to(other.person).exists()
    for report in reports:
        place = address(name, report, *([1] if name == "self_report_answer" else []))
        assert (client.get(place).status_code, client.post(place, {"answer": "1"}).status_code) == (404, 404)
    assert said(reports[0]) == {}


def test_others_numbers_are_not_among_ones_own(client, person):
    finished_report(person=MembershipFactory().person, pain=10)
    assert "Nothing answered" in client.get(address("self_report_over_time", "pain_nrs")).text


def answer_everything(client, pick):
    """Answer each shipped instrument with what `pick` gives of its values; every page on the way, as text."""
    codes = [instrument.code for instrument in all_instruments()]
    client.post(address("self_report_wish_edit"), {"instruments": codes, "rhythm_weeks": "2"})
    pages = []
    for code in codes:
        place = client.post(address("self_report_start", code)).url
        for item in instrument_of(code).items:
            pages.append(client.get(place).text)
            place = client.post(place, {"answer": str(pick(item.values))}).url
        pages += [client.get(place).text, client.post(place, follow=True).text]
        pages.append(client.get(address("self_report_over_time", code)).text)
    pages += [client.get(address("self_report_list")).text, client.get("/").text]
    return pages


def without_answers(page):
    """The page without numbers, chosen answers and what was said: all that may differ."""
    page = re.sub(r"<dd.*?</dd>|<td.*?</td>", "", page, flags=re.DOTALL)
    return re.sub(r"\d+", "", text_of(page))


def test_answering_everything_at_its_worst_shows_nothing_but_the_usual_page(client):
    """No answer sets anything off: not a word on a page, not a message to anyone."""
    pages = {}
    for pick in (min, max):
        client.force_login(MembershipFactory(person__preferred_name="Ana", group__name="Tuesday Group").person)
        pages[pick] = [without_answers(page) for page in answer_everything(client, pick)]
    assert pages[min] == pages[max]
    assert SelfReport.objects.finished().count() == 2 * len(all_instruments())
    assert not Message.objects.exists()


def test_no_page_of_a_member_names_how_bad_a_number_is(client):
    """The questions themselves stand in their published words; ours say nothing on top of them."""
    client.force_login(MembershipFactory(person__preferred_name="Ana").person)
    published = [
        str(words)
        for instrument in all_instruments()
        for words in [instrument.credit, *[answer.label for item in instrument.items for answer in item.answers]]
    ]
    for page in answer_everything(client, max):
        text = text_of(page)
        text = text[: text.index("If you need help now")] if "If you need help now" in text else text
        for words in published:
            text = text.replace(escape(words), "")
        assert SEVERITY.findall(text) == []


def test_no_template_or_word_for_members_holds_a_word_of_severity():
    files = [
        *(ROOT / "templates" / "supportplans").glob("*self_report*.html"),
        ROOT / "supportplans/self_report_page.py",
    ]
    files += [ROOT / f"supportplans/{part}/self_report.py" for part in ("forms", "views", "reminders", "services")]
    assert len(files) > 10
    for file in files:
        assert SEVERITY.findall(file.read_text()) == [], file
    for instrument in all_instruments():
        words = [
            instrument.plain_name,
            instrument.asks,
            *[w for rule in instrument.scores for w in (rule.name, rule.higher)],
        ]
        assert [SEVERITY.findall(str(one)) for one in words] == [[]] * len(words)


def test_no_export_holds_it():
    """A study asks its own questions, under its own consent: it shares how a question looks with this, and no row."""
    code = [file.read_text() for file in (ROOT / "evaluation").rglob("*.py") if "migrations" not in file.parts]
    assert len(code) > 20
    assert not [text for text in code if re.search(r"SelfReport|supportplans_selfreport", text)]


# Getting there


@pytest.mark.parametrize("place", ["/account/", "/over-time/", "/goals/"])
def test_it_is_reached_from_where_ones_own_things_are(client, person, place):
    assert address("self_report_list") in client.get(place).text


def test_home_says_in_one_line_that_it_is_time(client, person, wish):
    assert "Your own questions, if you like" in client.get("/").text
    client.post(address("self_report_leave_out"))
    assert "Your own questions, if you like" not in client.get("/").text


def test_home_says_nothing_while_nothing_is_asked(client, person, wish):
    for changes in ({"first_on": timezone.localdate() + timedelta(days=1)}, {"is_on": False}):
        SelfReportWish.objects.update(**changes)
        assert "Your own questions" not in client.get("/").text
    SelfReportWish.objects.update(is_on=True, rhythm_weeks=None, first_on=None)
    assert "Your own questions" not in client.get("/").text


def test_home_says_nothing_once_all_is_answered(client, person, wish):
    finished_report(person=person, pain=3)
    finished_report(person=person, instrument="phq4", nervous=1)
    assert "Your own questions" in client.get("/").text
    finished_report(person=person, instrument="ons4", happy=None)
    assert "Your own questions" not in client.get("/").text


@pytest.mark.parametrize("number", [1, 200])
def test_pages_cost_the_same_queries(client, person, wish, number, django_assert_num_queries):
    now = timezone.now()
    for weeks in range(number):
        newest = finished_report(person=person, at=now - timedelta(weeks=weeks), pain=weeks % 11)
    client.get("/")
    for name, args, queries in (
        ("self_report_list", [], 7),
        ("self_report_over_time", ["pain_nrs"], 6),
        ("self_report_detail", [newest], 8),
    ):
        with django_assert_num_queries(queries):
            client.get(address(name, *args))


def test_answering_costs_few_queries(client, report, django_assert_max_num_queries):
    client.get("/")
    with django_assert_max_num_queries(15):
        client.post(address("self_report_answer", report, 1), {"answer": "1"})
    with django_assert_max_num_queries(15):
        client.post(address("self_report_finish", report))
