"""A planner is killed half-way, several plan at once: what is due is planned once, and all of it."""

from peersupport.reminders.models import Message
from tests.factories import MembershipFactory
from tests.faults.conftest import wait_for
from tests.faults.history import check_history
from tests.faults.locks import holding, number_connected, number_waiting, waiting


def kill_at_lock(process, lock, *parameters):
    """Kill `process` while it waits for `lock`, and let what the database still does for it come to its end."""
    with holding(lock, parameters):
        wait_for(number_waiting)
        connections = waiting()
        process.kill()
        process.wait()
    wait_for(lambda: not number_connected(connections))


def test_planner_killed_half_way_leaves_nothing_behind(meeting, members, mail_sink, started_pass, run_pass):
    kill_at_lock(started_pass(), "LOCK TABLE groups_meeting IN ACCESS EXCLUSIVE MODE")
    assert not Message.objects.exists()
    assert run_pass() == "6 planned, 6 sent."
    check_history(mail_sink, sent=6)


def test_planner_killed_while_it_commits_is_not_repeated(meeting, members, mail_sink, started_pass, run_pass):
    # Whether a recipient exists is asked on commit.
    kill_at_lock(started_pass(), "SELECT 1 FROM members_person WHERE email = %s FOR UPDATE", members[3])
    assert set(Message.objects.values_list("state", flat=True)) == {"pending"}
    assert run_pass() == "0 planned, 6 sent."
    check_history(mail_sink, sent=6)


def test_four_planners_and_senders_at_once_do_everything_once(meeting, mail_sink, started_pass):
    MembershipFactory.create_batch(200, group=meeting.group)
    with holding("LOCK TABLE groups_meeting IN ACCESS EXCLUSIVE MODE"):
        processes = [started_pass() for _number in range(4)]
        wait_for(lambda: number_waiting() == 4)
    assert [process.wait(60) for process in processes] == [0] * 4
    assert Message.objects.count() == 206
    check_history(mail_sink, sent=206)
