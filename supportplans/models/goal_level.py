"""How far a member may get with a goal, in five levels and their own words (Goal Attainment Scaling)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from supportplans.models.goal import Goal


class GoalLevel(models.Model):
    """One level. The database lets nobody add, change or remove it once the goal is no longer a draft."""

    class Level(models.IntegerChoices):
        MUCH_MORE = 2, _("Much more than I hope for")
        MORE = 1, _("A bit more than I hope for")
        HOPED_FOR = 0, _("What I hope for")
        LESS = -1, _("A bit less than I hope for")
        MUCH_LESS = -2, _("Much less, or as it is now")

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="levels")
    level = models.SmallIntegerField(choices=Level)
    text = models.TextField(_("what it looks like"))

    class Meta:
        ordering = ["-level"]
        constraints = [
            models.UniqueConstraint(fields=["goal", "level"], name="one_text_per_level_of_a_goal"),
            models.CheckConstraint(name="goal_level_known", condition=Q(level__range=(-2, 2))),
            models.CheckConstraint(name="goal_level_says_something", condition=~Q(text="")),
        ]

    def __str__(self):
        return self.get_level_display()
