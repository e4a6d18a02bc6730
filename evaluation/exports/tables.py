"""The tables of the bundle, each defined once.

Their queries stand on two lists that `snapshot` puts in front, by identifier: `people` (who is in the bundle, with the
consents that hold) and `covered` (the study's groups). What is not in those lists can't be in a table.
"""

from evaluation.exports.columns import Purpose, days_since_entry, holds, key, known, number, on, yes_no
from evaluation.exports.variables import OTHER_GROUP, SUPPRESSED, Table, Variable, choices
from evaluation.models import Interview, Observation, Participant
from groups.models import RSVP, Attendance, Meeting
from supportplans.models import FlareUp, FlareUpRemedy, Goal, GoalReview

SCALE = "0 to 10"
ENTRY = "Days from the participant's entry into the study"

PARTICIPANT = known(
    "participant", "Participant, the same in every table and every export of this study", "people.identifier"
)
GROUP = known("group", f'Group; groups with few participants are together under "{OTHER_GROUP}"', "covered.name")
GOAL = key("goal", "Goal, the same in every table", "goal.id")
FLAREUP = key("flareup", "Flare-up, the same in every table", "flareup.id")

_FLAREUPS = """
    FROM people JOIN supportplans_flareup flareup ON flareup.person_id = people.person_id %s
    WHERE people.app_data AND flareup.logged_at <= %%(as_of)s AND flareup.taken_back_at IS NULL"""
# What stood at the instant: recorded by then and not replaced before it, at meetings of the groups covered.
_ATTENDANCE = """
    FROM people
    JOIN groups_membership membership ON membership.person_id = people.person_id
    JOIN groups_attendance attendance ON attendance.membership_id = membership.id
    JOIN groups_meeting meeting ON meeting.id = attendance.meeting_id
    JOIN covered ON covered.pk = meeting.group_id
    WHERE people.app_data AND attendance.recorded_at <= %(as_of)s
    AND (attendance.replaced_at IS NULL OR attendance.replaced_at > %(as_of)s)"""
# That day's yes of participants whose consent to observation still holds.
_DESCRIBED = """
    FROM evaluation_observation observation
    JOIN evaluation_observationconsent agreed ON agreed.observation_id = observation.id AND agreed.is_given
    JOIN people ON people.pk = agreed.participant_id AND people.observation
    WHERE observation.study_id = %(study)s AND observation.created_at <= %(as_of)s"""
# Who met whom would tell groups apart again that are together for being small.
MEETING = key(
    "meeting",
    "Meeting, the same in every table; hidden for groups with few participants",
    f"CASE WHEN covered.is_shown THEN meeting.id::text ELSE '{SUPPRESSED}' END",
    can_be_hidden=True,
)
_SHOWN_MEETINGS = f"""
    FROM covered JOIN groups_meeting meeting ON meeting.group_id = covered.pk
    WHERE covered.is_shown AND meeting.starts_at <= %(as_of)s AND meeting.id IN (
        SELECT attendance.meeting_id {_ATTENDANCE} UNION ALL SELECT observation.meeting_id {_DESCRIBED})"""

