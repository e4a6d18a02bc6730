"""Who would like someone to keep in touch with them, and which two members do."""

import re
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from groups.models import Membership, SupportGroup
from groups.reach import group_paths
from peersupport.access.governed import Governed, GovernedQuerySet, ids_where
from peersupport.access.roles import ORGANISERS, Role
from supportplans.models.check_in import CheckIn

PHONE = re.compile(r"\+?[\d ()-]{7,25}")


def taking_part(to_membership: str) -> Q:
    """A Q: whoever `to_membership` leads to wants to be in touch and is there for it now. ("" for a membership.)"""
    here = {"state": Membership.State.JOINED, "person__is_active": True, "touch_wish__state": KeepInTouchWish.State.ON}
    asked = Q(**{f"{to_membership}{field}": value for field, value in here.items()})
    return asked & ~Q(**{f"{to_membership}group__state": SupportGroup.State.CLOSED})


def out_of_it(to_membership: str) -> Q:
    """A Q: for whoever `to_membership` leads to it is over, and not only resting."""
    gone = {"person__is_active": False, "touch_wish__state": KeepInTouchWish.State.OFF}
    over = Q(**{f"{to_membership}group__state": SupportGroup.State.CLOSED})
    for field, value in gone.items():
        over |= Q(**{f"{to_membership}{field}": value})
    return over | ~Q(**{f"{to_membership}state__in": Membership.CURRENT})


class KeepInTouchWishQuerySet(GovernedQuerySet):
    def taking_part(self):
        """Wishes that count now: on, of a member who has no break from the group."""
        return self.filter(membership__in=Membership.objects.filter(taking_part("")))

    def with_whether_someone(self):
        """Adds `has_someone`: they keep in touch with someone; and `is_waiting`: for a yes, theirs or another's."""
        pairs = KeepInTouch.objects.holding().filter(Q(first=OuterRef("membership")) | Q(second=OuterRef("membership")))
        return self.annotate(
            has_someone=models.Exists(pairs.on()), is_waiting=models.Exists(pairs.filter(state=KeepInTouch.State.ASKED))
        )

    def ordered_by_name(self):
        return self.select_related("membership__person").order_by("membership__person__preferred_name", "pk")


class KeepInTouchWish(Governed):
    """What a member says about being kept in touch with, for one membership; no row or off: nothing of it.

    `reach` is seen by those whom they keep in touch with, as long as both do. Turning it off takes it out.
    """

    class State(models.TextChoices):
        ON = "on", _("On")
        PAUSED = "paused", _("Having a rest")
        OFF = "off", _("Off")

    class Way(models.TextChoices):
        CALL = "call", _("Call")
        TEXT = "text", _("Text message")
        VISIT = "visit", _("Visit")

    class Rhythm(models.IntegerChoices):
        WEEKLY = 1, _("Every week")
        FORTNIGHTLY = 2, _("Every 2 weeks")
        MONTHLY = 4, _("Every 4 weeks")

    membership = models.OneToOneField("groups.Membership", on_delete=models.PROTECT, related_name="touch_wish")
    state = models.CharField(max_length=10, choices=State, default=State.ON)
    ways = ArrayField(models.CharField(max_length=10, choices=Way), verbose_name=_("how"))
    rhythm_weeks = models.PositiveSmallIntegerField(_("how often"), choices=Rhythm)
    reach = models.CharField(_("how to reach me"), max_length=200, blank=True)
    best_time = models.CharField(_("a good time"), max_length=200, blank=True)
    changed_at = models.DateTimeField()

    view_permission = "supportplans.view_wish"
    ROLE_PATHS = {
        Role.OWNER: lambda person: Q(membership__person=person, membership__state__in=Membership.CURRENT),
        Role.SHARED_WITH: lambda person: (
            Q(membership__in=_others_of(person, "first", "second"))
            | Q(membership__in=_others_of(person, "second", "first"))
        ),
        # A fellow member counts here only where they opted in themselves.
        Role.MEMBER: lambda person: Q(membership__group__in=_groups_wished_in(person)),
        **{role: path for role, path in group_paths("membership__group").items() if role in ORGANISERS},
    }

    objects = KeepInTouchWishQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="wish_state_known", condition=Q(state__in=["on", "paused", "off"])),
            models.CheckConstraint(name="wish_rhythm_known", condition=Q(rhythm_weeks__in=[1, 2, 4])),
            models.CheckConstraint(
                name="wish_ways_known",
                condition=Q(ways__contained_by=["call", "text", "visit"], ways__len__gt=0),
            ),
            models.CheckConstraint(
                name="wish_keeps_details_while_not_off",
                condition=Q(state="off", reach="", best_time="") | (~Q(state="off") & ~Q(reach="")),
            ),
        ]

    def __str__(self):
        return f"{self.membership_id} {self.state}"

    @property
    def ways_in_words(self):
        return [self.Way(way).label for way in self.ways]

    @property
    def phone(self):
        """`reach` as a number to dial, if it is nothing but one, and a call or message is welcome; else ""."""
        is_welcome = {self.Way.CALL, self.Way.TEXT} & set(self.ways)
        return re.sub(r"[^+\d]", "", self.reach) if is_welcome and PHONE.fullmatch(self.reach) else ""


