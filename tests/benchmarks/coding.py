"""The coding desk: opening a long text with many codings, adding one, and agreement over a whole study."""

import os
import random
import statistics
import time
import uuid
from contextlib import contextmanager
from datetime import timedelta

from tests import processes
from tests.benchmarks import servers
from tests.benchmarks.measure import Measure, in_turn, seconds

LONG_TEXT, MANY_CODINGS = 300_000, 5_000
#: A transcript of an hour, some 5,000 words.
USUAL_TEXT = 34_000
CODES, TRANSCRIPTS, CODINGS_OF_EACH = 40, 200, 50
ADDED = 200
MOST_SECONDS_TO_OPEN, MOST_SECONDS_TO_ADD, MOST_SECONDS_TO_AGREE = 1.5, 0.0034, 2
#: When the browser has drawn what there is: the script has begun, and a frame has passed since.
DRAWN = """() => document.querySelector('.app-desk--live') && new Promise(
  (done) => requestAnimationFrame(() => setTimeout(() => done(true))))"""
BARE = """
    INSERT INTO evaluation_coding (source_id, code_id, coder_id, guid, start, "end", coded_at)
    VALUES (%s, %s, %s, gen_random_uuid(), %s, %s, now())"""


def measures():
    servers.started()
    # Django has to be set up before anything that knows models.
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    study = _Study()
    yield from _adding(study)
    yield from _agreeing(study)
    yield from _opening(study)


class _Study:
    """A study of two analysts and a lead with 40 codes; chance is the same each time."""

    def __init__(self):
        from django.utils import timezone

        from tests import factories as make

        self.make, self.now = make, timezone.now()
        self.chance = random.Random(20261126)
        self.study = make.StudyFactory()
        self.coders = [make.StudyMemberFactory(study=self.study, duty="analyst").person for _number in range(2)]
        self.lead = make.StudyMemberFactory(study=self.study, duty="lead").person
        self.codes = [make.CodeFactory(study=self.study, name=f"Code {n:02}", colour=n % 6 + 1) for n in range(CODES)]

    def text(self, length):
        """Of questions and answers, each some 150 characters long."""
        turns, size = [], 0
        while size < length:
            words = " ".join(self.chance.choice(["we", "meet", "again", "🙂", "chairs", "tea"]) for _word in range(30))
            turns.append(f"{'IP'[len(turns) % 2]}: {words}.")
            size += len(turns[-1]) + 1
        return self.make.TranscriptFactory(study=self.study, text="\n".join(turns)[:length])

    def code(self, source, number, round=None):
        from evaluation.models import Coding

        def coding(at):
            start = self.chance.randrange(len(source.text) - 200)
            return Coding(
                source=source, code=self.codes[at % CODES], coder=self.coders[at % 2], round=round,
                start=start, end=start + self.chance.randrange(20, 200), coded_at=self.now,
            )  # fmt: skip

        Coding.objects.bulk_create([coding(at) for at in range(number)], ignore_conflicts=True)


def _adding(study):
    """The service whole, committed, against one INSERT of such a row by itself."""
    from django.db import connection

    from evaluation.services.coding import add_coding

    source, places = study.text(USUAL_TEXT), iter(range(10**9))
    code, coder = study.codes[0], study.coders[0]

    def ours():
        for _number in range(ADDED):
            start = next(places)
            add_coding(source=source, code=code, start=start, end=start + 9, guid=uuid.uuid4(), by=coder, now=study.now)

    def bare():
        with connection.cursor() as cursor:
            for _number in range(ADDED):
                start = next(places)
                cursor.execute(BARE, [source.pk, code.pk, coder.pk, start, start + 9])

    took, limit = in_turn(ours, bare)
    yield Measure("adding one coding against one INSERT", took / ADDED, "s", limit / ADDED, bar=10)
    yield Measure("adding one coding against 3.4 ms", took / ADDED, "s", MOST_SECONDS_TO_ADD, bar=1)


def _agreeing(study):
    """Read from the database and reckoned over characters and turns, as the page of a closed round does."""
    from evaluation.reliability import Reading
    from evaluation.services.coding_round import close_round, start_round

    texts = [study.text(USUAL_TEXT) for _number in range(TRANSCRIPTS)]
    round = start_round(study=study.study, coders=study.coders, sources=texts, by=study.lead, now=study.now)
    for source in texts:
        study.code(source, CODINGS_OF_EACH, round)
    close_round(round=round, by=study.lead, now=study.now + timedelta(seconds=1))
    found = []
    took = statistics.median(seconds(lambda: found.append(Reading(round, study.lead).rows())) for _time in range(3))
    assert len(found[-1]) == CODES
    yield Measure("agreement over 40 codes and 200 transcripts", took, "s", MOST_SECONDS_TO_AGREE, bar=1)


def _opening(study):
    from django.conf import settings
    from django.urls import reverse
    from playwright.sync_api import sync_playwright

    source = study.text(LONG_TEXT)
    study.code(source, MANY_CODINGS)
    # Its loop would be taken for one that Django's database must not be asked in.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with _serving() as address, sync_playwright() as playwright:
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": _session_of(study.coders[0]), "url": address}
        args = ["--no-sandbox", "--disable-dev-shm-usage"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=processes.installed_browser(), args=args)
        context = browser.new_context()
        context.add_cookies([cookie])
        page = context.new_page()
        url = address + reverse("evaluation:text_code", args=[source.pk])
        took = statistics.median(_open(page, url) for _time in range(5))
        browser.close()
    yield Measure("opening 300,000 characters with 5,000 codings in Chromium", took, "s", MOST_SECONDS_TO_OPEN, bar=1)


def _open(page, url):
    page.goto("about:blank")
    started = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.wait_for_function(DRAWN)
    return time.perf_counter() - started


def _session_of(person):
    from django.test import Client

    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["has_second_factor"] = True
    session.save()
    return session.session_key


@contextmanager
def _serving():
    """The service with its static files, in a thread of this process."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.test.testcases import LiveServerThread

    server = LiveServerThread("localhost", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    assert not server.error, server.error
    try:
        yield f"http://localhost:{server.port}"
    finally:
        server.terminate()
