"""The e-mails about having been taken out, having taken over, and places: when they hold, and what they say."""

from datetime import timedelta

import pytest

from groups.models import Membership, RoleTerm
from groups.services.handing_over import hand_over_role
from groups.services.membership import remove_member
from groups.services.role import end_role
from peersupport.reminders.letters import letter_for
from peersupport.reminders.models import Message
from peersupport.reminders.registry import kind_named
from tests.factories import NOW, MembershipFactory, PersonFactory, RoleTermFactory, SupportGroupFactory
from tests.messages import html_of, row_of

pytestmark = pytest.mark.django_db
HEALTH = ("pain", "flare", "ill", "support", "health")


@pytest.fixture
def group():
    return SupportGroupFactory(name="Tuesday group", site__name="Southmead")


def member_in(group, name):
    return MembershipFactory(group=group, person__preferred_name=name)


@pytest.fixture
def contact(group):
    return RoleTermFactory(group=group, person=member_in(group, "Carol").person)


@pytest.fixture
def removed(group, contact):
    membership = member_in(group, "Mona")
    remove_member(membership=membership, reason="You shouted <b>twice</b>.", by=contact.person, now=NOW)
    return Message.objects.get(kind="groups.membership_removed")


@pytest.fixture
def taken_over(group, contact):
    deputy = RoleTermFactory(group=group, person=member_in(group, "Dee").person, role="deputy")
    hand_over_role(term=contact, to=deputy.person, by=contact.person, now=NOW)
    return Message.objects.get(kind="groups.role_taken_over")


def reason_of(message):
    return kind_named(message.kind).reason_not_to_send(message, row_of(message), NOW)


def written(message):
    kind = kind_named(message.kind)
    return letter_for(message, kind, kind.compose(message, row_of(message)))


# Taken out


def test_whoever_is_taken_out_reads_by_whom_why_and_whom_to_ask(removed, settings):
    letter = written(removed)
    membership = row_of(removed)
    for words in ("Carol has taken you out of Tuesday group.", "ask the coordinator at Southmead"):
        assert words in letter.body
        assert words in html_of(letter)
    assert f"{settings.BASE_URL}/memberships/{membership.pk}/" in letter.body


def test_the_reason_is_text_and_never_markup(removed):
    letter = written(removed)
    assert "You shouted <b>twice</b>." in letter.body
    assert "You shouted &lt;b&gt;twice&lt;/b&gt;." in html_of(letter)


def test_it_is_not_sent_once_it_is_not_true_any_more(removed):
    assert reason_of(removed) == ""
    Membership.objects.filter(pk=removed.subject_id).update(state="left")
    assert reason_of(removed) == "They were not taken out after all."


def test_it_can_not_be_turned_off(removed):
    letter = written(removed)
    assert "List-Unsubscribe" not in letter.extra_headers
    assert kind_named(removed.kind).can_turn_off is False


# Taken over


def test_whoever_takes_over_reads_what_and_where(taken_over):
    letter = written(taken_over)
    for words in ("You are now contact of Tuesday group.", "You can stop at any time."):
        assert words in letter.body
        assert words in html_of(letter)


def test_nobody_hears_of_a_role_that_has_ended_since(taken_over, contact):
    assert reason_of(taken_over) == ""
    term = RoleTerm.objects.get(pk=taken_over.subject_id)
    RoleTermFactory(group=term.group)
    end_role(term=term, by=term.person, now=NOW)
    assert reason_of(taken_over) == "The role has ended."


@pytest.mark.parametrize("about", ["removed", "taken_over"])
def test_a_locked_phone_shows_nothing_of_health_or_the_group(request, about):
    subject = written(request.getfixturevalue(about)).subject
    assert [word for word in (*HEALTH, "tuesday") if word in subject.lower()] == []


@pytest.mark.parametrize("about", ["removed", "taken_over"])
def test_a_mail_goes_to_one_person_and_names_no_other_address(request, about):
    message = request.getfixturevalue(about)
    letter = written(message)
    assert letter.to == [message.recipient.email]
    others = [term.person.email for term in RoleTerm.objects.exclude(person=message.recipient)]
    assert [address for address in others if address in letter.body + html_of(letter)] == []


@pytest.mark.parametrize("about", ["removed", "taken_over"])
def test_an_old_mail_is_of_no_use(request, about):
    message = request.getfixturevalue(about)
    assert message.expires_at - message.due_at == timedelta(days=14)


def test_a_row_that_is_gone_has_nothing_to_load():
    for kind in ("groups.membership_removed", "groups.role_taken_over", "groups.place_changed", "groups.join_asked"):
        assert row_of(Message(kind=kind, subject_id=10**9)) is None


def test_taking_out_someone_without_an_account_sends_nothing(group, contact):
    kept = Membership.objects.create(
        group=group, name="Pat", kept_by=PersonFactory(), leave_given_on=NOW.date(), joined_at=NOW - timedelta(days=1)
    )
    remove_member(membership=kept, reason="Moved", by=contact.person, now=NOW)
    assert not Message.objects.exists()
