"""The code book of a study: a tree of codes. What was ended or merged stays, so that earlier codings still say why."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from evaluation.reach import duty_paths
from peersupport.access.governed import Governed, GovernedQuerySet


class CodeQuerySet(GovernedQuerySet):
    def in_use(self):
        return self.filter(ended_at=None)


class Code(Governed):
    class Colour(models.IntegerChoices):
        """Each has a line of its own, so that colour is never all that tells two codes apart."""

        TEAL = 1, _("Green, plain line")
        AMBER = 2, _("Orange, double line")
        VIOLET = 3, _("Purple, dotted line")
        BLUE = 4, _("Blue, dashed line")
        ROSE = 5, _("Red, wavy line")
        GREY = 6, _("Grey, thick line")

    study = models.ForeignKey("evaluation.Study", on_delete=models.PROTECT, related_name="codes")
    guid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    name = models.CharField(_("name"), max_length=100)
    definition = models.TextField(_("definition"), blank=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    position = models.PositiveIntegerField(help_text="Order among those with the same parent.")
    colour = models.PositiveSmallIntegerField(_("colour"), choices=Colour)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")

    view_permission = "evaluation.view_coding"
    ROLE_PATHS = duty_paths("study")

    objects = CodeQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                "study", Lower("name"), condition=Q(ended_at=None), name="code_name_once_per_study"
            ),
            models.CheckConstraint(name="code_has_name", condition=~Q(name="")),
            models.CheckConstraint(name="code_is_not_its_own_parent", condition=Q(parent=None) | ~Q(parent=F("pk"))),
            models.CheckConstraint(
                name="code_merged_is_ended_and_another",
                condition=Q(merged_into=None) | (Q(ended_at__isnull=False) & ~Q(merged_into=F("pk"))),
            ),
            models.CheckConstraint(name="code_colour_known", condition=Q(colour__gte=1, colour__lte=6)),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("evaluation:segment_list", args=[self.pk])

    @property
    def mark(self):
        """Two letters that stand for it beside a text: "BT" for "Being together", "Be" for "Belonging"."""
        words = self.name.split()
        return "".join(word[0] for word in words[:2]).upper() if len(words) > 1 else self.name[:2].capitalize()
