import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from redis.exceptions import ConnectionError as CacheDown

from groups.invitees import Invitee
from groups.models import Invitation, Membership
from groups.services.invitation import (
    accept_invitation,
    add_code,
    decline_invitation,
    invite_people,
    withdraw_invitation,
)
from groups.views.joining import MOST_TRIES
from members.models import Person
from peersupport.reminders.models import Message
from tests.factories import MeetingFactory, MembershipFactory, PersonFactory, RoleTermFactory, SupportGroupFactory

pytestmark = pytest.mark.django_db
WELCOME = "/invitation/"
ACCEPT = "/invitation/accept/"
PASSWORD = "a long walk by the river"


@pytest.fixture
def group():
    return SupportGroupFactory(name="Tuesday group", about="Tea and talk")


@pytest.fixture
def invitation(group):
    inviter = PersonFactory(preferred_name="Tom")
    return invite_people(group=group, people=[Invitee("Sam", "sam@example.org")], by=inviter, now=timezone.now())[0][0]


@pytest.fixture
def code(group):
    expires_at = timezone.now() + timedelta(days=7)
    return add_code(group=group, max_uses=3, expires_at=expires_at, by=PersonFactory(), now=timezone.now())


def opened(client, invitation):
    """The page that the invitation's own address leads to in the end."""
    name = "invitation_open" if invitation.kind == "email" else "code_open"
    return client.get(reverse(f"groups:{name}", args=[invitation.token()]), follow=True)


def spoil(invitation, how):
    if how == "used":
        Invitation.objects.filter(pk=invitation.pk).update(max_uses=1)
        invitation.refresh_from_db()
        accept_invitation(invitation=invitation, by=PersonFactory(), now=timezone.now())
    elif how == "withdrawn":
        withdraw_invitation(invitation=invitation, now=timezone.now())
    else:
        past = timezone.now() - timedelta(days=1)
        Invitation.objects.filter(pk=invitation.pk).update(created_at=past - timedelta(days=1), expires_at=past)


def test_the_token_leaves_the_address_at_once(client, invitation):
    page = opened(client, invitation)
    assert page.redirect_chain == [(WELCOME, 302)]
    assert invitation.token() not in page.text


def test_a_scanned_code_leaves_the_address_at_once(client, code):
    page = opened(client, code)
    assert page.redirect_chain == [(WELCOME, 302)]
    assert code.token() not in page.text


def test_the_session_keeps_no_token(client, invitation):
    opened(client, invitation)
    assert invitation.token() not in str(dict(client.session))


def test_the_page_says_what_the_group_is_and_who_invites(client, group, invitation):
    meeting = MeetingFactory(group=group, starts_at=timezone.now() + timedelta(days=5))
    page = opened(client, invitation).text
    assert [words for words in ("Tuesday group", "Tea and talk", "Tom invites you") if words not in page] == []
    assert f"{meeting.starts_at:%B %Y}" in page


def test_the_page_names_no_members_no_place_and_no_address(client, group, invitation):
    MembershipFactory(group=group, person__preferred_name="Marigold")
    page = opened(client, invitation).text
    assert [words for words in ("Marigold", "@example.org", "High Street") if words in page] == []


def test_the_page_is_kept_by_no_cache(client, invitation):
    assert "no-store" in opened(client, invitation)["Cache-Control"]


@pytest.mark.parametrize("how", ["used", "withdrawn", "expired"])
@pytest.mark.parametrize("kind", ["email", "code"])
def test_an_invitation_that_is_gone_says_so_kindly(client, invitation, code, how, kind):
    one = invitation if kind == "email" else code
    spoil(one, how)
    page = opened(client, one)
    words = {"used": "let in as many people", "withdrawn": "It was taken back.", "expired": "only good for a while"}
    assert page.status_code == 410
    assert words[how] in page.text
    assert "Tuesday group" not in page.text


