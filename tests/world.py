"""One small world with a person in every role, and one row of everything, for tests that walk all of it."""

from dataclasses import dataclass, field
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from evaluation.models import (
    ApiToken,
    ConsentForm,
    ConsentStatement,
    Export,
    IdentityKey,
    IdentityRequest,
    Interview,
    Observation,
    Source,
    WithdrawalNotice,
)
from evaluation.services.administration import Said, enter_administration
from evaluation.services.coding_round import close_round, start_round
from evaluation.services.memo import add_memo, write_cell
from evaluation.services.redaction import approve_redaction, finish_redaction, replace_spans
from evaluation.services.source import add_interview_text
from evaluation.services.transcript import check_transcript, return_transcript
from groups.models import BringItem, CalendarFeed, ChecklistItem, ChecklistStep, Invitation, JoinRequest, MeetingSeries
from peersupport.access import tokens
from peersupport.reminders.models import Device, Message
from supportplans.models import CheckIn, FlareUpChange, PlanSection, PlanSectionText
from tests import factories as make

RESEARCH_DUTIES = ["lead", "interviewer", "analyst", "key_holder", "approver"]


@dataclass
class World:
    """`people` by role; `rows` by name. "stranger" is signed in and nothing else; "outsider" a member elsewhere."""

    people: dict = field(default_factory=dict)
    rows: dict = field(default_factory=dict)


def build():
    world = World()
    _programme_side(world)
    _group_side(world)
    _member_content(world)
    _study_side(world)
    for name, person in world.people.items():
        if name not in {"anonymous", "stranger", "member", "peer", "outsider"}:
            Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "x"})
    world.rows["message"] = _stuck_message(world)
    world.rows["device"] = _device(world)
    return world


def _device(world):
    return Device.objects.create(
        person=world.people["member"],
        endpoint="https://fcm.googleapis.com/fcm/send/abc",
        p256dh="key",
        auth="secret",
        name="Chrome on Android",
        session="",
        added_at=timezone.now(),
    )


def _stuck_message(world):
    now = timezone.now()
    return Message.objects.create(
        **{"kind": "groups.meeting_coming", "about": "groups.meeting", "subject_id": world.rows["meeting"].pk},
        **{"recipient": world.people["member"], "state": "parked", "reason": "It could not be written."},
        **{"due_at": now, "expires_at": now, "next_attempt_at": now, "created_at": now, "settled_at": now},
    )


def _programme_side(world):
    people, rows = world.people, world.rows
    people["anonymous"] = AnonymousUser()
    people["stranger"] = make.PersonFactory()
    people["administrator"] = make.PersonFactory(is_staff=True, is_superuser=False)
    rows["site"] = make.SiteFactory(name="Canary Site")
    people["coordinator"] = make.ProgrammeStaffFactory(site=rows["site"]).person
    people["other_coordinator"] = make.ProgrammeStaffFactory().person
    rows["programme"] = make.ProgrammeFactory(site=rows["site"])
    rows["venue"] = make.VenueFactory(site=rows["site"])
    people["safeguarding"] = make.SafeguardingPostFactory(site=rows["site"]).person
    people["tutor"] = make.RoleTermFactory(group=None, programme=rows["programme"], role="tutor").person


