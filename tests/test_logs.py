import json
import logging

import pytest

from peersupport.logs import JsonFormatter, mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("to jo.smith+x@example.org now", "to [address] now"),
        ("/calendar/" + "a" * 43 + ".ics", "/calendar/[token].ics"),
        ("a plain line about meeting 7", "a plain line about meeting 7"),
    ],
)
def test_addresses_and_tokens_are_masked(text, masked):
    assert mask(text) == masked


def test_log_line_is_json_without_the_address_in_its_arguments():
    record = logging.LogRecord("app", logging.INFO, "f.py", 1, "sent to %s", ("sam@example.org",), None)
    line = JsonFormatter("%(levelname)s %(message)s").format(record)
    assert json.loads(line)["message"] == "sent to [address]"


def test_exception_text_is_masked_too():
    try:
        raise ValueError("no mailbox for sam@example.org")
    except ValueError as error:
        record = logging.LogRecord("app", logging.ERROR, "f.py", 1, "failed", (), (type(error), error, None))
    assert "sam@example.org" not in JsonFormatter("%(message)s").format(record)


@pytest.mark.parametrize(
    ("sent", "kept"), [("abcdef-123456", True), ("x", False), ("a b\n" * 9, False), ("é" * 20, False)]
)
def test_request_id_is_the_proxys_when_plain(client, sent, kept):
    answered = client.get("/livez", headers={"X-Request-Id": sent})["X-Request-Id"]
    assert (answered == sent) is kept
    assert answered
