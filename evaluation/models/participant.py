"""A participant is known to a study by a pseudonym; who that is stands apart: see `identity`."""

import secrets

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from evaluation.reach import duty_paths
from peersupport.access.governed import Governed
from peersupport.access.roles import Role

# Letters and digits that can't be misread; 8 of them are 38 bits.
_PSEUDONYM_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_pseudonym():
    """Random and non-sequential: never derived from an id, address or date of birth."""
    return random_code("P")


def random_code(letter):
    return letter + "".join(secrets.choice(_PSEUDONYM_ALPHABET) for _index in range(8))


class Participant(Governed):
    class Kind(models.TextChoices):
        MEMBER = "member", _("Member")
        LEFT = "left", _("Left the group")
        NEVER_ATTENDED = "never_attended", _("Never attended")
        TUTOR = "tutor", _("Patient tutor")
        CLINICIAN = "clinician", _("Clinician")
        COORDINATOR = "coordinator", _("Coordinator")

    study = models.ForeignKey("evaluation.Study", on_delete=models.PROTECT, related_name="participants")
    pseudonym = models.CharField(max_length=12, default=new_pseudonym)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    created_at = models.DateTimeField()

    view_permission = "evaluation.view_participant"
    ROLE_PATHS = {
        **duty_paths("study"),
        Role.PARTICIPANT: lambda person: Q(identity_key__person=person),
    }

    class Meta:
        verbose_name = _("your part in a study")
        ordering = ["pseudonym"]
        constraints = [
            models.UniqueConstraint(fields=["study", "pseudonym"], name="pseudonym_once_per_study"),
            models.CheckConstraint(
                name="participant_kind_known",
                condition=Q(kind__in=["member", "left", "never_attended", "tutor", "clinician", "coordinator"]),
            ),
        ]

    def __str__(self):
        return self.pseudonym

    def get_absolute_url(self):
        return reverse("evaluation:participant_detail", args=[self.pk])