def _group_side(world):
    people, rows, now = world.people, world.rows, timezone.now()
    rows["group"] = make.SupportGroupFactory(site=rows["site"], programme=rows["programme"], venue=rows["venue"])
    people["member"] = make.MembershipFactory(group=rows["group"]).person
    rows["checklist_item"] = ChecklistItem.objects.create(site=rows["site"], position=1, title="Canary step")
    rows["checklist_step"] = ChecklistStep.objects.create(group=rows["group"], position=1, title="Canary step")
    rows["open_group"] = make.SupportGroupFactory(join_rule="open")
    rows["join_request"] = JoinRequest.objects.create(
        group=rows["group"], person=people["stranger"], note="Canary note", asked_at=now
    )
    rows["membership"] = people["member"].memberships.get()
    people["peer"] = make.MembershipFactory(group=rows["group"]).person
    rows["kept_membership"] = make.KeptMembershipFactory(group=rows["group"], name="Canary Kept")
    people["outsider"] = make.MembershipFactory().person
    people["contact"] = make.MembershipFactory(group=rows["group"]).person
    rows["contact_term"] = make.RoleTermFactory(group=rows["group"], person=people["contact"])
    make.RoleTermFactory(group=rows["group"], person=people["tutor"], role="tutor")
    rows["offer"] = make.RoleTermFactory(group=rows["group"], person=people["member"], role="greeter", accepted_at=None)
    rows["series"] = MeetingSeries.objects.create(
        group=rows["group"],
        rule="FREQ=WEEKLY;INTERVAL=1;BYDAY=TU",
        first_on=now.date(),
        start_time="14:00",
        duration_minutes=120,
        time_zone="Europe/London",
        planned_until=now.date(),
        created_at=now,
    )
    rows["meeting"] = make.MeetingFactory(
        group=rows["group"], series=rows["series"], original_on=now.date(), starts_at=now + timedelta(days=3)
    )
    rows["bring_item"] = BringItem.objects.create(
        meeting=rows["meeting"], what="Canary cake", added_by=people["member"], added_at=now
    )
    rows["past_meeting"] = make.MeetingFactory(group=rows["group"], starts_at=now - timedelta(days=10))
    for kind, extra in (("email", {"email": "invited@example.org"}), ("code", {"max_uses": 20})):
        invitation = Invitation(
            group=rows["group"], kind=kind, nonce=tokens.new_nonce(), fingerprint=kind, invited_by=people["tutor"],
            created_at=now, expires_at=now + timedelta(days=30), **extra,
        )  # fmt: skip
        invitation.save()
        invitation.fingerprint = tokens.fingerprint(invitation.token())
        invitation.save()
        rows[f"{kind}_invitation"] = invitation
    feed = CalendarFeed(person=people["member"], nonce=tokens.new_nonce(), fingerprint="feed", created_at=now)
    feed.save()
    feed.fingerprint = tokens.fingerprint(feed.token())
    feed.save()
    rows["feed"] = feed
    rows["request"] = make.SupportRequestFactory(group=rows["group"], asked_by=people["contact"], text="Canary Request")
    rows["concern"] = make.ConcernFactory(group=rows["group"], raised_by=people["peer"], text="Canary Concern")


def _member_content(world):
    people, rows, now = world.people, world.rows, timezone.now()
    rows["goal"] = make.GoalFactory(person=people["member"])
    rows["draft_goal"] = make.GoalFactory(person=people["member"], state="draft")
    rows["shared_goal"] = make.GoalFactory(person=people["member"])
    make.GoalShareFactory(item=rows["shared_goal"], membership=rows["membership"])
    rows["report"] = make.ReportFactory(
        goal=rows["shared_goal"], membership=rows["membership"], reported_by=people["peer"], words="Canary words"
    )
    rows["flareup"] = make.FlareUpFactory(person=people["member"], note="Canary note", revision=1)
    make.FlareUpTriggerFactory(flareup=rows["flareup"])
    make.FlareUpRemedyFactory(flareup=rows["flareup"])
    FlareUpChange.objects.create(
        flareup=rows["flareup"], revision=0, before={"note": "Zq7canary earlier"}, changed_at=now
    )
    _own_plan(world)
    _how_the_member_is(world)
    _two_who_keep_in_touch(world)
    rows["plan"] = make.MutualSupportPlanFactory(group=rows["group"], started_by=people["member"])
    rows["section"] = PlanSection.objects.create(plan=rows["plan"], kind="purpose", text="We carry on.")
    rows["section_text"] = PlanSectionText.objects.create(
        section=rows["section"], revision=0, text="Canary of old.", written_by=people["member"], written_at=now
    )
    rows["proposed_group"] = make.SupportGroupFactory(site=rows["site"])
    for name in ("member", "peer"):
        make.MembershipFactory(group=rows["proposed_group"], person=people[name])
    make.RoleTermFactory(group=rows["proposed_group"], person=people["contact"])
    make.RoleTermFactory(group=rows["proposed_group"], person=people["tutor"], role="tutor")
    rows["proposed_plan"] = make.MutualSupportPlanFactory(
        group=rows["proposed_group"], started_by=people["member"], state="proposed", proposed_at=now,
        words_until=now + timedelta(days=14),
    )  # fmt: skip


