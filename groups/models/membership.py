"""Who belongs to a group."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext_lazy as _

from groups.reach import group_paths
from members.models import Person
from peersupport.access.governed import Governed, GovernedQuerySet
from peersupport.access.roles import Role
from peersupport.reminders.ways import people_reached_without_mail


class MembershipQuerySet(GovernedQuerySet):
    def current(self):
        """Memberships that hold now: joined, or having a break from it."""
        return self.filter(state__in=Membership.CURRENT)

    def with_account(self):
        """Those that belong to a person who signs in: no name kept by someone else."""
        return self.filter(person__isnull=False)

    def joined(self):
        """Those who take part now: nobody who has a break."""
        return self.filter(state=Membership.State.JOINED)

    def out_of_reach(self):
        """Those whom no reminder reaches: without an account, or with an address that refuses mail and nothing else."""
        refused = Q(person__mail_refusals__gte=Person.MOST_REFUSALS, person__refused_email=F("person__email"))
        refused &= ~Q(person__in=people_reached_without_mail("groups.meeting_coming"))
        return self.filter(Q(person=None) | Q(person__is_active=False) | refused)

    def ordered_by_name(self):
        """By the name that is shown, with or without an account; the people are loaded with it."""
        name = Lower(Coalesce("person__preferred_name", "name"))
        return self.select_related("person").order_by(name, "pk")


class Membership(Governed):
    """One time that someone belongs to a group; coming back is a new row. Leaving is neutral.

    Someone without an account stands here with a name, kept by a role holder with their leave. Once they claim it
    with a code, `person` is set and the name goes.
    """

    class State(models.TextChoices):
        JOINED = "joined", _("Member")
        PAUSED = "paused", _("Taking a break")
        LEFT = "left", _("Left")
        REMOVED = "removed", _("Taken out of the group")
        NEVER_ATTENDED = "never_attended", _("Never came")
        DIED = "died", _("Has died")

    class ToldHow(models.TextChoices):
        IN_PERSON = "in_person", _("In person")
        PHONE = "phone", _("By phone")
        POST = "post", _("By post")
        HOUSEHOLD = "household", _("Someone they live with gets the emails")

    CURRENT = ("joined", "paused")
    #: Where someone may say that researchers may still ask them about the group.
    OUT_OF_IT = ("left", "removed", "never_attended")

    group = models.ForeignKey("groups.SupportGroup", on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="memberships"
    )
    name = models.CharField(_("name of someone without an account"), max_length=80, blank=True)
    told_how = models.CharField(_("how they hear of things"), max_length=20, choices=ToldHow, blank=True)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    leave_given_on = models.DateField(null=True, help_text="When they said that their name may be kept here.")
    invitation = models.ForeignKey("groups.Invitation", null=True, on_delete=models.PROTECT, related_name="memberships")
    state = models.CharField(max_length=20, choices=State, default=State.JOINED)
    joined_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("reason, in the person's own words"), blank=True)
    removal_reason = models.TextField(_("reason the person was given"), blank=True)
    usually_comes = models.BooleanField(default=False)
    shows_answer = models.BooleanField(default=False, help_text="Others in the group may see that they come.")
    greeter_may_know = models.BooleanField(default=False, help_text="The greeter may know that they are new.")
    researchers_may_ask = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Researchers may ask them about it, now that they are out of it.",
    )

    view_permission = "groups.view_membership"
    ROLE_PATHS = {Role.OWNER: lambda person: Q(person=person), **group_paths("group")}

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "person"],
                condition=Q(state__in=("joined", "paused")),
                name="one_open_membership_per_group_and_person",
            ),
            models.CheckConstraint(
                name="membership_state_known",
                condition=Q(state__in=["joined", "paused", "left", "removed", "never_attended", "died"]),
            ),
            models.CheckConstraint(
                name="ended_membership_has_date",
                condition=Q(state__in=("joined", "paused"), ended_at=None)
                | (~Q(state__in=("joined", "paused")) & Q(ended_at__gte=F("joined_at"))),
            ),
            models.CheckConstraint(
                name="membership_of_person_or_name",
                condition=Q(person__isnull=False, name="", told_how="", told_by=None)
                | (Q(person=None, kept_by__isnull=False, leave_given_on__isnull=False) & ~Q(name="")),
            ),
            models.CheckConstraint(
                name="membership_told_how_known",
                condition=Q(told_how__in=["", "in_person", "phone", "post", "household"]),
            ),
            models.CheckConstraint(
                name="removed_member_has_reason", condition=~Q(state="removed") | ~Q(removal_reason="")
            ),
            models.CheckConstraint(
                name="researchers_ask_by_leave_of_those_out_of_it",
                condition=Q(researchers_may_ask=False)
                | Q(state__in=("left", "removed", "never_attended"), person__isnull=False),
            ),
        ]
        indexes = [
            # Whoever looks at anything is asked for their groups first: this answers it without the table.
            models.Index(
                fields=["person", "group"],
                name="current_membership_of_person",
                condition=Q(state__in=("joined", "paused")),
            )
        ]

    def __str__(self):
        return f"{self.shown_name} · {self.group}"

    @property
    def shown_name(self):
        return self.person.preferred_name if self.person else self.name

    @property
    def is_current(self):
        return self.state in self.CURRENT
