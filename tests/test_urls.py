"""Every address as every role: what each gets is written out by hand, and an address that is not here fails.

A line says which row of the small world the address is about, and who gets which answer; everyone else who is signed
in gets 404, and the anonymous are sent to sign in unless the line names them. Addresses that only take POST are asked
by POST with nothing in it. What a request changed is rolled back before the next.
"""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from tests import world as worlds

#: Sign-in, second factor and sessions are allauth's own, with tests of their own; the admin site is Django's.
NOT_OURS = ("accounts/", "admin/")
EVERYONE = {
    *("stranger", "administrator", "coordinator", "other_coordinator", "tutor", "member", "peer", "outsider"),
    "safeguarding",
    *("contact", "lead", "interviewer", "analyst", "key_holder", "approver", "other_lead"),
}  # fmt: skip
PUBLIC = EVERYONE | {"anonymous"}
GROUP = {"member", "peer", "contact", "tutor"}
MEMBERS = GROUP - {"tutor"}
ORGANISERS = {"contact", "tutor"}
OTHER_MEMBERS = {"member", "peer"}
COORDINATORS = {"coordinator", "other_coordinator"}
TEAM = {"lead", "interviewer", "analyst", "key_holder", "approver"}
RESEARCHERS = TEAM | {"other_lead"}
COLLECTORS = {"lead", "interviewer"}
READERS = COLLECTORS | {"analyst"}
CODERS = {"lead", "analyst"}
REPORT_READERS = {"lead", "analyst", "approver"}
NOT_CODERS = TEAM - CODERS
NOT_READERS = TEAM - READERS
NOT_COLLECTORS = TEAM - COLLECTORS
NOTIFIERS = {"lead", "analyst"}
#: Who may say whether a key-holder finds out who someone is.
SECOND_PEOPLE = {"lead", "key_holder", "approver"}
KEY_HOLDING = {200: {"key_holder"}, 403: TEAM - {"key_holder"}}

BY_COORDINATOR = {200: {"coordinator"}, 403: {"tutor"}}
BY_ORGANISERS = {200: ORGANISERS, 403: OTHER_MEMBERS}
BY_MEMBER = {200: {"member"}, 403: GROUP - {"member"}}
OWN = {200: EVERYONE}

