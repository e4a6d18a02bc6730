"""How a group's plan comes about, in one line each, for tests."""

from datetime import UTC, datetime, timedelta

from supportplans.services.plan import propose_plan, start_plan
from supportplans.services.plan_section import edit_section
from supportplans.services.plan_word import say_word
from tests.factories import NOW, TODAY

LATER = NOW + timedelta(days=1)
#: What `propose` asks words by: the last day, and the moment after it.
LAST_DAY = TODAY + timedelta(days=14)
TIME_UP = datetime(2026, 12, 9, tzinfo=UTC)


def write(plan, kind="purpose", text="We carry on.", by=None, now=NOW):
    section = plan.sections.get(kind=kind)
    return edit_section(section=section, text=text, revision=section.revision, by=by or plan.started_by, now=now)


def propose(plan, rule="everyone", now=NOW, review_on=None, last_day=None):
    return propose_plan(
        plan=plan,
        rule=rule,
        review_on=review_on,
        last_day=last_day or now.date() + timedelta(days=14),
        by=plan.started_by,
        now=now,
    )


def say(plan, person, word="agree", now=LATER, note=""):
    plan.refresh_from_db()
    return say_word(plan=plan, word=word, note=note, proposal=plan.proposals, by=person, now=now)


def agree_on(plan, members, now=LATER, **proposal):
    """A plan that all `members` agree to, in use."""
    write(plan)
    propose(plan, **proposal)
    for person in members:
        plan = say(plan, person, now=now)
    return plan


def second_version(plan, by, now=LATER):
    return start_plan(group=plan.group, by=by, now=now)