def _own_plan(world):
    section = make.PersonalPlanSectionFactory(plan__person=world.people["member"])
    world.rows["personal_section"] = section
    world.rows["earlier_text"] = make.PersonalPlanTextFactory(section=section)
    shared = make.PersonalPlanSectionFactory(plan=section.plan, kind="helps", text="Warmth helps.")
    make.PersonalPlanShareFactory(item=shared, membership=world.rows["membership"])
    world.rows["shared_section"] = shared
    world.rows["personal_plan"] = section.plan
    world.rows["pacing"] = make.PacingBaselineFactory(person=world.people["member"])
    make.PacingStartFactory(baseline=world.rows["pacing"])


def _how_the_member_is(world):
    """What the member chose, a report of theirs that is begun, and one that is finished."""
    member = world.people["member"]
    make.SelfReportWishFactory(person=member)
    world.rows["open_report"] = make.SelfReportFactory(person=member, instrument="ons4")
    world.rows["finished_report"] = make.finished_report(person=member, pain=7)


def _two_who_keep_in_touch(world):
    people, rows, now = world.people, world.rows, timezone.now()
    first, second = (people[name].memberships.get(group=rows["group"]) for name in ("member", "peer"))
    rows["wish"] = make.KeepInTouchWishFactory(membership=first)
    make.KeepInTouchWishFactory(membership=second)
    rows["pair"] = make.KeepInTouchFactory(first=first, second=second, due_on=now.date(), schedule_version=2)
    rows["check_in"] = CheckIn.objects.create(
        pair=rows["pair"], outcome="spoke", due_on=now.date(), schedule_version=1, next_by=second,
        said_by=people["peer"], said_at=now - timedelta(days=20),
    )  # fmt: skip


def _study_side(world):
    people, rows, now = world.people, world.rows, timezone.now()
    rows["study"] = make.StudyFactory()
    rows["study"].groups.add(rows["group"])
    for duty in RESEARCH_DUTIES:
        people[duty] = make.StudyMemberFactory(study=rows["study"], duty=duty).person
    people["other_lead"] = make.StudyMemberFactory(duty="lead").person
    rows["form"] = ConsentForm.objects.create(
        study=rows["study"], version=1, text="About.", checksum="0", published_at=now
    )
    ConsentStatement.objects.create(form=rows["form"], number=1, purpose="interview", text="I agree.")
    rows["participant"] = make.ParticipantFactory(study=rows["study"])
    IdentityKey.objects.create(
        participant=rows["participant"], study=rows["study"], person=people["peer"], created_at=now
    )
    rows["interview"] = Interview.objects.create(
        study=rows["study"], participant=rows["participant"], participant_kind="member",
        interviewer=people["interviewer"], consent_form=rows["form"], mode="phone", started_at=now,
        length_minutes=40, recording="none", created_at=now,
    )  # fmt: skip
    rows["source"] = Source.objects.create(
        study=rows["study"], interview=rows["interview"], kind="transcript", version=1, text="Words.", sha256="0",
        added_by=people["interviewer"], added_at=now,
    )  # fmt: skip
    _redactions(world)
    _coding_side(world)
    rows["identity_request"] = IdentityRequest.objects.create(
        study=rows["study"], participant=rows["participant"], asked_by=people["key_holder"],
        reason="Zq7identity reason", asked_at=now,
    )  # fmt: skip
    _interviewing(world)
    _questions(world)
    rows["duty"] = rows["study"].team.get(duty="analyst")
    rows["observation"] = Observation.objects.create(
        study=rows["study"], meeting=rows["past_meeting"], observer=people["interviewer"], observer_role="observer",
        has_group_agreed=True, present_count=6, style="paraphrase", created_at=now,
    )  # fmt: skip
    _those_who_were_asked(world)
    rows["export"] = Export.objects.create(
        study=rows["study"], requested_by=people["analyst"], requested_at=now, purpose="A look", for_whom="The team"
    )
    rows["api_token"] = ApiToken.objects.create(
        study=rows["study"], person=people["analyst"], name="A script", scope="list", fingerprint="0" * 64,
        made_at=now, expires_at=now + timedelta(days=30),
    )  # fmt: skip
    rows["notice"] = WithdrawalNotice.objects.create(
        study=rows["study"], export=rows["export"], prepared_at=now,
        withdrawal=make.WithdrawalFactory(participant=make.ParticipantFactory(study=rows["study"])),
    )  # fmt: skip