#: Name: the row it is about, the method, who gets what.
EXPECTED = {
    "home": ("", "get", OWN),
    "members:account": ("", "get", OWN),
    "members:profile_edit": ("", "get", OWN),
    "members:mail_resume": ("", "post", {302: EVERYONE}),
    "members:look_list": ("", "get", OWN),
    "groups:calendar": ("", "get", OWN),
    "groups:calendar_open": ("", "post", {302: EVERYONE}),
    "groups:calendar_renew": ("", "post", {302: EVERYONE}),
    "groups:feed": ("", "get", {}),
    "groups:group_list": ("", "get", OWN),
    "groups:group_start": ("programme", "get", {200: {"tutor"}, 403: {"coordinator"}}),
    "groups:site_group_start": ("site", "get", {200: {"tutor"}, 403: {"coordinator"}}),
    "groups:role_share_out": ("group", "get", BY_ORGANISERS),
    "groups:checklist_detail": ("group", "get", BY_ORGANISERS),
    "groups:checklist_step_settle": ("checklist_step", "post", {302: ORGANISERS}),
    "groups:checklist_item_list": ("site", "get", {200: {"coordinator"}, 403: {"tutor"}}),
    "groups:checklist_item_add": ("site", "get", {200: {"coordinator"}, 403: {"tutor"}}),
    "groups:checklist_item_edit": ("checklist_item", "get", {200: {"coordinator"}}),
    "groups:checklist_item_raise": ("checklist_item", "post", {302: {"coordinator"}}),
    "groups:checklist_item_remove": ("checklist_item", "post", {302: {"coordinator"}}),
    "groups:group_detail": ("group", "get", {200: GROUP}),
    "groups:group_edit": ("group", "get", BY_ORGANISERS),
    "groups:group_leave": ("group", "get", {200: MEMBERS, 403: {"tutor"}}),
    "groups:group_activate": ("group", "get", BY_ORGANISERS),
    "groups:group_pause": ("group", "get", BY_ORGANISERS),
    "groups:group_resume": ("group", "get", BY_ORGANISERS),
    "groups:group_close": ("group", "get", BY_ORGANISERS),
    "groups:invitation_list": ("group", "get", BY_ORGANISERS),
    "groups:invitation_add": ("group", "get", BY_ORGANISERS),
    "groups:code_add": ("group", "get", BY_ORGANISERS),
    "groups:invitation_sheet": ("code_invitation", "get", {200: ORGANISERS}),
    "groups:invitation_qr": ("code_invitation", "get", {200: ORGANISERS}),
    "groups:invitation_resend": ("email_invitation", "post", {302: ORGANISERS}),
    "groups:invitation_withdraw": ("email_invitation", "post", {302: ORGANISERS}),
    "groups:join": ("", "get", {200: PUBLIC}),
    "groups:code_open": ("", "get", {302: PUBLIC}),
    "groups:invitation_detail": ("", "get", {302: EVERYONE}),
    "groups:invitation_accept": ("", "get", {}),
    "groups:invitation_open": ("", "get", {302: PUBLIC}),
    "groups:invitation_decline": ("", "get", {404: PUBLIC}),
    "groups:group_find": ("", "get", OWN),
    "groups:group_join": ("open_group", "get", {200: EVERYONE}),
    "groups:group_welcome": ("group", "get", {200: MEMBERS}),
    "groups:join_request_list": ("group", "get", BY_ORGANISERS),
    "groups:join_request_answer": ("join_request", "get", {200: ORGANISERS, 403: {"stranger"}}),
    "groups:join_request_withdraw": ("join_request", "post", {302: {"stranger"}, 403: ORGANISERS}),
    "groups:membership_edit": ("membership", "get", {200: {"member"}, 403: ORGANISERS}),
    "groups:membership_list": ("group", "get", BY_ORGANISERS),
    "groups:membership_detail": ("membership", "get", {200: ORGANISERS | {"member"}}),
    "groups:membership_pause": ("membership", "get", {200: {"member"}, 403: ORGANISERS}),
    "groups:membership_resume": ("membership", "post", {302: {"member"}, 403: ORGANISERS}),
    "groups:membership_remove": ("membership", "get", {200: ORGANISERS, 403: {"member"}}),
    "groups:membership_never_came": ("membership", "get", {200: ORGANISERS, 403: {"member"}}),
    "groups:membership_died": ("membership", "get", {200: ORGANISERS, 403: {"member"}}),
    "groups:membership_died_undo": ("membership", "post", {302: ORGANISERS | {"member"}}),
    "groups:kept_member_add": ("group", "get", BY_ORGANISERS),
    "groups:kept_member_edit": ("kept_membership", "get", {200: ORGANISERS}),
    "groups:claim_add": ("kept_membership", "post", {302: ORGANISERS}),
    "groups:group_hand_over": ("group", "get", {200: {"contact"}, 403: OTHER_MEMBERS | {"tutor"}}),
    "groups:role_edit": ("contact_term", "get", BY_ORGANISERS),
    "groups:meeting_list": ("group", "get", {200: GROUP}),
    "groups:meeting_plan": ("group", "get", BY_ORGANISERS),
    "groups:meeting_detail": ("meeting", "get", {200: GROUP}),
    "groups:meeting_answer": ("meeting", "post", {302: MEMBERS, 403: {"tutor"}}),
    "groups:answer_list": ("meeting", "get", BY_ORGANISERS),
    "groups:answer_ask": ("meeting", "post", {302: ORGANISERS, 403: OTHER_MEMBERS}),
    "groups:answer_note": ("", "post", {302: ORGANISERS, 403: OTHER_MEMBERS}),
    "groups:call_list": ("meeting", "get", BY_ORGANISERS),
    "groups:call_note": ("", "post", {302: ORGANISERS, 403: OTHER_MEMBERS}),
    "groups:bring_item_add": ("meeting", "get", {200: MEMBERS, 403: {"tutor"}}),
    "groups:bring_item_take": ("bring_item", "post", {302: MEMBERS, 403: {"tutor"}}),
    "groups:bring_item_give_back": ("bring_item", "post", {302: MEMBERS, 403: {"tutor"}}),
    "groups:bring_item_remove": ("bring_item", "post", {302: ORGANISERS | {"member"}, 403: {"peer"}}),
    "groups:note_edit": ("meeting", "get", {200: MEMBERS, 403: {"tutor"}}),
    "groups:capacity_edit": ("meeting", "get", BY_ORGANISERS),
    "groups:attendance_history": ("meeting", "get", BY_ORGANISERS),
    "groups:attendance_sheet": ("meeting", "get", BY_ORGANISERS),
    "groups:attendance_over_time": ("group", "get", {200: GROUP}),
    "groups:meeting_move": ("meeting", "get", BY_ORGANISERS),
    "groups:meeting_confirm": ("meeting", "post", {302: ORGANISERS, 403: OTHER_MEMBERS}),
    "groups:meeting_settle": ("meeting", "post", {302: ORGANISERS, 403: OTHER_MEMBERS}),
    "groups:meeting_cancel": ("meeting", "get", BY_ORGANISERS),
    "groups:series_stop": ("meeting", "get", BY_ORGANISERS),
    "groups:attendance_record": ("meeting", "get", BY_ORGANISERS),
    "groups:programme_list": ("", "get", OWN),
    "groups:programme_add": ("site", "get", {200: {"coordinator"}, 403: {"tutor"}}),
    "groups:programme_detail": ("programme", "get", {200: {"coordinator", "tutor"}}),
    "groups:programme_edit": ("programme", "get", {200: {"coordinator"}, 403: {"tutor"}}),
    "groups:register": ("", "get", {200: COORDINATORS, 403: EVERYONE - {"coordinator", "other_coordinator"}}),
    "groups:tutor_appoint": ("programme", "get", {200: {"coordinator"}, 403: {"tutor"}}),
    "groups:role_list": ("", "get", OWN),
    "groups:role_offer": ("group", "get", BY_ORGANISERS),
    "groups:role_accept": ("offer", "post", {302: {"member"}, 403: {"contact", "peer", "tutor"}}),
    "groups:role_end": ("contact_term", "get", BY_ORGANISERS),
    "groups:role_hand_over": ("contact_term", "get", BY_ORGANISERS),
    "groups:site_add": (
        "",
        "get",
        {
            200: {"administrator", "coordinator", "other_coordinator"},
            403: EVERYONE - {"administrator", "coordinator", "other_coordinator"},
        },
    ),
    "groups:site_edit": ("site", "get", {200: {"coordinator"}, 403: {"tutor"}}),
    "groups:site_timeline": ("site", "get", BY_COORDINATOR),
    "groups:group_year": ("group", "get", {200: GROUP}),
    "groups:group_still_going": ("group", "get", BY_ORGANISERS),
    "groups:venue_list": ("site", "get", BY_COORDINATOR),
    "groups:venue_add": ("site", "get", BY_COORDINATOR),
    "groups:venue_detail": ("venue", "get", {200: GROUP | {"coordinator"}}),
    "groups:venue_card": ("venue", "get", {200: GROUP | {"coordinator"}}),
    "groups:venue_edit": ("venue", "get", {200: ORGANISERS | {"coordinator"}, 403: OTHER_MEMBERS}),
    "groups:venue_access": ("venue", "get", {200: ORGANISERS | {"coordinator"}, 403: OTHER_MEMBERS}),
    "groups:venue_merge": ("venue", "get", {200: {"coordinator"}, 403: GROUP}),
    "groups:support_request_list": ("", "get", OWN),
    "groups:support_request_add": ("group", "get", BY_ORGANISERS),
    "groups:support_request_detail": ("request", "get", {200: {"contact", "coordinator"}}),
    "groups:support_request_close": ("request", "post", {302: {"contact", "coordinator"}}),
    "groups:concern_list": ("", "get", OWN),
    "groups:concern_raise": ("group", "get", {200: GROUP}),
    "groups:concern_detail": ("concern", "get", {200: {"peer", "safeguarding"}}),
    "groups:concern_read": ("concern", "post", {302: {"safeguarding"}, 403: {"peer"}}),
    "groups:concern_pass_on": ("concern", "get", {200: {"safeguarding"}, 403: {"peer"}}),
    "groups:concern_close": ("concern", "get", {200: {"safeguarding"}, 403: {"peer"}}),
    "groups:safeguarding_detail": ("site", "get", BY_COORDINATOR),
    "groups:safeguarding_name": ("", "get", BY_COORDINATOR),
    "groups:safeguarding_end": ("", "post", {302: {"coordinator"}, 403: {"tutor"}}),
    "supportplans:plan_list": ("group", "get", {200: GROUP}),
    "supportplans:plan_start": ("group", "post", {302: MEMBERS, 403: {"tutor"}}),
    "supportplans:plan_detail": ("plan", "get", {200: GROUP}),
    "supportplans:plan_changes": ("plan", "get", {}),
    "supportplans:plan_propose": ("plan", "get", {200: MEMBERS, 403: {"tutor"}}),
    "supportplans:plan_reopen": ("proposed_plan", "get", {200: MEMBERS, 403: {"tutor"}}),
    "supportplans:plan_keep": ("plan", "get", {200: MEMBERS, 403: {"tutor"}}),
    "supportplans:word_say": ("proposed_plan", "get", {200: OTHER_MEMBERS, 403: ORGANISERS}),
    "supportplans:section_edit": ("section", "get", {200: MEMBERS, 403: {"tutor"}}),
    "supportplans:section_history": ("section", "get", {200: GROUP}),
    "supportplans:section_restore": ("section_text", "post", {302: MEMBERS, 403: {"tutor"}}),
    "supportplans:goal_list": ("", "get", OWN),
    "supportplans:goal_add": ("", "get", OWN),
    "supportplans:goal_detail": ("shared_goal", "get", {200: GROUP}),
    "supportplans:goal_edit": ("shared_goal", "get", BY_MEMBER),
    "supportplans:goal_review": ("shared_goal", "get", BY_MEMBER),
    "supportplans:goal_ended_list": ("", "get", OWN),
    "supportplans:goal_shared_list": ("", "get", OWN),
    "supportplans:goal_sheet": ("group", "get", {200: GROUP}),
    "supportplans:goal_start": ("draft_goal", "post", {302: {"member"}}),
    "supportplans:goal_pause": ("shared_goal", "post", {302: {"member"}, 403: GROUP - {"member"}}),
    "supportplans:goal_resume": ("shared_goal", "post", {302: {"member"}, 403: GROUP - {"member"}}),
    "supportplans:step_shrink": ("shared_goal", "get", BY_MEMBER),
    "supportplans:step_keep": ("shared_goal", "post", {302: {"member"}, 403: GROUP - {"member"}}),
    "supportplans:level_write": ("draft_goal", "get", {200: {"member"}}),
    "supportplans:goal_share": ("shared_goal", "get", BY_MEMBER),
    "supportplans:goal_report": ("shared_goal", "get", {200: GROUP - {"member"}, 403: {"member"}}),
    "supportplans:report_list": ("", "get", OWN),
    "supportplans:report_detail": ("report", "get", {200: ORGANISERS | {"coordinator"}}),
    "supportplans:report_hide": ("report", "get", {200: ORGANISERS | {"coordinator"}}),
    "supportplans:report_leave": ("report", "post", {302: ORGANISERS | {"coordinator"}}),
    "supportplans:report_show": ("report", "post", {302: ORGANISERS | {"coordinator"}}),
    "supportplans:flareup_list": ("", "get", OWN),
    "supportplans:offline_choose": ("", "get", OWN),
    "supportplans:offline_page": ("", "get", OWN),
    "supportplans:waiting_log": ("", "get", OWN),
    "supportplans:flareup_log": ("", "get", OWN),
    "supportplans:flareup_detail": ("flareup", "get", {200: {"member"}}),
    "supportplans:flareup_edit": ("flareup", "get", {200: {"member"}}),
    "supportplans:flareup_end": ("flareup", "post", {302: {"member"}}),
    "supportplans:flareup_go_on": ("flareup", "post", {302: {"member"}}),
    "supportplans:flareup_take_back": ("flareup", "get", {200: {"member"}}),
    "supportplans:flareup_calendar": ("", "get", OWN),
    "supportplans:what_helped": ("", "get", OWN),
    "supportplans:flareup_summary": ("", "get", OWN),
    "supportplans:flareup_history": ("flareup", "get", {200: {"member"}}),
    "supportplans:keep_in_touch_list": ("", "get", OWN),
    "supportplans:keep_in_touch_detail": ("group", "get", {200: GROUP}),
    "supportplans:wish_edit": ("group", "get", {200: MEMBERS, 403: {"tutor"}}),
    "supportplans:wish_pause": ("wish", "post", {302: {"member"}, 403: {"peer"}}),
    "supportplans:wish_resume": ("wish", "post", {302: {"member"}, 403: {"peer"}}),
    "supportplans:wish_end": ("wish", "get", {200: {"member"}, 403: {"peer"}}),
    "supportplans:pair_ask": ("wish", "get", {200: {"peer"}}),
    "supportplans:pair_arrange": ("group", "get", BY_ORGANISERS),
    "supportplans:pair_detail": ("pair", "get", {200: OTHER_MEMBERS}),
    "supportplans:pair_agree": ("pair", "post", {302: OTHER_MEMBERS}),
    "supportplans:pair_end": ("pair", "get", {200: OTHER_MEMBERS}),
    "supportplans:check_in_note": ("pair", "post", {302: OTHER_MEMBERS}),
    "supportplans:check_in_undo": ("check_in", "post", {302: OTHER_MEMBERS}),
    "supportplans:personal_plan_detail": ("", "get", OWN),
    "supportplans:personal_plan_card": ("", "get", OWN),
    "supportplans:personal_section_edit": ("", "get", OWN),
    "supportplans:personal_section_history": ("", "get", OWN),
    "supportplans:personal_text_restore": ("earlier_text", "post", {302: {"member"}}),
    "supportplans:personal_section_share": ("", "get", {200: {"member"}}),
    "supportplans:shared_plan_list": ("", "get", OWN),
    "supportplans:shared_plan_detail": ("personal_plan", "get", {200: {"peer", "contact", "tutor"}}),
    "supportplans:personal_section_report": (
        "shared_section",
        "get",
        {200: {"peer", "contact", "tutor"}, 403: {"member"}},
    ),
    "supportplans:pacing_list": ("", "get", OWN),
    "supportplans:pacing_add": ("", "get", OWN),
    "supportplans:pacing_detail": ("pacing", "get", {200: {"member"}}),
    "supportplans:pacing_try": ("pacing", "get", {200: {"member"}}),
    "supportplans:pacing_set": ("pacing", "get", {200: {"member"}}),
    "supportplans:pacing_day_note": ("pacing", "get", {200: {"member"}}),
    "supportplans:pacing_enough": ("pacing", "post", {302: {"member"}}),
    "supportplans:pacing_stop": ("pacing", "post", {302: {"member"}}),
    "supportplans:self_report_list": ("", "get", OWN),
    "supportplans:self_report_wish_edit": ("", "get", OWN),
    "supportplans:self_report_wish_end": ("", "get", OWN),
    "supportplans:self_report_leave_out": ("", "post", {302: EVERYONE}),
    "supportplans:self_report_start": ("", "post", {302: {"member"}}),
    "supportplans:self_report_answer": ("", "get", {200: {"member"}}),
    "supportplans:self_report_finish": ("open_report", "get", {200: {"member"}}),
    "supportplans:self_report_detail": ("finished_report", "get", {200: {"member"}}),
    "supportplans:self_report_take_out": ("finished_report", "get", {200: {"member"}}),
    "supportplans:self_report_over_time": ("", "get", OWN),
    "supportplans:over_time": ("", "get", OWN),
    "evaluation:my_research": ("", "get", OWN),
    "evaluation:my_study": ("study", "get", {200: {"peer"}, 302: {"contact", "member"}}),
    "evaluation:consent_answer": ("study", "get", {200: MEMBERS}),
    "evaluation:study_withdraw": ("study", "get", {200: {"peer"}, 403: {"contact", "member"}}),
    "evaluation:study_list": ("", "get", OWN),
    "evaluation:study_add": (
        "",
        "get",
        {200: RESEARCHERS | {"administrator"}, 403: EVERYONE - RESEARCHERS - {"administrator"}},
    ),
    "evaluation:study_detail": ("study", "get", {200: TEAM}),
    "evaluation:study_edit": ("", "get", {200: {"lead"}, 403: RESEARCHERS - {"lead", "other_lead"}}),
    "evaluation:study_team": ("study", "get", {200: TEAM}),
    "evaluation:duty_end": ("duty", "post", {302: {"lead"}, 403: RESEARCHERS - {"lead", "other_lead"}}),
    "evaluation:consent_form_publish": ("study", "get", {200: {"lead"}, 403: RESEARCHERS - {"lead", "other_lead"}}),
    "evaluation:consent_form_detail": ("form", "get", {200: TEAM}),
    "evaluation:participant_list": ("study", "get", {200: TEAM}),
    "evaluation:participant_add": ("study", "get", {200: COLLECTORS, 403: NOT_COLLECTORS}),
    "evaluation:participant_detail": ("participant", "get", {200: TEAM}),
    "evaluation:decision_record": ("participant", "get", {200: COLLECTORS, 403: NOT_COLLECTORS}),
    "evaluation:withdrawal_record": ("participant", "get", {200: COLLECTORS, 403: NOT_COLLECTORS}),
    "evaluation:identity_key_open": ("participant", "get", KEY_HOLDING),
    "evaluation:identity_request": ("participant", "get", KEY_HOLDING),
    "evaluation:account_link": ("participant", "get", KEY_HOLDING),
    "evaluation:identity_request_list": ("study", "get", {200: SECOND_PEOPLE, 403: TEAM - SECOND_PEOPLE}),
    "evaluation:identity_request_answer": ("identity_request", "get", {200: SECOND_PEOPLE}),
    "evaluation:asking_edit": ("", "get", OWN),
    "evaluation:approach_answer": ("approach", "get", {200: {"member"}}),
    "evaluation:approach_decline": ("approach", "get", {200: {"member"}}),
    "evaluation:approach_list": ("study", "get", {200: COLLECTORS, 403: NOT_COLLECTORS}),
    "evaluation:approach_add": ("study", "get", {200: COLLECTORS, 403: NOT_COLLECTORS}),
    "evaluation:approach_detail": ("approach", "get", {200: COLLECTORS}),
    "evaluation:outcome_record": ("approach", "get", {200: COLLECTORS}),
    "evaluation:frame_choose": ("study", "get", {200: COLLECTORS, 403: NOT_COLLECTORS}),
    "evaluation:frame_draw": ("study", "get", {302: COLLECTORS, 403: NOT_COLLECTORS}),
    "evaluation:frame_detail": ("frame", "get", {200: COLLECTORS}),
    "evaluation:interview_list": ("study", "get", {200: READERS, 403: NOT_READERS}),
    "evaluation:interview_record": ("study", "get", {200: COLLECTORS, 403: NOT_COLLECTORS}),
    "evaluation:interview_detail": ("interview", "get", {200: READERS}),
    "evaluation:recording_destroy": ("interview", "get", {200: COLLECTORS, 403: {"analyst"}}),
    "evaluation:interview_correct": ("interview", "get", {200: COLLECTORS, 403: {"analyst"}}),
    "evaluation:record_lock": ("", "post", {302: {"lead"}, 403: READERS - {"lead"}}),
    "evaluation:record_unlock": ("", "get", {200: {"lead"}, 403: READERS - {"lead"}}),
    "evaluation:finding_list": ("study", "get", {200: READERS, 403: NOT_READERS}),
    "evaluation:topic_guide_list": ("study", "get", {200: READERS, 403: NOT_READERS}),
    "evaluation:topic_guide_publish": ("study", "get", {200: COLLECTORS, 403: NOT_COLLECTORS}),
    "evaluation:topic_guide_detail": ("topic_guide", "get", {200: READERS}),
    "evaluation:appointment_list": ("study", "get", {200: COLLECTORS, 403: NOT_COLLECTORS}),
    "evaluation:appointment_plan": ("participant", "get", {200: COLLECTORS, 403: NOT_COLLECTORS}),
    "evaluation:appointment_detail": ("appointment", "get", {200: COLLECTORS}),
    "evaluation:appointment_move": ("appointment", "get", {200: COLLECTORS}),
    "evaluation:appointment_cancel": ("appointment", "get", {200: COLLECTORS}),
    "evaluation:appointment_miss": ("appointment", "post", {302: COLLECTORS}),
    "evaluation:appointment_letter": ("appointment", "get", {200: COLLECTORS}),
    "evaluation:appointment_file": ("appointment", "get", {200: COLLECTORS}),
    "evaluation:appointment_call_off": ("appointment", "get", {200: {"peer"}}),
    "evaluation:questionnaire_list": ("study", "get", {200: TEAM}),
    "evaluation:questionnaire_plan": ("study", "get", {200: {"lead"}, 403: TEAM - {"lead"}}),
    "evaluation:administration_list": ("participant", "get", {200: READERS, 403: NOT_READERS}),
    "evaluation:administration_detail": ("entered", "get", {200: READERS}),
    "evaluation:administration_enter": ("administration", "get", {200: COLLECTORS, 403: {"analyst"}}),
    "evaluation:administration_correct": ("entered", "get", {200: COLLECTORS, 403: {"analyst"}}),
    "evaluation:occasion_detail": ("occasion", "get", {200: {"peer"}}),
    "evaluation:occasion_decline": ("occasion", "post", {302: {"peer"}}),
    "evaluation:question_answer": ("", "get", {200: {"peer"}}),
    "evaluation:administration_finish": ("administration", "get", {200: {"peer"}}),
    "evaluation:my_numbers": ("study", "get", {200: {"peer"}}),
    "evaluation:talk_start": ("appointment", "get", {200: COLLECTORS}),
    "evaluation:talk_start_unplanned": ("other_participant", "get", {200: COLLECTORS, 403: NOT_COLLECTORS}),
    "evaluation:talk_detail": ("talk", "get", {200: COLLECTORS}),
    "evaluation:talk_pause": ("talk", "get", {200: COLLECTORS}),
    "evaluation:talk_end": ("talk", "post", {302: COLLECTORS}),
    "evaluation:transcript_add": ("interview", "get", {200: COLLECTORS, 403: {"analyst"}}),
    "evaluation:field_note_add": ("interview", "get", {200: COLLECTORS, 403: {"analyst"}}),
    "evaluation:source_detail": ("source", "get", {200: READERS}),
    "evaluation:transcript_check": ("source", "post", {302: COLLECTORS, 403: {"analyst"}}),
    "evaluation:transcript_return": ("source", "get", {200: COLLECTORS, 403: {"analyst"}}),
    "evaluation:transcript_reopen": ("waiting_transcript", "get", {200: COLLECTORS | {"approver"}}),
    "evaluation:redaction_desk": ("transcript", "get", {200: COLLECTORS, 403: {"analyst"}}),
    "evaluation:words_add": ("transcript", "get", {200: COLLECTORS, 403: {"analyst"}}),
    "evaluation:redaction_finish": ("transcript", "post", {302: COLLECTORS, 403: {"analyst"}}),
    "evaluation:redaction_undo": ("redaction", "post", {302: COLLECTORS}),
    "evaluation:redaction_list": (
        "study",
        "get",
        {200: COLLECTORS | {"approver"}, 403: {"analyst", "key_holder"}},
    ),
    "evaluation:redaction_approve": ("waiting_transcript", "get", {200: COLLECTORS | {"approver"}}),
    "evaluation:redaction_log": ("original", "get", {200: {"key_holder"}}),
    "evaluation:replacement_list": ("study", "get", {200: {"key_holder"}, 403: TEAM - {"key_holder"}}),
    "evaluation:observation_list": ("study", "get", {200: READERS, 403: NOT_READERS}),
    "evaluation:observation_start": ("study", "get", {200: COLLECTORS, 403: NOT_COLLECTORS}),
    "evaluation:observation_record": ("", "get", {200: COLLECTORS, 403: NOT_COLLECTORS}),
    "evaluation:observation_detail": ("observation", "get", {200: READERS}),
    "evaluation:observation_note_add": ("observation", "get", {200: COLLECTORS, 403: {"analyst"}}),
    "evaluation:text_list": ("study", "get", {200: CODERS, 403: NOT_CODERS}),
    "evaluation:text_search": ("study", "get", {200: CODERS, 403: NOT_CODERS}),
    "evaluation:text_code": ("source", "get", {200: CODERS, 403: {"interviewer"}}),
    "evaluation:coding_add": ("source", "get", {200: CODERS, 403: {"interviewer"}}),
    "evaluation:letters_switch": ("source", "post", {302: CODERS, 403: {"interviewer"}}),
    "evaluation:coding_take_back": ("coding", "post", {302: {"analyst"}, 403: {"lead"}}),
    "evaluation:code_list": ("study", "get", {200: CODERS, 403: NOT_CODERS}),
    "evaluation:code_add": ("study", "get", {200: CODERS, 403: NOT_CODERS}),
    "evaluation:codebook_import": ("study", "get", {200: CODERS, 403: NOT_CODERS}),
    "evaluation:codebook_download": ("", "get", {200: CODERS, 403: NOT_CODERS}),
    "evaluation:segment_list": ("code", "get", {200: CODERS}),
    "evaluation:code_edit": ("code", "get", {200: CODERS}),
    "evaluation:code_move": ("code", "get", {200: CODERS}),
    "evaluation:code_shift": ("code", "post", {302: CODERS}),
    "evaluation:code_merge": ("code", "get", {200: CODERS}),
    "evaluation:code_end": ("code", "get", {200: CODERS}),
    "evaluation:code_matrix": ("study", "get", {200: CODERS, 403: NOT_CODERS}),
    "evaluation:cell_write": ("", "get", {200: CODERS, 403: NOT_CODERS}),
    "evaluation:round_list": ("study", "get", {200: CODERS, 403: NOT_CODERS}),
    "evaluation:round_start": ("study", "get", {200: {"lead"}, 403: TEAM - {"lead"}}),
    "evaluation:round_detail": ("round", "get", {200: CODERS}),
    "evaluation:round_close": ("round", "post", {302: {"lead"}, 403: {"analyst"}}),
    "evaluation:disagreement_settle": ("", "get", {200: CODERS}),
    "evaluation:memo_list": ("study", "get", {200: CODERS, 403: NOT_CODERS}),
    "evaluation:memo_add": ("", "get", {200: CODERS, 403: NOT_CODERS}),
    "evaluation:notice_list": ("study", "get", {200: NOTIFIERS | {"approver"}, 403: {"interviewer", "key_holder"}}),
    "evaluation:notice_detail": ("notice", "get", {200: NOTIFIERS | {"approver"}}),
    "evaluation:notice_give": ("notice", "get", {200: NOTIFIERS, 403: {"approver"}}),
    "evaluation:coreq_detail": ("study", "get", {200: REPORT_READERS, 403: TEAM - REPORT_READERS}),
    "evaluation:coreq_download": ("study", "get", {200: REPORT_READERS, 403: TEAM - REPORT_READERS}),
    "evaluation:coreq_write": ("", "get", {200: CODERS, 403: NOT_CODERS}),
    "evaluation:study_report": ("study", "get", {200: REPORT_READERS, 403: TEAM - REPORT_READERS}),
    "evaluation:export_key": ("", "get", {200: PUBLIC}),
    "evaluation:export_list": (
        "study",
        "get",
        {
            200: RESEARCHERS - {"interviewer", "key_holder", "other_lead"},
            403: RESEARCHERS - {"analyst", "approver", "lead", "other_lead"},
        },
    ),
    "evaluation:export_request": (
        "study",
        "get",
        {
            200: RESEARCHERS - {"approver", "interviewer", "key_holder", "other_lead"},
            403: RESEARCHERS - {"analyst", "lead", "other_lead"},
        },
    ),
    "evaluation:export_detail": ("export", "get", {200: RESEARCHERS - {"interviewer", "key_holder", "other_lead"}}),
    "evaluation:export_download": (
        "export",
        "post",
        {302: RESEARCHERS - {"approver", "interviewer", "key_holder", "other_lead"}, 403: {"approver"}},
    ),
    "evaluation:export_decide": ("export", "get", {200: {"lead", "approver"}, 403: {"analyst"}}),
    "evaluation:export_recall": ("export", "get", {200: {"lead", "approver"}, 403: {"analyst"}}),
    "evaluation:link_make": ("export", "get", {200: {"lead", "analyst"}, 403: {"approver"}}),
    "evaluation:api_token_list": ("study", "get", {200: CODERS, 403: NOT_CODERS}),
    "evaluation:api_token_make": ("study", "get", {200: CODERS, 403: NOT_CODERS}),
    "evaluation:api_token_revoke": ("api_token", "post", {302: {"lead", "analyst"}}),
    # Programs come with a token: tests/evaluation/test_api.py. The first says what there is to ask for.
    "research_api:openapi-json": ("", "get", {200: PUBLIC}),
    "research_api:api-root": ("", "get", {404: PUBLIC}),
    "research_api:export_list": ("", "get", {401: PUBLIC}),
    "research_api:export_file": ("export", "get", {401: PUBLIC}),
    "evaluation:link_open": ("", "get", {302: PUBLIC}),
    "evaluation:link_download": ("", "get", {410: PUBLIC}),
    "reminders:message_list": ("", "get", OWN),
    "reminders:preferences": ("", "get", OWN),
    "reminders:quiet_time_edit": ("", "get", OWN),
    "reminders:digest_edit": ("", "get", OWN),
    "reminders:way_list": ("", "get", OWN),
    # Texts are not set up in the tests, and nobody here has asked for a code.
    "reminders:phone_add": ("", "get", {}),
    "reminders:phone_confirm": ("", "get", {302: EVERYONE}),
    "reminders:phone_remove": ("", "post", {302: EVERYONE}),
    "reminders:device_add": ("", "post", {302: EVERYONE}),
    "reminders:device_remove": ("device", "post", {302: {"member"}}),
    "reminders:stand_in_edit": ("", "get", OWN),
    "reminders:notify_receipt": ("", "post", {}),
    "service_worker": ("", "get", {200: PUBLIC}),
    "reminders:unsubscribe": ("", "get", {}),
    "reminders:message_settle": ("message", "get", {200: {"administrator"}}),
    "metrics": ("", "get", {}),
    "reminders:delivery": ("", "get", {200: {"administrator"}, 403: EVERYONE - {"administrator"}}),
    "privacy": ("", "get", {200: PUBLIC}),
    "accessibility": ("", "get", {200: PUBLIC}),
    "webmanifest": ("", "get", {200: PUBLIC}),
    "livez": ("", "get", {200: PUBLIC}),
    "readyz": ("", "get", {200: PUBLIC}),
}