@pytest.mark.parametrize("address", ["/invitation/nonsense/", "/join/AAAAA-AAAAA/", WELCOME])
def test_an_unknown_invitation_says_what_to_do(client, group, address):
    page = client.get(address, follow=True)
    assert page.status_code == 404
    assert "We can't find this invitation" in page.text
    assert reverse("groups:join") in page.text


def test_an_unknown_token_after_a_good_one_forgets_the_good_one(client, invitation):
    opened(client, invitation)
    assert client.get("/invitation/nonsense/", follow=True).status_code == 404


# The printed code


@pytest.mark.parametrize("change", [str.lower, lambda code: code.replace("-", " "), lambda code: f" {code} "])
def test_a_code_may_be_typed_in_any_way(client, code, change):
    assert client.post(reverse("groups:join"), {"code": change(code.token())}).url == WELCOME
    assert "Tuesday group" in client.get(WELCOME).text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter the code on your sheet"),
        ("7K3M9", "The code has ten letters and numbers. Check it against your sheet."),
        ("7K3M9-QX2RD", "We don&#x27;t know this code. Check each letter and number against your sheet."),
        ("7" * 41, "Use 40 characters or fewer. You have used 41."),
    ],
)
def test_a_bad_code_gets_a_sentence_and_stays(client, code, typed, sentence):
    page = client.post(reverse("groups:join"), {"code": typed}).text
    assert sentence in page
    assert f'value="{typed}"' in page or not typed


