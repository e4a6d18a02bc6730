"""Holding up other processes at a lock in the database, to kill them there."""

from contextlib import contextmanager

from django.db import connection


@contextmanager
def holding(statement, parameters=()):
    """What `statement` locks stays locked inside the block."""
    other = connection.copy()
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute(statement, parameters)
        yield
    finally:
        other.rollback()
        other.close()


def waiting():
    """Process numbers of the connections whose statement waits for a lock."""
    return _of_clients("array_agg(pid)", "wait_event_type = 'Lock'") or []


def number_waiting():
    """How many statements wait for a lock."""
    return len(waiting())


def number_connected(connections):
    """How many of these connections still stand: a killed client's goes once its last statement has ended."""
    return _of_clients("count(*)", "pid = ANY(%s)", connections)


def end_waiting_statements():
    """Cut off statements that a killed client left waiting for a lock; gives how many there were."""
    return _of_clients("count(pg_terminate_backend(pid))", "wait_event_type = 'Lock'")


def _of_clients(what, condition, *parameters):
    clients = "datname = current_database() AND backend_type = 'client backend'"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {what} FROM pg_stat_activity WHERE {clients} AND {condition}", parameters)
        return cursor.fetchone()[0]
