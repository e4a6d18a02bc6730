"""Reminders when a million are due at once, against ten thousand."""

import os
from contextlib import closing
from datetime import timedelta
from statistics import median

import psycopg2

from tests.benchmarks.measure import Measure, seconds

FEW, MANY = 100, 1000
CLAIMS = 20
#: A copy of one row, with what is given in place of its own.
COPY = """
    INSERT INTO {table} ({names})
    SELECT {values} FROM {table} original CROSS JOIN generate_series(1, %s) AS number WHERE original.id = %s
"""
#: Everyone is a member of each group, so that few rows make many messages.
JOIN_ALL = """
    INSERT INTO groups_membership (group_id, person_id, name, told_how, state, joined_at, reason, removal_reason,
                                   usually_comes, shows_answer, greeter_may_know)
    SELECT grp.id, person.id, '', '', 'joined', now() - interval '1 year', '', '', FALSE, FALSE, FALSE
    FROM groups_supportgroup grp CROSS JOIN members_person person
    WHERE grp.name LIKE 'growth %' AND person.email LIKE 'growth-%'
    ON CONFLICT DO NOTHING
"""


def measures(insert):
    """`insert` is the bare INSERT ... SELECT that planning is held against."""
    few_planned, few_claimed, _limit = _due(FEW, insert)
    many_planned, many_claimed, limit = _due(MANY, insert)
    rows = MANY * MANY
    yield Measure("rows planned a second, a million due", rows / many_planned, "1/s", rows / limit, 0.5, at_most=False)
    few, many = few_planned / FEW**2 * 1e6, many_planned / rows * 1e6
    yield Measure("planning a row of a million against one of ten thousand", many, "us", few, 1.5)
    # A hundred times the rows make the indexes three levels deep instead of two: no claim can do with less.
    name = "claiming 100 of a million against of ten thousand, one level deeper"
    yield Measure(name, many_claimed, "s", few_claimed * 3 / 2, 1.2)


def _due(number, insert):
    """Seconds to plan number x number messages, to claim 100 of them, and to insert as many without a thought."""
    from django.utils import timezone

    from peersupport.reminders import queue
    from peersupport.reminders.channels import EMAIL
    from peersupport.reminders.models import Message
    from peersupport.reminders.planning import plan_kind
    from peersupport.reminders.registry import kind_named

    _empty()
    _fill(number)
    limit = seconds(lambda: _run(insert))
    _run("TRUNCATE reminders_message, reminders_planningprogress")
    kind = kind_named("groups.meeting_coming")
    planned = seconds(lambda: plan_kind(kind, timezone.now()))
    assert Message.objects.count() == number * number
    _run("ANALYZE reminders_message")
    claimed = median(seconds(lambda: queue.claim(timezone.now(), EMAIL, 100)) for _claim in range(CLAIMS))
    return planned, claimed, limit


def _empty():
    _run("TRUNCATE reminders_message, reminders_planningprogress, groups_meeting, groups_membership CASCADE")


def _fill(number):
    """So many groups, each with so many members and a meeting a day from now."""
    from django.utils import timezone

    from tests.factories import MeetingFactory, PersonFactory, SupportGroupFactory

    _run("DELETE FROM groups_supportgroup WHERE name LIKE 'growth %'")
    _run("DELETE FROM members_person WHERE email LIKE 'growth-%'")
    group, person = SupportGroupFactory(), PersonFactory()
    _copy(group, number, name="'growth ' || number")
    _copy(person, number, email="'growth-' || number || '@example.org'")
    _run(JOIN_ALL)
    meeting = MeetingFactory(group=group, starts_at=timezone.now() + timedelta(days=1, seconds=-1))
    for_each = "(SELECT id FROM groups_supportgroup WHERE name = 'growth ' || number)"
    _copy(meeting, number, group_id=for_each, uid="gen_random_uuid()")
    meeting.delete()
    _run("ANALYZE")


def _copy(row, number, **changes):
    names = [field.column for field in row._meta.concrete_fields if not field.primary_key]
    values = [changes.get(name, f"original.{name}") for name in names]
    sql = COPY.format(table=row._meta.db_table, names=", ".join(names), values=", ".join(values))
    _run(sql, [number, row.pk])


def _run(sql, parameters=None):
    """As the owner, who may empty tables, and for as long as it takes."""
    owner = psycopg2.connect(os.environ["MIGRATION_DATABASE_URL"])
    with closing(owner), owner, owner.cursor() as cursor:
        cursor.execute(sql, parameters)
