"""Telling whoever holds an export that someone in it has withdrawn since."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from evaluation.models.consent import Withdrawal
from evaluation.models.export import Export
from evaluation.reach import duty_paths
from peersupport.access.governed import Governed, GovernedQuerySet


class WithdrawalNoticeQuerySet(GovernedQuerySet):
    def to_give(self):
        return self.filter(given_at=None)


class WithdrawalNotice(Governed):
    """One withdrawal and one export that holds the person: prepared at once, given by someone of the team, once."""

    study = models.ForeignKey("evaluation.Study", on_delete=models.PROTECT, related_name="withdrawal_notices")
    export = models.ForeignKey(Export, on_delete=models.PROTECT, related_name="withdrawal_notices")
    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="notices")
    prepared_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    how = models.TextField(_("how they were told, and what they said"), blank=True)

    view_permission = "evaluation.view_notice"
    ROLE_PATHS = duty_paths("study")

    objects = WithdrawalNoticeQuerySet.as_manager()

    class Meta:
        ordering = [F("given_at").desc(nulls_first=True), "-prepared_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["export", "withdrawal"], name="one_notice_per_export_and_withdrawal"),
            models.CheckConstraint(
                name="notice_given_whole",
                condition=Q(given_at=None, given_by=None, how="")
                | Q(given_at__gte=F("prepared_at"), given_by__isnull=False, how__gt=""),
            ),
        ]

    def __str__(self):
        return f"{self.export} {self.prepared_at:%Y-%m-%d}"

    def get_absolute_url(self):
        return reverse("evaluation:notice_detail", args=[self.pk])
