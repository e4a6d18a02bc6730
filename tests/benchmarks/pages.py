"""Pages: how many blocks a list reads as the data grows a hundredfold, and how fast a signed-in page is served."""

import http.client
import os
import re
import statistics
import sys
import threading
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from tests import processes
from tests.benchmarks import servers
from tests.benchmarks.measure import Measure

SMALL, LARGE = 500, 50_000
#: Meetings of the one group whose list is measured, ahead of each set's own.
FEW, MANY = 60, 6_000
#: Flare-ups of one member, one begun each day: some years of them, and as many as anyone will ever log.
YEARS, LIFE = 1_200, 5_000
#: Queries that logging one may cost.
MOST_TO_LOG = 15
CLIENTS, SECONDS, PAIRS = 8, 2, 5
#: Every page but the first: the 200th of lists of 25.
ROWS_BEFORE_200TH = 199 * 25

GROUPS = """
    INSERT INTO groups_supportgroup (site_id, name, about, expectations, join_rule, language, time_zone, state,
        state_changed_at, closing_reason, quiet_since, created_at)
    SELECT %(site)s, 'Group ' || lpad(n::text, 6, '0'), '', '', 'closed', 'English', 'Europe/London', 'active',
        now(), '', now() - n * interval '1 minute', now() - n * interval '1 minute'
    FROM generate_series(%(first)s, %(last)s) AS n"""
MEETINGS = """
    INSERT INTO groups_meeting (group_id, starts_at, ends_at, time_zone, state, cancel_reason, uid, sequence,
        changed_at, created_at)
    SELECT id, at, at + interval '2 hours', 'Europe/London', CASE WHEN at < now() THEN 'held' ELSE 'planned' END, '',
        gen_random_uuid(), 0, now(), now()
    FROM groups_supportgroup, LATERAL (SELECT now() + (n * 14 - id %% 14) * interval '1 day' + interval '1 hour' AS at
        FROM generate_series(-5, 2) AS n) AS days
    WHERE site_id = %(site)s AND name > %(after)s
    ORDER BY at"""
PEOPLE = """
    INSERT INTO members_person (email, password, preferred_name, time_zone, is_active, is_staff, is_superuser,
        joined_at, language, mail_refusals, refused_email)
    SELECT 'someone' || n || '@example.org', '!', 'Someone', 'Europe/London', true, false, false, now(), 'en-gb', 0, ''
    FROM generate_series(%(first)s, %(last)s) AS n"""
MEMBERS = """
    INSERT INTO groups_membership (group_id, person_id, name, told_how, state, joined_at, reason, removal_reason,
        usually_comes, shows_answer, greeter_may_know)
    SELECT their.id, person.id, '', '', 'joined', now() - interval '1 year', '', '', false, false, false
    FROM groups_supportgroup their
    JOIN members_person person ON person.email = 'someone' || substring(their.name FROM 7)::int || '@example.org'
    WHERE their.site_id = %(site)s AND their.name > %(after)s AND their.name LIKE 'Group %%'"""
CAME = """
    INSERT INTO groups_attendance (meeting_id, membership_id, outcome, recorded_by_id, recorded_at)
    SELECT meeting.id, membership.id, 'attended', %(person)s, now()
    FROM groups_meeting meeting JOIN groups_membership membership USING (group_id)
    WHERE meeting.state = 'held'
    ON CONFLICT DO NOTHING"""
PAST = """
    INSERT INTO groups_meeting (group_id, starts_at, ends_at, time_zone, state, cancel_reason, uid, sequence,
        changed_at, created_at)
    SELECT %(group)s, now() - n * interval '7 hours', now() - n * interval '7 hours' + interval '2 hours',
        'Europe/London', 'held', '', gen_random_uuid(), 0, now(), now()
    FROM generate_series(%(first)s, %(last)s) AS n"""

#: Ten of everyone's, over as many years, so that the one member's are not the whole table.
FLAREUPS_OF_OTHERS = """
    INSERT INTO supportplans_flareup (person_id, client_id, kind, started_on, is_start_approximate, ended_on, note,
        revision, logged_at, changed_at)
    SELECT id, gen_random_uuid(), 'not_sure', day, false, least(day + 3, current_date), '', 0, now(), now()
    FROM members_person, LATERAL (SELECT current_date - n * 500 + id::int %% 500 AS day
        FROM generate_series(1, 10) AS n) AS days
    WHERE email = ANY (SELECT 'someone' || n || '@example.org' FROM generate_series(%(first)s, %(last)s) AS n)
    ORDER BY day"""
