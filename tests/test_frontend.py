import re
import struct
import zlib
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.contrib.staticfiles.finders import find
from django.db import OperationalError
from django.template import TemplateSyntaxError, engines
from django.template.loader import get_template
from django.urls import reverse

from peersupport import navigation
from peersupport.access.roles import Role
from peersupport.devices import spoken_device
from peersupport.spoken import spoken_date, spoken_datetime, spoken_time
from tests.factories import PersonFactory

ROOT = Path(settings.BASE_DIR)
# Mail programs know neither our sheets nor our policy: what goes by e-mail carries its style with it.
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.html") if "emails" not in path.parts)
NOON_UTC = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def render(source, **context):
    return " ".join(engines["django"].from_string(source).render(context).split())


# What no template may do


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_keeps_to_the_content_security_policy(path):
    text = path.read_text()
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=", text)
    assert "<style" not in text
    assert "javascript:" not in text
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert " src=" in tag or 'type="application/json"' in tag
    for address in re.findall(r"""(?:src|href)=["'](https?:)?//""", text):
        pytest.fail(f"{path.name} loads or links {address} from elsewhere")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_leaves_no_placeholder_and_cuts_nothing_off(path):
    text = path.read_text().replace("data-maxlength=", "")
    assert "placeholder=" not in text
    assert "maxlength=" not in text


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_compiles(path):
    assert get_template(str(path.relative_to(ROOT / "templates"))).origin.name == str(path)


# The build


@pytest.fixture(scope="module")
def build():
    """What `npm run build` has made; browsers in other test processes are reading it, so it isn't made again here."""
    folder = ROOT / "static" / "build"
    assert (folder / "app.css").exists(), "Run npm ci and npm run build first"
    return folder


def test_build_brings_nothing_from_elsewhere_and_no_identity_that_is_not_ours(build):
    for sheet in ("app.css", "app-dark.css"):
        css = (build / sheet).read_text()
        assert not re.search(r"url\([\"']?(https?:)?//", css)
        assert "frutiger" not in css.lower()
        for image in re.findall(r'url\("([^"]+)"\)', css):
            assert (build / image).exists()


def test_both_sheets_style_the_same_things(build):
    def selectors(sheet):
        return set(re.findall(r"\.app-[\w-]+", (build / sheet).read_text()))

    assert selectors("app.css") == selectors("app-dark.css")
    assert len(selectors("app.css")) > 30


def test_each_of_our_classes_in_templates_has_a_style(build):
    css = (build / "app.css").read_text()
    used = {name for path in TEMPLATES for name in re.findall(r"\bapp-[a-z][\w-]*(?![\w.{-])", path.read_text())}
    assert {name for name in used if f".{name}" not in css} <= {"app-card--", "app-dark"}


# Frame of every page


@pytest.mark.django_db
def test_page_of_a_signed_in_person_says_where_to_turn_and_who_runs_the_service(client):
    client.force_login(PersonFactory())
    page = client.get(reverse("privacy")).text
    assert '<html lang="en-gb">' in page
    assert "<title>About and privacy – Peer Support</title>" in page
    assert '<a class="nhsuk-skip-link" href="#maincontent"' in page
    assert "Nobody watches what you write here." in page
    for number in ("tel:999", "tel:111", "tel:116123", "sms:85258"):
        assert f'href="{number}"' in page
    assert f"This service is run by {settings.SERVICE_RUN_BY}." in page


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["privacy", "accessibility"])
def test_page_for_everyone_opens_without_signing_in(client, name):
    page = client.get(reverse(name))
    assert page.status_code == 200
    assert "If you need help now" not in page.text
    assert reverse("account_login") in page.text


@pytest.mark.django_db
def test_menu_costs_no_queries_beyond_the_roles(client, django_assert_num_queries):
    person = PersonFactory()
    navigation.menu_of(person, "/")
    with django_assert_num_queries(0):
        menu = navigation.menu_of(person, "/account/details/")
    assert [(str(item.label), item.is_current) for item in menu] == [("Home", False), ("Account", True)]


def test_menu_shows_each_role_its_own(monkeypatch):
    def labels(*roles):
        monkeypatch.setattr(navigation, "held_by", lambda person: frozenset(roles))
        return [str(item.label) for item in navigation.menu_of(None, "/")]

    assert labels() == []
    assert labels(Role.PERSON, Role.MEMBER) == ["Home", "Groups", "My goals", "My plan", "Flare-ups", "Account"]
    assert labels(Role.PERSON, Role.TUTOR) == ["Home", "Groups", "Requests", "Programmes", "Account"]
    assert labels(Role.PERSON, Role.COORDINATOR) == ["Home", "Register", "Requests", "Programmes", "Account"]
    assert labels(Role.PERSON, Role.SAFEGUARDING_LEAD) == ["Home", "Concerns", "Account"]
    assert labels(Role.PERSON, Role.INTERVIEWER) == ["Home", "Studies", "Account"]


