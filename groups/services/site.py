"""Sites, where programmes run."""

from datetime import datetime

from django.db import transaction

from groups.models import ProgrammeStaff, Site
from groups.refusals import NameTaken
from groups.services.checklist import add_usual_items
from members.models import Person
from peersupport.refusals import refusing


@transaction.atomic
def add_site(
    *, name: str, kind: str, by: Person, now: datetime, holiday_region: str = Site.HolidayRegion.ENGLAND
) -> Site:
    """A new site; whoever adds it is its first coordinator."""
    with refusing(NameTaken, constraint="groups_site_name_key"):
        site = Site.objects.create(name=name, kind=kind, holiday_region=holiday_region, created_at=now)
    ProgrammeStaff.objects.create(site=site, person=by, started_at=now)
    add_usual_items(site=site)
    return site


@transaction.atomic
def edit_site(*, site: Site, name: str, kind: str, holiday_region: str) -> Site:
    site.name, site.kind, site.holiday_region = name, kind, holiday_region
    with refusing(NameTaken, constraint="groups_site_name_key"):
        site.save(update_fields=["name", "kind", "holiday_region"])
    return site
