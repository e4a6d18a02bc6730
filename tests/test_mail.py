"""The bare address that the mail server is given is the one that Django would have given."""

import smtplib

import pytest
from django.core.mail.backends import smtp
from hypothesis import given
from hypothesis import strategies as st

from peersupport.mail import PLAIN_ADDRESS, EmailBackend, Line, LineOverSSL

ADDRESSES = [
    "maria@example.org",
    "m.o'neill@example.org",
    "maria+pain@mail.example.org",
    "Peer Support <no-reply@example.org>",
    "maria@exämple.org",
    "webmaster",
]
NO_ADDRESSES = ["maria@", "a..b@example.org", "maria@example.org\r\nRCPT TO:<eve@example.org>", "a@x.org, b@x.org", ""]


@pytest.fixture
def backend():
    return EmailBackend(alias="default", host="localhost")


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_prepared_as_django_does(backend, address):
    assert backend.prep_address(address) == smtp.EmailBackend.prep_address(backend, address)


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_what_is_no_address_is_refused(backend, address):
    with pytest.raises(ValueError, match="Invalid address"):
        backend.prep_address(address)


@given(address=st.from_regex(PLAIN_ADDRESS, fullmatch=True))
def test_plain_ones_need_no_care(address):
    backend = EmailBackend(alias="default", host="localhost")
    assert smtp.EmailBackend.prep_address(backend, address) == address


class Heard(Line):
    """A line that keeps what it would have said."""

    def __init__(self):
        super().__init__()
        self.said = []

    def putcmd(self, cmd, args=""):
        self.said.append(f"{cmd} {args}".rstrip())

    def getreply(self):
        return 250, b"OK"


class HeardInFull(Heard):
    mail, rcpt = smtplib.SMTP.mail, smtplib.SMTP.rcpt


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("options", [(), ("size=312",), ("size=312", "body=8bitmime")])
def test_a_line_says_what_the_standard_library_says(address, options):
    ours, theirs = Heard(), HeardInFull()
    for line in (ours, theirs):
        line.does_esmtp = True
        line.mail(address, options)
        line.rcpt(address, options[1:])
    assert ours.said == theirs.said


def test_mail_over_ssl_goes_over_such_a_line():
    assert EmailBackend(alias="default", host="localhost", use_ssl=True).connection_class is LineOverSSL
    assert EmailBackend(alias="default", host="localhost").connection_class is Line
