"""Connecting as the role that owns the schema. Only migrations and the tests' housekeeping do."""

from contextlib import contextmanager

import dj_database_url
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

# A migration that waits for a lock holds up every query behind it; better to give up and be run again.
OPTIONS = {"connect_timeout": 5, "options": "-c lock_timeout=3s -c timezone=UTC"}


@contextmanager
def as_owner(database=None):
    """The default connection is the owner's inside the block: to `database`, else to the application's own."""
    if not settings.MIGRATION_DATABASE_URL:
        raise ImproperlyConfigured(
            "Set MIGRATION_DATABASE_URL: the database, as the role that owns it. See .env.example."
        )
    application = connection.settings_dict
    connection.close()
    connection.settings_dict = (
        application | dj_database_url.parse(settings.MIGRATION_DATABASE_URL) | {"OPTIONS": OPTIONS}
    )
    if database:
        connection.settings_dict["NAME"] = database
    try:
        yield connection
    finally:
        connection.close()
        connection.settings_dict = application