def test_guessing_codes_is_limited_and_typing_and_scanning_count_together(client, code):
    for _number in range(MOST_TRIES // 2):
        client.post(reverse("groups:join"), {"code": "7K3M9-QX2RD"})
        client.get("/join/7K3M9-QX2RD/")
    page = client.post(reverse("groups:join"), {"code": code.token()})
    assert page.status_code == 429
    assert "Too many codes were tried from here." in page.text
    assert code.token() in page.text
    assert opened(client, code).redirect_chain == [(reverse("groups:join"), 302)]


def test_another_address_may_still_try(client, code):
    for _number in range(MOST_TRIES + 1):
        client.get("/join/7K3M9-QX2RD/")
    page = client.post(reverse("groups:join"), {"code": code.token()}, REMOTE_ADDR="192.0.2.9")
    assert page.url == WELCOME


def test_without_the_cache_no_code_is_tried(client, code, monkeypatch):
    def down(*args, **kwargs):
        raise CacheDown

    monkeypatch.setattr(cache, "add", down)
    assert client.post(reverse("groups:join"), {"code": code.token()}).status_code == 429
    assert "invitation" not in client.session


# Joining


def test_someone_without_an_account_is_sent_to_sign_up_and_back(client, invitation):
    page = opened(client, invitation).text
    assert f"/accounts/signup/?next={ACCEPT}" in page
    assert f"/accounts/login/?next={ACCEPT}" in page


def code_in(message):
    """The code that was mailed to check an address."""
    return re.search(r"^\s*([A-Z0-9]{3,6}(?:-[A-Z0-9]{3,6})?)\s*$", message.body, re.MULTILINE)[1]


def test_someone_new_follows_the_link_signs_up_and_is_a_member(client, group, invitation):
    opened(client, invitation)
    details = {"preferred_name": "Sam", "email": "other@example.org", "password1": PASSWORD}
    answer = client.post(f"/accounts/signup/?next={ACCEPT}", {**details, "next": ACCEPT})
    page = client.post(answer.url, {"code": code_in(mail.outbox[-1])}, follow=True)
    assert page.redirect_chain[-1][0] == ACCEPT
    assert "The group sees the name Sam." in page.text
    page = client.post(ACCEPT, follow=True)
    assert "You are a member of Tuesday group." in page.text
    membership = Membership.objects.get()
    assert (membership.person, membership.group) == (Person.objects.get(email="other@example.org"), group)


def test_whoever_holds_the_link_may_use_it(sign_in, invitation):
    client = sign_in(PersonFactory(email="someone.else@example.org"))
    opened(client, invitation)
    assert client.post(ACCEPT).status_code == 302
    assert Membership.objects.get().person.email == "someone.else@example.org"


def test_looking_does_not_join(sign_in, invitation):
    client = sign_in(PersonFactory(preferred_name="Sam"))
    assert opened(client, invitation).redirect_chain[-1][0] == ACCEPT
    client.get(ACCEPT)
    assert not Membership.objects.exists()


def test_signed_out_nobody_joins(client, invitation):
    opened(client, invitation)
    answer = client.post(ACCEPT, headers={"Referer": f"http://testserver{WELCOME}"})
    assert answer.url == f"/accounts/login/?next={WELCOME}"
    assert not Membership.objects.exists()


def test_without_an_invitation_nobody_joins(sign_in, invitation):
    assert sign_in(PersonFactory()).post(ACCEPT).status_code == 404
    assert not Membership.objects.exists()


def test_a_member_reads_that_they_are_one(sign_in, group, code):
    client = sign_in(MembershipFactory(group=group).person)
    assert "You are a member already" in opened(client, code).text
    assert "You are a member already" in client.post(ACCEPT, follow=True).text
    code.refresh_from_db()
    assert code.uses == 0


def test_someone_taken_out_reads_whom_to_ask(sign_in, group, code):
    gone = MembershipFactory(group=group, state="removed", removal_reason="Shouting", ended_at=timezone.now())
    client = sign_in(gone.person)
    opened(client, code)
    assert "Ask the programme&#x27;s coordinator" in client.post(ACCEPT, follow=True).text
    assert not Membership.objects.current().exists()


def test_a_member_who_opens_their_used_link_again_reads_so_too(sign_in, invitation):
    client = sign_in(PersonFactory())
    opened(client, invitation)
    client.post(ACCEPT)
    assert "You are a member already" in opened(client, invitation).text


def test_an_invitation_used_between_looking_and_joining_says_so(sign_in, invitation):
    client = sign_in(PersonFactory())
    opened(client, invitation)
    spoil(invitation, "used")
    page = client.post(ACCEPT)
    assert (page.status_code, "let in as many people" in page.text) == (410, True)
    assert Membership.objects.count() == 1


def test_joining_takes_few_queries(sign_in, invitation, django_assert_max_num_queries):
    client = sign_in(PersonFactory())
    opened(client, invitation)
    with django_assert_max_num_queries(15):
        client.post(ACCEPT)
    assert Membership.objects.count() == 1


@pytest.mark.parametrize("address", [WELCOME, "/join/"])
def test_public_pages_open_without_an_account(client, address):
    assert "login" not in client.get(address).headers.get("Location", "")


# Saying no


def test_no_thank_you_closes_the_invitation_and_keeps_the_words(client, invitation):
    assert reverse("groups:invitation_decline") in opened(client, invitation).text
    page = client.post(reverse("groups:invitation_decline"), {"reason": "Too far"}).text
    assert "You get nothing more about this invitation." in page
    invitation.refresh_from_db()
    assert (invitation.standing(now=timezone.now()), invitation.decline_reason) == ("declined", "Too far")
    assert Message.objects.get(kind="groups.invitation").state == "dropped"
    assert client.get(reverse("groups:invitation_decline")).status_code == 404


def test_a_printed_code_is_simply_not_used(client, code):
    opened(client, code)
    assert client.post(reverse("groups:invitation_decline")).status_code == 410
    code.refresh_from_db()
    assert code.declined_at is None


def test_why_someone_said_no_is_shown_to_nobody_in_the_group(sign_in, group, invitation):
    tutor = RoleTermFactory(group=group, role="tutor").person
    decline_invitation(invitation=invitation, reason="Zq7 too far", now=timezone.now())
    page = sign_in(tutor).get(reverse("groups:invitation_list", args=[group.pk])).text
    assert ("Said no, thank you" in page, "Zq7 too far" in page) == (True, False)
