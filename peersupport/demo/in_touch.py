"""Who keeps in touch in the sample story: Maria and Joan do, someone asks Maria, and one has nobody yet."""

from datetime import timedelta

from groups.models import Membership
from peersupport.demo.accounts import ACCOUNTS
from peersupport.demo.cast import Telling
from peersupport.demo.founding import Circle
from supportplans.models import KeepInTouch
from supportplans.services.check_in import note_check_in
from supportplans.services.pair import agree_pair, ask_buddy
from supportplans.services.wish import edit_wish

KNOWN = ("member", "contact")
#: How the four want it, in the order of `_four`. The numbers are of the range kept free for stories.
WISHES = (
    {"ways": ["call", "text"], "rhythm_weeks": 2, "reach": "07700 900461", "best_time": "Mornings, not before 10"},
    {"ways": ["call", "visit"], "rhythm_weeks": 2, "reach": "0117 496 0132", "best_time": "After lunch"},
    {"ways": ["text"], "rhythm_weeks": 1, "reach": "07700 900218", "best_time": ""},
    {"ways": ["call"], "rhythm_weeks": 4, "reach": "07700 900754", "best_time": "Weekends"},
)


def tell_in_touch(telling: Telling, circle: Circle) -> None:
    """Told without chance, so that the rest of the story stays as it is."""
    began = telling.ago(weeks=9)
    maria, joan, asking, _alone = (
        edit_wish(membership=member, by=member.person, now=began, **said)
        for member, said in zip(_four(circle), WISHES, strict=True)
    )
    pair = ask_buddy(wish=joan, turn="turns", by=maria.membership.person, now=began)
    agree_pair(pair=pair, by=joan.membership.person, now=began + timedelta(days=1))
    _speak(telling, pair)
    ask_buddy(wish=maria, turn="turns", by=asking.membership.person, now=telling.ago(days=1))


def _four(circle):
    """Maria, Joan, and two others of the group, who share a name with nobody that people sign in as."""
    joined = Membership.objects.joined().with_account().filter(group=circle.group).select_related("person")
    members = list(joined.order_by("pk"))
    known = [next(member for member in members if member.person.email == f"{who}@example.org") for who in KNOWN]
    names = {account.name for account in ACCOUNTS}
    return [*known, *[member for member in members if member.shown_name not in names][:2]]


def _speak(telling: Telling, pair: KeepInTouch) -> None:
    """Every two weeks, by turns; the last time was three weeks ago, so it is due."""
    for weeks in (7, 5, 3):
        pair.refresh_from_db()
        caller = pair.next_by.person
        at = telling.ago(weeks=weeks)
        note_check_in(pair=pair, outcome="spoke", schedule_version=pair.schedule_version, by=caller, now=at)
