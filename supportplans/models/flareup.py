"""A flare-up or setback that a member logged. No entries never means "well"."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from peersupport.access.governed import Governed, GovernedQuerySet
from peersupport.access.roles import Role

#: Those known to last longer have an index of their own, so that what overlaps a month is found without reading all.
LONG = timedelta(days=31)
IS_LONG = Q(known_until_on__gt=F("started_on") + LONG)
#: A tap is taken back in one tap for so long; after that it is asked once more.
FRESH = timedelta(days=1)
#: Who has said nothing of an open one for so long is not asked about it any more.
MAY_GO_ON = timedelta(weeks=6)


class FlareUpQuerySet(GovernedQuerySet):
    def visible_to(self, person):
        return super().visible_to(person).standing()

    def standing(self):
        """Those that were not taken back."""
        return self.filter(taken_back_at=None)

    def newest_first(self):
        return self.order_by("-started_on", "-pk")

    def open(self):
        """Of unknown length: not "until today"."""
        return self.filter(ended_on=None)

    def may_be_going(self, today):
        """Open, and not so long ago that their end was just never written down."""
        return self.open().filter(known_until_on__gt=today - MAY_GO_ON)

    def known_between(self, first, last):
        """Those with a day known to be theirs from `first` to `last`, both included."""
        begun_lately = Q(started_on__range=(first - LONG, last), known_until_on__gte=first)
        begun_long_ago = IS_LONG & Q(started_on__lt=first - LONG, known_until_on__gte=first)
        return self.filter(begun_lately | begun_long_ago)


class FlareUp(Governed):
    class Kind(models.TextChoices):
        FLARE_UP = "flare_up", _("Flare-up")
        SETBACK = "setback", _("Setback")
        NOT_SURE = "not_sure", _("Not sure")

    class Contact(models.TextChoices):
        NONE = "none", _("No one")
        GP = "gp", _("GP surgery or pharmacist")
        NHS_111 = "111", _("NHS 111")
        AE = "ae", _("A&E or ambulance")
        PAIN_CLINIC = "pain_clinic", _("Pain clinic")

    #: What its owner says of it, besides `triggers` and `remedies`.
    SAID = (
        "kind",
        "started_on",
        "is_start_approximate",
        "ended_on",
        "still_going_on",
        "pain",
        "effect",
        "has_used_plan",
        "has_turned_to_group",
        "contacts",
        "note",
    )

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="flareups")
    client_id = models.UUIDField(
        default=uuid.uuid4, help_text="Made with the form, so that a form sent twice is one entry."
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.NOT_SURE)
    started_on = models.DateField(_("when it started"))
    is_start_approximate = models.BooleanField(_("this date is a guess"), default=False)
    ended_on = models.DateField(_("when it ended"), null=True, blank=True)
    still_going_on = models.DateField(
        null=True, blank=True, help_text="The last day on which its owner said that it was still going on."
    )
    known_until_on = models.GeneratedField(
        expression=Coalesce("ended_on", "still_going_on", "started_on"),
        output_field=models.DateField(),
        db_persist=True,
        help_text="The last day known to be part of it; while it is open, more may follow.",
    )
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
    note = models.TextField(_("anything to remember"), blank=True)
    revision = models.PositiveIntegerField(default=0, help_text="Rises with each correction: nothing is lost unseen.")
    logged_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)

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
            models.CheckConstraint(
                name="flareup_ends_after_start", condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on"))
            ),
            models.CheckConstraint(
                name="flareup_still_going_while_open",
                condition=Q(still_going_on=None) | Q(ended_on=None, still_going_on__gte=F("started_on")),
            ),
            models.CheckConstraint(name="flareup_pain_0_to_10", condition=Q(pain=None) | Q(pain__lte=10)),
            models.CheckConstraint(name="flareup_effect_0_to_10", condition=Q(effect=None) | Q(effect__lte=10)),
            models.CheckConstraint(
                name="flareup_contacts_known",
                condition=Q(contacts=None) | Q(contacts__contained_by=["none", "gp", "111", "ae", "pain_clinic"]),
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-started_on", "-id"], name="flareup_newest"),
            models.Index(
                fields=["person", "known_until_on", "started_on"], condition=IS_LONG, name="flareup_long_known"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.started_on}"

    def get_absolute_url(self):
        return reverse("supportplans:flareup_detail", args=[self.pk])

    @property
    def is_open(self):
        return self.ended_on is None

    def may_be_going(self, today):
        """As the QuerySet says."""
        return self.is_open and self.known_until_on > today - MAY_GO_ON

    def is_fresh(self, now):
        """Just logged and nothing added: a tap that may have been a slip."""
        return self.revision == 0 and self.logged_at > now - FRESH

    def said(self, words=("triggers", "remedies")) -> dict:
        """All that its owner says of it, as JSON can hold it: names in order, each remedy with whether it helped."""
        plain = {name: getattr(self, name) for name in self.SAID}
        for name in ("started_on", "ended_on", "still_going_on"):
            plain[name] = plain[name] and plain[name].isoformat()
        if "triggers" in words:
            plain["triggers"] = list(self.triggers.in_order().values_list("word__name", flat=True))
        if "remedies" in words:
            plain["remedies"] = [list(one) for one in self.remedies.in_order().values_list("word__name", "helped")]
        return plain
