"""What a site looks after in the sample story: its rooms, who reads concerns, and who asked for help."""

from datetime import timedelta

from groups.models import SupportRequest, VenueFeature
from groups.services.concern import close_concern, pass_on_concern, raise_concern, read_concern
from groups.services.group_state import note_last_meetings
from groups.services.safeguarding import name_safeguarding
from groups.services.support_request import answer_request, ask_for_support, close_request
from groups.services.venue import edit_venue, note_access
from peersupport.demo.accounts import ACCOUNTS
from peersupport.demo.cast import Telling, account_holder

LEAD = "safeguarding@example.org"


def tell_site_side(telling: Telling, sites, venues, circles):
    """Told last, when the groups have met for years."""
    _describe_rooms(telling, venues)
    _name_readers(telling, sites)
    going_on = [circle for circle in circles if circle.plot["state"] != "closed"]
    for number, circle in enumerate(going_on):
        _ask(telling, circle, sites[circle.plot["site"]][1], number)
    _worry(telling, going_on[0])
    note_last_meetings(now=telling.now)


def _describe_rooms(telling, venues):
    words = telling.words["rooms"]
    for venue in venues:
        if venue.is_online:
            continue
        edit_venue(
            venue=venue,
            cost=telling.chance.choice(words["cost"]),
            insurance=telling.chance.choice(words["insurance"]),
            supervision=telling.chance.choice(words["supervision"]),
            capacity=telling.chance.choice([10, 14, 20, 30]),
        )
        note_access(venue=venue, features={name: _known(telling, words) for name in VenueFeature.Feature.values})


def _known(telling, words):
    """There, not there, or not known; now and then with a note."""
    is_there = telling.chance.choice([True, True, True, False, None])
    has_note = is_there and telling.often(0.3)
    return is_there, telling.chance.choice(words["notes"]) if has_note else ""


def _name_readers(telling, sites):
    """Each site has a lead, and but for the last a deputy too; the first site's lead has an account to sign in with."""
    at = telling.ago(days=500)
    name = next(account.name for account in ACCOUNTS if account.email == LEAD)
    account_holder(LEAD, at)
    for number, (site, coordinator) in enumerate(sites):
        lead = {"preferred_name": name, "email": LEAD} if number == 0 else _somebody(telling, at)
        name_safeguarding(site=site, is_deputy=False, by=coordinator, now=at, **lead)
        if number < len(sites) - 1:
            name_safeguarding(site=site, is_deputy=True, by=coordinator, now=at, **_somebody(telling, at))


def _somebody(telling, at):
    person = telling.someone(at)
    return {"preferred_name": person.preferred_name, "email": person.email}


def _ask(telling, circle, coordinator, number):
    """One request a group: the first few wait, the others are answered, and every third of those is closed."""
    plot = telling.words["requests"][number % len(telling.words["requests"])]
    to = SupportRequest.To(plot["to"])
    at = telling.ago(days=3 + 5 * number, hours=number)
    asker = circle.contact if circle.contact in circle.members else circle.tutor
    helper = circle.tutor if to == SupportRequest.To.TUTOR else coordinator
    if helper == asker:
        return
    asked = ask_for_support(group=circle.group, to=to, text=plot["text"], by=asker, now=at)
    if number < 4:
        return
    answer_request(support_request=asked, answer=plot["answer"], by=helper, now=at + timedelta(days=1))
    if number % 3 == 0:
        close_request(support_request=asked, by=asker, now=at + timedelta(days=2))


def _worry(telling, circle):
    """One concern that went its way, and one that nobody has read yet."""
    words = telling.words["concerns"]
    lead = account_holder(LEAD, telling.now)
    at = telling.ago(days=120)
    told = raise_concern(group=circle.group, text=words["told"], by=circle.members[1], now=at)
    read_concern(concern=told, by=lead, now=at + timedelta(days=1))
    pass_on_concern(concern=told, note=words["passed_on"], by=lead, now=at + timedelta(days=2))
    close_concern(concern=told, note=words["closed"], by=lead, now=at + timedelta(days=20))
    raise_concern(group=circle.group, text=words["new"], by=circle.members[2], now=telling.ago(hours=20))
