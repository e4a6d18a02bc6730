import re
import xml.etree.ElementTree as ElementTree
from datetime import timedelta

import pytest
import qrcode
from django.urls import reverse
from django.utils import timezone

from groups.invitees import Invitee
from groups.models import Invitation
from groups.services.invitation import accept_invitation, add_code, invite_people
from tests.factories import MeetingFactory, MembershipFactory, PersonFactory, RoleTermFactory, SupportGroupFactory

pytestmark = pytest.mark.django_db
PAGES_OF_GROUP = ["invitation_list", "invitation_add", "code_add"]
PAGES_OF_CODE = ["invitation_sheet", "invitation_qr"]


@pytest.fixture
def group():
    return SupportGroupFactory(name="Tuesday group", about="Tea and talk", state="forming")


@pytest.fixture
def tutor(group):
    return RoleTermFactory(group=group, role="tutor").person


@pytest.fixture
def tutoring(sign_in, tutor):
    """A browser with the tutor signed in."""
    return sign_in(tutor)


def address(name, row):
    return reverse(f"groups:{name}", args=[row.pk])


def invite(group, number=1):
    people = [Invitee(f"Name{index}", f"p{index}@example.org") for index in range(number)]
    return invite_people(group=group, people=people, by=PersonFactory(), now=timezone.now())[0]


def code(group, max_uses=15, days=7):
    expires_at = timezone.now() + timedelta(days=days)
    return add_code(group=group, max_uses=max_uses, expires_at=expires_at, by=PersonFactory(), now=timezone.now())


def day(date, name="last_on"):
    return {f"{name}_day": str(date.day), f"{name}_month": str(date.month), f"{name}_year": str(date.year)}


def test_pasted_people_are_invited(tutoring, group):
    people = "Sam Jones <sam@example.org>\nAlex, alex@example.org\n"
    page = tutoring.post(address("invitation_add", group), {"people": people}, follow=True)
    assert page.redirect_chain[-1][0] == address("invitation_list", group)
    assert "2 invitations are on their way." in page.text
    assert set(Invitation.objects.values_list("name", "email")) == {
        ("Sam Jones", "sam@example.org"),
        ("Alex", "alex@example.org"),
    }


def test_the_next_step_is_the_first_meeting(tutoring, group):
    page = tutoring.post(address("invitation_add", group), {"people": "sam@example.org"}, follow=True).text
    assert address("meeting_plan", group) in page


def test_bad_lines_get_a_sentence_each_and_nothing_is_lost_or_sent(tutoring, group):
    people = "Sam Jones <sam@example.org>\nAlex\nKim, kim@"
    page = tutoring.post(address("invitation_add", group), {"people": people}).text
    assert "Line 2: there is no email address." in page
    assert "Line 3: “kim@” is not a full email address." in page
    assert "Sam Jones &lt;sam@example.org&gt;\nAlex\nKim, kim@" in page
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("people", "sentence"),
    [
        ("", "Enter at least one person, with an email address"),
        ("a@example.org\n" * 10_000, "You can invite 200 people at a time. There are 10000 lines here"),
    ],
)
def test_too_few_and_too_many_people_get_a_sentence(tutoring, group, people, sentence):
    assert sentence in tutoring.post(address("invitation_add", group), {"people": people}).text


def test_people_who_wait_already_are_named(tutoring, group):
    invite(group)
    page = tutoring.post(address("invitation_add", group), {"people": "p0@example.org\nnew@example.org"}, follow=True)
    assert "1 invitation is on its way." in page.text
    assert "Invited before, and not sent again: p0@example.org" in page.text


def test_inviting_says_nothing_about_who_has_an_account(tutoring, group):
    PersonFactory(email="known@example.org", preferred_name="Rosamund")
    page = tutoring.post(address("invitation_add", group), {"people": "known@example.org"}, follow=True).text
    assert "1 invitation is on its way." in page
    assert "Rosamund" not in page


