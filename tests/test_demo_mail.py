import mailbox
from email.message import EmailMessage

import pytest
from django.urls import include, path

from peersupport.reminders.channels.notify import NotifyLine, NotifyText
from peersupport.urls import urlpatterns as always
from tests.conftest import NOTIFY_KEY

# The pages as the demo has them; elsewhere they have no address.
urlpatterns = [*always, path("", include("peersupport.demo.urls"))]

pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.fixture
def maildir(tmp_path, settings):
    settings.DEMO_MAIL_DIR = str(tmp_path / "mail")
    return mailbox.Maildir(settings.DEMO_MAIL_DIR)


def mail(subject="Your group meets on Tuesday", text="See you there", html="", calendar=""):
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "from@peersupport.example", "to@example.org"
    message["Date"] = "Tue, 24 Nov 2026 14:00:00 +0000"
    message["List-Unsubscribe"] = "<http://localhost/stop/1>"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    if calendar:
        message.add_attachment(calendar, subtype="calendar")
    return message


def test_mail_list_is_newest_first(client, maildir, monkeypatch):
    moments = [1_000_000_000.9, 1_000_000_001.05, 1_000_000_001.5]
    for moment, subject in zip(moments, ["First", "Second", "Third"], strict=True):
        monkeypatch.setattr(mailbox.time, "time", lambda now=moment: now)
        maildir.add(mail(subject))
    subjects = [m.message["subject"] for m in client.get("/demo/mail/").context["mails"]]
    assert subjects == ["Third", "Second", "First"]


def test_mail_list_without_mail_says_how_to_get_some(client, maildir):
    assert "No mail yet" in client.get("/demo/mail/").text


def test_mail_shows_every_part(client, maildir):
    key = maildir.add(mail(html="<p>See you <b>there</b></p>", calendar="BEGIN:VCALENDAR"))
    page = client.get(f"/demo/mail/{key}/").text
    for part in [
        "Your group meets on Tuesday",
        "to@example.org",
        "See you there",
        "BEGIN:VCALENDAR",
        "http://localhost/stop/1",
    ]:
        assert part in page
    assert f'src="/demo/mail/{key}/html/"' in page


def test_mail_html_may_run_nothing_and_load_nothing(client, maildir):
    key = maildir.add(mail(html="<script>alert(1)</script><p>Hello</p>"))
    response = client.get(f"/demo/mail/{key}/html/")
    assert "<p>Hello</p>" in response.text
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    policy = response["Content-Security-Policy"].split("; ")
    assert sorted(policy) == [
        "default-src 'none'", "frame-ancestors 'self'", "img-src data:", "style-src 'unsafe-inline'",
    ]  # fmt: skip


def test_mail_that_is_not_there_is_not_found(client, maildir):
    maildir.add(mail())
    assert client.get("/demo/mail/1.nothing/").status_code == 404


@pytest.mark.urls("peersupport.urls")
def test_mail_pages_exist_only_in_the_demo(client):
    assert client.get("/demo/mail/").status_code == 404


def test_text_that_the_demo_would_have_sent_is_among_the_mails(client, maildir, settings, live_server):
    settings.NOTIFY_API_KEY, settings.NOTIFY_URL = NOTIFY_KEY, live_server.url
    settings.NOTIFY_TEXT_TEMPLATE = "text"
    line = NotifyLine()
    text = NotifyText(reference="1", may_be_known=True, number="+447700900123", text="Your group meets on Tuesday")
    line.hand_over(text)
    line.close()
    assert "+447700900123" in client.get("/demo/mail/").text
    [key] = maildir.keys()
    assert "Your group meets on Tuesday" in client.get(f"/demo/mail/{key}/").text
