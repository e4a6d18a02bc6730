"""Every journey is walked on a phone and on a desktop, by keyboard alone."""

import pytest

from tests.journeys.walk import PICTURES, Walk

SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 900}}


@pytest.fixture(params=SIZES)
def size(request):
    return request.param


@pytest.fixture
def walk(browser, live_server, settings, size, request):
    settings.BASE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    clock = {"locale": "en-GB", "timezone_id": settings.TIME_ZONE}
    context = browser.new_context(viewport=SIZES[size], reduced_motion="reduce", **clock)
    context.set_default_timeout(15_000)
    walk = Walk(context.new_page(), live_server.url, size)
    walk.folder = PICTURES / request.node.originalname.removeprefix("test_") / size
    yield walk
    walk.then_nothing_went_wrong()
    context.close()
