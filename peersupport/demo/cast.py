"""Everyone in the sample story: accounts made through the services, some with a password and a second factor."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import yaml
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from members.models import Person
from members.services import find_or_add_person
from peersupport.access.roles import needs_second_factor
from peersupport.demo.accounts import ACCOUNTS, PASSWORD

STORY = Path(__file__).with_name("story.yaml")
SEED = 20261124


@dataclass
class Telling:
    """One telling of the story: where it has got to, and what chance it runs on (seeded: the same each time)."""

    now: datetime
    words: dict = field(default_factory=lambda: yaml.safe_load(STORY.read_text()))
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))
    met: int = 0

    def ago(self, **delta) -> datetime:
        return self.now - timedelta(**delta)

    def often(self, probability: float) -> bool:
        return self.chance.random() < probability

    def some(self, key: str):
        """One of the story's texts under `key`."""
        return self.chance.choice(self.words[key])

    def someone(self, at: datetime) -> Person:
        """The next person of the story, with an account since `at`."""
        names = self.words["first_names"]
        name = names[self.met % len(names)]
        email = f"{name.lower()}{self.met}@example.org"
        self.met += 1
        person, _is_new = find_or_add_person(email=email, preferred_name=name, now=at)
        return person


def account_holder(email: str, at: datetime) -> Person:
    """One of the people to sign in as, with the demo's password and a confirmed address."""
    account = next(account for account in ACCOUNTS if account.email == email)
    person, is_new = find_or_add_person(email=email, preferred_name=account.name, now=at)
    if is_new:
        person.set_password(PASSWORD)
        person.is_staff = person.is_superuser = email == "admin@example.org"
        person.save()
        EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    return person


def give_second_factors():
    """Each account whose role asks for one gets an authenticator; its codes are shown on the demo's own page."""
    for person in Person.objects.filter(email__in=[account.email for account in ACCOUNTS]):
        if needs_second_factor(person):
            TOTP.activate(person, generate_totp_secret())
