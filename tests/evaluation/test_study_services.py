from datetime import date

import pytest
from django.db import IntegrityError, transaction

from evaluation.models import StudyMember
from evaluation.refusals import StudyIsSettled
from evaluation.services.study import LastLead, add_duty, add_study, edit_study, end_duty
from members.models import Person
from tests.factories import NOW, PersonFactory, StudyFactory, StudyMemberFactory, SupportGroupFactory

pytestmark = pytest.mark.django_db
FIELDS = {
    "title": "Carrying on",
    "ethics_reference": "26/LO/0042",
    "method": "Interviews.",
    "starts_on": date(2026, 1, 1),
    "ends_on": date(2027, 1, 1),
    "small_number_threshold": 10,
}


def duties(study):
    return list(study.team.current().order_by("pk").values_list("person__email", "duty"))


def test_add_study_makes_the_adder_lead():
    person, groups = PersonFactory(), SupportGroupFactory.create_batch(2)
    study = add_study(by=person, now=NOW, groups=groups, **FIELDS)
    assert set(study.groups.all()) == set(groups)
    assert (study.small_number_threshold, study.created_at) == (10, NOW)
    assert duties(study) == [(person.email, "lead")]


def test_add_study_for_someone_else_makes_only_them_lead():
    administrator = PersonFactory(is_staff=True)
    study = add_study(by=administrator, now=NOW, groups=[], lead_email="New@Example.org", lead_name="Jo", **FIELDS)
    assert duties(study) == [("new@example.org", "lead")]
    assert not Person.objects.get(email="new@example.org").has_usable_password()


def test_edit_study_changes_it_until_people_are_asked(study, form):
    open_study, other_group = StudyFactory(), SupportGroupFactory()
    edit_study(study=open_study, groups=[other_group], **FIELDS)
    open_study.refresh_from_db()
    assert open_study.title == "Carrying on"
    assert list(open_study.groups.all()) == [other_group]
    with pytest.raises(StudyIsSettled):
        edit_study(study=study, groups=[other_group], **FIELDS)
    study.refresh_from_db()
    assert study.title == "How groups carry on"
    assert other_group not in study.groups.all()


@pytest.mark.parametrize("typed", ["KNOWN@example.org ", "unknown@example.org"])
def test_add_duty_takes_a_known_and_an_unknown_address_alike(study, typed):
    PersonFactory(email="known@example.org")
    member = add_duty(study=study, email=typed.strip(), name="Sam", duty="analyst", now=NOW)
    assert duties(study) == [(typed.strip().lower(), "analyst")]
    assert member.started_at == NOW


def test_add_duty_twice_is_once(study):
    first = add_duty(study=study, email="a@example.org", name="A", duty="analyst", now=NOW)
    assert add_duty(study=study, email="A@example.org", name="A", duty="analyst", now=NOW) == first
    add_duty(study=study, email="a@example.org", name="A", duty="key_holder", now=NOW)
    assert duties(study) == [("a@example.org", "analyst"), ("a@example.org", "key_holder")]


def test_end_duty_keeps_the_row_and_ends_it(study):
    StudyMemberFactory(study=study)
    analyst = StudyMemberFactory(study=study, duty="analyst")
    assert end_duty(member=analyst, now=NOW).ended_at == NOW
    assert duties(study) == [(study.team.get(duty="lead").person.email, "lead")]
    again = add_duty(study=study, email=analyst.person.email, name="", duty="analyst", now=NOW)
    assert again.pk != analyst.pk


def test_end_duty_refuses_to_leave_a_study_without_a_lead(study):
    first, second = StudyMemberFactory.create_batch(2, study=study)
    StudyMemberFactory(duty="lead")
    end_duty(member=first, now=NOW)
    with pytest.raises(LastLead):
        end_duty(member=second, now=NOW)
    assert StudyMember.objects.get(pk=second.pk).ended_at is None


def test_duty_can_not_be_held_twice_at_once():
    member = StudyMemberFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        StudyMemberFactory(study=member.study, person=member.person)
    assert StudyMember.objects.count() == 1
