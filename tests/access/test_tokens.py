import re

from hypothesis import given
from hypothesis import strategies as st

from peersupport.access import tokens


def test_token_is_the_same_each_time_and_differs_by_purpose_row_and_nonce():
    token = tokens.derive("a", 1, "n")
    assert token == tokens.derive("a", 1, "n")
    assert len({token, tokens.derive("b", 1, "n"), tokens.derive("a", 2, "n"), tokens.derive("a", 1, "m")}) == 4


def test_token_has_256_bits_and_is_url_safe():
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", tokens.derive("a", 1, "n"))


def test_token_depends_on_the_secret_key(settings):
    before = tokens.derive("a", 1, "n"), tokens.fingerprint("token")
    settings.SECRET_KEY = "another"
    assert (tokens.derive("a", 1, "n"), tokens.fingerprint("token")) != before
    assert tokens.fingerprint("token") != before[1]


@given(st.integers(min_value=1, max_value=2**62), st.text(min_size=1))
def test_short_code_has_no_letters_that_are_misread(pk, nonce):
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", tokens.short_code("a", pk, nonce))


@given(st.integers(min_value=1, max_value=10**6), st.booleans(), st.sampled_from(["", " ", "-", " - "]))
def test_code_is_read_however_it_is_typed(pk, is_lower, gap):
    code = tokens.short_code("a", pk, "n")
    typed = code.replace("-", gap).replace("0", "O").replace("1", "l")
    assert tokens.read_code(typed.lower() if is_lower else typed) == code


def test_fingerprint_hides_the_token():
    assert "secret" not in tokens.fingerprint("secret")
    assert len(tokens.fingerprint("secret")) == 64
