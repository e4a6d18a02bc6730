"""Programmes, from which groups start."""

from datetime import date, datetime

from django.db import transaction

from groups.models import Programme, Site
from groups.refusals import NameTaken
from peersupport.refusals import refusing


@transaction.atomic
def add_programme(*, site: Site, kind: str, name: str, starts_on: date, ends_on: date, now: datetime) -> Programme:
    with refusing(NameTaken, constraint="programme_name_once_per_site"):
        return Programme.objects.create(
            site=site, kind=kind, name=name, starts_on=starts_on, ends_on=ends_on, created_at=now
        )


@transaction.atomic
def edit_programme(*, programme: Programme, kind: str, name: str, starts_on: date, ends_on: date) -> Programme:
    programme.kind, programme.name = kind, name
    programme.starts_on, programme.ends_on = starts_on, ends_on
    with refusing(NameTaken, constraint="programme_name_once_per_site"):
        programme.save(update_fields=["kind", "name", "starts_on", "ends_on"])
    return programme
