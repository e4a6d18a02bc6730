"""A study, and who works on it with which duty."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from evaluation.reach import DUTIES, duty_paths, studies_open_to, studies_taken_part_in
from peersupport.access.governed import Governed
from peersupport.access.policy import PERMISSIONS
from peersupport.access.roles import Role

#: What to do when someone gets upset, until a study writes its own.
STARTING_PROTOCOL = _(
    "1. Stop asking. Say that there is time, and that they need not say anything.\n"
    "2. Ask what they would like: a break, to go on another day, or to stop here. Do as they say.\n"
    "3. Turn the recorder off, unless they want it on.\n"
    "4. Stay with them until they feel steady. Ask who they would like to call.\n"
    "5. Tell them who listens, at any hour: Samaritans on 116 123. Text SHOUT to 85258. NHS 111, option 2.\n"
    "6. If a life may be in danger, ring 999 and stay with them.\n"
    "7. Tell the lead of the study today. Ring the person tomorrow, if they said that you may."
)


class Study(Governed):
    title = models.CharField(_("title"), max_length=200)
    ethics_reference = models.CharField(_("ethics reference"), max_length=60)
    method = models.TextField(_("method, in its own words"), blank=True)
    starts_on = models.DateField(_("first day"), null=True)
    ends_on = models.DateField(_("last day"), null=True)
    small_number_threshold = models.PositiveSmallIntegerField(
        _("smallest number shown"), default=8, help_text=_("Counts below this are hidden.")
    )
    groups = models.ManyToManyField("groups.SupportGroup", related_name="studies", verbose_name=_("groups covered"))
    observation_domains = models.TextField(
        _("what observers look at"), blank=True, db_default="", help_text="One to a line, in their order."
    )
    distress_protocol = models.TextField(
        _("distress protocol"), blank=True, db_default="", help_text="Blank: the one to start from."
    )
    created_at = models.DateTimeField()

    view_permission = "evaluation.view_study"
    ROLE_PATHS = {
        **duty_paths("pk"),
        Role.INVITED: lambda person: Q(pk__in=studies_open_to(person)),
        Role.PARTICIPANT: lambda person: Q(pk__in=studies_taken_part_in(person)),
    }

    class Meta:
        verbose_name_plural = _("studies")
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["ethics_reference"], name="study_ethics_reference_once"),
            models.CheckConstraint(name="study_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(
                name="study_dates_together",
                condition=Q(starts_on=None, ends_on=None) | Q(starts_on__isnull=False, ends_on__isnull=False),
            ),
            models.CheckConstraint(name="study_threshold_at_least_3", condition=Q(small_number_threshold__gte=3)),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("evaluation:study_detail", args=[self.pk])

    @property
    def domains(self) -> list[str]:
        """What an observation is written under, one heading each."""
        return self.observation_domains.splitlines()

    @property
    def time_zone(self):
        """By whose clock its appointments are made: that of the groups it covers."""
        return self.groups.order_by("pk").values_list("time_zone", flat=True).first() or settings.TIME_ZONE

    @property
    def distress_steps(self):
        """What to do when someone gets upset: the study's own text, or the one to start from."""
        return self.distress_protocol or str(STARTING_PROTOCOL)

    @property
    def is_settled(self):
        """Once people are asked under a form, what they are asked about stays as it was."""
        return self.consent_forms.exists()


class StudyMemberQuerySet(models.QuerySet):
    def current(self):
        return self.filter(ended_at__isnull=True)

    def who_may(self, permission):
        """Those whose duty the policy table grants `permission`, now."""
        duties = [duty for duty, role in DUTIES.items() if role in PERMISSIONS[permission]]
        return self.current().filter(duty__in=duties)


class StudyMember(models.Model):
    class Duty(models.TextChoices):
        LEAD = "lead", _("Lead")
        INTERVIEWER = "interviewer", _("Interviewer")
        ANALYST = "analyst", _("Analyst")
        KEY_HOLDER = "key_holder", _("Key-holder")
        APPROVER = "approver", _("Approver")

    ROLE_OF_DUTY = DUTIES

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="team")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="duties")
    duty = models.CharField(_("duty"), max_length=20, choices=Duty)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = StudyMemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study", "person", "duty"],
                condition=Q(ended_at__isnull=True),
                name="one_current_duty_of_a_kind",
            ),
            models.CheckConstraint(
                name="duty_known",
                condition=Q(duty__in=["lead", "interviewer", "analyst", "key_holder", "approver"]),
            ),
            models.CheckConstraint(
                name="duty_ends_after_start", condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at"))
            ),
        ]

    def __str__(self):
        return f"{self.person} · {self.get_duty_display()}"
