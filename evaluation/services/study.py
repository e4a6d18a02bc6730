"""Setting up a study, and who works on it with which duty."""

from datetime import datetime

from django.db import transaction

from evaluation.models import Study, StudyMember
from evaluation.refusals import StudyIsSettled
from evaluation.setting_up import STAYS_OPEN
from members.models import Person
from members.services import find_or_add_person


class LastLead(Exception):
    """A study keeps at least one lead."""


@transaction.atomic
def add_study(*, by: Person, now: datetime, groups=(), lead_email: str = "", lead_name: str = "", **fields) -> Study:
    """A new study. Its lead is whoever has the address `lead_email`, or without one the person who adds it."""
    study = Study.objects.create(created_at=now, **fields)
    study.groups.set(groups)
    lead = by
    if lead_email:
        lead, _is_new = find_or_add_person(email=lead_email, preferred_name=lead_name, now=now)
    StudyMember.objects.create(study=study, person=lead, duty=StudyMember.Duty.LEAD, started_at=now)
    return study


@transaction.atomic
def edit_study(*, study: Study, groups=None, **fields) -> Study:
    """Change what is given. Once a consent form is published, only what people don't decide on."""
    locked = Study.objects.select_for_update().get(pk=study.pk)
    if locked.is_settled and (groups is not None or not STAYS_OPEN.issuperset(fields)):
        raise StudyIsSettled
    for name, value in fields.items():
        setattr(study, name, value)
    study.save(update_fields=list(fields))
    if groups is not None:
        study.groups.set(groups)
    return study


@transaction.atomic
def add_duty(*, study: Study, email: str, name: str, duty: str, now: datetime) -> StudyMember:
    """Give a duty to whoever has this address, with or without an account. A duty held already is left as it is."""
    person, _is_new = find_or_add_person(email=email, preferred_name=name, now=now)
    current = {"study": study, "person": person, "duty": duty, "ended_at": None}
    member, _is_new = StudyMember.objects.get_or_create(**current, defaults={"started_at": now})
    return member


@transaction.atomic
def end_duty(*, member: StudyMember, now: datetime) -> StudyMember:
    # The study is locked, so that two leads can't end each other's duty at the same moment.
    Study.objects.select_for_update().get(pk=member.study_id)
    leads = StudyMember.objects.current().filter(study=member.study_id, duty=StudyMember.Duty.LEAD)
    if not leads.exclude(pk=member.pk).exists() and member in leads:
        raise LastLead
    StudyMember.objects.current().filter(pk=member.pk).update(ended_at=now)
    member.refresh_from_db()
    return member
