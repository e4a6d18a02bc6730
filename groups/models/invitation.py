"""An invitation to a group: an e-mail to one person, or a printed code for the programme's people."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.models.role_term import RoleTerm
from groups.reach import group_paths
from peersupport.access import tokens
from peersupport.access.governed import Governed, GovernedQuerySet

#: Nobody gets the same invitation more often than this.
MOST_SENDS = 5


class InvitationQuerySet(GovernedQuerySet):
    def usable(self, *, now):
        """Invitations that still let someone in."""
        return self.filter(withdrawn_at=None, expires_at__gt=now, uses__lt=F("max_uses"))

    def with_token(self, token):
        """The e-mail invitation that this link's token opens: at most one."""
        return self.filter(kind=Invitation.Kind.EMAIL, fingerprint=tokens.fingerprint(token))

    def with_code(self, typed):
        """The printed invitation whose code a person typed: at most one."""
        return self.filter(kind=Invitation.Kind.CODE, fingerprint=tokens.fingerprint(tokens.read_code(typed)))


class Invitation(Governed):
    """Lets people in `max_uses` times until it expires or is withdrawn.

    The token in the e-mail's link, or the code on paper, is derived from the row's nonce when needed and never
    stored; `fingerprint` finds the row again (see peersupport/access/tokens.py).
    """

    class Kind(models.TextChoices):
        EMAIL = "email", _("Email")
        CODE = "code", _("Printed code")

    class Standing(models.TextChoices):
        OPEN = "open", _("Not used yet")
        USED = "used", _("Used")
        EXPIRED = "expired", _("Too old")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        DECLINED = "declined", _("Said no, thank you")

    group = models.ForeignKey("groups.SupportGroup", on_delete=models.PROTECT, related_name="invitations")
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(_("name"), max_length=80, blank=True)
    email = models.EmailField(_("email address"), max_length=254, blank=True)
    role = models.CharField(
        max_length=20, choices=RoleTerm.group_roles, blank=True, help_text="The role they are asked to take on once in."
    )
    membership = models.ForeignKey(
        "groups.Membership",
        null=True,
        on_delete=models.PROTECT,
        related_name="claims",
        help_text="The membership kept for someone without an account, who claims it with this code.",
    )
    nonce = models.CharField(max_length=32)
    fingerprint = models.CharField(max_length=64, unique=True)
    max_uses = models.PositiveSmallIntegerField(default=1)
    uses = models.PositiveSmallIntegerField(default=0)
    sends = models.PositiveSmallIntegerField(default=1, help_text="How often the email was asked for.")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    decline_reason = models.TextField(_("reason, in the person's own words"), blank=True)

    view_permission = "groups.view_invitation"
    ROLE_PATHS = group_paths("group")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "email"],
                condition=Q(kind="email", withdrawn_at__isnull=True, uses=0),
                name="one_open_invitation_per_group_and_email",
            ),
            models.CheckConstraint(name="invitation_kind_known", condition=Q(kind__in=["email", "code"])),
            models.CheckConstraint(
                name="email_invitation_has_address",
                condition=Q(kind="code", email="") | (Q(kind="email", max_uses=1) & ~Q(email="")),
            ),
            models.CheckConstraint(
                name="invitation_role_known",
                condition=Q(role__in=["", "contact", "host", "greeter", "deputy"]),
            ),
            models.CheckConstraint(
                name="claim_is_a_code_for_one", condition=Q(membership=None) | Q(kind="code", max_uses=1, role="")
            ),
            models.CheckConstraint(
                name="declined_invitation_is_over", condition=Q(declined_at=None) | Q(withdrawn_at__isnull=False)
            ),
            models.CheckConstraint(name="invitation_uses_within_limit", condition=Q(uses__lte=F("max_uses"))),
            models.CheckConstraint(name="invitation_lets_someone_in", condition=Q(max_uses__gte=1, max_uses__lte=100)),
            models.CheckConstraint(name="invitation_sent_few_times", condition=Q(sends__gte=1, sends__lte=MOST_SENDS)),
            models.CheckConstraint(name="invitation_expires_after_start", condition=Q(expires_at__gt=F("created_at"))),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} · {self.group}"

    def token(self):
        """The secret that goes out: a link token (e-mail) or a code to type (print)."""
        derive = tokens.derive if self.kind == self.Kind.EMAIL else tokens.short_code
        return derive("groups.invitation", self.pk, self.nonce)

    def standing(self, *, now):
        """How it stands, for those who sent it and whoever opens it."""
        if self.uses >= self.max_uses:
            return self.Standing.USED
        if self.declined_at:
            return self.Standing.DECLINED
        if self.withdrawn_at:
            return self.Standing.WITHDRAWN
        return self.Standing.EXPIRED if self.expires_at <= now else self.Standing.OPEN

    def is_usable(self, *, now):
        """As `InvitationQuerySet.usable`, of a row in hand."""
        return self.standing(now=now) == self.Standing.OPEN

    @property
    def asks_first(self):
        """Whether its code leads to asking: someone picked it up, and the group lets people in by agreement."""
        return self.is_sheet and self.group.join_rule == self.group.JoinRule.BY_AGREEMENT

    @property
    def is_sheet(self):
        """A printed code for whoever picks it up; not one with which somebody claims what was kept for them."""
        return self.kind == self.Kind.CODE and not self.membership_id

    @property
    def last_on(self):
        """The last day on which it lets someone in, by the group's clock."""
        return timezone.localdate(self.expires_at - timedelta(seconds=1), self.group.zone)
