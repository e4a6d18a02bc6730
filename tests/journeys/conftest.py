"""Every journey is walked by keyboard alone on a phone, and each of its pages is looked at on a desktop too.

Those that people come for are marked `walked_twice`: on a phone, and on a desktop by its own way. The mark can name
other sizes: `walked_twice("tablet", "desktop")`.
"""

import os

import pytest

from tests.journeys.walk import PICTURES, SIZES, Walk


def pytest_generate_tests(metafunc):
    if "looks_at" in metafunc.fixturenames:
        twice = metafunc.definition.get_closest_marker("walked_twice")
        ways = [(size,) for size in twice.args or ("phone", "desktop")] if twice else [("desktop", "phone")]
        metafunc.parametrize("looks_at", ways, ids="-".join)


@pytest.fixture
def new_walk(browser, live_server, settings, looks_at, request):
    """Give someone a browser of their own, with the people's own clock."""
    settings.BASE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    folder = PICTURES / request.node.originalname.removeprefix("test_") if "PICTURES" in os.environ else None
    walks = []

    def new_walk():
        clock = {"locale": "en-GB", "timezone_id": settings.TIME_ZONE}
        context = browser.new_context(viewport=SIZES[looks_at[-1]], reduced_motion="reduce", **clock)
        context.set_default_timeout(15_000)
        walks.append(Walk(context.new_page(), live_server.url, looks_at, folder and folder / f"{len(walks)}"))
        return walks[-1]

    yield new_walk
    for walk in walks:
        walk.then_nothing_went_wrong()
        walk.page.context.close()


@pytest.fixture
def walk(new_walk):
    return new_walk()
