"""Asking people to take part: who may be asked, how they were drawn, and what came of it."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from evaluation.models.participant import Participant, random_code
from evaluation.reach import duty_paths
from peersupport.access.governed import Governed, GovernedQuerySet
from peersupport.access.roles import Role


def new_approach_code():
    return random_code("A")


class ResearchWish(models.Model):
    """Whether a person may be asked to take part in research at all. No row: they may."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="research_wish"
    )
    may_be_asked = models.BooleanField()
    changed_at = models.DateTimeField()

    def __str__(self):
        return f"{self.person} {self.may_be_asked}"


class SamplingFrame(Governed):
    """Those who could be asked at one moment, and how some of them were drawn. Insert-only.

    `seed` and the same frame give the same people, by the version of `evaluation.sampling` in `algorithm`.
    """

    class Method(models.TextChoices):
        RANDOM = "random", _("Some of them, drawn at random")
        WHOLE = "whole", _("All of them")

    study = models.ForeignKey("evaluation.Study", on_delete=models.PROTECT, related_name="frames")
    number = models.PositiveIntegerField()
    kinds = ArrayField(models.CharField(max_length=20))
    groups = models.ManyToManyField("groups.SupportGroup", related_name="+")
    asks_again = models.BooleanField(help_text="Of people in the study; else of people not asked yet.")
    method = models.CharField(max_length=10, choices=Method)
    wanted = models.PositiveSmallIntegerField(null=True)
    seed = models.CharField(max_length=40, blank=True)
    algorithm = models.PositiveSmallIntegerField()
    size = models.PositiveIntegerField(help_text="How many people were in it.")
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()

    view_permission = "evaluation.view_approach"
    ROLE_PATHS = duty_paths("study")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="frame_number_once_per_study"),
            models.CheckConstraint(
                name="frame_of_known_kinds",
                condition=Q(
                    kinds__len__gt=0,
                    kinds__contained_by=["member", "role_holder", "tutor", "left", "never_attended"],
                ),
            ),
            models.CheckConstraint(
                name="frame_drawn_by_a_seed_or_whole",
                condition=(Q(method="random", wanted__isnull=False, wanted__gte=1) & ~Q(seed=""))
                | Q(method="whole", wanted=None, seed=""),
            ),
        ]

    def __str__(self):
        return str(self.number)

    def get_absolute_url(self):
        return reverse("evaluation:frame_detail", args=[self.pk])

    @property
    def kind_labels(self):
        return [Approach.Kind(kind).label for kind in self.kinds]


class ApproachQuerySet(GovernedQuerySet):
    def with_state(self):
        """With `state`, the last step taken, and `since`, the day of it."""
        steps = ApproachStep.objects.filter(approach=OuterRef("pk")).order_by("-pk")
        return self.annotate(state=Subquery(steps.values("step")[:1]), since=Subquery(steps.values("happened_on")[:1]))

    def in_state(self, *states):
        return self.with_state().filter(state__in=states)

    def unanswered(self, *, by):
        """Those who were invited on the day `by` or before, and nothing was heard since."""
        return self.in_state(ApproachStep.Step.INVITED).filter(since__lte=by)


