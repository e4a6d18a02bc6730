"""The database server is stopped and started again while a batch is being sent."""

import os
import subprocess
import sys
from datetime import timedelta

import dj_database_url
import pytest
from django.db import connection
from django.utils import timezone

from peersupport.embedded.folder import Folder
from peersupport.embedded.postgresql import PostgreSQL
from peersupport.reminders.models import Message
from tests.factories import MeetingFactory, MembershipFactory
from tests.faults.conftest import let_leases_run_out, wait_for
from tests.faults.history import check_history
from tests.processes import ROOT

MIGRATE = [sys.executable, "manage.py", "migrate", "--verbosity=0"]


@pytest.fixture
def own_database(tmp_path, monkeypatch):
    """A server of this test's own, that the test itself and the processes it starts use."""
    server = PostgreSQL(Folder(tmp_path / "postgresql"), throwaway=False)
    server.start()
    monkeypatch.setenv("DATABASE_URL", server.url("app"))
    monkeypatch.setenv("MIGRATION_DATABASE_URL", server.url("owner"))
    subprocess.run(MIGRATE, cwd=ROOT, check=True, env=os.environ)
    theirs = connection.settings_dict
    connection.close()
    connection.settings_dict = theirs | dj_database_url.parse(server.url("app"))
    yield server
    connection.close()
    connection.settings_dict = theirs
    server.stop()


@pytest.mark.long
def test_database_restarted_while_a_batch_is_sent(own_database, mail_sink, own_broker, start):
    _broker, url = own_broker
    meeting = MeetingFactory(starts_at=timezone.now() + timedelta(days=1, minutes=-1))
    people = [MembershipFactory(group=meeting.group).person.email for _number in range(40)]
    mail_sink.pausing = {people[20]}
    start(1, url)
    wait_for(mail_sink.is_held.is_set)
    own_database.stop()
    connection.close()
    own_database.start()
    # The letter on its way is taken, but that can't be written down; the others wait for a worker with a connection.
    mail_sink.release()
    wait_for(lambda: len(mail_sink.received) == 21)
    let_leases_run_out()
    wait_for(lambda: set(Message.objects.values_list("state", flat=True)) == {"sent"})
    check_history(mail_sink, sent=40, crashes=1)
    assert len(mail_sink.received) == 41
