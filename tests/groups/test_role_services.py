from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from groups import refusals
from groups.models import RoleTerm, SupportGroup
from groups.services.handing_over import hand_over_role
from groups.services.role import accept_role, appoint_tutor, end_role, offer_role
from members.models import Person
from peersupport.access.models import AccessLogEntry
from peersupport.reminders.models import Message
from tests.factories import (
    NOW,
    MembershipFactory,
    PersonFactory,
    ProgrammeFactory,
    RoleTermFactory,
    SupportGroupFactory,
)

pytestmark = pytest.mark.django_db
Role = RoleTerm.Role


@pytest.fixture
def group():
    return SupportGroupFactory(programme=ProgrammeFactory())


def in_role(group, role, **fields):
    """An accepted term of a member."""
    membership = MembershipFactory(group=group)
    return RoleTermFactory(group=group, person=membership.person, role=role, **fields)


def offered_to(person, **fields):
    return RoleTermFactory(person=person, accepted_at=None, offered_by=PersonFactory(), **fields)


def test_appointing_asks_someone_new_and_writes_to_them():
    programme, coordinator = ProgrammeFactory(), PersonFactory()
    term = appoint_tutor(programme=programme, preferred_name="Ann", email="ANN@example.org", by=coordinator, now=NOW)
    assert (term.programme, term.role, term.accepted_at, term.offered_by) == (programme, "tutor", None, coordinator)
    assert (term.person.email, term.person.has_usable_password()) == ("ann@example.org", False)
    message = Message.objects.get()
    assert (message.kind, message.subject_id, message.recipient) == ("groups.role_offered", term.pk, term.person)


def test_appointing_someone_known_changes_nothing_about_them():
    known = PersonFactory(email="ann@example.org", preferred_name="Annie")
    term = appoint_tutor(
        programme=ProgrammeFactory(), preferred_name="Ann", email="ann@example.org", by=PersonFactory(), now=NOW
    )
    known.refresh_from_db()
    assert (term.person, known.preferred_name, Person.objects.with_email(known.email).count()) == (known, "Annie", 1)


def test_whoever_asks_sees_the_name_they_typed_until_the_tutor_accepts():
    known = PersonFactory(email="ann@example.org", preferred_name="Annie")
    term = appoint_tutor(
        programme=ProgrammeFactory(), preferred_name="Ann", email="ann@example.org", by=PersonFactory(), now=NOW
    )
    assert term.name == "Ann"
    assert accept_role(term=term, by=known, now=NOW).name == "Annie"


def test_appointing_twice_is_refused():
    details = {"programme": ProgrammeFactory(), "preferred_name": "Ann", "email": "ann@example.org"}
    appoint_tutor(**details, by=PersonFactory(), now=NOW)
    with pytest.raises(refusals.AlreadyOffered):
        appoint_tutor(**details, by=PersonFactory(), now=NOW)
    assert (RoleTerm.objects.count(), Message.objects.count()) == (1, 1)


def test_appointing_is_written_in_the_access_log():
    coordinator = PersonFactory()
    term = appoint_tutor(
        programme=ProgrammeFactory(), preferred_name="Ann", email="ann@example.org", by=coordinator, now=NOW
    )
    entry = AccessLogEntry.objects.get()
    assert (entry.actor, entry.subject, entry.object_id, entry.action) == (coordinator, term.person, term.pk, "added")


def test_a_member_is_asked_and_told(group):
    membership, organiser = MembershipFactory(group=group), PersonFactory()
    term = offer_role(group=group, person=membership.person, role=Role.HOST, by=organiser, now=NOW)
    assert (term.group, term.role, term.accepted_at) == (group, "host", None)
    assert list(Message.objects.values_list("subject_id", "recipient")) == [(term.pk, membership.person_id)]


def test_a_member_who_asks_themselves_has_the_role_at_once(group):
    person = MembershipFactory(group=group).person
    assert offer_role(group=group, person=person, role=Role.HOST, by=person, now=NOW).accepted_at == NOW
    assert not Message.objects.exists()


def test_only_members_are_asked(group):
    with pytest.raises(refusals.NotAMember):
        offer_role(group=group, person=PersonFactory(), role=Role.HOST, by=PersonFactory(), now=NOW)


def test_nobody_is_asked_twice_for_the_same_role(group):
    term = in_role(group, Role.HOST)
    with pytest.raises(refusals.AlreadyOffered):
        offer_role(group=group, person=term.person, role=Role.HOST, by=PersonFactory(), now=NOW)


def test_an_ended_group_gives_no_roles():
    group = SupportGroupFactory(state="closed", closing_reason="Done")
    person = MembershipFactory(group=group).person
    with pytest.raises(refusals.GroupHasEnded):
        offer_role(group=group, person=person, role=Role.HOST, by=person, now=NOW)
    with pytest.raises(refusals.GroupHasEnded):
        accept_role(term=offered_to(person, group=group), by=person, now=NOW)


def test_accepting_starts_the_term(group):
    person = MembershipFactory(group=group).person
    term = accept_role(term=offered_to(person, group=group, role=Role.GREETER), by=person, now=NOW)
    assert term.accepted_at == NOW
    assert RoleTerm.objects.current().get() == term


@pytest.mark.parametrize("what_happened", ["accepted", "ended", "of someone else"])
def test_an_offer_that_is_gone_is_not_accepted(group, what_happened):
    person = PersonFactory()
    term = offered_to(person, group=group)
    if what_happened == "accepted":
        accept_role(term=term, by=person, now=NOW)
    elif what_happened == "ended":
        end_role(term=term, by=person, now=NOW)
    by = PersonFactory() if what_happened == "of someone else" else person
    with pytest.raises(refusals.OfferGone):
        accept_role(term=term, by=by, now=NOW)


