"""What differs between two exports of a study, and whether it is what it must be."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from evaluation.exports.compare import NotComparable, differences
from evaluation.services.consent import withdraw
from tests.evaluation.exporting import PURPOSES, StudyWorld, files_of, resealed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("only_csv")]


@pytest.fixture
def world():
    """Enough people that no number crosses the threshold when one of them goes."""
    world = StudyWorld()
    for _number in range(8):
        world.participant(*PURPOSES)
    return world


def identifier(world, participant):
    return world.snapshot().identifiers.of("participant", participant.pseudonym)


def said(*paths):
    out = io.StringIO()
    call_command("compare_exports", *map(str, paths), stdout=out)
    return out.getvalue()


def test_two_exports_of_one_instant_do_not_differ(world, tmp_path):
    at = timezone.now()
    first, second = (world.bundle(tmp_path, at, f"{name}.zip") for name in "ab")
    assert first.read_bytes() == second.read_bytes()
    assert differences(first, second) == []
    assert said(first, second) == "No table and no report differs.\n"


def test_withdrawal_takes_out_that_person_and_nothing_of_the_others(world, tmp_path):
    first = world.bundle(tmp_path, name="a.zip")
    leaving = world.study.participants.order_by("pk").first()
    withdraw(participant=leaving, scope="no_collection", by=world.researcher, method="paper", now=timezone.now())
    second = world.bundle(tmp_path, timezone.now() + timedelta(seconds=1), name="b.zip")
    found = {one.path: one for one in differences(first, second)}
    personal = [f"data/{name}.csv" for name in ("participants", "attendance", "goals", "goal_reviews", "flareups")]
    for path in (*personal, "data/interviews.csv"):
        assert (found[path].gone, found[path].new, found[path].changed) == ([identifier(world, leaving)], [], []), path
    assert "  gone     " + identifier(world, leaving) in said(first, second).splitlines()
    back = {one.path: one for one in differences(second, first)}
    assert back["data/goals.csv"].new == [identifier(world, leaving)]


def test_change_of_one_consent_changes_only_what_rests_on_it(world, tmp_path):
    first = world.bundle(tmp_path, name="a.zip")
    changing = world.study.participants.order_by("pk").first()
    world.decide(changing, "app_data", "withdrawn")
    second = world.bundle(tmp_path, timezone.now() + timedelta(seconds=1), name="b.zip")
    found = {one.path: one for one in differences(first, second)}
    assert found["data/goals.csv"].gone == [identifier(world, changing)]
    assert "data/interviews.csv" not in found
    assert found["data/participants.csv"].gone == []
    others = {name for one in found.values() for name in (*one.gone, *one.new) if name.startswith("pa")}
    assert others == {identifier(world, changing)}


def test_row_that_says_something_else_is_changed(world, tmp_path):
    first = world.bundle(tmp_path, name="a.zip")
    goals = files_of(first)["data/goals.csv"]
    second = resealed(first, tmp_path / "b.zip", {"data/goals.csv": goals.replace(b"active", b"achieved", 1)})
    [difference] = differences(first, second)
    assert (difference.path, len(difference.changed), difference.gone) == ("data/goals.csv", 1, [])


def test_exports_of_two_studies_are_not_compared(world, tmp_path):
    other = StudyWorld()
    other.participant(*PURPOSES)
    first, second = world.bundle(tmp_path, name="a.zip"), other.bundle(tmp_path, name="b.zip")
    with pytest.raises(NotComparable):
        differences(first, second)
    with pytest.raises(CommandError, match="They are of two studies"):
        said(first, second)


def test_what_is_no_export_is_said_so(world, tmp_path):
    first, other = world.bundle(tmp_path, name="a.zip"), tmp_path / "b.zip"
    with pytest.raises(CommandError, match="can't be read: No such file"):
        said(first, other)
    other.write_bytes(b"no zip")
    with pytest.raises(CommandError, match="One of them is not verified"):
        said(first, other)
