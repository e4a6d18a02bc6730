"""Who reads a site's concerns: named by its coordinator, who reads none."""

from datetime import datetime, timedelta

from django.db import transaction

from groups.models import SafeguardingPost, Site
from groups.refusals import HoldsOtherPost
from groups.reminders.safeguarding import NAMED
from members.models import Person
from members.services import find_or_add_person
from peersupport.access import log
from peersupport.reminders import outbox

#: An e-mail about having been named is of no use later than this.
MAIL_LASTS = timedelta(days=30)


@transaction.atomic
def name_safeguarding(
    *, site: Site, is_deputy: bool, preferred_name: str, email: str, by: Person, now: datetime
) -> SafeguardingPost:
    """Name the lead or the deputy, in place of whoever it was; they get an account if they have none, and an e-mail."""
    Site.objects.select_for_update().get(pk=site.pk)
    person, _is_new = find_or_add_person(email=email, preferred_name=preferred_name, now=now)
    posts = SafeguardingPost.objects.current().filter(site=site)
    if posts.filter(person=person).exclude(is_deputy=is_deputy).exists():
        raise HoldsOtherPost
    if same := posts.filter(person=person).first():
        return same
    posts.filter(is_deputy=is_deputy).update(ended_at=now)
    post = SafeguardingPost.objects.create(site=site, person=person, is_deputy=is_deputy, named_by=by, started_at=now)
    _log(post, log.Action.ADDED, "groups:safeguarding_name", by, now)
    outbox.enqueue(kind=NAMED, subject_id=post.pk, recipient_ids=[person.pk], expires_at=now + MAIL_LASTS, now=now)
    return post


@transaction.atomic
def end_safeguarding(*, post: SafeguardingPost, by: Person, now: datetime) -> None:
    """End a post; they read no concern of the site any more. Twice is once."""
    if SafeguardingPost.objects.current().filter(pk=post.pk).update(ended_at=now):
        _log(post, log.Action.CHANGED, "groups:safeguarding_end", by, now)


def _log(post, action, route, by, now):
    log.record(actor=by, action=action, obj=post, subject=post.person, route=route, now=now)