def test_saying_no_ends_the_offer_and_stops_its_mail():
    term = appoint_tutor(
        programme=ProgrammeFactory(), preferred_name="Ann", email="ann@example.org", by=PersonFactory(), now=NOW
    )
    end_role(term=term, by=term.person, now=NOW)
    term.refresh_from_db()
    assert (term.accepted_at, term.ended_at) == (None, NOW)
    assert Message.objects.get().state == "dropped"


def test_ending_twice_is_refused(group):
    term = in_role(group, Role.HOST)
    end_role(term=term, by=term.person, now=NOW)
    with pytest.raises(refusals.OfferGone):
        end_role(term=term, by=term.person, now=NOW)


@pytest.mark.parametrize("state", ["forming", "active"])
def test_the_last_contact_cannot_stop(group, state):
    SupportGroup.objects.filter(pk=group.pk).update(state=state)
    term = in_role(group, Role.CONTACT)
    with pytest.raises(refusals.LastContact):
        end_role(term=term, by=term.person, now=NOW)
    with pytest.raises(refusals.OnlyContactLeft):
        end_role(term=term, by=PersonFactory(), now=NOW)
    term.refresh_from_db()
    assert term.ended_at is None


def test_the_last_contact_can_stop_while_the_group_has_a_break(group):
    SupportGroup.objects.filter(pk=group.pk).update(state="paused")
    term = in_role(group, Role.CONTACT)
    end_role(term=term, by=term.person, now=NOW)
    assert not RoleTerm.objects.open().exists()


def test_one_of_two_contacts_can_stop(group):
    term, other = in_role(group, Role.CONTACT), in_role(group, Role.CONTACT)
    end_role(term=term, by=term.person, now=NOW)
    assert RoleTerm.objects.current().get() == other


def test_a_contact_who_was_only_asked_is_no_second_contact(group):
    term = in_role(group, Role.CONTACT)
    offered_to(PersonFactory(), group=group)
    with pytest.raises(refusals.LastContact):
        end_role(term=term, by=term.person, now=NOW)


def test_ending_the_role_of_another_is_written_in_the_access_log(group):
    term, organiser = in_role(group, Role.HOST), PersonFactory()
    end_role(term=term, by=organiser, now=NOW)
    entry = AccessLogEntry.objects.get()
    assert (entry.actor, entry.subject, entry.action) == (organiser, term.person, "changed")


def test_ending_ones_own_role_is_not_logged(group):
    term = in_role(group, Role.HOST)
    end_role(term=term, by=term.person, now=NOW)
    assert not AccessLogEntry.objects.exists()


def test_a_tutor_who_leaves_a_programme_leaves_its_groups_only(group):
    tutor = PersonFactory()
    of_programme = RoleTermFactory(group=None, programme=group.programme, role=Role.TUTOR, person=tutor)
    RoleTermFactory(group=group, role=Role.TUTOR, person=tutor)
    elsewhere = RoleTermFactory(group=SupportGroupFactory(), role=Role.TUTOR, person=tutor)
    colleague = RoleTermFactory(group=group, role=Role.TUTOR)
    end_role(term=of_programme, by=PersonFactory(), now=NOW)
    assert set(RoleTerm.objects.current()) == {elsewhere, colleague}


def test_a_deputy_takes_over_at_once(group):
    contact, deputy = in_role(group, Role.CONTACT), in_role(group, Role.DEPUTY)
    taken_over = hand_over_role(term=contact, to=deputy.person, by=contact.person, now=NOW)
    assert (taken_over.person, taken_over.role, taken_over.accepted_at) == (deputy.person, "contact", NOW)
    assert list(RoleTerm.objects.open()) == [taken_over]


def test_a_deputy_who_was_asked_to_be_contact_has_one_term_after_taking_over(group):
    contact, deputy = in_role(group, Role.CONTACT), in_role(group, Role.DEPUTY)
    asked = offered_to(deputy.person, group=group, role=Role.CONTACT)
    assert hand_over_role(term=contact, to=deputy.person, by=contact.person, now=NOW) == asked


@pytest.mark.parametrize("role", [Role.HOST, None])
def test_only_a_deputy_takes_over(group, role):
    contact = in_role(group, Role.CONTACT)
    other = in_role(group, role).person if role else MembershipFactory(group=group).person
    with pytest.raises(refusals.NotADeputy):
        hand_over_role(term=contact, to=other, by=contact.person, now=NOW)
    contact.refresh_from_db()
    assert contact.ended_at is None


def test_a_deputy_of_another_group_does_not_take_over(group):
    contact, deputy = in_role(group, Role.CONTACT), in_role(SupportGroupFactory(), Role.DEPUTY)
    with pytest.raises(refusals.NotADeputy):
        hand_over_role(term=contact, to=deputy.person, by=contact.person, now=NOW)


def test_a_role_that_has_ended_is_not_handed_over(group):
    contact, deputy = in_role(group, Role.CONTACT, ended_at=NOW), in_role(group, Role.DEPUTY)
    with pytest.raises(refusals.OfferGone):
        hand_over_role(term=contact, to=deputy.person, by=contact.person, now=NOW)
    assert RoleTerm.objects.current().get() == deputy


@pytest.mark.django_db(transaction=True)
def test_two_contacts_who_stop_at_the_same_moment_leave_one():
    group = SupportGroupFactory()
    terms = [in_role(group, Role.CONTACT) for _number in range(2)]

    def stop(term):
        try:
            end_role(term=term, by=term.person, now=NOW)
            return "stopped"
        except refusals.LastContact:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(stop, terms)) == ["refused", "stopped"]
    assert RoleTerm.objects.current().count() == 1