class KeepInTouchQuerySet(GovernedQuerySet):
    def on(self):
        """Those to which both said yes; they may be resting."""
        return self.filter(state=KeepInTouch.State.ON)

    def open(self):
        return self.filter(state__in=KeepInTouch.OPEN)

    def between(self, one, other):
        """Every time that these two memberships (keys) were asked or kept in touch."""
        return self.filter(first=min(one, other), second=max(one, other))

    def holding(self):
        """Asked or on, while both want it and are there for it: the rest is not shown and nobody is reminded."""
        return self.open().filter(taking_part("first__") & taking_part("second__"))

    def over(self):
        """Still open, though one of the two is out of it for good."""
        return self.open().filter(out_of_it("first__") | out_of_it("second__"))

    def locked(self, pk):
        """A pair as it stands now, `with_truth`, kept from others until the transaction ends.

        Locked before it is joined with anything: who waited for a lock would miss a row whose turn has changed.
        """
        self.select_for_update().get(pk=pk)
        return self.with_truth().select_related("first", "second", "next_by").get(pk=pk)

    def with_truth(self):
        """Adds `holds`, `is_over`, `rhythm_weeks` (the slower of the two wishes) and `spoke_at` (None: not yet)."""
        spoke = CheckIn.objects.standing().filter(pair=OuterRef("pk"), outcome=CheckIn.Outcome.SPOKE)
        return self.annotate(
            holds=taking_part("first__") & taking_part("second__"),
            is_over=out_of_it("first__") | out_of_it("second__"),
            rhythm_weeks=Greatest("first__touch_wish__rhythm_weeks", "second__touch_wish__rhythm_weeks"),
            spoke_at=Subquery(spoke.order_by("-said_at").values("said_at")[:1]),
        )

    def seen_by(self, person):
        """What `with_truth` adds, and how it looks to one of the two: `other_name`, `other_key` (their membership),
        `has_agreed`, `is_own_turn`."""
        is_first = Q(first__person=person)

        def either(of_first, of_second):
            return Case(When(is_first, then=of_first), default=of_second)

        return self.with_truth().annotate(
            other_name=either(F("second__person__preferred_name"), F("first__person__preferred_name")),
            other_key=either(F("second"), F("first")),
            has_agreed=either(Q(first_agreed_at__isnull=False), Q(second_agreed_at__isnull=False)),
            is_own_turn=Q(next_by__person=person),
        )


class KeepInTouch(Governed):
    """Two members who keep in touch: asked, then on once both said yes, until one of them ends it, for any reason.

    A round is a row from each to the next. Whether it `holds` is asked each time, of both wishes and memberships: a
    break, leaving, a death or a closed account stop it at once, and nobody has to tell it. The one with the lower key
    is `first`, whoever asked.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Waiting for a yes")
        ON = "on", _("Keeping in touch")
        DECLINED = "declined", _("Not now")
        ENDED = "ended", _("Ended")

    OPEN = ("asked", "on")

    first = models.ForeignKey("groups.Membership", on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey("groups.Membership", on_delete=models.PROTECT, related_name="+")
    next_by = models.ForeignKey(
        "groups.Membership", on_delete=models.PROTECT, related_name="+", help_text="Whose turn it is to get in touch."
    )
    takes_turns = models.BooleanField(help_text="If not, the same one gets in touch each time.")
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    first_agreed_at = models.DateTimeField(null=True)
    second_agreed_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True, help_text="By when they should have spoken next.")
    schedule_version = models.PositiveIntegerField(default=0, help_text="Rises when `due_on` changes.")
    is_resting = models.BooleanField(default=False, help_text="It was seen not to hold; waking it gives a new day.")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    # What `with_truth` adds, and what `seen_by` adds to that.
    holds: bool
    is_over: bool
    rhythm_weeks: int
    spoke_at: datetime | None
    other_name: str
    other_key: int
    has_agreed: bool
    is_own_turn: bool

    view_permission = "supportplans.view_pair"
    # Both of the two, and nobody else: not even those who proposed it.
    ROLE_PATHS = {
        Role.OWNER: lambda person: (
            Q(first__person=person, first__state__in=Membership.CURRENT)
            | Q(second__person=person, second__state__in=Membership.CURRENT)
        )
    }

    objects = KeepInTouchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["first", "second"], condition=Q(state__in=("asked", "on")), name="one_open_pair_of_two_members"
            ),
            models.CheckConstraint(name="pair_of_two_in_order", condition=Q(first__lt=F("second"))),
            models.CheckConstraint(
                name="pair_next_by_one_of_the_two", condition=Q(next_by=F("first")) | Q(next_by=F("second"))
            ),
            models.CheckConstraint(
                name="pair_dates_follow_state",
                condition=Q(state="asked", started_at=None, due_on=None, ended_at=None)
                | Q(
                    state="on",
                    first_agreed_at__isnull=False,
                    second_agreed_at__isnull=False,
                    started_at__isnull=False,
                    due_on__isnull=False,
                    ended_at=None,
                )
                | Q(state="declined", started_at=None, due_on=None, ended_at__isnull=False)
                | Q(state="ended", due_on=None, ended_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(state="on"), name="pair_due")]

    def __str__(self):
        return f"{self.first_id} {self.second_id} {self.state}"

    def get_absolute_url(self):
        return reverse("supportplans:pair_detail", args=[self.pk])

    @property
    def rhythm(self):
        """How often, in words; of a row read `with_truth`."""
        return KeepInTouchWish.Rhythm(self.rhythm_weeks).label


def _others_of(person, own, other):
    """Keys of the memberships that keep in touch with those of `person`, which stand in the column `own`."""
    return ids_where(KeepInTouch.objects.holding().on().filter(**{f"{own}__person": person}), other)


def _groups_wished_in(person):
    return ids_where(KeepInTouchWish.objects.taking_part().filter(membership__person=person), "membership__group")
