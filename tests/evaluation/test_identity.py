"""Finding out who a pseudonym is takes two people, and every look is written down."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from evaluation.models import IdentityLook, IdentityRequest
from evaluation.refusals import (
    AlreadyAnswered,
    AlreadyAsked,
    LinkedAlready,
    NeedsSecondPerson,
    NobodyToAsk,
    OwnRequest,
    TakesPartAlready,
)
from evaluation.services.identity import (
    answer_identity_request,
    link_account,
    open_identity_key,
    request_identity,
)
from members.models import Person
from peersupport.access.log import looks_at
from peersupport.access.models import AccessLogEntry
from peersupport.reminders.models import Message
from tests.factories import IdentityKeyFactory, PersonFactory, StudyMemberFactory

pytestmark = pytest.mark.django_db


def address(name, *args):
    return reverse(f"evaluation:{name}", args=args)


def logged(person):
    return [(entry.actor, entry.action, entry.object_type, entry.route) for entry in looks_at(person)]


@pytest.fixture
def named(participant, member):
    """`participant`, whose person has a name and an address that must not show."""
    member.preferred_name, member.email = "Bartholomew", "bart@example.org"
    member.save()
    return participant


@pytest.fixture
def unlinked(study):
    """The key of someone without an account."""
    return IdentityKeyFactory(participant__study=study, person=None, name="Dr Shah", contact="0117 000")


@pytest.fixture
def ask(key_holder, lead, now):
    """ask(participant, is_granted=True): the request of `key_holder`, answered by `lead` (None: not yet)."""

    def ask(participant, *, is_granted=True, when=now):
        request = request_identity(participant=participant, reason="To ring back", by=key_holder, now=when)
        if is_granted is None:
            return request
        answer = "" if is_granted else "Ring the group instead."
        return answer_identity_request(request=request, is_granted=is_granted, answer=answer, by=lead, now=when)

    return ask


# Asking and answering


def test_asking_tells_everyone_who_can_be_the_second_person(study, participant, key_holder, lead, interviewer, ask):
    approver = StudyMemberFactory(study=study, duty="approver").person
    StudyMemberFactory(study=study, duty="approver")
    study.team.filter(duty="approver").exclude(person=approver).update(ended_at=participant.created_at)
    request = ask(participant, is_granted=None)
    told = Message.objects.filter(kind="evaluation.identity_requested", subject_id=request.pk)
    assert set(told.values_list("recipient", flat=True)) == {lead.pk, approver.pk}


def test_asking_twice_waits_once(participant, ask):
    ask(participant, is_granted=None)
    with pytest.raises(AlreadyAsked):
        ask(participant, is_granted=None)
    assert IdentityRequest.objects.count() == 1


def test_asking_where_nobody_could_answer_keeps_nothing(participant, key_holder, now):
    with pytest.raises(NobodyToAsk):
        request_identity(participant=participant, reason="To ring back", by=key_holder, now=now)
    assert IdentityRequest.objects.count() == 0


def test_nobody_answers_their_own_request(study, participant, key_holder, ask, now):
    StudyMemberFactory(study=study, person=key_holder, duty="lead")
    request = ask(participant, is_granted=None)
    with pytest.raises(OwnRequest):
        answer_identity_request(request=request, is_granted=True, answer="", by=key_holder, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        IdentityRequest.objects.update(is_granted=True, answered_by=key_holder, answered_at=now)
    request.refresh_from_db()
    assert request.is_granted is None


def test_an_answer_stands_as_it_was_given(participant, lead, ask, now):
    request = ask(participant, is_granted=False)
    with pytest.raises(AlreadyAnswered):
        answer_identity_request(request=request, is_granted=True, answer="", by=lead, now=now)
    for change in ({"is_granted": True, "answer": ""}, {"reason": "Another"}, {"answered_at": now + timedelta(days=1)}):
        with pytest.raises(Exception, match="append-only"), transaction.atomic():
            IdentityRequest.objects.filter(pk=request.pk).update(**change)


# Opening


def test_open_identity_key_is_written_down_with_the_agreed_reason(participant, member, key_holder, ask, now):
    ask(participant)
    look = open_identity_key(key=participant.identity_key, by=key_holder, now=now)
    assert IdentityLook.objects.get() == look
    assert (look.looked_by, look.reason) == (key_holder, "To ring back")
    assert (key_holder, "viewed", "evaluation.identitykey", "evaluation:identity_key_open") in logged(member)


@pytest.mark.parametrize("is_granted", [None, False])
def test_key_stays_shut_without_a_yes(participant, key_holder, ask, now, is_granted):
    ask(participant, is_granted=is_granted)
    with pytest.raises(NeedsSecondPerson):
        open_identity_key(key=participant.identity_key, by=key_holder, now=now)
    assert IdentityLook.objects.count() == 0


@pytest.mark.parametrize(("later", "is_open"), [(timedelta(days=6, hours=23), True), (timedelta(days=7), False)])
def test_a_yes_lasts_seven_days(participant, key_holder, ask, now, later, is_open):
    ask(participant, when=now - later)
    if is_open:
        assert open_identity_key(key=participant.identity_key, by=key_holder, now=now).looked_at == now
    else:
        with pytest.raises(NeedsSecondPerson):
            open_identity_key(key=participant.identity_key, by=key_holder, now=now)


def test_a_yes_is_for_one_person_and_one_participant(study, participant, unlinked, key_holder, ask, now):
    ask(participant)
    other = StudyMemberFactory(study=study, duty="key_holder").person
    for key, person in ((participant.identity_key, other), (unlinked, key_holder)):
        with pytest.raises(NeedsSecondPerson):
            open_identity_key(key=key, by=person, now=now)


def test_the_database_keeps_a_look_without_a_yes_out(participant, unlinked, key_holder, ask, now):
    request = ask(participant)
    look = {"request": request, "identity_key": participant.identity_key, "looked_by": key_holder, "reason": "x"}
    wrong = [
        {"request": None},
        {"identity_key": unlinked},
        {"looked_by": request.answered_by},
        {"looked_at": now + timedelta(days=7)},
    ]
    for change in wrong:
        with pytest.raises(IntegrityError, match="second person"), transaction.atomic():
            IdentityLook.objects.create(**{"looked_at": now} | look | change)
    assert IdentityLook.objects.count() == 0


# Linking an account


def test_link_account_shows_the_person_their_part_and_forgets_the_name(unlinked, key_holder, ask, now):
    ask(unlinked.participant)
    person = PersonFactory(email="shah@example.org", preferred_name="Amina")
    key = link_account(key=unlinked, email="Shah@example.org", by=key_holder, now=now)
    key.refresh_from_db()
    assert (key.person, key.name, key.contact) == (person, "", "")
    assert person.preferred_name == "Amina"
    assert (key_holder, "changed", "evaluation.identitykey", "evaluation:account_link") in logged(person)


def test_link_account_for_a_new_address_makes_an_account(unlinked, key_holder, ask, now):
    ask(unlinked.participant)
    key = link_account(key=unlinked, email="new@example.org", by=key_holder, now=now)
    assert (key.person.email, key.person.preferred_name) == ("new@example.org", "Dr Shah")
    assert not key.person.has_usable_password()


def test_link_account_of_another_participant_changes_nothing(participant, member, unlinked, key_holder, ask, now):
    ask(unlinked.participant)
    with pytest.raises(TakesPartAlready):
        link_account(key=unlinked, email=member.email, by=key_holder, now=now)
    unlinked.refresh_from_db()
    assert (unlinked.person, unlinked.name) == (None, "Dr Shah")


def test_link_account_twice_is_refused(participant, key_holder, ask, now):
    ask(participant)
    with pytest.raises(LinkedAlready):
        link_account(key=participant.identity_key, email="other@example.org", by=key_holder, now=now)
    assert not Person.objects.filter(email="other@example.org").exists()


def test_link_account_needs_a_second_persons_yes(unlinked, key_holder, lead, now):
    with pytest.raises(NeedsSecondPerson):
        link_account(key=unlinked, email="new@example.org", by=key_holder, now=now)


# Pages


def test_identity_is_shown_once_a_second_person_agrees(sign_in, key_holder, lead, named, member):
    client = sign_in(key_holder)
    page = client.get(address("identity_key_open", named.pk))
    assert "A second person has to agree first" in page.text
    page = client.post(address("identity_request", named.pk), {"reason": "To ring back"}, follow=True)
    assert "It waits for a second person." in page.text
    [request] = IdentityRequest.objects.all()
    page = sign_in(lead).post(request.get_absolute_url(), {"is_granted": "yes", "answer": ""}, follow=True)
    assert "Your answer is saved, and they are told." in page.text
    assert "Bartholomew" not in page.text
    client = sign_in(key_holder)
    before = client.get(address("identity_key_open", named.pk))
    assert "Bartholomew" not in before.text
    assert IdentityLook.objects.count() == 0
    page = client.post(address("identity_key_open", named.pk))
    for shown in ("Bartholomew", "bart@example.org", "To ring back"):
        assert shown in page.text
    assert "no-store" in page.headers["Cache-Control"]
    assert (key_holder, "viewed", "evaluation.identitykey", "evaluation:identity_key_open") in logged(member)


def test_a_no_needs_a_reason_that_whoever_asked_reads(sign_in, lead, key_holder, named, ask):
    request = ask(named, is_granted=None)
    page = sign_in(lead).post(request.get_absolute_url(), {"is_granted": "no", "answer": " "})
    assert page.context["form"].errors == {"answer": ["Enter why not, so that they know what to do"]}
    client = sign_in(lead)
    client.post(request.get_absolute_url(), {"is_granted": "no", "answer": "Ring the group."})
    page = sign_in(key_holder).get(address("identity_key_open", named.pk))
    assert "said no the last time: Ring the group." in page.text
    page = sign_in(key_holder).post(address("identity_key_open", named.pk))
    assert "A second person has to agree first" in page.text
    assert "Bartholomew" not in page.text


def test_own_request_shows_no_form_and_takes_no_answer(sign_in, study, key_holder, lead, named, ask):
    request = ask(named, is_granted=None)
    client = sign_in(key_holder)
    page = client.get(request.get_absolute_url())
    assert "Someone else has to answer it." in page.text
    client.post(request.get_absolute_url(), {"is_granted": "yes"})
    request.refresh_from_db()
    assert request.is_granted is None


def test_request_without_a_reason_gets_its_sentence(sign_in, key_holder, lead, named):
    page = sign_in(key_holder).post(address("identity_request", named.pk), {"reason": " "})
    assert page.context["form"].errors == {"reason": ["Enter why you need to know who this is"]}
    assert IdentityRequest.objects.count() == 0


def test_identity_of_someone_without_an_account_is_name_and_contact(sign_in, unlinked, key_holder, ask):
    ask(unlinked.participant)
    page = sign_in(key_holder).post(address("identity_key_open", unlinked.participant_id))
    for shown in ("Dr Shah", "0117 000", address("account_link", unlinked.participant_id)):
        assert shown in page.text


def test_account_is_linked_only_once_they_asked_for_it(sign_in, unlinked, key_holder, ask):
    ask(unlinked.participant)
    client = sign_in(key_holder)
    url = address("account_link", unlinked.participant_id)
    page = client.post(url, {"email": "shah@example.org"})
    assert page.context["form"].errors == {"is_asked_for": ["Ask them first. Then tick this."]}
    assert "shah@example.org" in page.text
    client.post(url, {"email": "shah@example.org", "is_asked_for": "on"})
    unlinked.refresh_from_db()
    assert unlinked.person.email == "shah@example.org"


def test_whoever_was_linked_sees_their_part(sign_in, unlinked, key_holder, ask, now):
    ask(unlinked.participant)
    person = link_account(key=unlinked, email="shah@example.org", by=key_holder, now=now).person
    page = sign_in(person).get(address("my_research"))
    assert unlinked.study.title in page.text


@pytest.mark.parametrize("duty", ["lead", "interviewer", "analyst", "approver"])
@pytest.mark.parametrize("name", ["identity_key_open", "identity_request", "account_link"])
def test_identity_is_for_key_holders_only(sign_in, study, named, duty, name):
    client = sign_in(StudyMemberFactory(study=study, duty=duty).person)
    page = client.post(address(name, named.pk), {"reason": "Curious"})
    assert page.status_code == 403
    assert "Bartholomew" not in page.text
    assert (IdentityLook.objects.count(), IdentityRequest.objects.count()) == (0, 0)


@pytest.mark.parametrize("name", ["identity_key_open", "identity_request", "account_link"])
def test_identity_is_not_there_for_anyone_outside(sign_in, named, member, name):
    for person in (member, StudyMemberFactory(duty="key_holder").person):
        assert sign_in(person).post(address(name, named.pk), {"reason": "Curious"}).status_code == 404
    assert logged(member) == []


def test_identity_look_that_can_not_be_logged_is_refused(sign_in, key_holder, named, ask, monkeypatch):
    def fail(**entry):
        raise OSError("no room")

    ask(named)
    monkeypatch.setattr("evaluation.looks.log.record", fail)
    client = sign_in(key_holder)
    with pytest.raises(OSError, match="no room"):
        client.post(address("identity_key_open", named.pk))
    assert IdentityLook.objects.count() == 0


def test_requests_cost_the_same_for_few_and_many(sign_in, study, lead, key_holder, now, queries_of):
    sign_in(lead)
    counts = []
    for more in (1, 2):
        for key in IdentityKeyFactory.create_batch(more, participant__study=study):
            request_identity(participant=key.participant, reason="To ring", by=key_holder, now=now)
        counts.append(queries_of(address("identity_request_list", study.pk)))
    assert counts[0] == counts[1] <= 9
    assert AccessLogEntry.objects.count() == 0
