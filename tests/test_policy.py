"""The policy, written out a second time by hand: a change of who may do what is seen in two files."""

import pytest

from peersupport.access.policy import PERMISSIONS
from peersupport.access.roles import Role

COLUMNS = {
    "OWN": Role.OWNER,
    "MEM": Role.MEMBER,
    "ROL": Role.ROLE_HOLDER,
    "TUT": Role.TUTOR,
    "COO": Role.COORDINATOR,
    "SAF": Role.SAFEGUARDING_LEAD,
    "SHA": Role.SHARED_WITH,
    "INV": Role.INVITED,
    "PAR": Role.PARTICIPANT,
    "LEA": Role.LEAD,
    "INT": Role.INTERVIEWER,
    "ANA": Role.ANALYST,
    "KEY": Role.KEY_HOLDER,
    "APP": Role.APPROVER,
    "ADM": Role.ADMINISTRATOR,
}

MATRIX = """
                               OWN MEM ROL TUT COO SAF SHA INV PAR LEA INT ANA KEY APP ADM
groups.add_site                 .   .   .   .   x   .   .   .   .   .   .   .   .   .   x
groups.view_site                .   .   .   x   x   .   .   .   .   .   .   .   .   .   .
groups.change_site              .   .   .   .   x   .   .   .   .   .   .   .   .   .   .
groups.add_programme            .   .   .   .   x   .   .   .   .   .   .   .   .   .   .
groups.view_programme           .   .   .   x   x   .   .   .   .   .   .   .   .   .   .
groups.change_programme         .   .   .   .   x   .   .   .   .   .   .   .   .   .   .
groups.appoint_tutor            .   .   .   .   x   .   .   .   .   .   .   .   .   .   .
groups.view_register            .   .   .   .   x   .   .   .   .   .   .   .   .   .   .
groups.view_venue               .   x   x   x   x   .   .   .   .   .   .   .   .   .   .
groups.change_venue             .   .   x   x   x   .   .   .   .   .   .   .   .   .   .
groups.add_venue                .   .   .   .   x   .   .   .   .   .   .   .   .   .   .
groups.merge_venues             .   .   .   .   x   .   .   .   .   .   .   .   .   .   .
groups.name_safeguarding        .   .   .   .   x   .   .   .   .   .   .   .   .   .   .
groups.view_timeline            .   .   .   .   x   .   .   .   .   .   .   .   .   .   .
groups.start_group              .   .   .   x   .   .   .   .   .   .   .   .   .   .   .
groups.start_at_site            .   .   .   x   .   .   .   .   .   .   .   .   .   .   .
groups.view_group               .   x   x   x   .   .   .   .   .   .   .   .   .   .   .
groups.view_group_counts        .   x   x   x   x   .   .   .   .   .   .   .   .   .   .
groups.change_group             .   .   x   x   .   .   .   .   .   .   .   .   .   .   .
groups.pause_group              .   .   x   x   .   .   .   .   .   .   .   .   .   .   .
groups.close_group              .   .   x   x   .   .   .   .   .   .   .   .   .   .   .
groups.view_membership          x   .   x   x   .   .   .   .   .   .   .   .   .   .   .
groups.edit_membership          x   .   .   .   .   .   .   .   .   .   .   .   .   .   .
groups.pause_membership         x   .   .   .   .   .   .   .   .   .   .   .   .   .   .
groups.end_membership           .   .   x   x   .   .   .   .   .   .   .   .   .   .   .
groups.undo_died                x   .   x   x   .   .   .   .   .   .   .   .   .   .   .
groups.keep_member              .   .   x   x   .   .   .   .   .   .   .   .   .   .   .
groups.leave_group              .   x   .   .   .   .   .   .   .   .   .   .   .   .   .
groups.invite_members           .   .   x   x   .   .   .   .   .   .   .   .   .   .   .
groups.view_invitation          .   .   x   x   .   .   .   .   .   .   .   .   .   .   .
groups.view_join_request        x   .   x   x   .   .   .   .   .   .   .   .   .   .   .
groups.answer_join_request      .   .   x   x   .   .   .   .   .   .   .   .   .   .   .
groups.withdraw_join_request    x   .   .   .   .   .   .   .   .   .   .   .   .   .   .
groups.ask_for_support          .   .   x   x   .   .   .   .   .   .   .   .   .   .   .
groups.view_support_request     x   .   x   x   x   .   .   .   .   .   .   .   .   .   .
groups.answer_support_request   .   .   .   x   x   .   .   .   .   .   .   .   .   .   .
groups.close_support_request    x   .   x   x   x   .   .   .   .   .   .   .   .   .   .
groups.raise_concern            .   x   x   x   .   .   .   .   .   .   .   .   .   .   .
groups.view_concern             x   .   .   .   .   x   .   .   .   .   .   .   .   .   .
groups.handle_concern           .   .   .   .   .   x   .   .   .   .   .   .   .   .   .
groups.offer_role               .   .   x   x   .   .   .   .   .   .   .   .   .   .   .
groups.view_roleterm            x   x   x   x   x   .   .   .   .   .   .   .   .   .   .
groups.accept_role              x   .   .   .   .   .   .   .   .   .   .   .   .   .   .
groups.end_role                 x   .   x   x   x   .   .   .   .   .   .   .   .   .   .
groups.change_role              x   .   x   x   .   .   .   .   .   .   .   .   .   .   .
groups.hand_over                .   .   x   .   .   .   .   .   .   .   .   .   .   .   .
groups.view_meeting             .   x   x   x   .   .   .   .   .   .   .   .   .   .   .
groups.plan_meeting             .   .   x   x   .   .   .   .   .   .   .   .   .   .   .
groups.move_meeting             .   .   x   x   .   .   .   .   .   .   .   .   .   .   .
groups.cancel_meeting           .   .   x   x   .   .   .   .   .   .   .   .   .   .   .
groups.answer_meeting           .   x   .   .   .   .   .   .   .   .   .   .   .   .   .
groups.bring_items              .   x   x   .   .   .   .   .   .   .   .   .   .   .   .
groups.remove_bring_item        x   .   x   x   .   .   .   .   .   .   .   .   .   .   .
groups.write_note               .   x   x   .   .   .   .   .   .   .   .   .   .   .   .
groups.record_attendance        .   .   x   x   .   .   .   .   .   .   .   .   .   .   .
groups.view_answers             .   .   x   x   .   .   .   .   .   .   .   .   .   .   .
groups.view_newcomers           .   .   x   .   .   .   .   .   .   .   .   .   .   .   .
groups.view_feed                x   .   .   .   .   .   .   .   .   .   .   .   .   .   .
supportplans.view_plan          .   x   x   x   .   .   .   .   .   .   .   .   .   .   .
supportplans.draft_plan         .   x   x   .   .   .   .   .   .   .   .   .   .   .   .
supportplans.propose_plan       .   x   x   .   .   .   .   .   .   .   .   .   .   .   .
supportplans.say_word           .   x   .   .   .   .   .   .   .   .   .   .   .   .   .
supportplans.view_goal          x   .   .   .   .   .   x   .   .   .   .   .   .   .   .
supportplans.change_goal        x   .   .   .   .   .   .   .   .   .   .   .   .   .   .
supportplans.share_goal         x   .   .   .   .   .   .   .   .   .   .   .   .   .   .
supportplans.view_goal_sheet    .   x   x   x   .   .   .   .   .   .   .   .   .   .   .
supportplans.report_item        .   .   .   .   .   .   x   .   .   .   .   .   .   .   .
supportplans.view_report        .   .   x   x   x   .   .   .   .   .   .   .   .   .   .
supportplans.settle_report      .   .   x   x   x   .   .   .   .   .   .   .   .   .   .
supportplans.view_flareup       x   .   .   .   .   .   .   .   .   .   .   .   .   .   .
supportplans.change_flareup     x   .   .   .   .   .   .   .   .   .   .   .   .   .   .
supportplans.view_personal_plan x   .   .   .   .   .   x   .   .   .   .   .   .   .   .
supportplans.edit_personal_plan x   .   .   .   .   .   .   .   .   .   .   .   .   .   .
supportplans.view_pacing        x   .   .   .   .   .   .   .   .   .   .   .   .   .   .
supportplans.change_pacing      x   .   .   .   .   .   .   .   .   .   .   .   .   .   .
supportplans.make_wish          .   x   .   .   .   .   .   .   .   .   .   .   .   .   .
supportplans.view_wish          x   .   .   .   .   .   x   .   .   .   .   .   .   .   .
supportplans.change_wish        x   .   .   .   .   .   .   .   .   .   .   .   .   .   .
supportplans.ask_buddy          .   x   .   .   .   .   .   .   .   .   .   .   .   .   .
supportplans.arrange_pairs      .   .   x   x   .   .   .   .   .   .   .   .   .   .   .
supportplans.view_pair          x   .   .   .   .   .   .   .   .   .   .   .   .   .   .
supportplans.change_pair        x   .   .   .   .   .   .   .   .   .   .   .   .   .   .
supportplans.view_self_report   x   .   .   .   .   .   .   .   .   .   .   .   .   .   .
supportplans.change_self_report x   .   .   .   .   .   .   .   .   .   .   .   .   .   .
evaluation.add_study            .   .   .   .   .   .   .   .   .   x   x   x   x   x   x
evaluation.view_study           .   .   .   .   .   .   .   .   .   x   x   x   x   x   .
evaluation.change_study         .   .   .   .   .   .   .   .   .   x   .   .   .   .   .
evaluation.answer_consent       .   .   .   .   .   .   .   x   x   .   .   .   .   .   .
evaluation.withdraw             .   .   .   .   .   .   .   .   x   .   .   .   .   .   .
evaluation.view_participant     .   .   .   .   .   .   .   .   .   x   x   x   x   x   .
evaluation.add_participant      .   .   .   .   .   .   .   .   .   x   x   .   .   .   .
evaluation.record_consent       .   .   .   .   .   .   .   .   .   x   x   .   .   .   .
evaluation.view_identity_key    .   .   .   .   .   .   .   .   .   .   .   .   x   .   .
evaluation.view_identity_request .   .   .   .   .   .   .   .   .   x   .   .   x   x   .
evaluation.answer_identity_request .   .   .   .   .   .   .   .   .   x   .   .   x   x   .
evaluation.view_approach        .   .   .   .   .   .   .   .   .   x   x   .   .   .   .
evaluation.approach_people      .   .   .   .   .   .   .   .   .   x   x   .   .   .   .
evaluation.answer_approach      x   .   .   .   .   .   .   .   .   .   .   .   .   .   .
evaluation.view_interview       .   .   .   .   .   .   .   .   .   x   x   x   .   .   .
evaluation.record_interview     .   .   .   .   .   .   .   .   .   x   x   .   .   .   .
evaluation.lock_record          .   .   .   .   .   .   .   .   .   x   .   .   .   .   .
evaluation.view_topic_guide     .   .   .   .   .   .   .   .   .   x   x   x   .   .   .
evaluation.publish_topic_guide  .   .   .   .   .   .   .   .   .   x   x   .   .   .   .
evaluation.view_appointment     .   .   .   .   .   .   .   .   .   x   x   .   .   .   .
evaluation.plan_appointment     .   .   .   .   .   .   .   .   .   x   x   .   .   .   .
evaluation.call_off_appointment .   .   .   .   .   .   .   .   x   .   .   .   .   .   .
evaluation.plan_questionnaires  .   .   .   .   .   .   .   .   .   x   .   .   .   .   .
evaluation.answer_questions     .   .   .   .   .   .   .   .   x   .   .   .   .   .   .
evaluation.view_administration  .   .   .   .   .   .   .   .   .   x   x   x   .   .   .
evaluation.enter_answers        .   .   .   .   .   .   .   .   .   x   x   .   .   .   .
evaluation.view_source          .   .   .   .   .   .   .   .   .   x   x   x   x   .   .
evaluation.check_transcript     .   .   .   .   .   .   .   .   .   x   x   .   .   .   .
evaluation.redact_transcript    .   .   .   .   .   .   .   .   .   x   x   .   .   .   .
evaluation.approve_transcript   .   .   .   .   .   .   .   .   .   x   x   .   .   x   .
evaluation.reopen_transcript    .   .   .   .   .   .   .   .   .   x   x   .   .   x   .
evaluation.view_replacement     .   .   .   .   .   .   .   .   .   .   .   .   x   .   .
evaluation.view_observation     .   .   .   .   .   .   .   .   .   x   x   x   .   .   .
evaluation.record_observation   .   .   .   .   .   .   .   .   .   x   x   .   .   .   .
evaluation.view_coding          .   .   .   .   .   .   .   .   .   x   .   x   .   .   .
evaluation.code_texts           .   .   .   .   .   .   .   .   .   x   .   x   .   .   .
evaluation.take_back_coding     x   .   .   .   .   .   .   .   .   .   .   .   .   .   .
evaluation.change_codes         .   .   .   .   .   .   .   .   .   x   .   x   .   .   .
evaluation.run_round            .   .   .   .   .   .   .   .   .   x   .   .   .   .   .
evaluation.view_report          .   .   .   .   .   .   .   .   .   x   .   x   .   x   .
evaluation.write_coreq          .   .   .   .   .   .   .   .   .   x   .   x   .   .   .
evaluation.view_export          .   .   .   .   .   .   .   .   .   x   .   x   .   x   .
evaluation.request_export       .   .   .   .   .   .   .   .   .   x   .   x   .   .   .
evaluation.approve_export       .   .   .   .   .   .   .   .   .   x   .   .   .   x   .
evaluation.download_export      .   .   .   .   .   .   .   .   .   x   .   x   .   .   .
evaluation.recall_export        .   .   .   .   .   .   .   .   .   x   .   .   .   x   .
evaluation.view_api_token       x   .   .   .   .   .   .   .   .   x   .   .   .   .   .
evaluation.revoke_api_token     x   .   .   .   .   .   .   .   .   x   .   .   .   .   .
evaluation.view_notice          .   .   .   .   .   .   .   .   .   x   .   x   .   x   .
evaluation.give_notice          .   .   .   .   .   .   .   .   .   x   .   x   .   .   .
reminders.view_delivery         .   .   .   .   .   .   .   .   .   .   .   .   .   .   x
reminders.settle_message        .   .   .   .   .   .   .   .   .   .   .   .   .   .   x
"""


def written_out():
    """Permission to the roles that have an x, from MATRIX."""
    heading, *lines = MATRIX.strip("\n").splitlines()
    columns = [COLUMNS[name] for name in heading.split()]
    table = {}
    for line in lines:
        permission, *marks = line.split()
        table[permission] = {role for role, mark in zip(columns, marks, strict=True) if mark == "x"}
    return table


def test_matrix_names_every_permission_once():
    assert list(written_out()) == list(PERMISSIONS)


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_policy_is_what_the_matrix_says(permission):
    assert PERMISSIONS[permission] == written_out()[permission]


def test_every_role_but_a_plain_account_may_do_something():
    used = set().union(*PERMISSIONS.values())
    assert used == set(Role) - {Role.PERSON}


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR, Role.LEAD, Role.TUTOR])
def test_nobody_from_outside_sees_what_members_keep_to_themselves(role):
    for permission in (
        "supportplans.view_flareup",
        "supportplans.view_personal_plan",
        "supportplans.view_pacing",
        "supportplans.view_goal",
        "supportplans.view_wish",
        "supportplans.view_pair",
        "supportplans.view_self_report",
    ):
        assert role not in PERMISSIONS[permission]
