"""Each part of a flare-up on a page of its own: filled in, left blank, mistyped, saved on two pages."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from supportplans.forms.flareup_parts import MOST_OFFERED, PARTS, is_visible, is_word
from supportplans.models import FlareUp, FlareUpChange, Remedy, Trigger
from tests.factories import FlareUpFactory, FlareUpRemedyFactory, FlareUpTriggerFactory, MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def flareup(client):
    person = MembershipFactory().person
    client.force_login(person)
    return FlareUpFactory(person=person, started_on=timezone.localdate() - timedelta(days=3))


def address(flareup, part):
    return reverse("supportplans:flareup_edit", args=[flareup.pk, part])


def save(client, flareup, part, revision=None, suffix="", **typed):
    if revision is None:
        flareup.refresh_from_db()
        revision = flareup.revision
    return client.post(address(flareup, part) + suffix, {"revision": revision} | typed)


def when(flareup, **typed):
    """What the page about days sends when only the start is filled in."""
    start = flareup.started_on
    sent = {"kind": "not_sure", "started_on_day": start.day, "started_on_month": start.month}
    return sent | {"started_on_year": start.year} | typed


def day(name, value):
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


def said(flareup):
    return FlareUp.objects.get(pk=flareup.pk).said()


def test_all_of_it_can_follow(client, flareup):
    today = timezone.localdate()
    save(client, flareup, "when", **when(flareup, kind="setback", **day("ended_on", today)))
    save(client, flareup, "set-off", more="Rain 🌧\r\nשלום")
    save(client, flareup, "tried", more="Heat")
    save(client, flareup, "helped", **{f"helped_{flareup.remedies.get().pk}": "worse"})
    save(client, flareup, "how-bad", pain="7", effect="0")
    save(client, flareup, "help", contacts=["gp", "111"], has_used_plan="no")
    save(client, flareup, "note", note="Ask about sleep.")
    assert said(flareup) == {
        "kind": "setback",
        "started_on": flareup.started_on.isoformat(),
        "is_start_approximate": False,
        "ended_on": today.isoformat(),
        "still_going_on": None,
        "pain": 7,
        "effect": 0,
        "has_used_plan": False,
        "has_turned_to_group": None,
        "contacts": ["gp", "111"],
        "note": "Ask about sleep.",
        "triggers": ["Rain 🌧", "שלום"],
        "remedies": [["Heat", "worse"]],
    }
    page = client.get(flareup.get_absolute_url()).text
    for text in ("Rain 🌧, שלום", "Heat: made it worse", "Pain at its worst: 7 out of 10", "Used a plan: No"):
        assert text in page


@pytest.mark.parametrize("part", PARTS)
def test_part_left_blank_stays_missing(client, flareup, part):
    before = said(flareup)
    response = save(client, flareup, part, **(when(flareup) if part == "when" else {}))
    assert response.url == flareup.get_absolute_url()
    assert said(flareup) == before
    assert not FlareUpChange.objects.exists()


def test_unknown_part_is_no_page(client, flareup):
    assert client.get(address(flareup, "worst")).status_code == 404


@pytest.mark.parametrize("part", PARTS)
def test_nobody_else_opens_or_saves_a_part(client, flareup, part):
    client.force_login(MembershipFactory(group=flareup.person.memberships.get().group).person)
    assert client.get(address(flareup, part)).status_code == 404
    assert save(client, flareup, part, note="Mine", pain="9").status_code == 404
    assert not FlareUpChange.objects.exists()


@pytest.mark.parametrize(
    ("part", "typed", "sentence"),
    [
        ("when", day("ended_on", timezone.localdate() - timedelta(days=900)), "It can&#x27;t end before it starts."),
        ("when", day("ended_on", timezone.localdate() + timedelta(days=9)), "This day is still to come."),
        ("when", {"kind": ""}, "Choose what it is. “Not sure” is fine."),
        ("when", {"started_on_day": ""}, "Enter the day, the month and the year, like 24 11 2026"),
        ("when", {"started_on_year": "0206"}, "Look at the year again."),
        ("help", {"contacts": ["none", "gp"]}, "You ticked “No one” and someone."),
        ("how-bad", {"pain": "11"}, "Choose one of the answers"),
        ("note", {"note": "x" * 2001}, "Use 2000 characters or fewer. You have used 2001."),
        ("note", {"note": "x" * 100_000}, "You have used 100000."),
        ("set-off", {"more": "x" * 81}, "Keep each line to 80 letters or fewer."),
        ("set-off", {"more": "x" * 100_000}, "Keep each line to 80 letters or fewer."),
        ("tried", {"more": "\n".join("abcdefghijklmnopqrstuvw")}, "That is a lot at once."),
        ("tried", {"words": ["x" * 81]}, "Choose one of the answers"),
        ("tried", {"words": ["Heat\nand rest"]}, "Choose one of the answers"),
        ("tried", {"words": ["Heat\x00"]}, "Choose one of the answers"),
    ],
)
def test_bad_answer_gets_a_sentence_and_nothing_is_lost(client, flareup, part, typed, sentence):
    FlareUpRemedyFactory(flareup__person=flareup.person, name="Rest")
    page = save(client, flareup, part, **((when(flareup) if part == "when" else {}) | typed)).text
    assert sentence in page
    assert "<title>Error:" in page
    assert all(str(value) in page for value in typed.values() if isinstance(value, str))
    assert not FlareUpChange.objects.exists()


def test_own_words_are_offered_the_most_used_first_and_ticked_where_they_apply(client, flareup):
    for name, number in (("Rain", 1), ("Cold", 3)):
        for _number in range(number):
            FlareUpTriggerFactory(flareup__person=flareup.person, name=name)
    FlareUpTriggerFactory(name="Of someone else")
    FlareUpTriggerFactory(flareup=flareup, name="Rain")
    page = client.get(address(flareup, "set-off")).text
    assert "Of someone else" not in page
    assert page.index('value="Cold"') < page.index('value="Rain"')
    assert page.count("checked") == 1
    save(client, flareup, "set-off", words=["Cold"], more="rain\n  Not  sleeping ")
    assert said(flareup)["triggers"] == ["Cold", "Not sleeping", "Rain"]


def test_only_so_many_are_offered_but_always_those_that_are_ticked(client, flareup):
    for number in range(MOST_OFFERED + 5):
        for _number in range(2):
            FlareUpTriggerFactory(flareup__person=flareup.person, name=f"Often {number}")
    FlareUpTriggerFactory(flareup=flareup, name="Once")
    page = client.get(address(flareup, "set-off")).text
    assert page.count('type="checkbox"') == MOST_OFFERED + 1
    assert 'value="Once"' in page


def test_word_that_another_page_added_can_still_be_ticked(client, flareup):
    """The list may have moved on since the page was shown."""
    save(client, flareup, "tried", words=["Heat"])
    assert said(flareup)["remedies"] == [["Heat", ""]]


def test_lines_with_nothing_to_see_are_no_words(client, flareup):
    save(client, flareup, "set-off", more=" \n\u200b\n\u2063 \n\n.")
    assert said(flareup)["triggers"] == ["."]
    assert (is_visible("👩🏽‍🦽"), is_word("שלום"), is_word("\u200b")) == (True, True, False)


def test_same_form_sent_twice_is_one_change(client, flareup):
    for _number in range(2):
        save(client, flareup, "set-off", revision=0, more="Rain")
    assert (FlareUpChange.objects.count(), Trigger.objects.count()) == (1, 1)


def test_two_tabs_show_both_and_lose_neither(client, flareup):
    save(client, flareup, "set-off", revision=0, more="Rain")
    page = save(client, flareup, "set-off", revision=0, more="Cold").text
    assert "This was changed on another page or device while you were writing." in page
    assert "What set it off: Rain" in page
    assert "Cold</textarea>" in page
    assert said(flareup)["triggers"] == ["Rain"]
    save(client, flareup, "set-off", revision=1, more="Cold")
    assert said(flareup)["triggers"] == ["Cold"]
    history = client.get(reverse("supportplans:flareup_history", args=[flareup.pk])).text
    assert "Rain" in history


def test_second_tab_can_save_once_it_has_seen_the_first(client, flareup):
    save(client, flareup, "note", revision=0, note="From the phone")
    page = save(client, flareup, "note", revision=0, note="From the tablet").text
    assert "To remember: From the phone" in page
    assert '<input type="hidden" name="revision" value="1"' in page
    assert "From the tablet</textarea>" in page


def test_tabs_on_different_parts_don_t_disturb_each_other(client, flareup):
    save(client, flareup, "note", revision=0, note="Soup")
    assert save(client, flareup, "how-bad", revision=0, pain="6").status_code == 302
    assert (said(flareup)["note"], said(flareup)["pain"]) == ("Soup", 6)


@pytest.mark.parametrize("revision", ["", "x", "9" * 40])
def test_spoilt_revision_breaks_nothing(client, flareup, revision):
    assert save(client, flareup, "note", revision=revision, note="Soup").status_code in (200, 302)


def test_after_what_was_tried_comes_whether_it_helped(client, flareup):
    response = save(client, flareup, "tried", more="Heat\nRest")
    assert response.url == address(flareup, "helped")
    page = client.get(response.url).text
    assert page.count("<fieldset") == 2
    assert "It made it worse" in page
    assert save(client, flareup, "helped").url == flareup.get_absolute_url()


def test_nothing_tried_asks_for_nothing(client, flareup):
    page = client.get(address(flareup, "helped")).text
    assert "You have not noted anything that you tried." in page
    assert '<button class="nhsuk-button" type="submit"' not in page


def test_whoever_goes_through_all_is_led_from_part_to_part(client, flareup):
    parts, part = [], "when"
    while part:
        parts.append(part)
        typed = when(flareup) if part == "when" else {"more": "Heat"} if part == "tried" else {}
        onward = save(client, flareup, part, suffix="?all", **typed).url
        part = next((name for name in PARTS if onward == f"{address(flareup, name)}?all"), None)
    assert parts == list(PARTS)
    assert onward == flareup.get_absolute_url()


def test_part_can_be_skipped_or_left(client, flareup):
    skipping = client.get(f"{address(flareup, 'tried')}?all").text
    assert f'href="{address(flareup, "how-bad")}?all">Skip this</a>' in skipping
    assert f'href="{flareup.get_absolute_url()}">Cancel</a>' in client.get(address(flareup, "tried")).text


@pytest.mark.parametrize("number", [1, 30])
@pytest.mark.parametrize(
    ("part", "typed"), [("tried", {"words": ["Heat 0"], "more": "New"}), ("set-off", {"more": "New"}), ("note", {})]
)
def test_saving_a_part_costs_few_queries(client, flareup, part, typed, number, django_assert_max_num_queries):
    for count in range(number):
        FlareUpRemedyFactory(flareup__person=flareup.person, name=f"Heat {count}")
    client.get("/")
    with django_assert_max_num_queries(15):
        assert save(client, flareup, part, revision=0, **typed).status_code == 302


@pytest.mark.parametrize("part", ["set-off", "tried", "helped"])
@pytest.mark.parametrize("number", [1, 30])
def test_page_of_a_part_costs_the_same_with_many_words(client, flareup, part, number, django_assert_max_num_queries):
    for count in range(number):
        FlareUpTriggerFactory(flareup=flareup, name=f"Rain {count}")
        FlareUpRemedyFactory(flareup=flareup, name=f"Heat {count}")
    client.get("/")
    with django_assert_max_num_queries(8):
        client.get(address(flareup, part))


def test_taking_a_word_off_keeps_it_for_next_time(client, flareup):
    save(client, flareup, "tried", more="Heat")
    save(client, flareup, "tried")
    assert said(flareup)["remedies"] == []
    assert Remedy.objects.get().name == "Heat"
    assert 'value="Heat"' in client.get(address(flareup, "tried")).text


# What it said before


def test_history_reads_as_it_stood(client, flareup):
    save(client, flareup, "how-bad", pain="7")
    save(client, flareup, "how-bad", pain="4", effect="2")
    page = client.get(reverse("supportplans:flareup_history", args=[flareup.pk])).text
    assert page.index("7 out of 10") < page.index("Not filled in")
    assert "4 out of 10" not in page
    assert "What it said before" in client.get(flareup.get_absolute_url()).text


def test_nothing_changed_has_no_history(client, flareup):
    assert "What it said before" not in client.get(flareup.get_absolute_url()).text
    assert "Nothing was changed" in client.get(reverse("supportplans:flareup_history", args=[flareup.pk])).text


@pytest.mark.parametrize("number", [1, 50])
def test_history_costs_the_same_with_many_changes(client, flareup, number, django_assert_num_queries):
    for count in range(number):
        save(client, flareup, "how-bad", pain=str(count % 10))
    client.get("/")
    with django_assert_num_queries(6):
        client.get(reverse("supportplans:flareup_history", args=[flareup.pk]))
