import pytest
from django.urls import reverse

from groups.models import Programme, RoleTerm, Site
from tests.factories import (
    NOW,
    MembershipFactory,
    PersonFactory,
    ProgrammeFactory,
    ProgrammeStaffFactory,
    RoleTermFactory,
    SiteFactory,
    SupportGroupFactory,
)

pytestmark = pytest.mark.django_db
PROGRAMME = {
    "name": "Autumn 2026",
    "kind": "pain_management",
    "starts_on_day": "1",
    "starts_on_month": "9",
    "starts_on_year": "2026",
    "ends_on_day": "24",
    "ends_on_month": "11",
    "ends_on_year": "2026",
}
TUTOR = {"preferred_name": "Ann", "email": "ann@example.org"}


@pytest.fixture
def site():
    return SiteFactory(name="Southmead")


@pytest.fixture
def coordinator(site):
    return ProgrammeStaffFactory(site=site).person


@pytest.fixture
def tutor(site):
    programme = ProgrammeFactory(site=site, name="Spring")
    return RoleTermFactory(group=None, programme=programme, role="tutor").person


def test_an_administrator_adds_a_site_and_goes_on_to_its_first_programme(sign_in):
    client = sign_in(PersonFactory(is_staff=True))
    page = client.post(
        reverse("groups:site_add"), {"name": "Southmead", "kind": "nhs_trust", "holiday_region": "ENG"}, follow=True
    )
    site = Site.objects.get()
    assert page.redirect_chain[-1][0] == reverse("groups:programme_add", args=[site.pk])
    assert "Southmead is added. You are its coordinator." in page.text


def test_a_coordinator_may_add_another_site(sign_in, coordinator):
    sign_in(coordinator).post(
        reverse("groups:site_add"), {"name": "Frenchay", "kind": "charity", "holiday_region": "WLS"}
    )
    added = Site.objects.get(name="Frenchay")
    assert (added.staff.get().person, added.holiday_region) == (coordinator, "WLS")


@pytest.mark.parametrize("who", ["member", "tutor", "nobody"])
def test_others_may_not_add_a_site(sign_in, who, tutor):
    person = {"member": MembershipFactory().person, "tutor": tutor, "nobody": PersonFactory()}[who]
    assert sign_in(person).get(reverse("groups:site_add")).status_code == 403


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": "", "kind": "charity"}, "Enter the name of the trust or charity"),
        ({"name": "Frenchay"}, "Choose whether it is an NHS trust or a charity"),
        ({"name": "Frenchay", "kind": "charity", "holiday_region": ""}, "Choose whose bank holidays count"),
        ({"name": "Southmead", "kind": "charity"}, "This name is taken."),
        ({"name": "F" * 121, "kind": "charity"}, "Use 120 characters or fewer. You have used 121."),
    ],
)
def test_a_bad_site_gets_a_sentence_and_keeps_what_was_typed(sign_in, coordinator, typed, sentence):
    page = sign_in(coordinator).post(reverse("groups:site_add"), {"holiday_region": "ENG"} | typed).text
    assert sentence in page
    assert f'value="{typed["name"]}"' in page or not typed["name"]
    assert Site.objects.count() == 1


def test_a_coordinator_changes_the_site(sign_in, coordinator, site):
    address = reverse("groups:site_edit", args=[site.pk])
    assert 'value="Southmead"' in sign_in(coordinator).get(address).text
    sign_in(coordinator).post(address, {"name": "Southmead hospital", "kind": "charity", "holiday_region": "SCT"})
    site.refresh_from_db()
    assert (site.name, site.kind, site.holiday_region) == ("Southmead hospital", "charity", "SCT")


