"""The sample story from beginning to end, told through the services as it would have happened."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from groups.models import Membership
from peersupport.demo.around_meetings import tell_around_meetings
from peersupport.demo.cast import Telling, account_holder, give_second_factors
from peersupport.demo.coding import tell_coding
from peersupport.demo.comings_and_goings import tell_comings_and_goings
from peersupport.demo.exports import tell_exports
from peersupport.demo.flareups import tell_flareups
from peersupport.demo.founding import found_group, found_sites, furnish_venues, tutors_of
from peersupport.demo.how_they_are import tell_how_they_are
from peersupport.demo.in_touch import tell_in_touch
from peersupport.demo.meeting_years import answer_what_is_next, tell_meetings
from peersupport.demo.own_plans import tell_own_plans
from peersupport.demo.own_things import tell_goals
from peersupport.demo.pacing import tell_pacing
from peersupport.demo.plans import tell_plans
from peersupport.demo.research import tell_study
from peersupport.demo.shared_things import tell_shared_things
from peersupport.demo.site_side import tell_site_side
from peersupport.demo.wishes import tell_wishes


@transaction.atomic
def tell(now: datetime, say: Callable[[str], None]) -> None:
    """Fill an empty database; all of it or nothing. `say` is told what is being made."""
    telling = Telling(now=now)
    account_holder("admin@example.org", telling.ago(days=900))
    sites = found_sites(telling)
    venues = furnish_venues(telling, sites)
    tutors = tutors_of(telling, sites)
    circles = []
    for plot in telling.words["groups"]:
        say(plot["name"])
        site, coordinator = sites[plot["site"]]
        circle = found_group(telling, plot, site, coordinator, tutors[plot["site"]], venues[plot["venue"]])
        tell_meetings(telling, circle)
        tell_plans(telling, circle)
        answer_what_is_next(telling, circle)
        _tell_own_things(telling, circle)
        circles.append(circle)
    tell_comings_and_goings(telling, circles)
    tell_around_meetings(telling, circles)
    say("The study")
    tell_study(telling, circles)
    tell_coding(telling)
    tell_site_side(telling, sites, venues, circles)
    tell_wishes(telling, circles)
    tell_in_touch(telling, circles[0])
    tell_own_plans(telling, circles)
    tell_shared_things(telling, circles[0])
    tell_pacing(telling, circles)
    tell_how_they_are(telling, circles[0])
    tell_exports(telling)
    give_second_factors()


def _tell_own_things(telling, circle):
    memberships = Membership.objects.with_account().filter(group=circle.group).select_related("person")
    for membership in memberships.order_by("pk"):
        tell_goals(telling, circle, membership.person, membership.joined_at)
        tell_flareups(telling, membership.person, membership.joined_at)
