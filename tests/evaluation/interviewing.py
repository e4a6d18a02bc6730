"""What tests of guides, appointments and talks do again and again."""

from datetime import timedelta

from django.urls import reverse

from evaluation.guide_text import read_guide
from evaluation.services.appointment import plan_appointment
from evaluation.services.topic_guide import publish_topic_guide

GUIDE = "How did you come to the group?\n- Who told you?\n- What did you expect?\nWhat keeps you coming?"
FACTS = {"length_minutes": 60, "mode": "phone", "place": "We ring you."}


def address(name, *keys, **query):
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    return reverse(f"evaluation:{name}", args=keys) + (f"?{asked}" if asked else "")


def publish(study, by, now, *, text=GUIDE, kind=""):
    return publish_topic_guide(study=study, kind=kind, questions=read_guide(text), by=by, now=now)


def plan(participant, by, now, *, days=7, at="14:00", second=None, **facts):
    """An appointment in so many days, by phone."""
    hour, minute = at.split(":")
    when = (now + timedelta(days=days)).replace(hour=int(hour), minute=int(minute))
    return plan_appointment(
        participant=participant,
        interviewer=by,
        second_interviewer=second,
        starts_on=when.date(),
        start_time=when.time().replace(second=0, microsecond=0),
        by=by,
        now=now,
        **FACTS | facts,
    )


def posted_date(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}
