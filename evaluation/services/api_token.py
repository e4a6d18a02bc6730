"""Tokens for analysts' programs: made, used, revoked."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from evaluation.models import ApiToken, Study
from members.models import Person
from peersupport.access import log, tokens


@transaction.atomic
def make_api_token(
    *, study: Study, name: str, scope: str, days: int, by: Person, now: datetime
) -> tuple[ApiToken, str]:
    """A token for `days`, and its secret, which is shown once and not kept."""
    secret = secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        study=study,
        person=by,
        name=name,
        scope=scope,
        fingerprint=tokens.fingerprint(secret),
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    log.record(actor=by, action=log.Action.ADDED, obj=token, route="evaluation:api_token_make", now=now)
    return token, secret


@transaction.atomic
def revoke_api_token(*, token: ApiToken, by: Person, now: datetime) -> None:
    """It opens nothing any more, at once. Doing it again changes nothing."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now, revoked_by=by):
        log.record(actor=by, action=log.Action.CHANGED, obj=token, route="evaluation:api_token_revoke", now=now)


@transaction.atomic
def use_api_token(*, secret: str, now: datetime) -> ApiToken | None:
    """The token that `secret` is, if it opens anything now: in time, not revoked, and its person still may."""
    found = ApiToken.objects.usable(now=now).with_token(secret).select_related("study", "person")
    token = found.filter(person__is_active=True).first()
    if not token or not token.person.has_perm("evaluation.download_export", token.study):
        return None
    token.last_used_at = now
    token.save(update_fields=["last_used_at"])
    return token
