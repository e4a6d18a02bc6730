"""The sample study is coded: a code tree, a round that is settled and one that is open, memos, a matrix, and COREQ."""

import uuid
from datetime import datetime, timedelta

from evaluation.coded import texts_to_code
from evaluation.models import Code, Participant, Settlement, Source, Study, StudyMember
from evaluation.passages import places_of
from evaluation.reliability import Reading
from evaluation.services.code import add_code
from evaluation.services.coding import add_coding
from evaluation.services.coding_round import close_round, settle_disagreement, start_round
from evaluation.services.coreq import write_coreq
from evaluation.services.memo import add_memo, write_cell
from members.models import Person
from peersupport.demo.cast import Telling

#: So many texts are coded by two, as a trial of the code book.
TRIAL = 4


def tell_coding(telling: Telling):
    study = Study.objects.get()
    lead, analyst = (study.team.get(duty=duty).person for duty in (StudyMember.Duty.LEAD, StudyMember.Duty.ANALYST))
    start = telling.ago(weeks=6)
    codes = _code_tree(telling, study, lead, start)
    texts = list(texts_to_code(study, analyst).filter(kind=Source.Kind.TRANSCRIPT).defer(None))
    trial, rest = texts[:TRIAL], texts[TRIAL:]
    _tell_trial(telling, study, (lead, analyst), trial, start + timedelta(weeks=1))
    _tell_open_round(telling, study, (lead, analyst), rest[:2], telling.ago(days=3))
    for number, source in enumerate(rest[2:]):
        _code(telling, source, analyst, telling.ago(weeks=3, days=-number), chance=0.9)
    _tell_thoughts(telling, study, analyst, codes, telling.ago(weeks=1))
    for item, text in telling.words["study"]["coreq"].items():
        write_coreq(study=study, item=item, number=0, text=text, by=lead, now=telling.ago(days=4))


def _code_tree(telling, study, by, now) -> dict[str, Code]:
    codes: dict[str, Code] = {}
    for name, definition, parent, _passages in telling.words["coding"]["codes"]:
        codes[name] = add_code(study=study, name=name, definition=definition, parent=codes.get(parent), by=by, now=now)
    return codes


def _code(telling: Telling, source: Source, by: Person, now: datetime, *, chance: float):
    """What stands in it, as far as `by` noticed."""
    for name, _definition, _parent, passages in telling.words["coding"]["codes"]:
        code = source.study.codes.get(name=name)
        for place in [place for words in passages for place in places_of(source.text, words)]:
            if telling.often(chance):
                stretch = {"start": place.start, "end": place.end}
                add_coding(source=source, code=code, **stretch, guid=uuid.uuid4(), by=by, now=now)


def _tell_trial(telling, study: Study, coders: tuple[Person, Person], texts: list[Source], now: datetime):
    """Two code the same texts unseen; where they differ the first place is settled, the others wait."""
    lead, analyst = coders
    round = start_round(study=study, coders=coders, sources=texts, by=lead, now=now)
    for source in texts:
        _code(telling, source, lead, now + timedelta(days=2), chance=0.6)
        _code(telling, source, analyst, now + timedelta(days=3), chance=0.8)
    closed = now + timedelta(days=7)
    close_round(round=round, by=lead, now=closed)
    round.refresh_from_db()
    differences = Reading(round, lead).differences()
    for one in differences[: len(differences) // 2]:
        stretch = {"start": one.passage.start, "end": one.passage.end}
        settle_disagreement(
            round=round,
            source=one.source,
            code=one.code,
            **stretch,
            outcome=Settlement.Outcome.APPLIES,
            note=telling.words["coding"]["settled"],
            by=analyst,
            now=closed + timedelta(days=1),
        )


def _tell_open_round(telling, study, coders, texts, now):
    start_round(study=study, coders=coders, sources=texts, by=coders[0], now=now)
    _code(telling, texts[0], coders[1], now + timedelta(days=1), chance=0.8)


def _tell_thoughts(telling, study: Study, by: Person, codes: dict[str, Code], now: datetime):
    words = telling.words["coding"]
    add_memo(study=study, about={}, text=words["memo"], by=by, now=now)
    add_memo(study=study, about={"code": codes["No need to explain"]}, text=words["code_memo"], by=by, now=now)
    coded = Participant.objects.filter(study=study, interviews__sources__codings__isnull=False).distinct()
    for participant, text in zip(coded.order_by("pseudonym"), words["summaries"], strict=False):
        write_cell(participant=participant, code=codes["Belonging"], number=0, text=text, by=by, now=now)
