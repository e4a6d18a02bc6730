"""What GOV.UK Notify tells later about a message that it took: its delivery receipts."""

import json
import logging
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from peersupport.reminders import outbox
from peersupport.reminders.channels import CHANNELS
from peersupport.reminders.models import Message

logger = logging.getLogger(__name__)
#: The address is not there; the phone was off or the mailbox full for days; Notify itself failed.
PERMANENT, FAILURES = "permanent-failure", ("permanent-failure", "temporary-failure", "technical-failure")


@csrf_exempt
@login_not_required
@require_POST
def notify_receipt(request):
    """Notify's callback. 404 without NOTIFY_RECEIPT_TOKEN, and for whoever doesn't send it."""
    sent = request.headers.get("Authorization", "")
    if not settings.NOTIFY_RECEIPT_TOKEN or not constant_time_compare(sent, f"Bearer {settings.NOTIFY_RECEIPT_TOKEN}"):
        raise Http404
    try:
        receipt = json.loads(request.body)
        reference, status = UUID(receipt["reference"] or ""), receipt["status"]
    except (ValueError, KeyError, TypeError, AttributeError):
        logger.warning("A delivery receipt could not be read.")
        return HttpResponseBadRequest()
    if status in FAILURES:
        note_failure(reference=reference, is_of_address=status == PERMANENT, now=timezone.now())
    return HttpResponse(status=204)


@transaction.atomic
def note_failure(*, reference: UUID, is_of_address: bool, now: datetime) -> None:
    """A message that went out did not arrive: another way stands in, or operators see it. The same twice is once."""
    message = Message.objects.select_for_update(of=("self",)).filter(message_id=reference, state="sent").first()
    if message is None:
        return
    if is_of_address:
        CHANNELS[message.channel].note_refused(message)
    way = outbox.next_way(message) if message.expires_at > now else ""
    message.state = Message.State.DROPPED if way else Message.State.PARKED
    message.reason = "It did not arrive. It takes another way." if way else "It did not arrive."
    message.settled_at = now
    message.save(update_fields=["state", "reason", "settled_at"])
    if way:
        outbox.stand_in(message, way, now)