@pytest.mark.django_db
def test_page_is_sent_with_a_policy_that_allows_only_our_own(client):
    policy = client.get(reverse("privacy"))["Content-Security-Policy"]
    for directive in (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ):
        assert directive in policy
    assert "unsafe" not in policy


# Errors


@pytest.mark.django_db
def test_missing_page_has_a_way_on(client):
    client.force_login(PersonFactory())
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert "Page not found" in response.text
    assert '<a class="nhsuk-button" href="/">' in response.text


@pytest.mark.parametrize("name", ["500.html", "503.html"])
def test_page_for_our_own_faults_needs_neither_context_nor_database(name):
    page = get_template(name).render()
    assert '<a class="nhsuk-button" href="/">' in page
    assert "If you need help now" in page
    assert "{%" not in page


@pytest.mark.django_db
def test_failing_view_shows_the_500_page(client, monkeypatch):
    def broken(person, path):
        raise RuntimeError("broken")

    monkeypatch.setattr(navigation, "menu_of", broken)
    client.raise_request_exception = False
    response = client.get(reverse("privacy"))
    assert response.status_code == 500
    assert "This is our fault, not yours." in response.text


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OperationalError("gone"), redis.ConnectionError("gone")])
def test_server_that_is_away_shows_the_503_page(client, monkeypatch, error):
    def away(person, path):
        raise error

    monkeypatch.setattr(navigation, "menu_of", away)
    client.raise_request_exception = False
    response = client.get(reverse("privacy"))
    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert "We are not available right now" in response.text


@pytest.mark.django_db
def test_web_manifest_names_the_service_and_icons_that_exist(client, settings):
    settings.SERVICE_NAME = "Stronger Together"
    manifest = client.get(reverse("webmanifest")).json()
    assert manifest["name"] == "Stronger Together"
    assert [find(icon["src"].removeprefix("/static/")) is not None for icon in manifest["icons"]] == [True] * 4
    assert (manifest["id"], manifest["start_url"], manifest["display"]) == ("/", "/", "standalone")
    assert [shortcut["url"] for shortcut in manifest["shortcuts"]] == [reverse("supportplans:flareup_log")]


def pixels(path):
    """Width, and rows of pixels (red, green, blue, opacity), of a PNG without filters."""
    content = path.read_bytes()
    width = struct.unpack(">I", content[16:20])[0]
    length = struct.unpack(">I", content[33:37])[0]
    assert content[37:41] == b"IDAT"
    raw = zlib.decompress(content[41 : 41 + length])
    rows = [raw[start + 1 : start + 1 + 4 * width] for start in range(0, len(raw), 4 * width + 1)]
    return width, [[tuple(row[at : at + 4]) for at in range(0, len(row), 4)] for row in rows]


@pytest.mark.parametrize(("name", "size", "corner"), [("192", 192, 0), ("512", 512, 0), ("touch", 180, 255)])
def test_icons_are_drawn_as_pictures_of_their_size(build, name, size, corner):
    width, rows = pixels(build / f"icon-{name}.png")
    assert (width, len(rows)) == (size, size)
    # Round corners are see-through; a phone that cuts its own gets none. Between corner and rings is the ground.
    assert rows[0][0][3] == corner
    assert rows[size // 2][2] == (0x00, 0x53, 0x4C, 255)
    rings = {pixel for row in rows for pixel in row}
    assert {(255, 255, 255, 255), (0x9F, 0xE0, 0xD6, 255)} <= rings


def test_worker_lies_at_the_root_and_no_cache_holds_an_old_one(client, build):
    response = client.get(reverse("service_worker"))
    assert response.headers["Content-Type"] == "text/javascript"
    assert response.headers["Cache-Control"] == "no-cache"
    assert reverse("service_worker").count("/") == 1
    assert response.content == (build / "service-worker.js").read_bytes()


@pytest.mark.django_db
def test_form_with_a_stale_secret_is_told_to_send_again(client):
    client.handler.enforce_csrf_checks = True
    response = client.post(reverse("account_login"), {"login": "m@example.org"})
    assert response.status_code == 403
    assert "Please send that again" in response.text


# Dates and times


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Europe/London", "Tuesday 24 November 2026, midday"),
        ("Europe/Lisbon", "Tuesday 24 November 2026, midday"),
        ("Asia/Kolkata", "Tuesday 24 November 2026, 5:30pm"),
        ("Pacific/Auckland", "Wednesday 25 November 2026, 1am"),
    ],
)
def test_moment_is_spoken_in_the_zone_of_the_group(zone, expected):
    assert spoken_datetime(NOON_UTC, zone) == expected
    assert f">{expected}</time>" in render("{% time_tag moment zone %}", moment=NOON_UTC, zone=zone)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(time(0), "midnight"), (time(0, 5), "12:05am"), (time(9), "9am"), (time(12), "midday"), (time(14, 30), "2:30pm")],
)
def test_time_is_spoken_as_people_say_it(value, expected):
    assert spoken_time(value) == expected


