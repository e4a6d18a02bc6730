"""How the sample groups came about: sites, programmes, tutors, and people who joined."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from groups.invitees import Invitee
from groups.models import Programme, RoleTerm, Site, SupportGroup, Venue
from groups.services.group import start_group
from groups.services.invitation import accept_invitation, add_code, invite_people
from groups.services.programme import add_programme
from groups.services.role import accept_role, appoint_tutor, offer_role
from groups.services.site import add_site
from groups.services.venue import add_venue
from members.models import Person
from peersupport.demo.cast import Telling, account_holder

PROGRAMME_LASTS = timedelta(weeks=10)
YEARS_BACK = timedelta(days=900)


@dataclass
class Circle:
    """A group of the story with its people; `members` in the order they joined, the first is the contact."""

    plot: dict
    group: SupportGroup
    tutor: Person
    members: list[Person] = field(default_factory=list)

    @property
    def contact(self):
        return self.members[0]


def found_sites(telling: Telling) -> list[tuple[Site, Person]]:
    """Each site with its coordinator; the first has the one to sign in as."""
    start = telling.now - YEARS_BACK
    coordinators = [account_holder("coordinator@example.org", start), telling.someone(start), telling.someone(start)]
    return [
        (add_site(by=coordinator, now=start, **plot), coordinator)
        for plot, coordinator in zip(telling.words["sites"], coordinators, strict=True)
    ]


def furnish_venues(telling: Telling, sites) -> list[Venue]:
    venues = []
    for plot in telling.words["venues"]:
        site, _coordinator = sites[plot["site"]]
        is_online = "link" in plot
        venues.append(
            add_venue(
                site=site,
                kind=Venue.Kind.ONLINE if is_online else Venue.Kind.PLACE,
                now=telling.now - YEARS_BACK,
                name=plot["name"],
                address=plot.get("address", ""),
                access_notes=plot.get("access", ""),
                who_to_ask=plot.get("ask", ""),
                conditions=plot.get("conditions", ""),
                join_link=plot.get("link", ""),
            )
        )
    return venues


def found_group(telling: Telling, plot: dict, site: Site, coordinator: Person, tutor: Person, venue: Venue) -> Circle:
    """A programme ends, a tutor starts a group from it, its people join within a few weeks."""
    ended = telling.ago(weeks=plot["weeks"])
    programme = _hold_programme(plot, site, ended)
    term = appoint_tutor(
        programme=programme, preferred_name=tutor.preferred_name, email=tutor.email, by=coordinator, now=ended
    )
    accept_role(term=term, by=tutor, now=ended + timedelta(days=1))
    group = start_group(
        site=site,
        programme=programme,
        name=plot["name"],
        about=telling.some("about"),
        join_rule=telling.chance.choice(SupportGroup.JoinRule.values),
        time_zone="Europe/London",
        venue=venue,
        by=tutor,
        now=ended + timedelta(days=3),
    )
    circle = Circle(plot, group, tutor)
    _let_in(telling, circle, ended + timedelta(days=4))
    _share_roles(telling, circle, ended + timedelta(days=16))
    return circle


def _hold_programme(plot: dict, site: Site, ended: datetime) -> Programme:
    return add_programme(
        site=site,
        kind=Programme.Kind.PAIN_MANAGEMENT,
        name=f"{(ended - PROGRAMME_LASTS):%B %Y} programme, before {plot['name']}",
        starts_on=(ended - PROGRAMME_LASTS).date(),
        ends_on=ended.date(),
        now=ended - PROGRAMME_LASTS,
    )


def _let_in(telling: Telling, circle: Circle, at: datetime):
    """Some come by e-mail, the rest by the printed code; two of those asked by e-mail never answer."""
    people = _people_of(telling, circle.plot, at)
    by_email, by_code = people[: len(people) // 2], people[len(people) // 2 :]
    silent = [Invitee(name, f"{name.lower()}.{circle.group.pk}@example.org") for name in ("Robin", "Chris")]
    invitees = [Invitee(person.preferred_name, person.email) for person in by_email] + silent
    invitations, _again = invite_people(group=circle.group, people=invitees, by=circle.tutor, now=at)
    code = add_code(group=circle.group, max_uses=20, expires_at=at + timedelta(days=60), by=circle.tutor, now=at)
    ways_in = invitations[: len(by_email)] + [code] * len(by_code)
    for number, (person, invitation) in enumerate(zip(people, ways_in, strict=True)):
        joined = min(at + timedelta(days=number % 10, hours=number), telling.now - timedelta(hours=number + 1))
        accept_invitation(invitation=invitation, by=person, now=joined)
        circle.members.append(person)


def _people_of(telling: Telling, plot: dict, at: datetime) -> list[Person]:
    """The group of the accounts to sign in with has Joan as its first member and Maria as its last."""
    if plot["name"] != "Tuesday Group":
        return [telling.someone(at) for _number in range(plot["people"])]
    others = [telling.someone(at) for _number in range(plot["people"] - 2)]
    return [account_holder("contact@example.org", at), *others, account_holder("member@example.org", at)]


def _share_roles(telling: Telling, circle: Circle, at: datetime):
    """Contact, greeter and deputy are asked and say yes; a group that is only just starting has its contact."""
    at = min(at, telling.now - timedelta(minutes=30))
    roles = [RoleTerm.Role.CONTACT, RoleTerm.Role.GREETER, RoleTerm.Role.DEPUTY]
    if circle.plot["state"] == "forming":
        roles = roles[:1]
    for person, role in zip(circle.members, roles, strict=False):
        term = offer_role(group=circle.group, person=person, role=role, by=circle.tutor, now=at)
        accept_role(term=term, by=person, now=at)


def tutors_of(telling: Telling, sites) -> list[Person]:
    """One patient tutor a site; the first site has the one to sign in as."""
    at = telling.now - YEARS_BACK
    return [account_holder("tutor@example.org", at)] + [telling.someone(at) for _site in sites[1:]]