#: Addresses that hold a secret, asked with one that opens nothing; and those about two rows.
SPECIAL_ARGS = {
    "groups:feed": lambda rows: ["nothing"],
    "evaluation:link_open": lambda rows: ["nothing"],
    "groups:code_open": lambda rows: ["nothing"],
    "groups:invitation_open": lambda rows: ["nothing"],
    "reminders:unsubscribe": lambda rows: ["nothing"],
    "groups:safeguarding_name": lambda rows: [rows["site"].pk, "deputy"],
    "groups:safeguarding_end": lambda rows: [rows["site"].pk, "deputy"],
    "supportplans:personal_section_edit": lambda rows: ["first_steps"],
    "evaluation:question_answer": lambda rows: [rows["administration"].pk, 1],
    "evaluation:study_edit": lambda rows: [rows["study"].pk, "method"],
    "supportplans:personal_section_share": lambda rows: ["first_steps"],
    "supportplans:personal_section_history": lambda rows: ["first_steps"],
    "supportplans:flareup_edit": lambda rows: [rows["flareup"].pk, "set-off"],
    "supportplans:self_report_start": lambda rows: ["pain_nrs"],
    "supportplans:self_report_answer": lambda rows: [rows["open_report"].pk, 1],
    "supportplans:self_report_over_time": lambda rows: ["pain_nrs"],
    "groups:answer_note": lambda rows: [rows["meeting"].pk, rows["kept_membership"].pk],
    "groups:call_note": lambda rows: [rows["meeting"].pk, rows["kept_membership"].pk],
    "evaluation:codebook_download": lambda rows: [rows["study"].pk, "csv"],
    "evaluation:coreq_write": lambda rows: [rows["study"].pk, 10],
    "evaluation:cell_write": lambda rows: [rows["participant"].pk, rows["code"].pk],
    "evaluation:memo_add": lambda rows: [rows["study"].pk, "code", rows["code"].pk],
    "evaluation:disagreement_settle": lambda rows: [rows["round"].pk, rows["source"].pk, rows["code"].pk, 0, 5],
    "evaluation:record_lock": lambda rows: ["observations", rows["observation"].pk],
    "evaluation:record_unlock": lambda rows: ["observations", rows["observation"].pk],
    "evaluation:observation_record": lambda rows: [rows["study"].pk, rows["past_meeting"].pk],
}

