"""Who belongs to a group, and who looks after its practical side."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from groups.reach import group_paths, site_path
from peersupport.access.governed import Governed, GovernedQuerySet
from peersupport.access.roles import Role as AccessRole


class MembershipQuerySet(GovernedQuerySet):
    def current(self):
        """Memberships that hold now: joined, or having a break from it."""
        return self.filter(state__in=Membership.CURRENT)


class Membership(Governed):
    """One time that a person belongs to a group; coming back is a new row. Leaving is neutral."""

    class State(models.TextChoices):
        JOINED = "joined", _("Member")
        PAUSED = "paused", _("Taking a break")
        LEFT = "left", _("Left")

    CURRENT = ("joined", "paused")

    group = models.ForeignKey("groups.SupportGroup", on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    invitation = models.ForeignKey("groups.Invitation", null=True, on_delete=models.PROTECT, related_name="memberships")
    state = models.CharField(max_length=20, choices=State, default=State.JOINED)
    joined_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(_("reason, in the person's own words"), blank=True)

    view_permission = "groups.view_membership"
    ROLE_PATHS = {AccessRole.OWNER: lambda person: Q(person=person), **group_paths("group")}

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "person"],
                condition=Q(state__in=("joined", "paused")),
                name="one_open_membership_per_group_and_person",
            ),
            models.CheckConstraint(name="membership_state_known", condition=Q(state__in=["joined", "paused", "left"])),
            models.CheckConstraint(
                name="ended_membership_has_date",
                condition=Q(state__in=("joined", "paused"), ended_at=None)
                | Q(state="left", ended_at__gte=F("joined_at")),
            ),
        ]
        indexes = [models.Index(fields=["person", "group"], name="membership_person_group")]

    def __str__(self):
        return f"{self.person} · {self.group}"


class RoleTermQuerySet(GovernedQuerySet):
    def current(self):
        """Terms that were accepted and have not ended."""
        return self.filter(accepted_at__isnull=False, ended_at__isnull=True)

    def open(self):
        """Terms that were offered, accepted or not, and have not ended."""
        return self.filter(ended_at__isnull=True)

    def tutors(self):
        return self.filter(role=RoleTerm.Role.TUTOR)

    def looking_after_group(self):
        return self.filter(role__in=RoleTerm.OF_GROUP)


class RoleTerm(Governed):
    """A role that a person takes for a time: offered, then accepted, then ended.

    A tutor is first appointed to a programme; starting a group from it gives them a term in that group.
    """

    class Role(models.TextChoices):
        CONTACT = "contact", _("Contact")
        HOST = "host", _("Host")
        GREETER = "greeter", _("Greeter")
        DEPUTY = "deputy", _("Deputy")
        TUTOR = "tutor", _("Patient tutor")

    OF_GROUP = ("contact", "host", "greeter", "deputy")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="role_terms")
    group = models.ForeignKey("groups.SupportGroup", null=True, on_delete=models.PROTECT, related_name="role_terms")
    programme = models.ForeignKey("groups.Programme", null=True, on_delete=models.PROTECT, related_name="role_terms")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    offered_as = models.CharField(
        max_length=80, blank=True, help_text="The name a tutor was asked by: shown until they accept."
    )
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    view_permission = "groups.view_roleterm"
    ROLE_PATHS = {
        AccessRole.OWNER: lambda person: Q(person=person),
        **group_paths("group"),
        **site_path("programme__site"),
    }

    objects = RoleTermQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "programme", "person", "role"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="one_open_term_per_person_and_role",
            ),
            models.CheckConstraint(
                name="term_in_group_or_tutor_on_programme",
                condition=Q(group__isnull=False, programme=None) | Q(group=None, programme__isnull=False, role="tutor"),
            ),
            models.CheckConstraint(
                name="term_role_known",
                condition=Q(role__in=["contact", "host", "greeter", "deputy", "tutor"]),
            ),
            models.CheckConstraint(
                name="term_accepted_after_offer",
                condition=Q(accepted_at=None) | Q(accepted_at__gte=F("offered_at")),
            ),
            models.CheckConstraint(
                name="term_ends_after_offer", condition=Q(ended_at=None) | Q(ended_at__gte=F("offered_at"))
            ),
        ]

    def __str__(self):
        return f"{self.person} · {self.get_role_display()}"

    @property
    def name(self):
        """Whom to show. The name an account goes by is no matter of whoever only knows its address."""
        return self.person.preferred_name if self.accepted_at or not self.offered_as else self.offered_as

    @property
    def place(self):
        """The group or the programme that the role is in."""
        return self.group or self.programme
