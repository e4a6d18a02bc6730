"""Structured logs: one JSON object a line, each with the id of its request; never content, an address or a token."""

import logging
import re
import uuid
from contextvars import ContextVar

from pythonjsonlogger.json import JsonFormatter as BaseJsonFormatter

request_id = ContextVar("request_id", default="-")
_ACCEPTED_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{40,}")


class RequestIdMiddleware:
    """Gives each request an id (the proxy's, where it sent a plain one) and answers with it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        sent = request.headers.get("X-Request-Id", "")
        request.id = sent if _ACCEPTED_ID.fullmatch(sent) else uuid.uuid4().hex
        token = request_id.set(request.id)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-Id"] = request.id
        return response


class RequestIdFilter(logging.Filter):
    def filter(self, record):
        record.request_id = request_id.get()
        return True


class JsonFormatter(BaseJsonFormatter):
    """JSON lines with e-mail addresses and long tokens masked, whoever logged them."""

    def format(self, record):
        return mask(super().format(record))


def mask(text):
    """`text` without e-mail addresses and tokens (40 or more URL-safe characters in a row)."""
    return _TOKEN.sub("[token]", _EMAIL.sub("[address]", text))