class Approach(Governed):
    """One person asked to take part in one study, known by a random code. Who it is stands in `ApproachKey`.

    The row stays as it was made, but for the participant whom the person became.
    """

    class Kind(models.TextChoices):
        """Who they are to the group; in this order one thing is more than the next."""

        TUTOR = "tutor", _("Patient tutor")
        ROLE_HOLDER = "role_holder", _("Member who looks after a group")
        MEMBER = "member", _("Member")
        LEFT = "left", _("Left the group")
        NEVER_ATTENDED = "never_attended", _("Never attended")
        CLINICIAN = "clinician", _("Clinician")
        COORDINATOR = "coordinator", _("Coordinator")

    #: Those whom the service can write to.
    DRAWN_KINDS = (Kind.TUTOR, Kind.ROLE_HOLDER, Kind.MEMBER, Kind.LEFT, Kind.NEVER_ATTENDED)

    study = models.ForeignKey("evaluation.Study", on_delete=models.PROTECT, related_name="approaches")
    code = models.CharField(max_length=12, default=new_approach_code)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    group = models.ForeignKey("groups.SupportGroup", null=True, on_delete=models.PROTECT, related_name="+")
    is_by_service = models.BooleanField(help_text="The service writes to them; else a researcher asked them.")
    participant = models.OneToOneField(Participant, null=True, on_delete=models.PROTECT, related_name="approach")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    view_permission = "evaluation.view_approach"
    ROLE_PATHS = {**duty_paths("study"), Role.OWNER: lambda person: Q(key__person=person)}

    objects = ApproachQuerySet.as_manager()

    class Meta:
        verbose_name = _("being asked to take part in a study")
        verbose_name_plural = _("approaches")
        ordering = ["-added_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["study", "code"], name="approach_code_once_per_study"),
            models.CheckConstraint(
                name="approach_kind_known",
                condition=Q(
                    kind__in=["tutor", "role_holder", "member", "left", "never_attended", "clinician", "coordinator"]
                ),
            ),
            models.CheckConstraint(
                name="service_writes_to_people_of_groups",
                condition=Q(is_by_service=False) | (Q(group__isnull=False) & ~Q(kind__in=["clinician", "coordinator"])),
            ),
        ]

    def __str__(self):
        return self.code

    def get_absolute_url(self):
        return reverse("evaluation:approach_detail", args=[self.pk])

    @property
    def participant_kind(self):
        """What they are as a participant."""
        return Participant.Kind.MEMBER if self.kind == self.Kind.ROLE_HOLDER else Participant.Kind(self.kind)

    @property
    def state_label(self):
        """Of rows read `with_state`."""
        return ApproachStep.Step(self.state).label


class ApproachKey(models.Model):
    """To whom the service writes. No page shows it to anyone but them. Insert-only."""

    approach = models.OneToOneField(Approach, on_delete=models.PROTECT, related_name="key")
    study = models.ForeignKey("evaluation.Study", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="approach_keys")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "person"], name="one_approach_per_study_and_person"),
        ]

    def __str__(self):
        return str(self.approach)


class ApproachStep(models.Model):
    """What happened with an approach. Insert-only; the database refuses a step out of turn."""

    class Step(models.TextChoices):
        INVITED = "invited", _("Invited")
        AGREED = "agreed", _("Agreed")
        DECLINED = "declined", _("Declined")
        NOT_REACHED = "not_reached", _("Not reached")

    class Way(models.TextChoices):
        SERVICE = "service", _("By this service")
        IN_PERSON = "in_person", _("In person")
        PHONE = "phone", _("By phone")
        POST = "post", _("By post")
        EMAIL = "email", _("By email")

    class Reason(models.TextChoices):
        NO_TIME = "no_time", _("No time")
        NOT_WELL = "not_well", _("Not well enough")
        NOT_FOR_THEM = "not_for_them", _("It is not for them")
        PRIVATE = "private", _("Rather keep it to themselves")
        MOVED_ON = "moved_on", _("Rather leave that time behind")
        NO_RESEARCH = "no_research", _("Don’t want to be asked about research")
        OTHER = "other", _("Something else")
        NOT_SAID = "not_said", _("Did not say")

    approach = models.ForeignKey(Approach, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=20, choices=Step)
    way = models.CharField(_("how"), max_length=20, choices=Way)
    frame = models.ForeignKey(SamplingFrame, null=True, on_delete=models.PROTECT, related_name="steps")
    reason = models.CharField(_("why they declined"), max_length=20, choices=Reason, blank=True)
    words = models.TextField(_("in their words"), blank=True)
    happened_on = models.DateField()
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["approach", "-id"], name="approach_step_latest")]
        constraints = [
            models.CheckConstraint(
                name="approach_step_known", condition=Q(step__in=["invited", "agreed", "declined", "not_reached"])
            ),
            models.CheckConstraint(
                name="approach_way_known", condition=Q(way__in=["service", "in_person", "phone", "post", "email"])
            ),
            models.CheckConstraint(
                name="declined_for_a_known_reason",
                condition=Q(
                    step="declined",
                    reason__in=[
                        "no_time",
                        "not_well",
                        "not_for_them",
                        "private",
                        "moved_on",
                        "no_research",
                        "other",
                        "not_said",
                    ],
                )
                | (~Q(step="declined") & Q(reason="", words="")),
            ),
            models.CheckConstraint(name="frame_invites", condition=Q(frame=None) | Q(step="invited", way="service")),
        ]

    def __str__(self):
        return self.get_step_display()
