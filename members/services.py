"""What happens to accounts beyond what allauth does."""

from datetime import datetime

from django.db import IntegrityError, transaction

from members.models import Person


@transaction.atomic
def find_or_add_person(*, email: str, preferred_name: str, now: datetime) -> tuple[Person, bool]:
    """The person with this address, or a new account without a password; and whether it is new.

    Whoever owns the address signs in to a new account with a code by e-mail. Callers answer the same either way,
    so that nobody learns who has an account.
    """
    with_email = Person.objects.with_email(email)
    if person := with_email.first():
        return person, False
    try:
        with transaction.atomic():
            return Person.objects.create_user(email.strip(), preferred_name=preferred_name, joined_at=now), True
    except IntegrityError:
        # Someone else added the same address since we looked: there is no row to lock before it exists.
        return with_email.get(), False


@transaction.atomic
def edit_profile(*, person: Person, preferred_name: str, time_zone: str, language: str = "") -> Person:
    """Without a `language` it stays as it is."""
    person.preferred_name = preferred_name
    person.time_zone = time_zone
    person.language = language or person.language
    person.save(update_fields=["preferred_name", "time_zone", "language"])
    return person


def resume_mail(*, person: Person) -> None:
    """Their address takes mail again, they say: refusals are counted anew."""
    Person.objects.filter(pk=person.pk).update(mail_refusals=0, refused_email="")