@pytest.mark.parametrize("name", PAGES_OF_GROUP)
def test_invitations_are_for_organisers(sign_in, group, name):
    assert sign_in(MembershipFactory(group=group).person).get(address(name, group)).status_code == 403
    assert sign_in(PersonFactory()).get(address(name, group)).status_code == 404
    host = RoleTermFactory(group=group, role="host").person
    assert sign_in(host).get(address(name, group)).status_code == 200


@pytest.mark.parametrize("name", PAGES_OF_CODE)
def test_a_sheet_is_for_organisers(sign_in, group, tutor, name):
    sheet = address(name, code(group))
    assert sign_in(MembershipFactory(group=group).person).get(sheet).status_code == 404
    assert sign_in(RoleTermFactory(role="tutor").person).get(sheet).status_code == 404
    assert sign_in(tutor).get(sheet).status_code == 200


@pytest.mark.parametrize("name", ["invitation_resend", "invitation_withdraw"])
def test_changing_an_invitation_is_for_organisers_and_by_post(sign_in, group, tutor, name):
    (invitation,) = invite(group)
    assert sign_in(MembershipFactory(group=group).person).post(address(name, invitation)).status_code == 404
    assert sign_in(RoleTermFactory(role="tutor").person).post(address(name, invitation)).status_code == 404
    assert sign_in(tutor).get(address(name, invitation)).status_code == 405
    invitation.refresh_from_db()
    assert (invitation.sends, invitation.withdrawn_at) == (1, None)


def test_an_email_invitation_has_no_sheet(tutoring, group):
    (invitation,) = invite(group)
    assert [tutoring.get(address(name, invitation)).status_code for name in PAGES_OF_CODE] == [404, 404]


def test_an_invitation_is_sent_again(tutoring, group):
    (invitation,) = invite(group)
    page = tutoring.post(address("invitation_resend", invitation), follow=True).text
    invitation.refresh_from_db()
    assert ("The invitation is sent again." in page, invitation.sends) == (True, 2)


def test_sending_too_often_gets_a_sentence(tutoring, group):
    (invitation,) = invite(group)
    Invitation.objects.update(sends=5)
    page = tutoring.post(address("invitation_resend", invitation), follow=True).text
    assert "This invitation has been sent five times." in page


def test_an_invitation_is_withdrawn_once(tutoring, group):
    (invitation,) = invite(group)
    assert "It lets nobody in any more." in tutoring.post(address("invitation_withdraw", invitation), follow=True).text
    page = tutoring.post(address("invitation_withdraw", invitation), follow=True).text
    assert "This invitation can&#x27;t be used any more." in page


def test_the_list_shows_how_each_stands_and_addresses_only_while_they_wait(tutoring, group):
    waiting, used, withdrawn = invite(group, 3)
    accept_invitation(invitation=used, by=PersonFactory(), now=timezone.now())
    tutoring.post(address("invitation_withdraw", withdrawn))
    page = tutoring.get(address("invitation_list", group)).text
    assert [word for word in ("Not used yet", "Used", "Withdrawn") if word not in page] == []
    assert waiting.email in page
    assert (used.email in page, withdrawn.email in page) == (False, False)


def test_the_list_shows_no_token(tutoring, group):
    (invitation,) = invite(group)
    printed = code(group)
    page = tutoring.get(address("invitation_list", group)).text
    assert (invitation.token() in page, printed.token() in page) == (False, False)


def test_a_group_without_invitations_says_how_to_begin(tutoring, group):
    assert "Nobody is invited yet" in tutoring.get(address("invitation_list", group)).text


@pytest.mark.parametrize("number", [1, 3, 5, 50])
def test_the_list_of_invitations_costs_the_same_queries(tutoring, group, number, django_assert_num_queries):
    invite(group, number)
    with django_assert_num_queries(7):
        page = tutoring.get(address("invitation_list", group))
    assert page.text.count("Not used yet") == number


