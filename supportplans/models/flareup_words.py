"""A person's own words for what sets a flare-up off and what they try: a list that grows from what they write."""

import unicodedata

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

LONGEST_WORD = 80
#: Folding can make one letter three.
LONGEST_FOLDED = 3 * LONGEST_WORD


def fold(name: str) -> str:
    """What two spellings of one word have in common: neither capitals nor spaces tell them apart."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


STANDING = Q(uses__flareup__taken_back_at=None)


class OwnWordQuerySet(models.QuerySet):
    def most_used_first(self):
        """With `times`: on how many flare-ups each is that were not taken back."""
        return self.annotate(times=Count("uses", filter=STANDING)).order_by("-times", "folded")

    def of_names(self, person_id, names):
        """The words of a person for these names, in order; those that are new to them are written down."""
        if not names:
            return []
        # Of two spellings the first is written down.
        names = {fold(name): " ".join(name.split()) for name in reversed(list(names))}
        known = list(self.filter(person=person_id, folded__in=names))
        new = sorted(names.keys() - {word.folded for word in known})
        # Another page may be writing the same word at this moment: then it is that one.
        written = self.bulk_create(
            [self.model(person_id=person_id, name=names[key], folded=key) for key in new],
            update_conflicts=True,
            unique_fields=["person", "folded"],
            update_fields=["folded"],
        )
        return sorted([*known, *written], key=lambda word: word.folded)


class OwnWord(models.Model):
    """One word or a few, as its owner wrote them first; `folded` is what makes it the same word again."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("in your own words"), max_length=LONGEST_WORD)
    folded = models.CharField(max_length=LONGEST_FOLDED)

    objects = OwnWordQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["person", "folded"], name="%(class)s_once_per_person"),
            models.CheckConstraint(name="%(class)s_says_something", condition=~Q(folded="")),
        ]

    def __str__(self):
        return self.name


class Trigger(OwnWord):
    """What may set a flare-up off."""


class RemedyQuerySet(OwnWordQuerySet):
    def with_answers(self):
        """Those that were tried, with `times` and how often each answer was given; what helped most often first."""
        answers = {
            f"times_{answer}": Count("uses", filter=STANDING & Q(uses__helped=answer))
            for answer in ("yes", "a_little", "no", "worse")
        }
        counted = self.annotate(times=Count("uses", filter=STANDING), **answers).filter(times__gt=0)
        return counted.order_by("-times_yes", "-times_a_little", "-times", "folded")


class Remedy(OwnWord):
    """What someone tries in a flare-up."""

    objects = RemedyQuerySet.as_manager()


class UseQuerySet(models.QuerySet):
    def in_order(self):
        return self.order_by("word__folded")


class FlareUpTrigger(models.Model):
    flareup = models.ForeignKey(
        "supportplans.FlareUp", on_delete=models.CASCADE, db_index=False, related_name="triggers"
    )
    word = models.ForeignKey(Trigger, on_delete=models.PROTECT, related_name="uses")

    objects = UseQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["flareup", "word"], name="trigger_once_per_flareup")]

    def __str__(self):
        return f"{self.flareup_id} {self.word_id}"


class FlareUpRemedy(models.Model):
    """One thing tried in one flare-up. `helped` is blank while nothing was said about that."""

    class Helped(models.TextChoices):
        YES = "yes", _("Yes")
        A_LITTLE = "a_little", _("A little")
        NO = "no", _("No")
        WORSE = "worse", _("It made it worse")

    flareup = models.ForeignKey(
        "supportplans.FlareUp", on_delete=models.CASCADE, db_index=False, related_name="remedies"
    )
    word = models.ForeignKey(Remedy, on_delete=models.PROTECT, related_name="uses")
    helped = models.CharField(_("did it help"), max_length=10, choices=Helped, blank=True)

    objects = UseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["flareup", "word"], name="remedy_once_per_flareup"),
            models.CheckConstraint(
                name="remedy_helped_known", condition=Q(helped__in=["", "yes", "a_little", "no", "worse"])
            ),
        ]

    def __str__(self):
        return f"{self.flareup_id} {self.word_id} {self.helped}"
