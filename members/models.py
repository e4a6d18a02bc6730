"""A person has one account. Roles come from relations, never from a flag here."""

import zoneinfo

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peersupport.access import tokens


class PersonQuerySet(models.QuerySet):
    def with_email(self, email):
        """People with this e-mail address in any case: at most one."""
        return self.filter(email__iexact=email.strip())


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):
    def create_user(self, email, password=None, *, preferred_name, **fields):
        """A new account. Without a password the person signs in by e-mail code."""
        person = self.model(email=self.normalize_email(email).lower(), preferred_name=preferred_name, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email, password=None, *, preferred_name, **fields):
        return self.create_user(
            email, password, preferred_name=preferred_name, is_staff=True, is_superuser=True, **fields
        )


def validate_time_zone(name):
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("Choose a time zone from the list, like Europe/London."), code="time_zone")


def display_name(person):
    return person.preferred_name


class Person(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(_("email address"), max_length=254)
    preferred_name = models.CharField(_("name you like to be called"), max_length=80)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Europe/London", validators=[validate_time_zone]
    )
    language = models.CharField(
        _("language"), max_length=10, default=settings.LANGUAGE_CODE, db_default=settings.LANGUAGE_CODE
    )
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(_("administrator"), default=False)
    joined_at = models.DateTimeField(default=timezone.now)
    died_marked_at = models.DateTimeField(null=True, help_text="Since when nothing is sent to them any more.")

    mail_refusals = models.PositiveSmallIntegerField(
        default=0, help_text="How often in a row mail servers refused `refused_email` for good."
    )
    refused_email = models.EmailField(max_length=254, blank=True)

    objects = PersonManager()

    #: From this many refusals on nothing is sent to the address until its owner says so.
    MOST_REFUSALS = 3
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["preferred_name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="person_email_unique"),
            models.CheckConstraint(condition=~models.Q(preferred_name=""), name="person_has_name"),
        ]

    def __str__(self):
        return self.preferred_name

    @property
    def zone(self):
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def own_language(self):
        """The language that pages and messages speak to them, among those that there are."""
        return self.language if self.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE

    @property
    def device_mark(self):
        """What a device knows them by: whatever it keeps carries this, and nobody can tell from it who they are."""
        return tokens.derive("members.device_mark", self.pk, "")

    @property
    def refuses_mail(self):
        """Whether mail to their address came back too often. Another address starts afresh."""
        return self.mail_refusals >= self.MOST_REFUSALS and self.refused_email == self.email

    def get_full_name(self):
        return self.preferred_name

    get_short_name = get_full_name
