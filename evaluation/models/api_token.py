"""What lets an analyst's program fetch exports."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from evaluation.reach import duty_paths
from peersupport.access import tokens
from peersupport.access.governed import Governed, GovernedQuerySet
from peersupport.access.roles import Role


class ApiTokenQuerySet(GovernedQuerySet):
    def usable(self, *, now):
        return self.filter(revoked_at=None, expires_at__gt=now)

    def with_token(self, token):
        """The row that this token stands for: at most one."""
        return self.filter(fingerprint=tokens.fingerprint(token))


class ApiToken(Governed):
    """One person's way into the exports of one study, for a program of theirs. The token itself is not kept.

    It opens no more than the person may: when their duty ends, so does it.
    """

    class Scope(models.TextChoices):
        LIST = "list", _("See which exports there are")
        FETCH = "fetch", _("See them and fetch their files")

    study = models.ForeignKey("evaluation.Study", on_delete=models.PROTECT, related_name="api_tokens")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(_("what it is for"), max_length=100)
    scope = models.CharField(_("what it may do"), max_length=10, choices=Scope)
    fingerprint = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    view_permission = "evaluation.view_api_token"
    ROLE_PATHS = {**duty_paths("study"), Role.OWNER: lambda person: Q(person=person)}

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("token for programs")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="api_token_named", condition=~Q(name="")),
            models.CheckConstraint(name="api_token_scope_known", condition=Q(scope__in=["list", "fetch"])),
            models.CheckConstraint(name="api_token_runs_out", condition=Q(expires_at__gt=F("made_at"))),
            models.CheckConstraint(
                name="api_token_revoked_by_someone",
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
        ]

    def __str__(self):
        return self.name
