"""Sites, where programmes run."""

from datetime import datetime

from django.db import transaction

from groups.models import ProgrammeStaff, Site
from groups.refusals import NameTaken
from groups.services.checklist import add_usual_items
from members.models import Person
from peersupport.refusals import refusing


@transaction.atomic
def add_site(*, name: str, kind: str, by: Person, now: datetime) -> Site:
    """A new site; whoever adds it is its first coordinator."""
    with refusing(NameTaken, constraint="groups_site_name_key"):
        site = Site.objects.create(name=name, kind=kind, created_at=now)
    ProgrammeStaff.objects.create(site=site, person=by, started_at=now)
    add_usual_items(site=site)
    return site


@transaction.atomic
def edit_site(*, site: Site, name: str, kind: str) -> Site:
    site.name, site.kind = name, kind
    with refusing(NameTaken, constraint="groups_site_name_key"):
        site.save(update_fields=["name", "kind"])
    return site
