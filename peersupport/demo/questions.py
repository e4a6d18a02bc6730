"""How participants of the sample study answer its questions: most do, on their own page or on paper; some leave it."""

import random
from datetime import datetime, timedelta

from evaluation.models import Administration, Event, Occasion, Study
from evaluation.services.administration import (
    Said,
    answer_question,
    correct_administration,
    enter_administration,
    finish_administration,
)
from evaluation.services.occasion import decline_occasion, settle_occasions
from evaluation.services.questionnaire import plan_questionnaires
from members.models import Person
from peersupport.demo.cast import SEED, Telling

PLAN = {
    "pain_nrs": [Event.BASELINE, Event.MONTH_3],
    "ons4": [Event.BASELINE, Event.MONTH_3],
    "phq4": [Event.BASELINE, Event.MONTH_3],
    "pgic": [Event.MONTH_3],
}
#: How much better, as a part of each scale, things are after three months.
BETTER = 0.08


def tell_questions(telling: Telling, study: Study, lead: Person, start: datetime) -> None:
    """Told by a chance of its own, so that the rest of the story stays as it is."""
    chance = random.Random(SEED)
    plan_questionnaires(study=study, chosen=PLAN, window_days=14, by=lead, now=start)
    for at in _days_of(telling, study, start):
        settle_occasions(now=at)
        for occasion in Occasion.objects.open().filter(opened_at=at):
            _answer(telling, chance, occasion, lead, at)
    settle_occasions(now=telling.now)
    _put_right(study, lead, telling.ago(days=3))


def _days_of(telling, study, start) -> list[datetime]:
    """Noon of each day on which somebody is due."""
    entries = study.participants.filter(created_at__gte=start).values_list("created_at", flat=True)
    events = {event for events in PLAN.values() for event in events}
    due = {event.due_on(entered.date()) for entered in entries for event in events}
    noons = (telling.now.replace(year=day.year, month=day.month, day=day.day, hour=12, minute=0) for day in due)
    return sorted(noon for noon in noons if noon < telling.now)


def _answer(telling, chance, occasion: Occasion, lead: Person, at: datetime) -> None:
    """What was opened in the last days still waits."""
    person, way = occasion.participant.identity_key.person, chance.random()
    if at > telling.ago(days=3) or way < 0.1:
        return
    if way < 0.15 and person:
        decline_occasion(occasion=occasion, by=person, now=at + timedelta(days=1))
        return
    drift = chance.gauss(0, 0.12) + (BETTER if occasion.event == Event.MONTH_3 else 0)
    for administration in occasion.administrations.select_related("instrument"):
        answers = {item.code: _said(chance, item, drift) for item in administration.definition.items}
        if person and way < 0.4:
            _answer_themselves(administration, answers, person, at + timedelta(days=1))
        else:
            mode = Administration.Mode.PAPER if person else Administration.Mode.VOICE
            enter_administration(
                administration=administration, answers=answers, mode=mode, by=lead, now=at + timedelta(days=6)
            )


def _answer_themselves(administration, answers, person: Person, at: datetime) -> None:
    for code, said in answers.items():
        answer_question(administration=administration, item=code, said=said, by=person, now=at)
    finish_administration(administration=administration, by=person, now=at + timedelta(minutes=4))


def _said(chance, item, drift: float) -> Said:
    """Somewhere in the middle; where low numbers are the bad ones it goes up, else down."""
    if chance.random() < 0.04:
        return Said(missing=chance.choice(["skipped", "prefer_not"]))
    runs_up = item.code in ("satisfied", "worthwhile", "happy")
    place = (0.5 + drift if runs_up else 0.55 - drift) + chance.gauss(0, 0.14)
    return Said(value=item.values[round(min(1, max(0, place)) * (len(item.values) - 1))])


def _put_right(study: Study, lead: Person, at: datetime) -> None:
    """One sheet was misread."""
    sheets = Administration.objects.answered().filter(
        occasion__study=study, mode=Administration.Mode.PAPER, instrument__code="pain_nrs"
    )
    sheet = sheets.select_related("instrument").order_by("pk").first()
    said = sheet.responses.get(entered_by__isnull=False)
    right = Said(value=4 if said.value != 4 else 7)
    correct_administration(
        administration=sheet, answers={"pain": right}, reason="A 4 on the sheet looked like a 7.", by=lead, now=at
    )