def test_many_invitations_come_in_pages(tutoring, group):
    invite(group, 60)
    first = tutoring.get(address("invitation_list", group)).context["page"]
    second = tutoring.get(address("invitation_list", group) + first.next_url).context["page"]
    assert (len(first.rows), len(second.rows)) == (50, 10)


def test_a_code_is_made_and_its_sheet_shown(tutoring, group, tutor):
    last_on = timezone.localdate() + timedelta(days=20)
    page = tutoring.post(address("code_add", group), {"max_uses": "12", **day(last_on)}, follow=True)
    invitation = Invitation.objects.get()
    assert page.redirect_chain[-1][0] == address("invitation_sheet", invitation)
    assert (invitation.kind, invitation.max_uses, invitation.last_on) == ("code", 12, last_on)
    assert invitation.token() in page.text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"max_uses": ""}, "Enter how many people may use it, like 15"),
        ({"max_uses": "0"}, "Enter 1 or more"),
        ({"max_uses": "101"}, "Enter 100 or fewer"),
        ({"max_uses": "many"}, "Enter a whole number, like 4"),
        ({"last_on_year": "2020"}, "This day is past. Enter today or a later day."),
        ({"last_on_year": "2099"}, "Enter a day within the next year."),
        ({"last_on_day": "32"}, "Enter a real date, like 24 11 2026"),
        ({"last_on_day": "", "last_on_month": "", "last_on_year": ""}, "Enter the last day it works"),
    ],
)
def test_a_bad_code_gets_a_sentence_and_keeps_what_was_typed(tutoring, group, change, sentence):
    typed = {"max_uses": "12", **day(timezone.localdate() + timedelta(days=20))} | change
    page = tutoring.post(address("code_add", group), typed).text
    assert sentence in page
    assert all(f'value="{value}"' in page for value in typed.values() if value)
    assert not Invitation.objects.exists()


def test_a_code_that_ends_today_works_until_midnight_by_the_groups_clock(tutoring, group):
    today = timezone.localdate(timezone.now(), group.zone)
    tutoring.post(address("code_add", group), {"max_uses": "1", **day(today)})
    expires_at = Invitation.objects.get().expires_at.astimezone(group.zone)
    assert (expires_at.date(), expires_at.hour) == (today + timedelta(days=1), 0)


def test_the_sheet_holds_what_someone_needs_to_join(tutoring, group, settings):
    MeetingFactory(group=group, starts_at=timezone.now() + timedelta(days=5))
    invitation = code(group)
    page = tutoring.get(address("invitation_sheet", invitation)).text
    assert [
        words
        for words in ("Tuesday group", "Tea and talk", "We meet next on", invitation.token(), "/join/")
        if words not in page
    ] == []
    assert address("invitation_qr", invitation) in page
    assert "style=" not in page


def test_a_sheet_that_does_not_work_any_more_says_so(tutoring, group):
    invitation = code(group)
    tutoring.post(address("invitation_withdraw", invitation))
    assert "This code does not work any more." in tutoring.get(address("invitation_sheet", invitation)).text


def test_the_qr_code_is_a_picture_without_style_or_script(tutoring, group):
    answer = tutoring.get(address("invitation_qr", code(group)))
    picture = answer.content.decode()
    assert answer["Content-Type"] == "image/svg+xml"
    assert ElementTree.fromstring(picture).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314
    assert re.search(r"style|<script", picture) is None


def test_the_qr_code_leads_to_the_code(tutoring, group, monkeypatch, settings):
    invitation = code(group)
    seen, real = [], qrcode.make
    monkeypatch.setattr("groups.views.invitation.qrcode.make", lambda text, **kw: seen.append(text) or real(text, **kw))
    tutoring.get(address("invitation_qr", invitation))
    assert seen == [f"{settings.BASE_URL}/join/{invitation.token()}/"]
