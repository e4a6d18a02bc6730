"""A person's secret calendar feeds: of all their groups, or of one."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from peersupport.access import tokens
from peersupport.access.governed import Governed, GovernedQuerySet
from peersupport.access.roles import Role


class CalendarFeedQuerySet(GovernedQuerySet):
    def with_token(self, token):
        """The live feed that this token opens: at most one."""
        return self.filter(fingerprint=tokens.fingerprint(token), revoked_at=None)


class CalendarFeed(Governed):
    """An address that a calendar app reads a person's meetings from. Revoking it and making a new one is one tap."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="calendar_feeds")
    group = models.ForeignKey(
        "groups.SupportGroup", null=True, on_delete=models.PROTECT, related_name="+", help_text="Blank: all my groups."
    )
    nonce = models.CharField(max_length=32)
    fingerprint = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    view_permission = "groups.view_feed"
    ROLE_PATHS = {Role.OWNER: lambda person: Q(person=person)}

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "group"],
                condition=Q(revoked_at__isnull=True),
                nulls_distinct=False,
                name="one_live_feed_per_person_and_group",
            ),
        ]

    def __str__(self):
        return str(self.person)

    def token(self):
        return tokens.derive("groups.calendar_feed", self.pk, self.nonce)