def test_date_is_spoken_and_nothing_stays_nothing():
    assert spoken_date(date(2026, 11, 24)) == "Tuesday 24 November 2026"
    nothing = render("{{ day|spoken_date }}{{ day|spoken_time }}{{ day|spoken_datetime }}", day=None)
    assert nothing == ""


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/131.0 Safari/537.36 Edg/131.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox on Linux"),
        ("curl/8", "Another device"),
    ],
)
def test_device_is_named_as_its_owner_knows_it(agent, expected):
    assert spoken_device(agent) == expected


# Components


def test_page_header_sets_its_caption_apart_for_screen_readers():
    header = render('{% page_header "Plan a meeting" caption="Tuesday Group" %}')
    assert header.count("<h1") == 1
    assert 'Tuesday Group<span class="nhsuk-u-visually-hidden">: </span></span>Plan a meeting</h1>' in header


def test_components_escape_what_they_are_given():
    name = "<b>Sam</b>"
    source = """
        {% page_header name caption=name %}{% back_link "/" name %}{% button_link name "/" %}{% who_can_see name %}
        {% post_button name "/" name="x" value=name label=name %}{% status_tag name %}
        {% task name key=1 hint=name status=name %}{% pager "/" "/" name name %}
        {% card heading=name caption=name %}{{ name }}{% endcard %}
        {% empty_state heading=name %}{{ name }}{% endempty_state %}
        {% summary_list %}{% row name change_url="/" %}{{ name }}{% endrow %}{% endsummary_list %}"""
    page = render(source, name=name)
    assert "<b>" not in page
    assert page.count("&lt;b&gt;Sam&lt;/b&gt;") == 22


def test_summary_list_says_what_is_blank_and_what_a_link_changes():
    rows = render('{% summary_list %}{% row "Where" change_url="/venue/" %} {% endrow %}{% endsummary_list %}')
    assert "Not filled in" in rows
    assert '<a href="/venue/">Change<span class="nhsuk-u-visually-hidden"> Where</span></a>' in rows


def test_post_button_posts_its_answer_with_the_form_secret():
    button = render(
        '{% post_button "Coming" "/rsvp/" name="answer" value="coming" label="Coming on Tuesday" %}',
        csrf_token="s3cret",
    )
    assert '<form class="app-post-button" method="post" action="/rsvp/">' in button
    assert 'name="csrfmiddlewaretoken" value="s3cret"' in button
    assert 'name="answer" value="coming" aria-label="Coming on Tuesday"' in button


def test_task_is_described_by_its_hint_and_status():
    item = render(
        '{% task "Find a venue" key="venue" url="/venue/" status="To do" colour="blue" hint="Ask about parking" %}'
    )
    assert 'aria-describedby="task-venue-hint task-venue-status"' in item
    assert 'id="task-venue-hint">Ask about parking<' in item
    assert '<strong class="nhsuk-tag nhsuk-tag--blue">To do</strong>' in item


def test_pager_shows_only_the_ways_there_are():
    assert render("{% pager %}") == ""
    older = render('{% pager next_url="?before=7" next_text="Older" %}')
    assert 'href="?before=7" rel="next"' in older
    assert "Older" in older
    assert "prev" not in older


def test_chart_keeps_its_table():
    chart = render('{% chart kind="line" %}<table><caption>Who came</caption></table>{% endchart %}')
    assert '<div class="app-chart" data-chart="line">' in chart
    assert "<caption>Who came</caption>" in chart


@pytest.mark.parametrize("source", ['{% status_tag "On" "teal" %}', '{% chart kind="pie" %}{% endchart %}'])
def test_component_with_a_kind_it_does_not_know_is_an_error(source):
    with pytest.raises(TemplateSyntaxError):
        render(source)
