import pytest
from django.db import DatabaseError, connection, transaction

from peersupport.access import log
from peersupport.access.models import AccessLogEntry
from tests.factories import NOW, GoalFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    goal = GoalFactory()
    return log.record(
        actor=PersonFactory(), action=log.Action.VIEWED, obj=goal, subject=goal.person, route="x:y", now=NOW
    )


def test_record_keeps_who_what_whose_and_when(entry):
    assert (entry.object_type, entry.action, entry.at) == ("supportplans.goal", "viewed", NOW)
    assert list(log.looks_at(entry.subject)) == [entry]


def test_own_looks_are_not_listed():
    goal = GoalFactory()
    log.record(actor=goal.person, action=log.Action.VIEWED, obj=goal, subject=goal.person, route="x:y")
    assert list(log.looks_at(goal.person)) == []


@pytest.mark.parametrize(
    "statement", ["UPDATE access_accesslogentry SET route = ''", "DELETE FROM access_accesslogentry"]
)
def test_entries_can_be_neither_changed_nor_deleted(entry, statement):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AccessLogEntry.objects.get() == entry


def test_log_refuses_an_unknown_action():
    goal = GoalFactory()
    with pytest.raises(DatabaseError), transaction.atomic():
        log.record(actor=goal.person, action="glanced", obj=goal, route="x:y")
