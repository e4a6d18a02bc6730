"""A member tries something on three days, sets a start, notes what was done, and calls it enough."""

from datetime import timedelta

import pytest
from django.utils import timezone

from supportplans.models import PacingBaseline, PacingDay, PacingStart
from tests.factories import MembershipFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


def test_an_activity_is_tried_paced_noted_and_called_enough(walk, client):
    maria = MembershipFactory(group__name="Tuesday Group", person__preferred_name="Maria").person
    today = timezone.localdate()
    # Given a member who wants to sit at the table again
    walk.sign_in(client, maria)
    walk.open("/goals/")
    walk.follow("Pacing")
    walk.then_reads("Nothing is paced", "Who can see this: Only you")
    walk.follow("Pace something")
    walk.fill("What do you want to do?", "Sit at the table")
    walk.choose("What do you count it in?", "Minutes")
    walk.follow("Go on")
    # When she notes three tries, one of them a bad day
    walk.follow("Note my tries")
    for number, amount in enumerate((10, 2, 14)):
        walk.fill_date("Which day?", today - timedelta(days=number))
        walk.fill("How much? (minutes)", str(amount))
        if amount == 2:
            walk.tick("It was a bad day: leave it out")
    walk.follow("Save")
    # Then her tries suggest a start, and she takes a little less
    walk.then_reads("begin with 9 minutes", "left out")
    walk.follow("Set my numbers")
    walk.fill("How much, to begin with? (minutes)", "8")
    walk.tick("Sunday")
    walk.follow("Save")
    start = PacingStart.objects.get()
    assert (start.amount, start.weekly_percent, start.rest_days, start.from_on) == (8, 10, [6], today)
    # When it has gone on for two weeks and she notes a day
    PacingStart.objects.update(from_on=today - timedelta(days=14), rest_days=[])
    walk.open(f"/pacing/{PacingBaseline.objects.get().pk}/")
    walk.then_reads("9 minutes", "less is fine")
    walk.follow("Note what I did")
    walk.choose("What was it?", "I did some")
    walk.fill("How much? (minutes)", "7")
    walk.follow("Save")
    # Then it stands beside the suggestion, in a table and a chart
    assert PacingDay.objects.get().amount == 7
    assert walk.page.locator("canvas").count() == 1
    assert walk.page.locator("tbody tr").last.inner_text().split()[-2:] == ["9", "7"]
    # And that is enough
    walk.follow("This is enough")
    walk.then_reads("It stays as it is now.")
    walk.follow("Stop")
    walk.then_reads("That is as good an end as any.", "Take it up again")
    assert PacingStart.objects.get().stopped_on == today
