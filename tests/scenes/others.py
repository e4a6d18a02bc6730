"""Messages about plans and goals, the week ahead, and exports."""

from datetime import date, timedelta

from evaluation.models import Export, IdentityRequest, WithdrawalNotice
from peersupport.reminders.models import WeeklyDigest
from supportplans.reminders.self_report import DAY_ZERO
from tests import factories as make
from tests.factories import NOW, TODAY
from tests.scenes.stage import PRIVATE, group, meeting, member, message, person, scene


@scene("supportplans.goal_review")
def goal_review():
    """It comes at nine in the morning of the day on which someone chose to look back at a goal."""
    row = make.GoalFactory(person=person("Maria"), what=PRIVATE, review_on=TODAY)
    return message(row, row.person)


@scene("evaluation.study_invitation")
def study_invitation():
    """It comes at once to those whom a study draws, by their leave. The researchers don't learn who they are."""
    place = group()
    study = make.StudyFactory(title="How groups carry on")
    study.groups.add(place)
    maria = member(place)
    return message(make.approached(study=study, to=maria, group=place, code="A2B4C6D8E"), maria)


@scene("supportplans.report_made")
def report_made():
    """It comes at once to those who look after a group and see what was reported; else to the coordinator."""
    place = group()
    row = make.GoalShareFactory(membership__group=place, item__what=PRIVATE)
    joan = member(place, "Joan")
    make.RoleTermFactory(group=place, person=joan)
    report = make.ReportFactory(goal=row.item, membership=row.membership, words=PRIVATE)
    return message(report, joan)


@scene("supportplans.self_report")
def self_report():
    """It comes at nine in the morning of the days on which someone chose to be asked how they are."""
    row = make.SelfReportWishFactory(person=person("Maria"), first_on=TODAY)
    return message(row, row.person, version=(TODAY - DAY_ZERO).days)


@scene("supportplans.plan_proposed")
def plan_proposed():
    """It comes at once to all members when their support plan is ready to be agreed."""
    place = group()
    return message(proposed_plan(place), member(place))


@scene("supportplans.word_due")
def word_due():
    """It comes at nine in the morning, two days before the last day, to those who have said nothing. Only once."""
    place = group()
    return message(proposed_plan(place), member(place))


@scene("supportplans.plan_review")
def plan_review():
    """It comes at nine in the morning of the chosen day to those who look after the group, or to all if nobody does."""
    place = group()
    plan = make.MutualSupportPlanFactory(
        group=place,
        started_by=person("Joan"),
        state="in_use",
        proposed_at=NOW,
        in_use_at=NOW,
        review_on=TODAY,
    )
    return message(plan, member(place), version=(TODAY - date(2000, 1, 1)).days)


def proposed_plan(place):
    return make.MutualSupportPlanFactory(
        group=place,
        started_by=person("Joan"),
        state="proposed",
        proposed_at=NOW,
        words_until=NOW + timedelta(days=14),
    )


@scene("reminders.digest")
def digest():
    """It comes at eight in the morning of the chosen day, in place of single reminders of meetings and goals."""
    row = meeting(starts_at=NOW + timedelta(hours=2))
    maria = member(row.group)
    make.GoalFactory(person=maria, what=PRIVATE, review_on=TODAY + timedelta(days=3))
    WeeklyDigest.objects.create(person=maria, weekday=2, changed_at=NOW)
    return message(maria, maria)


FILE = {"as_of": NOW, "file_name": "study.zip", "sha256": "0" * 64, "size_bytes": 1}


def export(state, **changes):
    study, asker, second = make.StudyFactory(title="Carrying on together"), person("Ruth"), person("Maria")
    make.StudyMemberFactory(study=study, person=asker, duty="analyst")
    make.StudyMemberFactory(study=study, person=second, duty="approver")
    if state != "requested":
        changes |= {"decided_by": second, "decided_at": NOW, "decision_reason": PRIVATE}
    if state == "recalled":
        changes |= {"recalled_by": second, "recalled_at": NOW, "recall_reason": PRIVATE}
    row = Export.objects.create(
        study=study, state=state, requested_by=asker, requested_at=NOW, purpose=PRIVATE, for_whom="The team", **changes
    )
    return message(row, second if state == "requested" else asker)


@scene("evaluation.export_requested")
def export_requested():
    """It comes to those who can be the second person, once someone asks for an export."""
    return export("requested")


@scene("evaluation.export_recalled")
def export_recalled():
    """It comes to whoever asked for an export, and everyone who took its file, once it is recalled."""
    return export("recalled", **FILE)


@scene("evaluation.export_settled")
def export_ready():
    """It comes to whoever asked for an export, once it is made, could not be, or is not approved."""
    return export("ready", **FILE)


@scene("evaluation.export_settled", "It was not approved")
def export_refused():
    """The reason stands on the page."""
    return export("refused")


@scene("evaluation.export_settled", "It failed")
def export_failed():
    """The reason stands on the page."""
    return export("failed", failure=PRIVATE)


def identity_request(**changes):
    study = make.StudyFactory(title="Carrying on together")
    asker, second = person("Ruth"), person("Maria")
    make.StudyMemberFactory(study=study, person=asker, duty="key_holder")
    make.StudyMemberFactory(study=study, person=second, duty="approver")
    return (
        IdentityRequest.objects.create(
            participant=make.ParticipantFactory(study=study),
            study=study,
            asked_by=asker,
            reason=PRIVATE,
            asked_at=NOW,
            **{name: second if value == "second" else value for name, value in changes.items()},
        ),
        asker,
        second,
    )


@scene("evaluation.identity_requested")
def identity_requested():
    """It comes to those who can be the second person when a key-holder asks to find out who a participant is."""
    row, _asker, second = identity_request()
    return message(row, second)


@scene("evaluation.identity_answered")
def identity_granted():
    """It comes to whoever asked, once a second person has answered."""
    row, asker, _second = identity_request(is_granted=True, answered_by="second", answered_at=NOW)
    return message(row, asker)


@scene("evaluation.identity_answered", "They said no")
def identity_refused():
    """The reason stands on the page."""
    row, asker, _second = identity_request(is_granted=False, answer=PRIVATE, answered_by="second", answered_at=NOW)
    return message(row, asker)


@scene("evaluation.notice_to_give")
def notice_to_give():
    """It comes to whoever asked for an export once someone who is in it withdraws."""
    told = export(state="ready", as_of=NOW, file_name="study.zip", sha256="0" * 64, size_bytes=1)
    row = Export.objects.get(pk=told.subject_id)
    withdrawal = make.WithdrawalFactory(participant=make.ParticipantFactory(study=row.study))
    notice = WithdrawalNotice.objects.create(study=row.study, export=row, withdrawal=withdrawal, prepared_at=NOW)
    return message(notice, row.requested_by)
