"""Who to sign in as in the demo, one for each role."""

from dataclasses import dataclass

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

PASSWORD = "a warm bath and a walk"


@dataclass(frozen=True)
class Account:
    email: str
    name: str
    role: str


ACCOUNTS = [
    Account("member@example.org", "Maria", _("Member of Tuesday Group")),
    Account("contact@example.org", "Joan", _("Member and contact of Tuesday Group")),
    Account("tutor@example.org", "Dave", _("Patient tutor")),
    Account("coordinator@example.org", "Priya", _("Coordinator")),
    Account("safeguarding@example.org", "Lena", _("Safeguarding lead, reads concerns")),
    Account("researcher@example.org", "Dr Okafor", _("Researcher: lead and interviewer")),
    Account("keyholder@example.org", "Dr Lind", _("Researcher: analyst, key-holder and approver")),
    Account("admin@example.org", "Sam", _("Administrator")),
]


@login_not_required
def demo_account_list(request):
    """The accounts, with the code that each one's second factor shows now."""
    rows = [(account, code_now(account.email)) for account in ACCOUNTS]
    return render(request, "demo/account_list.html", {"rows": rows, "password": PASSWORD})


def code_now(email):
    """The six digits that an authenticator app would show, or nothing for an account without one."""
    factor = Authenticator.objects.filter(user__email=email, type=Authenticator.Type.TOTP).first()
    if not factor:
        return ""
    secret = get_adapter().decrypt(factor.data["secret"])
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
