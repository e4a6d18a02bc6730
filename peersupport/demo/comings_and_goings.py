"""How people come and go in the sample groups: without accounts, asking to join, on a break, out, remembered."""

from datetime import timedelta

from groups.models import Invitation, Meeting, Membership, RoleTerm, SupportGroup
from groups.services.death import mark_died
from groups.services.group import edit_group
from groups.services.invitation import decline_invitation
from groups.services.joining import answer_join_request, ask_to_join
from groups.services.kept_member import keep_member
from groups.services.meeting import confirm_meeting
from groups.services.membership import edit_membership, note_never_came, pause_membership, remove_member
from groups.services.role import edit_role
from groups.services.series_change import move_series
from peersupport.demo.cast import Telling
from peersupport.demo.founding import Circle


def tell_comings_and_goings(telling: Telling, circles: list[Circle]) -> None:
    """Only what happened lately: the years before are told with the groups themselves."""
    meeting = [circle for circle in circles if circle.plot["state"] == "active"]
    for circle in meeting:
        _describe(telling, circle)
        _keep_someone(telling, circle)
        _let_some_be_known(telling, circle)
        _say_no(telling, circle)
    _end_some(telling, meeting)
    _note_who_never_came(telling, [circle for circle in circles if circle.plot["state"] == "forming"])
    _ask(telling, [circle for circle in meeting if circle.group.join_rule == SupportGroup.JoinRule.BY_AGREEMENT])
    _settle_what_is_next(telling, meeting)


def _describe(telling, circle):
    group = circle.group
    group.refresh_from_db()
    details = {name: getattr(group, name) for name in ("name", "about", "join_rule", "language", "time_zone", "venue")}
    edit_group(group=group, expectations=telling.some("expectations"), by=circle.contact, now=telling.now, **details)


def _keep_someone(telling, circle):
    """Someone without an account, whom a member tells of meetings."""
    keep_member(
        group=circle.group,
        name=telling.some("kept_names"),
        told_how=telling.chance.choice([Membership.ToldHow.PHONE, Membership.ToldHow.POST]),
        told_by=circle.contact,
        by=circle.contact,
        now=telling.ago(days=telling.chance.randint(3, 60)),
    )


def _let_some_be_known(telling, circle):
    members = Membership.objects.with_account().joined().filter(group=circle.group).order_by("pk")
    for membership in members:
        if telling.often(0.4):
            edit_membership(
                membership=membership,
                usually_comes=False,
                shows_answer=True,
                greeter_may_know=telling.often(0.5),
                by=membership.person,
                now=telling.now,
            )


def _say_no(telling, circle):
    """One of those who never answered said no, with or without words."""
    waiting = Invitation.objects.filter(group=circle.group, kind="email", uses=0).order_by("pk").first()
    at = waiting.created_at + timedelta(days=5)
    if waiting.is_usable(now=at):
        decline_invitation(invitation=waiting, reason=telling.some("declining_reasons"), now=at)


def _end_some(telling, circles):
    """In one group each: taken out, has died; and in every third a member has a break."""
    endings = (
        lambda membership, by: remove_member(
            membership=membership, reason=telling.words["removal_reason"], by=by, now=telling.ago(days=30)
        ),
        lambda membership, by: mark_died(membership=membership, by=by, now=telling.ago(days=40)),
    )
    for circle, end in zip(circles[1:], endings, strict=False):
        end(_someone_plain(circle), circle.contact)
    for circle in circles[::3]:
        membership = _someone_plain(circle)
        pause_membership(membership=membership, by=membership.person, now=telling.ago(days=9))


def _note_who_never_came(telling, circles):
    for circle in circles:
        note_never_came(membership=_someone_plain(circle), by=circle.contact, now=telling.now)


def _someone_plain(circle):
    """The member without a role who joined last."""
    holders = RoleTerm.objects.current().filter(group=circle.group).values("person")
    members = Membership.objects.with_account().joined().filter(group=circle.group).exclude(person__in=holders)
    return members.exclude(person__email="member@example.org").order_by("-pk").first()


def _ask(telling, circles):
    """Three people ask each group that agrees first: one is in, one is not, one waits."""
    for circle in circles:
        for number, answer in enumerate((True, False, None)):
            at = telling.ago(days=12 - 4 * number)
            asked = ask_to_join(group=circle.group, note=telling.some("joining_notes"), by=telling.someone(at), now=at)
            if answer is not None:
                note = telling.words["answering_notes"][0 if answer else 1]
                later = at + timedelta(days=2)
                answer_join_request(join_request=asked, accepts=answer, note=note, by=circle.contact, now=later)


def _settle_what_is_next(telling, circles):
    """The next meeting is sure; one group meets an hour later from the one after it on; contacts say until when."""
    for circle in circles:
        ahead = Meeting.objects.filter(group=circle.group).going_ahead().upcoming(now=telling.now)
        if first := ahead.first():
            confirm_meeting(meeting=first, now=telling.now)
        for term in RoleTerm.objects.current().filter(group=circle.group, role=RoleTerm.Role.CONTACT):
            ends_on = (telling.now + timedelta(days=telling.chance.randint(60, 400))).date()
            edit_role(term=term, ends_on=ends_on, by=term.person, now=telling.now)
    _meet_later(telling, circles[-1])


def _meet_later(telling, circle):
    ahead = Meeting.objects.filter(group=circle.group, series__isnull=False).going_ahead()
    following = ahead.upcoming(now=telling.now).select_related("series", "venue")[1:2].first()
    if following is None:
        return
    series = following.series
    later = series.start_time.replace(hour=min(series.start_time.hour + 1, 20))
    move_series(
        meeting=following,
        is_from_now=False,
        on=following.original_on,
        start_time=later,
        duration_minutes=series.duration_minutes,
        venue=following.venue,
        by=circle.contact,
        now=telling.now,
    )
