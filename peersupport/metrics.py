"""Numbers for Prometheus, for whoever knows the token. They count messages and say nothing about anyone."""

from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from peersupport.reminders.figures import figures


class DeliveryCollector:
    """Asks the database when it is asked: every worker process gives the same answer."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        standing = figures(timezone.now())
        yield _gauge("peersupport_messages_waiting", "Messages not sent yet", standing.waiting)
        yield _gauge(
            "peersupport_messages_settled_last_day", "What became of messages in the last day", standing.settled
        )
        yield GaugeMetricFamily(
            "peersupport_messages_oldest_unsent_seconds",
            "How long the oldest unsent message has been due",
            standing.oldest_unsent.total_seconds(),
        )
        yield GaugeMetricFamily(
            "peersupport_planning_lag_seconds",
            "How far the kind of message that is furthest behind is from being planned up to now",
            standing.planning_lag.total_seconds(),
        )


def _gauge(name, words, numbers):
    gauge = GaugeMetricFamily(name, words, labels=["which"])
    for which, number in numbers.items():
        gauge.add_metric([which], number)
    return gauge


@login_not_required
@never_cache
@require_safe
def metrics(request):
    """404 without METRICS_TOKEN, and for whoever doesn't send it (`Authorization: Bearer ...`)."""
    sent = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not constant_time_compare(sent, f"Bearer {settings.METRICS_TOKEN}"):
        raise Http404
    registry = CollectorRegistry(auto_describe=False)
    registry.register(DeliveryCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
