"""The bare address that the mail server is given is the one that Django would have given."""

import pytest
from django.core.mail.backends import smtp
from hypothesis import given
from hypothesis import strategies as st

from peersupport.mail import PLAIN_ADDRESS, EmailBackend

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
