"""Asking for the second factor again, right before something that can't be undone."""

import time

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import suspend_request
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse


class SecondFactorNeeded(Exception):
    """It was not given within the last minutes. The middleware asks for it."""


def require_fresh_second_factor(request) -> None:
    """Raise SecondFactorNeeded for a POST, unless whoever is signed in gave it within five minutes, in this session."""
    if request.method != "POST":
        return
    given = [one["at"] for one in get_authentication_records(request, request.user) if one["method"] == "mfa"]
    if not given or time.time() - given[-1] >= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
        raise SecondFactorNeeded


def addresses(request, cancel_url: str) -> dict[str, str]:
    """For a form of a view that requires it: when what was posted goes on, the page is shown at another address."""
    return {"action_url": request.path, "cancel_url": cancel_url}


def ask_for_second_factor(request) -> HttpResponse:
    """What was posted waits in the session, and goes on by itself once the second factor is given: nothing typed is
    lost."""
    return suspend_request(request, reverse("mfa_reauthenticate"))
