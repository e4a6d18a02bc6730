"""Who looks after a group's practical side, and who helps it start."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from groups.reach import group_paths, site_path
from peersupport.access.governed import Governed, GovernedQuerySet
from peersupport.access.roles import Role as AccessRole


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

    @staticmethod
    def group_roles():
        """The roles that members take on, as choices."""
        return [(role.value, role.label) for role in RoleTerm.Role if role in RoleTerm.OF_GROUP]

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
    ends_on = models.DateField(null=True, help_text="Until when they mean to do it; nothing ends by itself.")
    ended_at = models.DateTimeField(null=True)
    instead_of = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="successors", help_text="Ends once this is accepted."
    )

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
