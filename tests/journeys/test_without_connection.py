"""A member turns it on for her phone, and on a bad day with no signal logs a flare-up all the same."""

import re
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from peersupport.spoken import spoken_date, spoken_datetime
from supportplans.models import FlareUp
from supportplans.services.flareup import log_flareup
from tests.factories import (
    MeetingFactory,
    MembershipFactory,
    PersonalPlanFactory,
    PersonalPlanSectionFactory,
    PersonFactory,
    VenueFactory,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

#: What a device keeps, as it sees it itself.
KEPT = """async () => ({
  caches: await caches.keys(),
  databases: (await indexedDB.databases()).map((one) => one.name),
  session: Object.keys(sessionStorage), local: Object.keys(localStorage),
})"""
NOTHING = {"caches": [], "databases": [], "session": [], "local": []}
PAGES = """async () => {
  const cache = await caches.open("peersupport-offline");
  return (await cache.keys()).map((request) => new URL(request.url).pathname);
}"""
WAITING = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open("peersupport-offline");
  opening.onerror = reject;
  opening.onsuccess = () => {
    const reading = opening.result.transaction("waiting").objectStore("waiting").getAll();
    reading.onsuccess = () => { opening.result.close(); resolve(reading.result); };
  };
})"""


@pytest.fixture
def maria():
    return MembershipFactory(group__name="Tuesday Group", person__preferred_name="Maria").person


@pytest.fixture
def meeting(maria):
    venue = VenueFactory(name="Library room", address="1 High Street")
    starts_at = timezone.now() + timedelta(days=6)
    return MeetingFactory(group=maria.memberships.get().group, venue=venue, starts_at=starts_at)


class Device:
    """The browser of a walk, with a connection that can be cut."""

    def __init__(self, walk):
        self.walk, self.page, self.context = walk, walk.page, walk.page.context

    def turns_it_on(self):
        self.walk.open("/account/offline/")
        self.walk.tab_to("Turn it on for this device")
        self.page.keyboard.press("Enter")
        self.page.get_by_text("It is on for this device.").wait_for()

    def loses_connection(self):
        self.context.set_offline(True)

    def has_connection_again(self):
        self.context.set_offline(False)

    def opens_without_connection(self, path="/"):
        self.page.goto(self.walk.address + path)
        self.page.get_by_text("There is no connection right now.").wait_for()
        self.walk._look()

    def taps(self, name):
        self.walk.tab_to(name)
        self.page.keyboard.press("Enter")

    def reads(self, text):
        self.page.get_by_text(text).first.wait_for()

    def waiting(self):
        return self.page.evaluate(WAITING)

    def kept(self):
        return self.page.evaluate(KEPT)


@pytest.fixture
def device(walk, client, maria):
    walk.sign_in(client, maria)
    return Device(walk)


def away(**details):
    raise OperationalError("gone")


def until(page, count):
    """Wait until so many entries have reached us."""
    for _try in range(100):
        if FlareUp.objects.count() == count:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{FlareUp.objects.count()} entries, not {count}")


@pytest.mark.walked_twice
def test_a_flareup_is_logged_without_a_connection(device, walk, maria, meeting):
    # Given a member with a plan of her own, who turned it on for her phone
    plan = PersonalPlanFactory(person=maria)
    PersonalPlanSectionFactory(plan=plan, kind="first_steps", text="Lie down with the heat pad.\nRing Jo.")
    PersonalPlanSectionFactory(plan=plan, kind="matters", text="My garden and the choir")
    device.turns_it_on()
    # When the connection is cut, and she opens the service
    device.loses_connection()
    device.opens_without_connection()
    # Then she reads when and where the next meeting is, and where to turn
    walk.then_reads("Your next meeting", spoken_datetime(meeting.starts_at, meeting.time_zone), "Library room")
    walk.then_reads("Your plan", "Lie down with the heat pad. Ring Jo.")
    device.taps("The rest of your plan")
    walk.then_reads("My garden and the choir")
    walk.then_reads("1 High Street", "If you need help now", "111")
    # And one tap keeps a flare-up that has started
    device.taps("It's started")
    device.reads("It is kept on this device.")
    walk.then_reads("Waiting to be sent", spoken_date(timezone.localdate()))
    walk._look()
    assert FlareUp.objects.count() == 0
    # And one that started the day before, which she is not sure of
    yesterday = timezone.localdate() - timedelta(days=1)
    device.taps("Log another one")
    device.taps("It started on another day")
    walk.fill_date("Which day did it start?", yesterday)
    walk.tick("This day is a guess")
    device.taps("Log it")
    device.reads(spoken_date(yesterday))
    # When the connection is back
    device.has_connection_again()
    until(walk.page, 2)
    # Then nothing waits any more, and both are there once
    walk.page.locator("[data-waiting]").first.wait_for(state="hidden")
    walk.then_reads("There is a connection again.", "It is logged.")
    walk.open("/flare-ups/")
    walk.then_does_not_read("Waiting to be sent")
    walk.then_reads(spoken_date(yesterday), "about then", spoken_date(timezone.localdate()))
    assert {(one.started_on, one.is_start_approximate) for one in FlareUp.objects.all()} == {
        (timezone.localdate(), False),
        (yesterday, True),
    }


def test_nothing_is_kept_where_it_was_not_turned_on(device, walk, meeting):
    for path in ("/", "/flare-ups/", "/account/offline/", "/offline/", "/account/"):
        walk.open(path)
    walk.then_does_not_read("Waiting to be sent")
    assert device.kept() == NOTHING
    assert walk.page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0


def test_only_one_page_is_kept_and_nothing_that_signs_in(device, walk, meeting):
    device.turns_it_on()
    for path in ("/", "/flare-ups/", "/goals/", "/account/"):
        walk.open(path)
    kept = walk.page.evaluate(PAGES)
    assert [path for path in kept if not path.startswith("/static/")] == ["/offline/"]
    text = walk.page.evaluate("caches.match('/offline/').then((answer) => answer.text())")
    assert "csrfmiddlewaretoken" not in text
    assert "Library room" in text


def test_turning_it_off_removes_it(device, walk, meeting):
    device.turns_it_on()
    assert device.kept()["caches"] == ["peersupport-offline"]
    device.taps("Turn it off, and remove what is kept")
    device.reads("Turn it on for this device")
    assert device.kept() == NOTHING


def test_a_tab_left_open_makes_nothing_anew_once_it_is_off(device, walk):
    # Given the kept page in a second tab
    device.turns_it_on()
    other = walk.page.context.new_page()
    other.goto(walk.address + "/offline/")
    tap = other.get_by_role("button", name="It's started")
    tap.wait_for()
    # When it is turned off in the first, and she taps in the second
    device.taps("Turn it off, and remove what is kept")
    device.reads("Turn it on for this device")
    tap.click()
    # Then she is told that it is not kept, and how to log it; and the device stays empty
    other.get_by_text("this was turned off on this device").wait_for()
    assert device.kept() == NOTHING
    other.get_by_role("link", name="Log it on the usual page").click()
    other.get_by_role("heading", name="Log a flare-up").wait_for()


def test_signing_out_removes_it(device, walk, meeting):
    device.turns_it_on()
    walk.open("/")
    walk.follow("Sign out")
    walk.then_heading_is("Sign in")
    assert device.kept() == NOTHING


def test_signing_out_with_something_unsent_asks_first(device, walk, maria, monkeypatch):
    device.turns_it_on()
    device.loses_connection()
    device.opens_without_connection()
    device.taps("It's started")
    device.reads("It is kept on this device.")
    # The connection is back, but our database is not
    monkeypatch.setattr("supportplans.views.offline.log_flareup", away)
    device.has_connection_again()
    walk.open("/account/")
    asked = []
    walk.page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    device.taps("Sign out")
    walk.page.wait_for_timeout(1000)
    assert "Something waits to be sent." in asked[0]
    assert len(device.waiting()) == 1
    # And once she says so, it goes
    walk.page.once("dialog", lambda dialog: dialog.accept())
    with walk.page.expect_navigation(url="**/accounts/login/**"):
        walk.page.keyboard.press("Enter")
    assert device.kept() == NOTHING
    assert FlareUp.objects.count() == 0


def test_someone_else_who_signs_in_finds_nothing_and_sends_nothing(device, walk, client, meeting):
    # Given a phone that keeps an entry of Maria's, whose session has run out
    device.turns_it_on()
    device.loses_connection()
    device.opens_without_connection()
    device.taps("It's started")
    device.reads("It is kept on this device.")
    # When Ben signs in on it (before there is a connection: else what the phone sends now may end his session here)
    walk.sign_in(client, PersonFactory(preferred_name="Ben"))
    device.has_connection_again()
    walk.open("/")
    walk.then_reads("Hello Ben")
    # Then what was Maria's is gone, and nothing was sent as his
    walk.page.wait_for_function("caches.keys().then((all) => all.length === 0)")
    walk.page.wait_for_timeout(300)
    assert device.kept() == NOTHING
    assert FlareUp.objects.count() == 0


def test_an_entry_waits_while_she_is_signed_out(device, walk, client, maria):
    device.turns_it_on()
    device.loses_connection()
    device.opens_without_connection()
    # When her session runs out while the phone has no connection
    walk.page.context.clear_cookies()
    device.taps("It's started")
    device.reads("It is kept on this device.")
    device.has_connection_again()
    # Then she is asked to sign in, and until then it waits
    device.reads("You are signed out.")
    assert len(device.waiting()) == 1
    walk.sign_in(client, maria)
    walk.open("/")
    until(walk.page, 1)
    assert FlareUp.objects.get().person == maria


def test_a_tap_on_the_ordinary_page_is_kept_when_the_connection_goes(device, walk):
    # Given a member who opened the page while there was a connection
    device.turns_it_on()
    walk.open("/flare-ups/log/")
    made_with = walk.page.input_value("[name=client_id]")
    # When it goes before she taps
    device.loses_connection()
    walk.follow("It's started")
    # Then it is kept, under the number that its page was made with
    walk.then_reads("Your flare-up is kept on this device.", "Waiting to be sent")
    assert [entry["client_id"] for entry in device.waiting()] == [made_with]
    device.has_connection_again()
    until(walk.page, 1)
    assert str(FlareUp.objects.get().client_id) == made_with


def test_what_is_typed_elsewhere_is_not_lost_when_the_connection_goes(device, walk):
    device.turns_it_on()
    walk.open("/goals/add/")
    walk.fill("What do you want to do?", "Go back to choir")
    device.loses_connection()
    walk.follow("Save")
    walk.then_reads("That was not sent.", "Go back in your browser")
    device.has_connection_again()
    walk.page.go_back()
    walk.page.get_by_text("We kept what you had typed.").wait_for()
    assert walk.page.input_value("#id_what") == "Go back to choir"


def test_it_is_there_once_when_the_answer_is_lost_and_two_tabs_send(device, walk, monkeypatch):
    asked = []

    def saved_but_not_said(**details):
        asked.append(details["client_id"])
        flareup = log_flareup(**details)
        if len(asked) == 1:
            raise OperationalError("gone")
        return flareup

    # Given an entry that waits, with the kept page open in two tabs
    monkeypatch.setattr("supportplans.views.offline.log_flareup", saved_but_not_said)
    device.turns_it_on()
    device.loses_connection()
    device.opens_without_connection()
    other = walk.page.context.new_page()
    other.goto(walk.address + "/")
    device.taps("It's started")
    device.reads("It is kept on this device.")
    other.get_by_text("Waiting to be sent").wait_for()
    # When the first try is saved, but its answer is lost
    device.has_connection_again()
    until(walk.page, 1)
    # Then it is sent again, is one all the same, and waits in neither tab
    for page in (walk.page, other):
        page.locator("[data-waiting]").first.wait_for(state="hidden", timeout=30_000)
    assert len(asked) >= 2
    assert len(set(asked)) == 1
    assert FlareUp.objects.count() == 1


def test_an_entry_that_makes_no_sense_holds_up_no_other(device, walk):
    device.turns_it_on()
    device.loses_connection()
    device.opens_without_connection()
    # A day still to come is told at once; a month of no calendar only once we read it
    device.taps("It started on another day")
    walk.fill_date("Which day did it start?", timezone.localdate() + timedelta(days=3))
    device.taps("Log it")
    device.reads("This day is still to come.")
    walk.page.locator("[name=started_on_month]").fill("Thermidor")
    # Our buttons take no second tap within a second
    walk.page.wait_for_timeout(1100)
    device.taps("Log it")
    device.taps("Log another one")
    device.taps("It's started")
    device.has_connection_again()
    until(walk.page, 1)
    device.reads("This can't be sent. Enter a real date, like 24 11 2026. Remove it, then log it again.")
    walk._look()
    # And she takes it out herself
    device.taps(re.compile("^Remove: "))
    walk.page.locator("[data-waiting]").first.wait_for(state="hidden")
    assert device.waiting() == []


def test_a_device_without_room_says_so(device, walk):
    full = "() => { throw new DOMException('full', 'QuotaExceededError'); }"
    # Given a device that is full when she turns it on
    walk.open("/account/offline/")
    walk.page.evaluate(f"window.addAll = Cache.prototype.addAll; Cache.prototype.addAll = async {full}; 0")
    device.taps("Turn it on for this device")
    device.reads("This device has no room left.")
    assert device.kept() == NOTHING
    walk.page.evaluate("Cache.prototype.addAll = window.addAll; 0")
    device.taps("Turn it on for this device")
    device.reads("It is on for this device.")
    # And one that fills up later
    device.loses_connection()
    device.opens_without_connection()
    walk.page.evaluate(f"IDBObjectStore.prototype.put = {full}; 0")
    device.taps("It's started")
    device.reads("It is not kept: this device has no room left.")
    assert device.waiting() == []
    walk.then_reads("It's started")


def test_a_shared_device_is_cleared_in_one_tap(device, walk, meeting):
    device.turns_it_on()
    device.loses_connection()
    device.opens_without_connection()
    device.taps("Remove everything from this device")
    device.reads("This device keeps nothing any more.")
    assert device.kept() == NOTHING


def test_whoever_finds_it_signed_out_can_clear_it(device, walk, meeting):
    device.turns_it_on()
    walk.page.context.clear_cookies()
    walk.open("/accounts/login/")
    walk.then_reads("This device keeps something for whoever used it last.")
    device.taps("This is a shared device. Remove it")
    device.reads("This device keeps nothing any more.")
    assert device.kept() == NOTHING


def test_it_can_be_installed(device, walk):
    walk.open("/")
    session = walk.page.context.new_cdp_session(walk.page)
    assert session.send("Page.getAppManifest")["errors"] == []
    # The browser of a test is a private window, which installs nothing; nothing else stands in the way.
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [error["errorId"] for error in errors] == ["in-incognito"]
