"""The mail that the demo has sent, to read in the browser. These pages exist only in the demo."""

import mailbox
import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_binary_file, policy
from email.message import EmailMessage

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

MOST = 100


@dataclass
class Mail:
    key: str
    message: EmailMessage

    @property
    def sent_at(self) -> datetime | None:
        return self.message["date"].datetime if self.message["date"] else None

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    @property
    def unsubscribe(self) -> str:
        """The address that a mail program's own "Unsubscribe" posts to."""
        return (self.message["list-unsubscribe"] or "").strip("<> ")

    @property
    def calendars(self) -> list[str]:
        parts = [part for part in self.message.walk() if part.get_content_type() == "text/calendar"]
        return [_content(part) for part in parts]

    def _body(self, kind) -> str:
        part = self.message.get_body((kind,))
        return _content(part) if part else ""


@login_not_required
@require_safe
def demo_mail_list(request):
    mails = maildir()
    newest = sorted(mails.keys(), key=_arrival, reverse=True)[:MOST]
    return render(request, "demo/mail_list.html", {"mails": [Mail(key, mails[key]) for key in newest], "most": MOST})


@login_not_required
@require_safe
def demo_mail(request, key):
    return render(request, "demo/mail.html", {"mail": _mail_or_404(key)})


@login_not_required
@require_safe
@xframe_options_sameorigin
@csp_override(
    {"default-src": [CSP.NONE], "style-src": [CSP.UNSAFE_INLINE], "img-src": ["data:"], "frame-ancestors": [CSP.SELF]}
)
def demo_mail_html(request, key):
    """What a mail program would show, in a frame of its own: a mail's styles are written into it."""
    return HttpResponse(f'<base target="_blank">{_mail_or_404(key).html}')


def _arrival(key):
    """When a message came in, from its key: "1795411142.M90357P6373Q31.host" has seconds and microseconds."""
    return [int(number) for number in re.findall(r"\d+", key)[:2]]


def maildir() -> mailbox.Maildir:
    """Where the demo's mail server puts what it takes."""
    return mailbox.Maildir(
        settings.DEMO_MAIL_DIR, create=False, factory=lambda file: message_from_binary_file(file, policy=policy.default)
    )


def _mail_or_404(key):
    mails = maildir()
    if key not in mails.keys():  # noqa: SIM118 (`in mails` would look for any path)
        raise Http404
    return Mail(key, mails[key])


def _content(part):
    """A text part as text. Calendar parts come as bytes from some mail libraries."""
    content = part.get_content()
    return content.decode() if isinstance(content, bytes) else content