FLAREUPS = """
    INSERT INTO supportplans_flareup (person_id, client_id, kind, started_on, is_start_approximate, ended_on, note,
        revision, logged_at, changed_at)
    SELECT %(person)s, gen_random_uuid(), 'not_sure', current_date - n, false,
        CASE WHEN n %% 4 > 0 THEN current_date - n + CASE WHEN n > 100 AND n %% 50 = 1 THEN 60 ELSE n %% 5 END END,
        '', 0, now() - n * interval '1 day', now()
    FROM generate_series(%(first)s, %(last)s) AS n"""
GOALS = """
    INSERT INTO supportplans_goal (person_id, what, why, where_now, next_step, state, schedule_version, created_at,
        state_changed_at, client_id, revision, is_step_kept, started_at)
    SELECT %(person)s, 'Goal ' || n, '', '', '', 'active', 0, now(), now(), gen_random_uuid(), 0, false, now()
    FROM generate_series(1, 300) AS n"""


def measures():
    servers.started()
    from django.conf import settings

    settings.DEBUG = False
    scene = _Scene()
    scene.grow(1, SMALL)
    scene.meet(1, FEW)
    scene.flare_up(1, YEARS)
    small = scene.blocks()
    yield from _serving(scene)
    scene.grow(SMALL + 1, LARGE)
    scene.meet(FEW + 1, MANY)
    scene.flare_up(YEARS + 1, LIFE)
    for name, blocks in scene.blocks().items():
        before = small[name.partition(", ")[0]]
        yield Measure(f"blocks of {name}, of many", blocks.read, "blocks", before.one_level_deeper, 1.2)
    yield Measure(f"queries of logging one more than {LIFE:,}", scene.queries_to_log(), "queries", MOST_TO_LOG, 1)


@dataclass(frozen=True)
class _Blocks:
    """Shared buffers that a query took, and how many times it went down an index."""

    read: int
    descents: int

    @property
    def one_level_deeper(self):
        """What the same plan takes once each index has grown a level: no list on this stack can do with less."""
        return self.read + self.descents


class _Scene:
    """A coordinator's site that grows, and one group of it with a member and more and more meetings behind it."""

    def __init__(self):
        from tests.factories import MembershipFactory, ProgrammeStaffFactory

        self.coordinator = ProgrammeStaffFactory().person
        self.site = self.coordinator.posts.get().site
        self.membership = MembershipFactory(group__site=self.site, group__name="A group with a long past")
        self.group = self.membership.group

    def grow(self, first, last):
        values = {"site": self.site.pk, "first": first, "last": last, "person": self.coordinator.pk}
        values["after"] = f"Group {first - 1:06}"
        self._run([GROUPS, PEOPLE, MEETINGS, MEMBERS, CAME, FLAREUPS_OF_OTHERS], values)

    def meet(self, first, last):
        values = {"group": self.group.pk, "first": first, "last": last, "person": self.coordinator.pk}
        self._run([PAST, CAME], values)

    def flare_up(self, first, last):
        self._run([FLAREUPS, GOALS], {"person": self.membership.person_id, "first": first, "last": last})

    def queries_to_log(self):
        """Of one tap, from the form that is sent to where it leads."""
        from django.urls import reverse

        asked, member = [], self.client(self.membership.person)
        with _listening(asked):
            response = member.post(reverse("supportplans:flareup_log"), {"client_id": uuid.uuid4()})
        assert response.status_code == 302
        return len(asked)

    def _run(self, statements, values):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            for statement in statements:
                cursor.execute(statement, values)
        servers.settle()

    def blocks(self):
        """Shared buffers that the rows of each list take, on its first page and where there is one on its 200th."""
        from django.urls import reverse

        client, register = self.client(self.coordinator), reverse("groups:register")
        lists = {f"the register by {sort}": (f"{register}?sort={sort}", sort) for sort in ("name", "quiet", "newest")}
        found = {}
        for name, (address, sort) in lists.items():
            found[name] = _blocks_of_rows(client, address)
            if cursor := self._cursor_of_200th(sort):
                found[f"{name}, 200th page"] = _blocks_of_rows(client, f"{address}&after={cursor}")
        meetings = reverse("groups:meeting_list", args=[self.group.pk])
        member = self.client(self.membership.person)
        found["meetings gone by"] = _blocks_of_rows(member, f"{meetings}?past")
        found["meetings to come"] = _blocks_of_rows(member, meetings)
        return found | self._blocks_of_flareups(member)

    def _blocks_of_flareups(self, member):
        """The list, and the twelve months of the calendar: now, and ten years ago where it goes back so far."""
        from django.core import signing
        from django.urls import reverse

        from peersupport.paging import SALT
        from supportplans.models import FlareUp

        address, months = reverse("supportplans:flareup_list"), reverse("supportplans:flareup_calendar")
        overlapping = r'FROM "supportplans_flareup".*"known_until_on" >= .*ORDER BY'
        found = {"flare-ups": _blocks_of_rows(member, address)}
        found["my months"] = _blocks_of_rows(member, months, overlapping)
        own = FlareUp.objects.visible_to(self.membership.person).newest_first()
        if row := own[ROWS_BEFORE_200TH - 1 : ROWS_BEFORE_200TH].first():
            cursor = signing.dumps([row.started_on.isoformat(), row.pk], salt=SALT)
            found["flare-ups, 200th page"] = _blocks_of_rows(member, f"{address}?after={cursor}")
            long_ago = row.started_on + timedelta(days=1000)
            found["my months, long ago"] = _blocks_of_rows(member, f"{months}?month={long_ago:%Y-%m}", overlapping)
        return found

    def _cursor_of_200th(self, sort):
        from django.core import signing

        from groups.forms.register import RegisterForm
        from groups.models import SupportGroup
        from peersupport.paging import SALT

        key, is_descending = RegisterForm.SORTS[sort]
        sign = "-" if is_descending else ""
        groups = SupportGroup.objects.filter(site=self.site).order_by(f"{sign}{key}", f"{sign}pk")
        row = groups[ROWS_BEFORE_200TH : ROWS_BEFORE_200TH + 1].values_list(key, "pk").first()
        if not row:
            return ""
        value, pk = row
        return signing.dumps([value if isinstance(value, str) else value.isoformat(), pk], salt=SALT)

    def client(self, person):
        from django.test import Client

        client = Client(headers={"host": _host()}, raise_request_exception=True)
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        session["has_second_factor"] = True
        session.save()
        return client


