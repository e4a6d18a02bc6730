import pytest
from django.urls import reverse
from django.utils import timezone

from groups.models import ProgrammeStaff, Site
from peersupport.access.roles import Role, held_by
from tests.factories import NOW, PersonFactory, ProgrammeStaffFactory, SiteFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrating(sign_in):
    """A browser with an administrator signed in."""
    return sign_in(PersonFactory(is_staff=True, is_superuser=True))


def test_an_administrator_adds_a_site_and_its_first_coordinator(administrating):
    today = timezone.localdate()
    moment = {"created_at_0": today, "created_at_1": "09:00"}
    administrating.post(reverse("admin:groups_site_add"), {"name": "Southmead", "kind": "nhs_trust", **moment})
    site, person = Site.objects.get(), PersonFactory()
    post = {"site": site.pk, "person": person.pk, "started_at_0": today, "started_at_1": "09:00"}
    administrating.post(reverse("admin:groups_programmestaff_add"), post)
    assert ProgrammeStaff.objects.get().site == site
    assert Role.COORDINATOR in held_by(person)


def test_a_second_post_at_the_same_site_gets_a_sentence(administrating):
    held = ProgrammeStaffFactory(started_at=NOW)
    post = {"site": held.site_id, "person": held.person_id, "started_at_0": "2026-11-24", "started_at_1": "09:00"}
    assert administrating.post(reverse("admin:groups_programmestaff_add"), post).status_code == 200
    assert ProgrammeStaff.objects.count() == 1


@pytest.mark.parametrize(("factory", "name"), [(SiteFactory, "site"), (ProgrammeStaffFactory, "programmestaff")])
def test_nothing_is_deleted(administrating, factory, name):
    address = reverse(f"admin:groups_{name}_delete", args=[factory().pk])
    assert administrating.post(address, {"post": "yes"}).status_code == 403


def test_no_member_content_is_administered(administrating):
    page = administrating.get(reverse("admin:app_list", args=["groups"])).text
    assert [name for name in ("membership", "invitation", "meeting", "supportgroup", "roleterm") if name in page] == []


def test_others_have_no_administration(sign_in):
    assert sign_in(PersonFactory()).get(reverse("admin:groups_site_changelist")).status_code == 302
