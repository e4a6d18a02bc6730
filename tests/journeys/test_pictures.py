"""A picture is drawn from the table beside it, and only where it can be."""

import pytest

from tests.factories import FlareUpFactory, MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def member():
    person = MembershipFactory().person
    FlareUpFactory(person=person)
    return person


def test_flareups_over_time_are_drawn_and_can_be_read(walk, client, member):
    # Given a member who has logged a flare-up
    walk.sign_in(client, member)
    # When they look at their year
    walk.open("/over-time/")
    # Then it is drawn, and the numbers are there to read
    assert walk.page.locator(".app-chart canvas").bounding_box()["height"] > 200
    assert walk.page.get_by_role("table", name="Flare-ups and looks back, by month").is_visible()
    assert walk.page.locator(".app-chart__frame").get_attribute("aria-hidden") == "true"


def test_flareups_over_time_can_be_read_without_javascript(browser, live_server, client, member):
    # Given a browser without JavaScript
    context = browser.new_context(java_script_enabled=False)
    client.force_login(member)
    name, value = next((cookie.key, cookie.value) for cookie in client.cookies.values())
    context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
    # When the member opens the page
    page = context.new_page()
    page.goto(f"{live_server.url}/over-time/")
    # Then the table is there, and no empty frame
    assert page.locator("table tbody tr").count() == 12
    assert page.locator("canvas").count() == 0
    context.close()