def _host():
    from django.conf import settings

    return urlsplit(settings.BASE_URL).netloc


def _listening(asked):
    """Keep each query and its values in `asked`."""
    from django.db import connection

    def listen(execute, sql, params, many, context):
        asked.append((sql, params))
        return execute(sql, params, many, context)

    return connection.execute_wrapper(listen)


def _blocks_of_rows(client, address, mark=r"LIMIT 26\b"):
    """The blocks of the query that fetched the page's rows: where not said otherwise, one more than 25."""
    from django.db import connection

    asked = []
    with _listening(asked):
        response = client.get(address)
    assert response.status_code == 200, f"{address}: {response.status_code}"
    sql, params = next(query for query in asked if re.search(mark, query[0]))
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
        plan = cursor.fetchone()[0][0]["Plan"]
    return _Blocks(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"], _descents(plan))


def _descents(plan):
    return plan.get("Index Searches", 0) + sum(_descents(part) for part in plan.get("Plans", ()))


def _serving(scene):
    """Requests a second, 8 at a time, of a signed-in page of 25 rows and of a view that does nothing."""
    from django.conf import settings
    from django.urls import reverse

    client = scene.client(scene.membership.person)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    page = f"{reverse('groups:meeting_list', args=[scene.group.pk])}?past"
    with _web_server() as port:
        for address in (page, "/livez"):
            _ask_for(port, address, cookie, 1)
        timed = [(_ask_for(port, page, cookie), _ask_for(port, "/livez", cookie)) for _pair in range(PAIRS)]
    ours, bare = (statistics.median(len(times) / SECONDS for times in side) for side in zip(*timed, strict=True))
    yield Measure("signed-in pages of 25 rows a second against a bare view", ours, "1/s", bare, 0.2, at_most=False)
    times = sorted(second for one, _bare in timed for second in one)
    middle, slowest = times[len(times) // 2], times[int(len(times) * 0.99)]
    yield Measure("the slowest hundredth of them against the middle", slowest * 1000, "ms", middle * 1000, 4)


@contextmanager
def _web_server():
    port = int(os.environ.get("BENCH_PORT", "8931"))
    command = [sys.executable, "-m", "gunicorn", "peersupport.wsgi", "--config", "gunicorn.conf.py"]
    environment = {"BIND": f"127.0.0.1:{port}"}
    with processes.running(command, ready=lambda output: "Booting worker" in output, environment=environment):
        yield port


def _ask_for(port, address, cookie, seconds=SECONDS):
    """How long each answer took, from all clients together."""
    times, until = [], time.perf_counter() + seconds

    def ask():
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while (started := time.perf_counter()) < until:
            line.request("GET", address, headers={"Host": _host(), "Cookie": cookie})
            response = line.getresponse()
            response.read()
            assert response.status == 200, f"{address}: {response.status}"
            times.append(time.perf_counter() - started)

    clients = [threading.Thread(target=ask) for _client in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert times, f"{address} was never answered."
    return times
