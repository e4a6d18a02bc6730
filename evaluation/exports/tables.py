"""The rows of each table, in the order of its variables, sorted, streamed from the database as they are read."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from evaluation.exports.profile import PURPOSES, Purpose
from evaluation.exports.snapshot import Snapshot
from evaluation.models import Interview, Observation, ObservationConsent, Source
from groups.models import RSVP, Attendance, Meeting
from supportplans.models import FlareUp, Goal, GoalReview, GoalShare

CHUNK = 2000
SUPPRESSED = "suppressed"


def rows_of(name: str, snapshot: Snapshot) -> Iterator[tuple]:
    """The rows of the table called `name`; values are str, int, bool, date or None."""
    return _ROWS[name](snapshot)


def _participants(snapshot):
    for person in snapshot.people:
        consents = [person.participant.pk in snapshot.consents[purpose] for purpose in PURPOSES]
        yield (person.identifier, person.participant.kind, snapshot.group_name(person.group_pk), *consents)


def _meetings(snapshot):
    known = Exists(_attendance(snapshot).filter(meeting=OuterRef("pk")))
    observed = Exists(_described(snapshot).filter(observation__meeting=OuterRef("pk")))
    meetings = Meeting.objects.filter(known | observed, starts_at__lte=snapshot.as_of).values_list(
        "pk", "group_id", "starts_at", "time_zone", "state"
    )
    rows = []
    for pk, group, starts_at, zone, state in meetings.iterator(CHUNK):
        day = timezone.localdate(starts_at, timezone=ZoneInfo(zone))
        shifted = snapshot.identifiers.shifted(day, group)
        rows.append((snapshot.identifiers.of("meeting", pk), snapshot.group_name(group), shifted, state))
    yield from sorted(rows)


def _of_people(snapshot, rows_for, *purposes):
    """For each consenting participant with an account, by identifier, the rows that `rows_for(person)` gives."""
    for person in snapshot.agreed(*purposes):
        if person.person_id is not None:
            yield from rows_for(person)


def _attendances(snapshot):
    def rows_for(person):
        said = RSVP.objects.filter(meeting=OuterRef("meeting"), person=person.person_id).values("answer")[:1]
        standing = _attendance(snapshot).filter(person=person.person_id).annotate(said=Subquery(said))
        for meeting, outcome, answer in standing.order_by("meeting_id").values_list("meeting_id", "outcome", "said"):
            yield person.identifier, snapshot.identifiers.of("meeting", meeting), outcome, answer

    return _of_people(snapshot, rows_for, Purpose.APP_DATA)


def _goals(snapshot):
    def rows_for(person):
        shared = Exists(GoalShare.objects.filter(goal=OuterRef("pk")))
        goals = Goal.objects.filter(person=person.person_id, created_at__lte=snapshot.as_of).annotate(shared=shared)
        for goal in goals.order_by("pk").iterator(CHUNK):
            day = _day(person, timezone.localdate(goal.created_at))
            facts = goal.state, goal.confidence, goal.rhythm_weeks, goal.shared
            yield snapshot.identifiers.of("goal", goal.pk), person.identifier, day, *facts

    return _of_people(snapshot, rows_for, Purpose.APP_DATA)


def _goal_reviews(snapshot):
    def rows_for(person):
        reviews = GoalReview.objects.filter(goal__person=person.person_id, reviewed_at__lte=snapshot.as_of)
        for review in reviews.order_by("goal_id", "pk").iterator(CHUNK):
            day = _day(person, timezone.localdate(review.reviewed_at))
            goal = snapshot.identifiers.of("goal", review.goal_id)
            yield goal, person.identifier, day, review.outcome, review.confidence, review.state_after

    return _of_people(snapshot, rows_for, Purpose.APP_DATA)


def _flareups(snapshot):
    def rows_for(person):
        flareups = FlareUp.objects.filter(person=person.person_id, logged_at__lte=snapshot.as_of)
        for flareup in flareups.order_by("started_on", "pk").iterator(CHUNK):
            yield (
                snapshot.identifiers.of("flareup", flareup.pk),
                person.identifier,
                flareup.kind,
                _day(person, flareup.started_on),
                flareup.is_start_approximate,
                (flareup.ended_on - flareup.started_on).days if flareup.ended_on else None,
                flareup.helped or None,
                flareup.has_used_plan,
                flareup.has_turned_to_group,
                None if flareup.contacts is None else " ".join(sorted(flareup.contacts)),
                flareup.pain,
                flareup.effect,
            )

    return _of_people(snapshot, rows_for, Purpose.APP_DATA)


def _interviews(snapshot):
    people = {person.participant.pk: person for person in snapshot.agreed(Purpose.INTERVIEW)}
    transcript = Source.objects.filter(interview=OuterRef("pk"), kind=Source.Kind.TRANSCRIPT)
    interviews = Interview.objects.filter(participant__in=people, started_at__lte=snapshot.as_of)
    rows = []
    for interview in interviews.annotate(has_transcript=Exists(transcript)).iterator(CHUNK):
        person = people[interview.participant_id]
        rows.append(
            (
                snapshot.identifiers.of("interview", interview.pk),
                person.identifier,
                interview.participant_kind,
                _day(person, timezone.localdate(interview.started_at)),
                interview.mode,
                interview.length_minutes,
                interview.recording,
                interview.has_transcript,
            )
        )
    yield from sorted(rows, key=lambda row: (row[1], row[3], row[0]))


def _observations(snapshot):
    described = _described(snapshot).filter(observation=OuterRef("pk"))
    observations = Observation.objects.filter(Exists(described), created_at__lte=snapshot.as_of).select_related(
        "meeting"
    )
    rows = []
    for observation in observations:
        hidden = observation.present_count < snapshot.study.small_number_threshold
        rows.append(
            (
                snapshot.identifiers.of("observation", observation.pk),
                snapshot.identifiers.of("meeting", observation.meeting_id),
                snapshot.group_name(observation.meeting.group_id),
                observation.observer_role,
                observation.style,
                SUPPRESSED if hidden else observation.present_count,
                _described(snapshot).filter(observation=observation).count(),
            )
        )
    yield from sorted(rows, key=lambda row: row[0])


def _attendance(snapshot):
    """What stood at the instant: recorded by then, and not replaced before it, at meetings of the groups covered."""
    people = [person.person_id for person in snapshot.agreed(Purpose.APP_DATA) if person.person_id is not None]
    return Attendance.objects.filter(
        Q(replaced_at=None) | Q(replaced_at__gt=snapshot.as_of),
        person__in=people,
        recorded_at__lte=snapshot.as_of,
        meeting__group__in=snapshot.study.groups.values("pk"),
    )


def _described(snapshot):
    """That day's yes of participants whose consent to observation still holds."""
    agreed = [person.participant.pk for person in snapshot.agreed(Purpose.OBSERVATION)]
    return ObservationConsent.objects.filter(observation__study=snapshot.study, is_given=True, participant__in=agreed)


def _day(person, day):
    return (day - person.entered_on).days


_ROWS = {
    "participants": _participants,
    "meetings": _meetings,
    "attendance": _attendances,
    "goals": _goals,
    "goal_reviews": _goal_reviews,
    "flareups": _flareups,
    "interviews": _interviews,
    "observations": _observations,
}