def test_a_coordinator_adds_a_programme(sign_in, coordinator, site):
    page = sign_in(coordinator).post(reverse("groups:programme_add", args=[site.pk]), PROGRAMME, follow=True)
    programme = Programme.objects.get()
    assert (programme.site, str(programme.starts_on), str(programme.ends_on)) == (site, "2026-09-01", "2026-11-24")
    assert "Now ask a patient tutor." in page.text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "Enter the name of the programme"),
        ({"kind": ""}, "Choose what kind of programme it is"),
        ({"ends_on_year": "2025"}, "The last day is before the first day. Change one of them."),
        ({"starts_on_month": "13"}, "Enter a real date, like 24 11 2026"),
        ({"starts_on_day": ""}, "Enter the day, the month and the year, like 24 11 2026"),
        ({"name": "Taken"}, "This name is taken."),
    ],
)
def test_a_bad_programme_gets_a_sentence_and_keeps_what_was_typed(sign_in, coordinator, site, change, sentence):
    ProgrammeFactory(site=site, name="Taken")
    typed = PROGRAMME | change
    page = sign_in(coordinator).post(reverse("groups:programme_add", args=[site.pk]), typed).text
    assert sentence in page
    assert all(f'value="{typed[part]}"' in page for part in typed if typed[part])
    assert Programme.objects.count() == 1


def test_a_coordinator_changes_a_programme(sign_in, coordinator, site):
    programme = ProgrammeFactory(site=site)
    address = reverse("groups:programme_edit", args=[programme.pk])
    assert f'value="{programme.name}"' in sign_in(coordinator).get(address).text
    sign_in(coordinator).post(address, PROGRAMME)
    programme.refresh_from_db()
    assert programme.name == "Autumn 2026"


@pytest.mark.parametrize("name", ["site_edit", "programme_add"])
def test_a_site_of_others_is_out_of_reach(sign_in, coordinator, name):
    address = reverse(f"groups:{name}", args=[SiteFactory().pk])
    assert sign_in(coordinator).get(address).status_code == 404


@pytest.mark.parametrize("name", ["programme_detail", "programme_edit", "tutor_appoint", "group_start"])
def test_a_programme_of_others_is_out_of_reach(sign_in, coordinator, name):
    address = reverse(f"groups:{name}", args=[ProgrammeFactory().pk])
    assert sign_in(coordinator).get(address).status_code == 404


def test_a_tutor_sees_their_programme_but_may_not_change_it(sign_in, tutor):
    programme = Programme.objects.get()
    client = sign_in(tutor)
    page = client.get(programme.get_absolute_url()).text
    assert reverse("groups:group_start", args=[programme.pk]) in page
    assert reverse("groups:tutor_appoint", args=[programme.pk]) not in page
    for name in ("programme_edit", "tutor_appoint"):
        assert client.get(reverse(f"groups:{name}", args=[programme.pk])).status_code == 403


def test_a_coordinator_appoints_a_tutor(sign_in, coordinator, site):
    programme = ProgrammeFactory(site=site)
    page = sign_in(coordinator).post(reverse("groups:tutor_appoint", args=[programme.pk]), TUTOR, follow=True)
    term = RoleTerm.objects.get()
    assert (term.programme, term.person.email, term.accepted_at) == (programme, "ann@example.org", None)
    assert "We have sent Ann an email." in page.text


@pytest.mark.parametrize("is_known", [True, False])
def test_appointing_answers_the_same_for_known_and_unknown_addresses(sign_in, coordinator, site, is_known):
    if is_known:
        PersonFactory(email="ann@example.org", preferred_name="Rosamund")
    programme = ProgrammeFactory(site=site)
    page = sign_in(coordinator).post(reverse("groups:tutor_appoint", args=[programme.pk]), TUTOR, follow=True).text
    assert page.count("Ann") >= 2
    assert "Rosamund" not in page


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"preferred_name": ""}, "Enter the name of the patient tutor"),
        ({"email": ""}, "Enter their email address"),
        ({"email": "ann@"}, "Enter an email address in the right format, like name@example.com"),
    ],
)
def test_a_bad_appointment_gets_a_sentence_and_keeps_what_was_typed(sign_in, coordinator, site, change, sentence):
    address = reverse("groups:tutor_appoint", args=[ProgrammeFactory(site=site).pk])
    typed = TUTOR | change
    page = sign_in(coordinator).post(address, typed).text
    assert sentence in page
    assert all(f'value="{value}"' in page for value in typed.values() if value)


