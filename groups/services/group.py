"""A group: started from a programme, described, and under way once it meets."""

from datetime import datetime

from django.db import transaction

from groups.models import Programme, RoleTerm, Site, SupportGroup, Venue
from groups.models.checklist import Page
from groups.refusals import NameTaken
from groups.services.checklist import copy_checklist, note_done
from groups.services.venue import add_venue, edit_venue
from members.models import Person
from peersupport.refusals import refusing


@transaction.atomic
def start_group(
    *,
    site: Site,
    programme: Programme | None,
    name: str,
    about: str,
    join_rule: str,
    time_zone: str,
    by: Person,
    now: datetime,
    venue: Venue | None = None,
    new_venue: dict[str, str] | None = None,
) -> SupportGroup:
    """A new group of a programme's people, or of a site's without one; the tutor who starts it supports it.

    It meets at `venue`, at a place added with it (`new_venue`: what `add_venue` takes), or at none yet.
    """
    if new_venue:
        venue = add_venue(site=site, now=now, **new_venue)
    with refusing(NameTaken, constraint="group_name_once_per_site"):
        group = SupportGroup.objects.create(
            site=site,
            programme=programme,
            name=name,
            about=about,
            join_rule=join_rule,
            venue=venue,
            time_zone=time_zone,
            state_changed_at=now,
            quiet_since=now,
            created_at=now,
        )
    RoleTerm.objects.create(
        group=group, person=by, role=RoleTerm.Role.TUTOR, offered_at=now, offered_by=by, accepted_at=now
    )
    copy_checklist(group=group)
    note_done(group=group, page=Page.PURPOSE, by=by, now=now)
    if venue:
        note_done(group=group, page=Page.VENUE, by=by, now=now)
    return group


@transaction.atomic
def edit_group(
    *,
    group: SupportGroup,
    name: str,
    about: str,
    expectations: str,
    language: str,
    join_rule: str,
    time_zone: str,
    by: Person,
    now: datetime,
    venue: Venue | None = None,
    new_venue: dict[str, str] | None = None,
    online_link: str = "",
) -> SupportGroup:
    """Change what a group is called and how it is described. Meetings already planned keep their place and time."""
    if new_venue:
        venue = add_venue(site=group.site, now=now, **new_venue)
    group.name, group.about, group.expectations = name, about, expectations
    group.join_rule, group.language = join_rule, language
    group.venue, group.time_zone = venue, time_zone
    group.online_venue = _room_beside(group, online_link, now)
    with refusing(NameTaken, constraint="group_name_once_per_site"):
        group.save(
            update_fields=[
                *("name", "about", "expectations", "join_rule", "language"),
                *("venue", "online_venue", "time_zone"),
            ]
        )
    if venue:
        note_done(group=group, page=Page.VENUE, by=by, now=now)
    return group


@transaction.atomic
def activate_if_forming(*, group: SupportGroup, now: datetime) -> None:
    """A group that has held its first meeting is under way."""
    forming = SupportGroup.objects.filter(pk=group.pk, state=SupportGroup.State.FORMING)
    forming.update(state=SupportGroup.State.ACTIVE, state_changed_at=now)


def _room_beside(group, join_link, now):
    """The online room of a group that has a place as well: the one it had, with this link, or a new one."""
    if not join_link:
        return None
    if group.online_venue:
        return edit_venue(venue=group.online_venue, join_link=join_link)
    return add_venue(site=group.site, kind=Venue.Kind.ONLINE, name=group.name, join_link=join_link, now=now)
