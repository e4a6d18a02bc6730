"""The home page: for each role what is next, and nothing else. At most ten queries, whoever looks."""

from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.shortcuts import render
from django.utils import timezone

from evaluation.reach import studies_that_ask
from groups.models import RSVP, Meeting, Membership, RoleTerm, SupportGroup
from peersupport.access.roles import RESEARCHERS, Role, held_by
from supportplans.models import FlareUp, Goal
from supportplans.plans_at_home import plans_at_home
from supportplans.self_report_page import waits_at_home, wish_at_home
from supportplans.touch_page import number_with_nobody, pairs_in_group, waiting_at_home

GOALS_SHOWN = 3


def home(request):
    person, now = request.user, timezone.now()
    roles = held_by(person)
    groups = groups_of(person, now)
    terms = terms_of(person)
    goals = list(Goal.objects.active().filter(person=person).order_by("review_on", "pk")[: GOALS_SHOWN + 1])
    context = {
        "is_member": Role.MEMBER in roles,
        "marked_died": marked_died(person),
        "is_coordinator": Role.COORDINATOR in roles,
        "is_researcher": not RESEARCHERS.isdisjoint(roles),
        "meeting": Meeting.objects.next_of(person, now=now),
        "answers": RSVP.Answer.choices,
        "my_groups": [group for group in groups if group.is_mine],
        "looked_after": [group for group in groups if group.is_looked_after],
        "held": [group for group in groups if group.is_held],
        "offers": [term for term in terms if not term.accepted_at],
        "programmes": [term.programme for term in terms if term.accepted_at and term.is_for_a_start],
        "plans": plans_at_home(person=person, now=now),
        "goals": goals[:GOALS_SHOWN],
        "has_more_goals": len(goals) > GOALS_SHOWN,
        "today": timezone.localdate(now),
        "going": going_flareup(groups),
        "touch": waiting_at_home([row for group in groups for row in group.pairs], person=person, now=now),
        "studies": studies_waiting_for(person),
        "has_own_questions": waits_at_home(groups[0].own_questions, person=person, now=now) if groups else False,
    }
    return render(request, "home.html", context)


def marked_died(person):
    """For someone who is here although they were marked as having died: the membership where they take it back."""
    if not person.died_marked_at:
        return None
    died = Membership.objects.filter(person=person, state=Membership.State.DIED)
    return died.order_by("-ended_at", "pk").first()


def groups_of(person, now):
    """The groups a person belongs to or supports, with what those who look after them ask first.

    And `pairs`: with whom the person keeps in touch there; `with_nobody`: how many would like to, and have nobody;
    and on each the same `own_questions`, what they chose to be asked, and the same `going`, to save a query: see below.
    """
    going = FlareUp.objects.visible_to(person).may_be_going(timezone.localdate(now)).newest_first()
    its_days = JSONObject(pk="pk", started_on="started_on", known_until_on="known_until_on")
    own = Membership.objects.current().filter(group=OuterRef("pk"), person=person)
    held = RoleTerm.objects.current().looking_after_group().filter(group=OuterRef("pk"), person=person)
    tutored = RoleTerm.objects.current().tutors().filter(group=OuterRef("pk"), person=person)
    # Counted by itself: over a join, all of these would be asked anew for each member.
    members = Membership.objects.current().filter(group=OuterRef("pk")).order_by().values("group")
    upcoming = Meeting.objects.going_ahead().upcoming(now=now).filter(group=OuterRef("pk"))
    return list(
        SupportGroup.objects.visible_to(person)
        .exclude(state=SupportGroup.State.CLOSED)
        .with_what_waits(now=now)
        .annotate(
            pairs=ArraySubquery(pairs_in_group(person=person, now=now)),
            own_questions=ArraySubquery(wish_at_home(person)),
            going=Subquery(going.values(days=its_days)[:1]),
            with_nobody=number_with_nobody(OuterRef("pk"), now=now),
            is_mine=Exists(own),
            is_held=Exists(held),
            is_looked_after=Exists(tutored),
            next_starts_at=Subquery(upcoming.values("starts_at")[:1]),
            member_count=Coalesce(Subquery(members.annotate(number=Count("pk")).values("number")), 0),
        )
        .order_by("name")
    )


def going_flareup(groups):
    """The newest flare-up that may be going on still, for its two taps; None without one, or without a group."""
    going = next((group.going for group in groups), None)
    if not going:
        return None
    days = {name: date.fromisoformat(going[name]) for name in ("started_on", "known_until_on")}
    return {"pk": going["pk"], "is_open": True} | days


def terms_of(person):
    """Roles the person has or is offered; a tutor's on a programme from which no group has started yet is marked."""
    started = SupportGroup.objects.filter(programme=OuterRef("programme"))
    is_for_a_start = Q(programme__isnull=False) & ~Exists(started)
    terms = RoleTerm.objects.open().filter(person=person).select_related("group", "programme")
    return list(terms.annotate(is_for_a_start=is_for_a_start))


def studies_waiting_for(person):
    """Studies that ask the person, and to which they have not yet answered."""
    return list(studies_that_ask(person))