def test_someone_who_was_asked_already_is_not_asked_again(sign_in, coordinator, site):
    address = reverse("groups:tutor_appoint", args=[ProgrammeFactory(site=site).pk])
    client = sign_in(coordinator)
    client.post(address, TUTOR)
    assert "They have this role already, or have been asked" in client.post(address, TUTOR).text
    assert RoleTerm.objects.count() == 1


def test_a_coordinator_takes_an_offer_back(sign_in, coordinator, site):
    term = RoleTermFactory(
        group=None, programme=ProgrammeFactory(site=site), role="tutor", accepted_at=None, offered_as="Ann"
    )
    address = reverse("groups:role_end", args=[term.pk])
    assert "Ann has not answered yet. You can take the offer back." in sign_in(coordinator).get(address).text
    assert sign_in(coordinator).post(address).url == term.programme.get_absolute_url()
    term.refresh_from_db()
    assert term.ended_at


def test_the_programme_page_shows_group_names_and_no_people_but_tutors(sign_in, coordinator, site):
    programme = ProgrammeFactory(site=site)
    group = SupportGroupFactory(site=site, programme=programme, name="Tuesday group")
    MembershipFactory(group=group, person__preferred_name="Marigold")
    tutor = RoleTermFactory(group=None, programme=programme, role="tutor", person__email="secret@example.org")
    page = sign_in(coordinator).get(programme.get_absolute_url()).text
    assert "Tuesday group" in page
    assert tutor.person.preferred_name in page
    assert "Marigold" not in page
    assert "secret@example.org" not in page


@pytest.mark.parametrize("number", [1, 3, 5, 25])
def test_the_list_of_programmes_costs_the_same_queries(sign_in, coordinator, site, number, django_assert_num_queries):
    for _index in range(number):
        SupportGroupFactory(site=site, programme=ProgrammeFactory(site=site))
    client = sign_in(coordinator)
    with django_assert_num_queries(8):
        page = client.get(reverse("groups:programme_list")).text
    assert page.count("<p>1 group</p>") == number


@pytest.mark.parametrize("number", [1, 3, 20])
def test_the_page_of_a_programme_costs_the_same_queries(sign_in, coordinator, site, number, django_assert_num_queries):
    programme = ProgrammeFactory(site=site)
    for _index in range(number):
        RoleTermFactory(group=None, programme=programme, role="tutor")
        SupportGroupFactory(site=site, programme=programme)
    client = sign_in(coordinator)
    with django_assert_num_queries(8):
        client.get(programme.get_absolute_url())


def test_programmes_come_in_pages_newest_first(sign_in, coordinator, site):
    for number in range(30):
        ProgrammeFactory(site=site, name=f"Programme no. {number}.", ends_on=f"2026-12-{number + 1:02}")
    client = sign_in(coordinator)
    first = client.get(reverse("groups:programme_list"))
    assert "no. 29." in first.text
    assert "no. 4." not in first.text
    assert "no. 4." in client.get(reverse("groups:programme_list") + first.context["page"].next_url).text


def test_an_empty_list_says_what_comes_first(sign_in, coordinator):
    assert "Add the programme that has just ended." in sign_in(coordinator).get(reverse("groups:programme_list")).text
    administrator = PersonFactory(is_staff=True)
    assert "First add the trust or charity" in sign_in(administrator).get(reverse("groups:programme_list")).text


def test_a_post_that_has_ended_opens_nothing(sign_in, site):
    person = ProgrammeStaffFactory(site=site, ended_at=NOW).person
    assert sign_in(person).get(reverse("groups:programme_add", args=[site.pk])).status_code == 404
    assert sign_in(person).get(reverse("groups:register")).status_code == 403