#: Addresses whose anonymous visitors are not sent to sign in: what a wrong secret or no invitation gets them.
ANONYMOUS = {
    "groups:feed": 404,
    "groups:invitation_detail": 404,
    "reminders:unsubscribe": 404,
    "reminders:notify_receipt": 404,
    "metrics": 404,
}


def own_routes():
    def walk(patterns, namespace, prefix):
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                if not route.startswith(NOT_OURS):
                    yield f"{namespace}:{pattern.name}" if namespace else pattern.name
            else:
                yield from walk(pattern.url_patterns, pattern.namespace or namespace, route)

    return list(walk(get_resolver().url_patterns, "", ""))


def test_every_address_is_in_the_table():
    assert sorted(own_routes()) == sorted(EXPECTED)


@pytest.fixture
def world():
    return worlds.build()


@pytest.fixture
def clients(world):
    """A signed-in browser for each person."""
    browsers = {name: Client(raise_request_exception=True) for name in world.people}
    for name, browser in browsers.items():
        if name != "anonymous":
            browser.force_login(world.people[name])
    return browsers


def address_of(name, row, rows):
    if name in SPECIAL_ARGS:
        return reverse(name, args=SPECIAL_ARGS[name](rows))
    return reverse(name, args=[rows[row].pk] if row else [])


def status_of(browser, method, address):
    """What the person gets; whatever the request changed is undone."""
    with transaction.atomic():
        status = getattr(browser, method)(address).status_code
        transaction.set_rollback(True)
    return status


def expected_status(name, who, answers):
    named = [status for status, people in answers.items() if who in people]
    if named:
        return named[0]
    return ANONYMOUS.get(name, 302) if who == "anonymous" else 404


@pytest.mark.django_db
def test_every_address_answers_every_role_as_the_table_says(world, clients):
    differences = []
    for name, (row, method, answers) in EXPECTED.items():
        address = address_of(name, row, world.rows)
        for who, browser in clients.items():
            status, expected = status_of(browser, method, address), expected_status(name, who, answers)
            if status != expected:
                differences.append(f"{name} as {who}: {status}, not {expected}")
    assert differences == []


@pytest.mark.django_db
def test_get_changes_nothing_where_post_is_asked_for(world, clients):
    posts = [(name, row) for name, (row, method, _answers) in EXPECTED.items() if method == "post"]
    for name, row in posts:
        address = address_of(name, row, world.rows)
        # Which method it was is asked before who it was.
        assert {status_of(clients[who], "get", address) for who in ("member", "stranger")} == {405}, name
