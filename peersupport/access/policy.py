"""The one permission table: which roles may do what. `tests/test_policy.py` holds it again, written out by hand.

A permission is "app.verb_noun". Roles count in relation to the object asked about; for permissions asked without
an object (marked "anywhere"), the roles that the person holds anywhere.
"""

from peersupport.access.roles import ORGANISERS, RESEARCHERS, Role

OWNER, MEMBER, ROLE_HOLDER, TUTOR = Role.OWNER, Role.MEMBER, Role.ROLE_HOLDER, Role.TUTOR
COORDINATOR, SHARED_WITH, LEAD = Role.COORDINATOR, Role.SHARED_WITH, Role.LEAD
GROUP = {MEMBER, ROLE_HOLDER, TUTOR}

_TABLE = {
    # groups: sites and programmes
    "groups.add_site": {COORDINATOR, Role.ADMINISTRATOR},  # anywhere
    "groups.view_site": {COORDINATOR, TUTOR},
    "groups.change_site": {COORDINATOR},
    "groups.add_programme": {COORDINATOR},
    "groups.view_programme": {COORDINATOR, TUTOR},
    "groups.change_programme": {COORDINATOR},
    "groups.appoint_tutor": {COORDINATOR},
    "groups.view_register": {COORDINATOR},  # anywhere; rows by view_group_counts
    "groups.view_venue": {*GROUP, COORDINATOR},
    "groups.change_venue": {*ORGANISERS, COORDINATOR},
    "groups.add_venue": {COORDINATOR},
    "groups.merge_venues": {COORDINATOR},
    "groups.name_safeguarding": {COORDINATOR},
    "groups.view_timeline": {COORDINATOR},
    # groups: a group and its people
    "groups.start_group": {TUTOR},
    "groups.start_at_site": {TUTOR},
    "groups.view_group": GROUP,
    "groups.view_group_counts": {*GROUP, COORDINATOR},
    "groups.change_group": ORGANISERS,
    "groups.pause_group": ORGANISERS,
    "groups.close_group": ORGANISERS,
    "groups.view_membership": {OWNER, *ORGANISERS},
    "groups.edit_membership": {OWNER},
    "groups.pause_membership": {OWNER},
    "groups.end_membership": ORGANISERS,
    "groups.undo_died": {OWNER, *ORGANISERS},
    "groups.keep_member": ORGANISERS,
    "groups.leave_group": {MEMBER},
    "groups.invite_members": ORGANISERS,
    "groups.view_invitation": ORGANISERS,
    "groups.view_join_request": {OWNER, *ORGANISERS},
    "groups.answer_join_request": ORGANISERS,
    "groups.withdraw_join_request": {OWNER},
    "groups.ask_for_support": ORGANISERS,
    "groups.view_support_request": {OWNER, ROLE_HOLDER, TUTOR, COORDINATOR},
    "groups.answer_support_request": {TUTOR, COORDINATOR},
    "groups.close_support_request": {OWNER, ROLE_HOLDER, TUTOR, COORDINATOR},
    "groups.raise_concern": GROUP,
    "groups.view_concern": {OWNER, Role.SAFEGUARDING_LEAD},
    "groups.handle_concern": {Role.SAFEGUARDING_LEAD},
    "groups.offer_role": ORGANISERS,
    "groups.view_roleterm": {OWNER, *GROUP, COORDINATOR},
    "groups.accept_role": {OWNER},
    "groups.end_role": {OWNER, *ORGANISERS, COORDINATOR},
    "groups.change_role": {OWNER, *ORGANISERS},
    "groups.hand_over": {ROLE_HOLDER},
    # groups: meetings
    "groups.view_meeting": GROUP,
    "groups.plan_meeting": ORGANISERS,
    "groups.move_meeting": ORGANISERS,
    "groups.cancel_meeting": ORGANISERS,
    "groups.answer_meeting": {MEMBER},
    "groups.bring_items": {MEMBER, ROLE_HOLDER},
    "groups.remove_bring_item": {OWNER, *ORGANISERS},
    "groups.write_note": {MEMBER, ROLE_HOLDER},
    "groups.record_attendance": ORGANISERS,
    "groups.view_answers": ORGANISERS,
    "groups.view_newcomers": {ROLE_HOLDER},
    "groups.view_feed": {OWNER},
    # supportplans
    "supportplans.view_plan": GROUP,
    "supportplans.draft_plan": {MEMBER, ROLE_HOLDER},
    "supportplans.propose_plan": {MEMBER, ROLE_HOLDER},
    "supportplans.say_word": {MEMBER},
    "supportplans.view_goal": {OWNER, SHARED_WITH},
    "supportplans.change_goal": {OWNER},
    "supportplans.share_goal": {OWNER},
    "supportplans.view_goal_sheet": GROUP,
    "supportplans.report_item": {SHARED_WITH},
    "supportplans.view_report": {*ORGANISERS, COORDINATOR},
    "supportplans.settle_report": {*ORGANISERS, COORDINATOR},
    "supportplans.view_flareup": {OWNER},
    "supportplans.change_flareup": {OWNER},
    "supportplans.view_personal_plan": {OWNER, SHARED_WITH},
    "supportplans.edit_personal_plan": {OWNER},
    "supportplans.view_pacing": {OWNER},
    "supportplans.change_pacing": {OWNER},
    "supportplans.make_wish": {MEMBER},
    "supportplans.view_wish": {OWNER, SHARED_WITH},
    "supportplans.change_wish": {OWNER},
    "supportplans.ask_buddy": {MEMBER},
    "supportplans.arrange_pairs": ORGANISERS,
    "supportplans.view_pair": {OWNER},
    "supportplans.change_pair": {OWNER},
    "supportplans.view_self_report": {OWNER},
    "supportplans.change_self_report": {OWNER},
    # evaluation
    "evaluation.add_study": RESEARCHERS | {Role.ADMINISTRATOR},  # anywhere
    "evaluation.view_study": RESEARCHERS,
    "evaluation.change_study": {LEAD},
    "evaluation.answer_consent": {Role.INVITED, Role.PARTICIPANT},
    "evaluation.withdraw": {Role.PARTICIPANT},
    "evaluation.view_participant": RESEARCHERS,
    "evaluation.add_participant": {LEAD, Role.INTERVIEWER},
    "evaluation.record_consent": {LEAD, Role.INTERVIEWER},
    "evaluation.view_identity_key": {Role.KEY_HOLDER},
    "evaluation.view_identity_request": {LEAD, Role.KEY_HOLDER, Role.APPROVER},
    "evaluation.answer_identity_request": {LEAD, Role.KEY_HOLDER, Role.APPROVER},
    "evaluation.view_interview": {LEAD, Role.INTERVIEWER, Role.ANALYST},
    "evaluation.record_interview": {LEAD, Role.INTERVIEWER},
    "evaluation.view_source": {LEAD, Role.INTERVIEWER, Role.ANALYST, Role.KEY_HOLDER},
    "evaluation.check_transcript": {LEAD, Role.INTERVIEWER},
    "evaluation.redact_transcript": {LEAD, Role.INTERVIEWER},
    "evaluation.approve_transcript": {LEAD, Role.INTERVIEWER, Role.APPROVER},
    "evaluation.reopen_transcript": {LEAD, Role.INTERVIEWER, Role.APPROVER},
    "evaluation.view_replacement": {Role.KEY_HOLDER},
    "evaluation.view_observation": {LEAD, Role.INTERVIEWER, Role.ANALYST},
    "evaluation.record_observation": {LEAD, Role.INTERVIEWER},
    "evaluation.view_coding": {LEAD, Role.ANALYST},
    "evaluation.code_texts": {LEAD, Role.ANALYST},
    "evaluation.take_back_coding": {OWNER},
    "evaluation.change_codes": {LEAD, Role.ANALYST},
    "evaluation.run_round": {LEAD},
    "evaluation.view_export": {LEAD, Role.ANALYST, Role.APPROVER},
    "evaluation.request_export": {LEAD, Role.ANALYST},
    "evaluation.download_export": {LEAD, Role.ANALYST},
    "evaluation.view_notice": {LEAD, Role.ANALYST, Role.APPROVER},
    "evaluation.give_notice": {LEAD, Role.ANALYST},
    # running the service
    "reminders.view_delivery": {Role.ADMINISTRATOR},  # anywhere
    "reminders.settle_message": {Role.ADMINISTRATOR},  # anywhere
}

PERMISSIONS: dict[str, frozenset[Role]] = {permission: frozenset(roles) for permission, roles in _TABLE.items()}
