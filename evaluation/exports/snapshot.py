"""Consent, participants and groups as of one instant, read once inside the export's transaction."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.conf import settings
from django.utils import timezone

from evaluation.consent import consented
from evaluation.exports.differencing import counted, tell_of_few
from evaluation.exports.identifiers import Identifiers
from evaluation.exports.profile import EVERYTHING, Profile
from evaluation.exports.qual.texts import Texts
from evaluation.exports.variables import OTHER_GROUP, Table
from evaluation.models import ConsentStatement, Export, Participant, Study
from evaluation.study_report import StudyReport
from groups.models import Membership

# In front of every table's query: who is in the bundle, and the study's groups. Each list is one array a column.
_LISTS = """
WITH people (
    pk, identifier, person_id, entered_on, group_name, app_data, questionnaires, interview, observation, quotes, place
) AS (
    SELECT * FROM unnest(%(pk)s::bigint[], %(identifier)s::text[], %(person_id)s::bigint[], %(entered_on)s::date[],
        %(group_name)s::text[], %(app_data)s::boolean[], %(questionnaires)s::boolean[], %(interview)s::boolean[],
        %(observation)s::boolean[], %(quotes)s::boolean[])
    WITH ORDINALITY),
covered (pk, name, shift_days, people, is_shown, place) AS (
    SELECT * FROM unnest(%(group_pk)s::bigint[], %(name)s::text[], %(shift_days)s::int[], %(people)s::int[],
        %(is_shown)s::boolean[]) WITH ORDINALITY)
"""


@dataclass(frozen=True)
class Person:
    """A participant in the bundle. `person_id` is None without an account, `group_name` in no covered group."""

    pk: int
    identifier: str
    person_id: int | None
    entered_on: date
    group_name: str | None


class Snapshot:
    """Who is in a bundle, under which identifier, with which consents. Everything else in the bundle asks here."""

    def __init__(self, study: Study, as_of: datetime, profile: Profile, salt: str = ""):
        self.study, self.as_of, self.profile = study, as_of, profile
        self.identifiers = Identifiers(study.pk, salt)
        self.consents = consents(study, as_of, profile)
        self.included = included(self.consents, profile)
        self.groups = self._latest_groups()
        self.group_sizes = Counter(self.groups.values())
        self.people = self._people()

    @cached_property
    def report(self) -> StudyReport:
        return StudyReport(self.study, self.as_of)

    @cached_property
    def counted(self) -> dict[str, int] | None:
        """What the tables in report/ are made of; None where they stay out, as an earlier export would tell of few."""
        cells = counted(self.report)
        earlier = Export.objects.given_out().filter(study=self.study, as_of__lt=self.as_of).order_by("as_of")
        is_telling = tell_of_few(cells, self.included, earlier, self.study.small_number_threshold)
        return None if is_telling else cells

    @cached_property
    def texts(self) -> Texts:
        """Of those whose consent to interviews holds."""
        return Texts(
            self.study, self.as_of, self.people, self.consents[ConsentStatement.Purpose.INTERVIEW], self.identifiers
        )

    def query(self, table: Table) -> tuple[str, dict]:
        """SQL and parameters of a table's rows."""
        return _LISTS + table.sql, self._parameters

    def is_shown(self, group_pk: int) -> bool:
        """Whether enough participants of the group are in the bundle for it to stand on its own."""
        return self.group_sizes[group_pk] >= self.study.small_number_threshold

    def _people(self):
        rows = Participant.objects.filter(pk__in=self.included).values_list(
            "pk", "pseudonym", "created_at", "identity_key__person"
        )
        people = [
            Person(
                pk=pk,
                identifier=self.identifiers.of("participant", pseudonym),
                person_id=person,
                entered_on=timezone.localdate(entered_at),
                group_name=self._group_name(self.groups.get(person)),
            )
            for pk, pseudonym, entered_at, person in rows.iterator()
        ]
        return sorted(people, key=lambda person: person.identifier)

    def _group_name(self, group_pk):
        if group_pk is None:
            return None
        return self.identifiers.of("group", group_pk) if self.is_shown(group_pk) else OTHER_GROUP

    def _latest_groups(self):
        """The covered group that each person in the bundle joined last."""
        memberships = Membership.objects.filter(
            group__in=self.study.groups.values("pk"),
            person__in=Participant.objects.filter(pk__in=self.included).values("identity_key__person"),
            joined_at__lte=self.as_of,
        )
        return dict(memberships.order_by("joined_at", "pk").values_list("person_id", "group_id"))

    @cached_property
    def _parameters(self):
        return self._people_lists() | self._group_lists() | self._facts()

    def _people_lists(self):
        columns = ("pk", "identifier", "person_id", "entered_on", "group_name")
        facts = {name: [getattr(person, name) for person in self.people] for name in columns}
        given = {
            str(purpose): [person.pk in self.consents.get(purpose, ()) for person in self.people]
            for purpose in EVERYTHING.asked
        }
        return facts | given

    def _group_lists(self):
        keys = sorted(self.study.groups.values_list("pk", flat=True), key=lambda key: self.identifiers.of("group", key))
        return {
            "group_pk": keys,
            "name": [self._group_name(key) for key in keys],
            "shift_days": [self.identifiers.shift_days(key) for key in keys],
            "people": [self.group_sizes[key] for key in keys],
            "is_shown": [self.is_shown(key) for key in keys],
        }

    def _facts(self):
        return {
            "as_of": self.as_of,
            "zone": settings.TIME_ZONE,
            "study": self.study.pk,
            "threshold": self.study.small_number_threshold,
        }


def consents(study: Study, as_of: datetime, profile: Profile) -> dict[str, set[int]]:
    """For each purpose that the profile asks about, the keys of the participants whose consent holds at `as_of`."""
    return {purpose: set(consented(study, purpose, as_of).values_list("pk", flat=True)) for purpose in profile.asked}


def included(consents: dict[str, set[int]], profile: Profile) -> set[int]:
    """Of `consents`: the keys of those whom a bundle of this profile holds."""
    return set().union(*(consents[purpose] for purpose in profile.purposes))
