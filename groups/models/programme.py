"""A site (an NHS trust or a charity) runs programmes; a group starts from one that has ended."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from groups.reach import groups_as_tutor, programmes_as_tutor, site_path, sites_of_groups, sites_of_programmes
from peersupport.access.governed import Governed
from peersupport.access.roles import Role


class Site(Governed):
    class Kind(models.TextChoices):
        NHS_TRUST = "nhs_trust", _("NHS trust")
        CHARITY = "charity", _("Charity")

    class HolidayRegion(models.TextChoices):
        ENGLAND = "ENG", _("England")
        SCOTLAND = "SCT", _("Scotland")
        WALES = "WLS", _("Wales")
        NORTHERN_IRELAND = "NIR", _("Northern Ireland")

    name = models.CharField(_("name"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    holiday_region = models.CharField(
        _("whose bank holidays"), max_length=3, choices=HolidayRegion, default=HolidayRegion.ENGLAND
    )
    created_at = models.DateTimeField()

    view_permission = "groups.view_site"
    ROLE_PATHS = {
        **site_path("pk"),
        Role.TUTOR: lambda person: (
            Q(pk__in=sites_of_groups(groups_as_tutor(person)))
            | Q(pk__in=sites_of_programmes(programmes_as_tutor(person)))
        ),
    }

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(name="site_kind_known", condition=Q(kind__in=["nhs_trust", "charity"])),
            models.CheckConstraint(
                name="site_holiday_region_known", condition=Q(holiday_region__in=["ENG", "SCT", "WLS", "NIR"])
            ),
        ]

    def __str__(self):
        return self.name


class ProgrammeStaffQuerySet(models.QuerySet):
    def current(self):
        return self.filter(ended_at__isnull=True)


class ProgrammeStaff(models.Model):
    """A coordinator's post at a site: looks after programmes, tutors and the register; sees no member content."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="staff")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="posts")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ProgrammeStaffQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("programme staff")
        constraints = [
            models.UniqueConstraint(
                fields=["site", "person"],
                condition=Q(ended_at__isnull=True),
                name="one_current_post_per_site_and_person",
            ),
            models.CheckConstraint(
                name="post_ends_after_start", condition=Q(ended_at__gte=F("started_at")) | Q(ended_at=None)
            ),
        ]

    def __str__(self):
        return f"{self.person} · {self.site}"


class SafeguardingPost(models.Model):
    """Who reads a site's concerns: the lead, and the deputy who stands in. Named by a coordinator, who reads none."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="safeguarding_posts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="safeguarding_posts")
    is_deputy = models.BooleanField(default=False)
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = ProgrammeStaffQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "is_deputy"],
                condition=Q(ended_at__isnull=True),
                name="one_safeguarding_lead_and_deputy_per_site",
            ),
            models.CheckConstraint(
                name="safeguarding_post_ends_after_start", condition=Q(ended_at__gte=F("started_at")) | Q(ended_at=None)
            ),
        ]

    def __str__(self):
        return f"{self.person} · {self.site}"


class Programme(Governed):
    """A clinician-led pain management or self-management programme."""

    class Kind(models.TextChoices):
        PAIN_MANAGEMENT = "pain_management", _("Pain management programme")
        SELF_MANAGEMENT = "self_management", _("Self-management programme")

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="programmes")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    name = models.CharField(_("name"), max_length=120)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    created_at = models.DateTimeField()

    view_permission = "groups.view_programme"
    ROLE_PATHS = {
        **site_path("site"),
        Role.TUTOR: lambda person: Q(pk__in=programmes_as_tutor(person)),
    }

    class Meta:
        ordering = ["-ends_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["site", "name"], name="programme_name_once_per_site"),
            models.CheckConstraint(name="programme_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(
                name="programme_kind_known", condition=Q(kind__in=["pain_management", "self_management"])
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("groups:programme_detail", args=[self.pk])
