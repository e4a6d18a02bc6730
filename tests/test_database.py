"""The tests' own footing: which role they use, and that one which commits leaves nothing behind."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from tests.database import Emptying


def content_types():
    return sorted(ContentType.objects.values_list("id", "app_label", "model"))


@pytest.mark.django_db
def test_tests_run_as_the_application_role():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("peersupport_app", False, False)


@pytest.mark.django_db(transaction=True)
def test_emptying_takes_away_what_was_added_and_brings_back_what_was_deleted():
    emptying, migrated = Emptying(), content_types()
    ContentType.objects.filter(model="contenttype").delete()
    ContentType.objects.create(app_label="groups", model="added")
    emptying()
    assert content_types() == migrated
