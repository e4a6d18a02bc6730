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


def number_waiting():
    """How many statements wait for a lock."""
    return _count("pid", "wait_event_type = 'Lock'")


def number_of_others():
    """How many connections there are beside our own."""
    return _count("pid", "pid <> pg_backend_pid()")


def end_waiting_statements():
    """Cut off statements that a killed client left waiting for a lock; gives how many there were."""
    return _count("pg_terminate_backend(pid)", "wait_event_type = 'Lock'")


def _count(what, condition):
    clients = "datname = current_database() AND backend_type = 'client backend'"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count({what}) FROM pg_stat_activity WHERE {clients} AND {condition}")
        return cursor.fetchone()[0]