TABLES = (
    Table(
        "participants",
        "Everyone who consented to at least one purpose below",
        (),
        (
            PARTICIPANT,
            known("group", GROUP.label, "people.group_name"),
            Variable("kind", "Kind of participant", "participant.kind", categories=choices(Participant.Kind)),
            holds(Purpose.APP_DATA, "what they log in this service"),
            holds(Purpose.QUESTIONNAIRES, "questionnaires"),
            holds(Purpose.INTERVIEW, "interview"),
            holds(Purpose.OBSERVATION, "observation of meetings"),
            holds(Purpose.QUOTES, "quoting their words"),
        ),
        "FROM people JOIN evaluation_participant participant ON participant.id = people.pk ORDER BY people.place",
    ),
    Table(
        "groups",
        "Groups of the participants, but for those with few; only what this bundle holds is counted",
        (),
        (
            GROUP,
            number("participant_count", "Participants in this bundle", "covered.people"),
            number("meeting_count", "Meetings in this bundle", "count(shown.id)"),
        ),
        f"""FROM covered LEFT JOIN (SELECT meeting.id, meeting.group_id {_SHOWN_MEETINGS}) shown
        ON shown.group_id = covered.pk
        WHERE covered.is_shown GROUP BY covered.place, covered.name, covered.people ORDER BY covered.place""",
    ),
    Table(
        "meetings",
        "Meetings of these groups at which a participant's attendance is known, or that were observed",
        (Purpose.APP_DATA, Purpose.OBSERVATION),
        (
            MEETING,
            GROUP,
            Variable(
                "shifted_on",
                "Day of the meeting, moved by a secret number of whole weeks, the same for all meetings of its group",
                "(meeting.starts_at AT TIME ZONE meeting.time_zone)::date + covered.shift_days",
                "date",
            ),
            Variable("state", "State of the meeting", "meeting.state", categories=choices(Meeting.State)),
        ),
        f"{_SHOWN_MEETINGS} ORDER BY covered.place, meeting.starts_at, meeting.id",
    ),
    Table(
        "attendance",
        "Whether a participant came, as a role holder recorded it",
        (Purpose.APP_DATA,),
        (
            PARTICIPANT,
            MEETING,
            Variable("outcome", "Outcome", "attendance.outcome", categories=choices(Attendance.Outcome)),
            Variable(
                "answer_before",
                "What they had said before",
                "(SELECT rsvp.answer FROM groups_rsvp rsvp WHERE rsvp.meeting_id = meeting.id"
                " AND rsvp.membership_id = membership.id AND rsvp.answered_at <= %(as_of)s)",
                categories=choices(RSVP.Answer),
            ),
        ),
        f"{_ATTENDANCE} ORDER BY people.place, meeting.starts_at, meeting.id",
    ),
    Table(
        "goals",
        "Goals that a participant set",
        (Purpose.APP_DATA,),
        (
            GOAL,
            PARTICIPANT,
            days_since_entry("set_day", f"{ENTRY} to setting the goal", on("goal.started_at")),
            Variable("state", "State now", "goal.state", categories=choices(Goal.State)),
            number("confidence", f"How sure that they can do it, {SCALE}", "goal.confidence"),
            number("rhythm_weeks", "Weeks between looks back", "goal.rhythm_weeks"),
            yes_no(
                "is_shared",
                "Shared with a group",
                "EXISTS (SELECT FROM supportplans_goalshare share WHERE share.item_id = goal.id)",
            ),
        ),
        """FROM people JOIN supportplans_goal goal ON goal.person_id = people.person_id
        WHERE people.app_data AND goal.started_at <= %(as_of)s ORDER BY people.place, goal.id""",
    ),
    Table(
        "goal_reviews",
        "Looks back at goals",
        (Purpose.APP_DATA,),
        (
            GOAL,
            PARTICIPANT,
            days_since_entry("review_day", ENTRY, on("review.reviewed_at")),
            Variable("outcome", "How it went", "review.outcome", categories=choices(GoalReview.Outcome)),
            number("confidence", f"How sure they are now, {SCALE}", "review.confidence"),
            Variable(
                "state_after", "State of the goal afterwards", "review.state_after", categories=choices(Goal.State)
            ),
        ),
        """FROM people JOIN supportplans_goal goal ON goal.person_id = people.person_id
        JOIN supportplans_goalreview review ON review.goal_id = goal.id
        WHERE people.app_data AND review.recorded_at <= %(as_of)s ORDER BY people.place, goal.id, review.id""",
    ),
    Table(
        "flareups",
        "Flare-ups that a participant logged; none logged does not mean well",
        (Purpose.APP_DATA,),
        (
            FLAREUP,
            PARTICIPANT,
            Variable("kind", "Kind", "flareup.kind", categories=choices(FlareUp.Kind)),
            days_since_entry("start_day", f"{ENTRY} to its start", "flareup.started_on"),
            yes_no("is_start_approximate", "The start is a guess", "flareup.is_start_approximate"),
            number(
                "length_days",
                "Days from start to end; empty while its end is not known",
                "flareup.ended_on - flareup.started_on",
            ),
            yes_no("has_used_plan", "Used a plan", "flareup.has_used_plan"),
            yes_no("has_turned_to_group", "Turned to the group", "flareup.has_turned_to_group"),
            *(
                yes_no(f"contact_{code}", f"Got help from: {label}", f"'{code}' = ANY(flareup.contacts)")
                for code, label in choices(FlareUp.Contact).items()
            ),
            number("pain", f"Pain at its worst, {SCALE}", "flareup.pain"),
            number("effect", f"Effect on what matters, {SCALE}", "flareup.effect"),
        ),
        _FLAREUPS % "" + " ORDER BY people.place, flareup.started_on, flareup.id",
    ),
    Table(
        "remedies",
        "Things that a participant tried in a flare-up; not what they were",
        (Purpose.APP_DATA,),
        (
            FLAREUP,
            PARTICIPANT,
            key("remedy", "What was tried, the same in every flare-up of the participant", "tried.word_id"),
            Variable(
                "helped",
                "Whether it helped; empty where nothing was said about that",
                "nullif(tried.helped, '')",
                categories=choices(FlareUpRemedy.Helped),
            ),
        ),
        _FLAREUPS % "JOIN supportplans_flareupremedy tried ON tried.flareup_id = flareup.id"
        + " ORDER BY people.place, flareup.started_on, flareup.id, tried.id",
    ),
    Table(
        "interviews",
        "Interviews held",
        (Purpose.INTERVIEW,),
        (
            key("interview", "Interview", "interview.id"),
            PARTICIPANT,
            Variable(
                "participant_kind",
                "Kind of participant on the day",
                "interview.participant_kind",
                categories=choices(Participant.Kind),
            ),
            days_since_entry("interview_day", ENTRY, on("interview.started_at")),
            Variable("mode", "How", "interview.mode", categories=choices(Interview.Mode)),
            number(
                "interviewer_count",
                "How many interviewers",
                "CASE WHEN interview.second_interviewer_id IS NULL THEN 1 ELSE 2 END",
            ),
            number(
                "guide_version", "Version of the topic guide for this kind; empty where none was used", "guide.version"
            ),
            number("length_minutes", "Length in minutes", "interview.length_minutes"),
            Variable("recording", "Recording", "interview.recording", categories=choices(Interview.Recording)),
            yes_no(
                "has_transcript",
                "A transcript is kept",
                "EXISTS (SELECT FROM evaluation_source source"
                " WHERE source.interview_id = interview.id AND source.kind = 'transcript')",
            ),
        ),
        """FROM people JOIN evaluation_interview interview ON interview.participant_id = people.pk
        LEFT JOIN evaluation_topicguide guide ON guide.id = interview.topic_guide_id
        WHERE people.interview AND interview.created_at <= %(as_of)s
        ORDER BY people.place, interview.started_at, interview.id""",
    ),
    Table(
        "observations",
        "Meetings observed, where at least one participant consents to be described",
        (Purpose.OBSERVATION,),
        (
            key("observation", "Observation", "observation.id"),
            MEETING,
            GROUP,
            Variable(
                "observer_role",
                "The observer's part",
                "observation.observer_role",
                categories=choices(Observation.ObserverRole),
            ),
            Variable("style", "How it is written", "observation.style", categories=choices(Observation.Style)),
            Variable(
                "present_count",
                "How many people were there; hidden when they were few",
                f"CASE WHEN observation.present_count < %(threshold)s THEN '{SUPPRESSED}'"
                " ELSE observation.present_count::text END",
                "integer",
                can_be_hidden=True,
            ),
            number("described_count", "How many of them may be described", "described.people"),
        ),
        # Among the groups with few participants the order says nothing about when.
        f"""FROM (SELECT observation.id, count(*) AS people {_DESCRIBED} GROUP BY observation.id) described
        JOIN evaluation_observation observation ON observation.id = described.id
        JOIN groups_meeting meeting ON meeting.id = observation.meeting_id
        JOIN covered ON covered.pk = meeting.group_id
        ORDER BY covered.is_shown DESC, CASE WHEN covered.is_shown THEN covered.place END, md5(observation.id::text)""",
    ),
)