def _those_who_were_asked(world):
    """A frame, and the member, who was drawn from it and said no."""
    people, rows = world.people, world.rows
    rows["frame"] = make.SamplingFrameFactory(study=rows["study"], drawn_by=people["lead"])
    rows["frame"].groups.add(rows["group"])
    rows["approach"] = make.approached(
        study=rows["study"], to=people["member"], group=rows["group"], steps=("invited", "declined"),
        words="Zq7asked words",
    )  # fmt: skip


def _redactions(world):
    """A transcript being redacted, one that waits for a second person, and one that is approved, with its original."""
    people, rows, now = world.people, world.rows, timezone.now()
    by = people["interviewer"]
    for name in ("transcript", "waiting_transcript", "original"):
        interview = Interview.objects.get(pk=rows["interview"].pk)
        interview.pk = None
        interview.save()
        text = f"Zq7canary original of {name}."
        source = add_interview_text(interview=interview, kind="transcript", text=text, by=by, now=now)
        check_transcript(source=source, by=by, now=now)
        return_transcript(source=source, is_wished=True, by=by, now=now)
        rows[name] = source
    for name in ("waiting_transcript", "original"):
        spans = {"places": [(0, 9)], "kind": "person", "mark": "[person A]"}
        replace_spans(source=rows[name], by=by, now=now, **spans)
        finish_redaction(source=rows[name], by=by, now=now)
    rows["approved"] = approve_redaction(source=rows["original"], by=people["lead"], now=now)
    rows["redaction"] = rows["waiting_transcript"].redactions.get()


def _interviewing(world):
    """A guide, an appointment of the participant's, and a talk with someone else, with a note and a protocol."""
    people, rows, now = world.people, world.rows, timezone.now()
    rows["topic_guide"] = make.TopicGuideFactory(study=rows["study"], questions=["Zq7talk question"])
    planned = {"study": rows["study"], "interviewer": people["interviewer"], "starts_at": now + timedelta(days=2)}
    rows["appointment"] = make.AppointmentFactory(participant=rows["participant"], place="Zq7talk place", **planned)
    rows["other_participant"] = make.ParticipantFactory(study=rows["study"])
    rows["talk"] = make.TalkFactory(
        study=rows["study"], topic_guide=rows["topic_guide"], started_by=people["interviewer"], started_at=now
    )
    make.TalkEntryFactory(talk=rows["talk"], text="Zq7talk note", at=now, received_at=now)


def _questions(world):
    """The peer said yes to questions: one set is open, and one was put in from paper."""
    people, rows, now = world.people, world.rows, timezone.now()
    statement = ConsentStatement.objects.create(form=rows["form"], number=2, purpose="questionnaires", text="I answer.")
    make.ConsentDecisionFactory(participant=rows["participant"], statement=statement, decided_at=now)
    asked = {"study": rows["study"], "participant": rows["participant"], "opened_at": now - timedelta(days=2)}
    rows["occasion"] = make.OccasionFactory(**asked)
    rows["administration"] = make.AdministrationFactory(occasion=rows["occasion"])
    rows["entered"] = make.AdministrationFactory(occasion=rows["occasion"], code="pain_nrs")
    enter_administration(
        administration=rows["entered"], answers={"pain": Said(value=7)}, mode="paper", by=people["interviewer"], now=now
    )


def _coding_side(world):
    """A code and a coding of the analyst's; a closed round in which they and the lead differ."""
    people, rows, now = world.people, world.rows, timezone.now()
    rows["code"] = make.CodeFactory(study=rows["study"], name="Zq7code name", definition="Zq7code definition")
    make.CodeFactory(study=rows["study"])
    rows["round"] = start_round(
        study=rows["study"], coders=[people["analyst"], people["lead"]], sources=[rows["source"]], by=people["lead"],
        now=now,
    )  # fmt: skip
    make.CodingFactory(
        source=rows["source"], code=rows["code"], coder=people["analyst"], round=rows["round"], start=0, end=5
    )
    close_round(round=rows["round"], by=people["lead"], now=now)
    rows["coding"] = make.CodingFactory(source=rows["source"], code=rows["code"], coder=people["analyst"])
    by = {"by": people["analyst"], "now": now}
    add_memo(study=rows["study"], about={}, text="Zq7code memo", **by)
    write_cell(participant=rows["participant"], code=rows["code"], number=0, text="Zq7code summary", **by)
