"""A canary in every text that people write or are known by, and every page as each role gets it.

Each role's pages are looked at once in a run, so all that asks for them runs in one worker (`ALL_IN_ONE`).
"""

from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from groups.models import Concern, Invitation, JoinRequest, MeetingNote, Membership, SupportRequest, Venue
from members.models import Person
from supportplans.models import (
    FlareUp,
    Goal,
    KeepInTouchWish,
    PacingBaseline,
    PersonalPlanSection,
    PersonalPlanText,
    PlanSection,
    PlanSectionText,
    PlanWord,
    Remedy,
    Report,
    Trigger,
)
from tests import world as worlds
from tests.factories import NOW, GoalLevelFactory, GoalReviewFactory, KeepInTouchFactory, PersonFactory
from tests.test_urls import EXPECTED, address_of

CANARY = "Zq7canary"
#: People with no relation to the group whose canaries are planted.
OUTSIDERS = ("anonymous", "stranger", "outsider", "other_coordinator", "other_lead")
#: People who work with the group's records, but must not see what members keep to themselves.
STAFF = ("tutor", "coordinator", "administrator", "lead", "interviewer", "analyst", "key_holder", "approver")
ALL_IN_ONE = pytest.mark.xdist_group("canaries")

_visits: dict[str, "Visit"] = {}


@dataclass(frozen=True)
class Visit:
    """What someone gets: (name, content) of every page by GET, and the address they sign in with."""

    pages: list[tuple[str, bytes]]
    email: str

    @property
    def content(self):
        return b"".join(content for _name, content in self.pages)


def visit(who):
    """All pages as `who` gets them, looked at once a run."""
    if who not in _visits:
        # Another visit in the same test plants its own.
        with transaction.atomic():
            world = planted()
            person = None if who == "anonymous" else Person.objects.get(pk=world.people[who].pk)
            _visits[who] = Visit(list(_pages_for(world, person)), person.email if person else "")
            transaction.set_rollback(True)
    return _visits[who]


def planted():
    """The small world with a canary in every text."""
    world = worlds.build()
    _plant_around_the_group(world)
    _plant_what_members_write(world)
    return world


def canary(what):
    return f"Zq7{what.replace(' ', '')}"


def _plant_what_members_write(world):
    group = world.rows["group"]
    type(group).objects.filter(pk=group.pk).update(name=f"{CANARY} group", about=f"{CANARY} about")
    own = Membership.objects.filter(group=group).values("person")
    for person in Person.objects.filter(pk__in=own):
        Person.objects.filter(pk=person.pk).update(
            preferred_name=f"{CANARY} name {person.pk}", email=f"{CANARY}{person.pk}@example.org"
        )
    Goal.objects.update(what=f"{CANARY} what", why=f"{CANARY} why", next_step=f"{CANARY} step")
    shared = Goal.objects.filter(pk=world.rows["shared_goal"].pk)
    shared.update(what=f"{CANARY} shared", why=f"{CANARY} shared", next_step=f"{CANARY} shared")
    GoalReviewFactory(goal=world.rows["goal"], note=f"{CANARY} note", next_step=f"{CANARY} step")
    GoalLevelFactory(goal=world.rows["draft_goal"], text=f"{CANARY} level")
    Report.objects.update(words=f"{CANARY} report")
    FlareUp.objects.update(note=f"{CANARY} remember")
    Trigger.objects.update(name=f"{CANARY} cause")
    Remedy.objects.update(name=f"{CANARY} tried")
    PlanSection.objects.update(text=f"{CANARY} plan")
    PersonalPlanSection.objects.update(text=f"{CANARY} own")
    PersonalPlanSection.objects.filter(shares__isnull=False).update(text=f"{CANARY} shared words")
    PacingBaseline.objects.update(what=f"{CANARY} pace")
    PersonalPlanText.objects.create(
        section=world.rows["personal_section"], text=f"{CANARY} before", revision=7, written_at=NOW
    )
    PlanSectionText.objects.create(section=world.rows["section"], revision=1, text=f"{CANARY} replaced")
    PlanWord.objects.create(
        plan=world.rows["proposed_plan"],
        person=world.people["member"],
        word="agree",
        note=f"{CANARY} word",
        said_at=timezone.now(),
    )


def _plant_around_the_group(world):
    rows, people = world.rows, world.people
    group, meeting = rows["group"], rows["meeting"]
    Membership.objects.filter(pk=rows["kept_membership"].pk).update(name=canary("kept name"))
    ended = {"group": group, "joined_at": NOW, "ended_at": NOW}
    Membership.objects.create(person=PersonFactory(), state="removed", removal_reason=canary("removal reason"), **ended)
    Membership.objects.create(person=PersonFactory(), state="left", reason=canary("leaving reason"), **ended)
    Invitation.objects.filter(pk=rows["email_invitation"].pk).update(
        declined_at=NOW, withdrawn_at=NOW, decline_reason=canary("declining reason")
    )
    MeetingNote.objects.create(
        meeting=meeting, text=canary("note of a meeting"), written_by=people["contact"], written_at=NOW
    )
    meeting.bring_items.update(what=canary("thing to bring"))
    JoinRequest.objects.filter(pk=rows["join_request"].pk).update(note=canary("question to join"))
    asked = {"group": group, "asked_by": people["contact"], "asked_at": NOW}
    for to in ("tutor", "coordinator"):
        SupportRequest.objects.create(to=to, text=canary(f"request to the {to}"), **asked)
    Concern.objects.create(
        site=group.site, group=group, text=canary("concern"), raised_by=people["peer"], raised_at=NOW
    )
    own = KeepInTouchWish.objects.filter(membership=rows["wish"].membership)
    own.update(reach=canary("how to reach the member"))
    KeepInTouchWish.objects.exclude(pk=rows["wish"].pk).update(best_time=canary("good time of the peer"))
    asked = KeepInTouchFactory(is_asked=True, first=rows["pair"].first)
    KeepInTouchWish.objects.filter(membership=asked.second).update(reach=canary("how to reach who only waits"))
    room = Venue.objects.create(
        site=group.site, kind="online", name="Room", join_link=f"https://{canary('online link')}.org", created_at=NOW
    )
    type(meeting).objects.filter(pk=meeting.pk).update(online_venue=room)


def _pages_for(world, person):
    browser = Client()
    if person:
        browser.force_login(person)
    for name, (row, method, _answers) in EXPECTED.items():
        if method == "get":
            response = browser.get(address_of(name, row, world.rows))
            yield name, b"".join(response.streaming_content) if response.streaming else response.content
