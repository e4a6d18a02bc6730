"""What members say on a version of their plan."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from groups.models import Membership


class PlanWordQuerySet(models.QuerySet):
    def standing(self):
        """The last word of each person since their plan was proposed as it is."""
        later = PlanWord.objects.filter(plan=OuterRef("plan"), person=OuterRef("person"), pk__gt=OuterRef("pk"))
        return self.filter(~Exists(later), said_at__gte=F("plan__proposed_at"))

    def counting(self):
        """Those of people who belong to the group now, said since they (last) joined."""
        own = Membership.objects.current().filter(group=OuterRef("plan__group"), person=OuterRef("person"))
        return self.standing().filter(Exists(own.filter(joined_at__lte=OuterRef("said_at"), person__is_active=True)))


class PlanWord(models.Model):
    """A member's word on one version. Saying something else adds a row, and the last one counts; none is changed."""

    class Word(models.TextChoices):
        AGREE = "agree", _("I agree")
        NOT_YET = "not_yet", _("Not yet")
        STAND_ASIDE = "stand_aside", _("I stand aside")

    plan = models.ForeignKey("supportplans.MutualSupportPlan", on_delete=models.PROTECT, related_name="words")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    word = models.CharField(max_length=20, choices=Word)
    note = models.TextField(_("anything you want to say with it"), blank=True)
    said_at = models.DateTimeField()

    objects = PlanWordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="plan_word_known", condition=Q(word__in=["agree", "not_yet", "stand_aside"])),
        ]
        indexes = [models.Index(fields=["plan", "person", "-said_at"], name="planword_latest")]

    def __str__(self):
        return self.get_word_display()
