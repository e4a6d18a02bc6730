"""A flare-up or setback that a member logged. No entries never means "well"."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from peersupport.access.governed import Governed, GovernedQuerySet
from peersupport.access.roles import Role


class FlareUpQuerySet(GovernedQuerySet):
    def newest_first(self):
        return self.order_by("-started_on", "-pk")

    def open(self):
        """Of unknown length: not "until today"."""
        return self.filter(ended_on=None)


class FlareUp(Governed):
    class Kind(models.TextChoices):
        FLARE_UP = "flare_up", _("Flare-up: it lasts days")
        SETBACK = "setback", _("Setback: it lasts weeks or more")
        NOT_SURE = "not_sure", _("Not sure")

    class Contact(models.TextChoices):
        NONE = "none", _("No one")
        GP = "gp", _("GP surgery or pharmacist")
        NHS_111 = "111", _("NHS 111")
        AE = "ae", _("A&E or ambulance")
        PAIN_CLINIC = "pain_clinic", _("Pain clinic")

    class Helped(models.TextChoices):
        YES = "yes", _("Yes")
        A_LITTLE = "a_little", _("A little")
        NO = "no", _("No")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="flareups")
    client_id = models.UUIDField(
        default=uuid.uuid4, help_text="Made with the form, so that a form sent twice is one entry."
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.NOT_SURE)
    started_on = models.DateField(_("when it started"))
    is_start_approximate = models.BooleanField(_("this date is a guess"), default=False)
    ended_on = models.DateField(_("when it ended"), null=True, blank=True)
    set_off_by = models.TextField(_("what set it off"), blank=True)
    tried = models.TextField(_("what I tried"), blank=True)
    helped = models.CharField(_("did it help"), max_length=10, choices=Helped, blank=True)
    has_used_plan = models.BooleanField(_("did I use my plan"), null=True, blank=True)
    has_turned_to_group = models.BooleanField(_("did I turn to the group"), null=True, blank=True)
    contacts = ArrayField(
        models.CharField(max_length=20, choices=Contact),
        verbose_name=_("who I got help from"),
        null=True,
        blank=True,
    )
    pain = models.PositiveSmallIntegerField(_("pain, 0 to 10"), null=True, blank=True)
    effect = models.PositiveSmallIntegerField(_("effect on what matters to me, 0 to 10"), null=True, blank=True)
    logged_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    view_permission = "supportplans.view_flareup"
    ROLE_PATHS = {Role.OWNER: lambda person: Q(person=person)}

    objects = FlareUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("flare-up")
        constraints = [
            models.UniqueConstraint(fields=["person", "client_id"], name="flareup_sent_twice_is_one"),
            models.CheckConstraint(
                name="flareup_kind_known", condition=Q(kind__in=["flare_up", "setback", "not_sure"])
            ),
            models.CheckConstraint(name="flareup_helped_known", condition=Q(helped__in=["", "yes", "a_little", "no"])),
            models.CheckConstraint(
                name="flareup_ends_after_start", condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on"))
            ),
            models.CheckConstraint(name="flareup_pain_0_to_10", condition=Q(pain=None) | Q(pain__lte=10)),
            models.CheckConstraint(name="flareup_effect_0_to_10", condition=Q(effect=None) | Q(effect__lte=10)),
            models.CheckConstraint(
                name="flareup_contacts_known",
                condition=Q(contacts=None) | Q(contacts__contained_by=["none", "gp", "111", "ae", "pain_clinic"]),
            ),
        ]
        indexes = [models.Index(fields=["person", "-started_on", "-id"], name="flareup_newest")]

    def __str__(self):
        return f"{self.get_kind_display()} {self.started_on}"

    def get_absolute_url(self):
        return reverse("supportplans:flareup_detail", args=[self.pk])
