from django.urls import path, re_path

from evaluation.views import (
    administration,
    answering,
    api_token,
    appointment,
    approach,
    asked,
    code,
    codebook,
    coding,
    coding_round,
    consent_form,
    coreq,
    export,
    finding,
    frame,
    identity,
    interview,
    matrix,
    memo,
    mine,
    notice,
    observation,
    participant,
    questionnaire,
    record,
    redaction,
    replacement,
    report,
    segment,
    source,
    study,
    talk,
    topic_guide,
    transcript,
)

app_name = "evaluation"

my_patterns = [
    path("mine/", mine.my_research, name="my_research"),
    path("mine/asking/", asked.asking_edit, name="asking_edit"),
    path("mine/asked/<int:pk>/", asked.approach_answer, name="approach_answer"),
    path("mine/asked/<int:pk>/decline/", asked.approach_decline, name="approach_decline"),
    path("mine/<int:pk>/", mine.my_study, name="my_study"),
    path("mine/<int:pk>/consent/", mine.consent_answer, name="consent_answer"),
    path("mine/<int:pk>/withdraw/", mine.study_withdraw, name="study_withdraw"),
    path("mine/<int:pk>/numbers/", answering.my_numbers, name="my_numbers"),
    path("mine/questions/<int:pk>/", answering.occasion_detail, name="occasion_detail"),
    path("mine/questions/<int:pk>/not-this-time/", answering.occasion_decline, name="occasion_decline"),
    path("mine/answers/<int:pk>/<int:number>/", answering.question_answer, name="question_answer"),
    path("mine/answers/<int:pk>/finish/", answering.administration_finish, name="administration_finish"),
    path("mine/appointments/<int:pk>/call-off/", mine.appointment_call_off, name="appointment_call_off"),
]

study_patterns = [
    path("studies/", study.study_list, name="study_list"),
    path("studies/add/", study.study_add, name="study_add"),
    path("studies/<int:pk>/", study.study_detail, name="study_detail"),
    path("studies/<int:pk>/edit/<slug:step>/", study.study_edit, name="study_edit"),
    path("studies/<int:pk>/team/", study.study_team, name="study_team"),
    path("duties/<int:pk>/end/", study.duty_end, name="duty_end"),
    path(
        "studies/<int:pk>/consent-form/publish/",
        consent_form.consent_form_publish,
        name="consent_form_publish",
    ),
    path("consent-forms/<int:pk>/", consent_form.consent_form_detail, name="consent_form_detail"),
]

participant_patterns = [
    path("studies/<int:pk>/participants/", participant.participant_list, name="participant_list"),
    path("studies/<int:pk>/participants/add/", participant.participant_add, name="participant_add"),
    path("participants/<int:pk>/", participant.participant_detail, name="participant_detail"),
    path("participants/<int:pk>/decisions/", participant.decision_record, name="decision_record"),
    path("participants/<int:pk>/withdrawal/", participant.withdrawal_record, name="withdrawal_record"),
]

questionnaire_patterns = [
    path("studies/<int:pk>/questionnaires/", questionnaire.questionnaire_list, name="questionnaire_list"),
    path("studies/<int:pk>/questionnaires/plan/", questionnaire.questionnaire_plan, name="questionnaire_plan"),
    path("participants/<int:pk>/questions/", administration.administration_list, name="administration_list"),
    path("answers/<int:pk>/", administration.administration_detail, name="administration_detail"),
    path("answers/<int:pk>/enter/", administration.administration_enter, name="administration_enter"),
    path("answers/<int:pk>/correct/", administration.administration_correct, name="administration_correct"),
]

identity_patterns = [
    path("participants/<int:pk>/identity/", identity.identity_key_open, name="identity_key_open"),
    path("participants/<int:pk>/identity/request/", identity.identity_request, name="identity_request"),
    path("participants/<int:pk>/identity/account/", identity.account_link, name="account_link"),
    path("studies/<int:pk>/identity-requests/", identity.identity_request_list, name="identity_request_list"),
    path("identity-requests/<int:pk>/", identity.identity_request_answer, name="identity_request_answer"),
]

notice_patterns = [
    path("studies/<int:pk>/notices/", notice.notice_list, name="notice_list"),
    path("notices/<int:pk>/", notice.notice_detail, name="notice_detail"),
    path("notices/<int:pk>/give/", notice.notice_give, name="notice_give"),
]

approach_patterns = [
    path("studies/<int:pk>/approaches/", approach.approach_list, name="approach_list"),
    path("studies/<int:pk>/approaches/add/", approach.approach_add, name="approach_add"),
    path("approaches/<int:pk>/", approach.approach_detail, name="approach_detail"),
    path("approaches/<int:pk>/outcome/", approach.outcome_record, name="outcome_record"),
    path("studies/<int:pk>/frames/choose/", frame.frame_choose, name="frame_choose"),
    path("studies/<int:pk>/frames/draw/", frame.frame_draw, name="frame_draw"),
    path("frames/<int:pk>/", frame.frame_detail, name="frame_detail"),
]

export_patterns = [
    path("studies/<int:pk>/report/", report.study_report, name="study_report"),
    path("studies/<int:pk>/coreq/", coreq.coreq_detail, name="coreq_detail"),
    path("studies/<int:pk>/coreq.csv", coreq.coreq_download, name="coreq_download"),
    path("studies/<int:pk>/coreq/<int:item>/", coreq.coreq_write, name="coreq_write"),
    path("studies/<int:pk>/exports/", export.export_list, name="export_list"),
    path("studies/<int:pk>/exports/request/", export.export_request, name="export_request"),
    path("exports/export-key.pem", export.export_key, name="export_key"),
    path("exports/<int:pk>/", export.export_detail, name="export_detail"),
    path("exports/<int:pk>/decide/", export.export_decide, name="export_decide"),
    path("exports/<int:pk>/recall/", export.export_recall, name="export_recall"),
    path("exports/<int:pk>/download/", export.export_download, name="export_download"),
    path("exports/<int:pk>/link/", export.link_make, name="link_make"),
    path("exports/link/<str:token>/", export.link_open, name="link_open"),
    path("exports/link/", export.link_download, name="link_download"),
    path("studies/<int:pk>/tokens/", api_token.api_token_list, name="api_token_list"),
    path("studies/<int:pk>/tokens/make/", api_token.api_token_make, name="api_token_make"),
    path("tokens/<int:pk>/revoke/", api_token.api_token_revoke, name="api_token_revoke"),
]

interview_patterns = [
    path("studies/<int:pk>/interviews/", interview.interview_list, name="interview_list"),
    path("studies/<int:pk>/interviews/record/", interview.interview_record, name="interview_record"),
    path("interviews/<int:pk>/", interview.interview_detail, name="interview_detail"),
    path("interviews/<int:pk>/transcript/", interview.transcript_add, name="transcript_add"),
    path("interviews/<int:pk>/field-note/", interview.field_note_add, name="field_note_add"),
    path("texts/<int:pk>/", source.source_detail, name="source_detail"),
]

appointment_patterns = [
    path("studies/<int:pk>/appointments/", appointment.appointment_list, name="appointment_list"),
    path("participants/<int:pk>/appointments/plan/", appointment.appointment_plan, name="appointment_plan"),
    path("appointments/<int:pk>/", appointment.appointment_detail, name="appointment_detail"),
    path("appointments/<int:pk>/move/", appointment.appointment_move, name="appointment_move"),
    path("appointments/<int:pk>/cancel/", appointment.appointment_cancel, name="appointment_cancel"),
    path("appointments/<int:pk>/missed/", appointment.appointment_miss, name="appointment_miss"),
    path("appointments/<int:pk>/letter/", appointment.appointment_letter, name="appointment_letter"),
    path("appointments/<int:pk>/appointment.ics", appointment.appointment_file, name="appointment_file"),
]

talk_patterns = [
    path("studies/<int:pk>/topic-guides/", topic_guide.topic_guide_list, name="topic_guide_list"),
    path("studies/<int:pk>/topic-guides/publish/", topic_guide.topic_guide_publish, name="topic_guide_publish"),
    path("topic-guides/<int:pk>/", topic_guide.topic_guide_detail, name="topic_guide_detail"),
    path("appointments/<int:pk>/conduct/", talk.talk_start, name="talk_start"),
    path("participants/<int:pk>/conduct/", talk.talk_start_unplanned, name="talk_start_unplanned"),
    path("talks/<int:pk>/", talk.talk_detail, name="talk_detail"),
    path("talks/<int:pk>/distress/", talk.talk_pause, name="talk_pause"),
    path("talks/<int:pk>/end/", talk.talk_end, name="talk_end"),
]

transcript_patterns = [
    path("texts/<int:pk>/check/", transcript.transcript_check, name="transcript_check"),
    path("texts/<int:pk>/return/", transcript.transcript_return, name="transcript_return"),
    path("texts/<int:pk>/reopen/", transcript.transcript_reopen, name="transcript_reopen"),
    path("texts/<int:pk>/redaction/", redaction.redaction_desk, name="redaction_desk"),
    path("texts/<int:pk>/redaction/words/", redaction.words_add, name="words_add"),
    path("texts/<int:pk>/redaction/finish/", redaction.redaction_finish, name="redaction_finish"),
    path("texts/<int:pk>/redaction/approve/", redaction.redaction_approve, name="redaction_approve"),
    path("texts/<int:pk>/redaction/log/", replacement.redaction_log, name="redaction_log"),
    path("redactions/<int:pk>/undo/", redaction.redaction_undo, name="redaction_undo"),
    path("studies/<int:pk>/redactions/", redaction.redaction_list, name="redaction_list"),
    path("studies/<int:pk>/replacements/", replacement.replacement_list, name="replacement_list"),
]

observation_patterns = [
    path("studies/<int:pk>/observations/", observation.observation_list, name="observation_list"),
    path("studies/<int:pk>/observations/start/", observation.observation_start, name="observation_start"),
    path(
        "studies/<int:pk>/observations/record/<int:meeting_pk>/",
        observation.observation_record,
        name="observation_record",
    ),
    path("observations/<int:pk>/", observation.observation_detail, name="observation_detail"),
    path("observations/<int:pk>/note/", observation.observation_note_add, name="observation_note_add"),
]

record_patterns = [
    path("studies/<int:pk>/findings/", finding.finding_list, name="finding_list"),
    path("interviews/<int:pk>/recording/destroyed/", record.recording_destroy, name="recording_destroy"),
    path("interviews/<int:pk>/correct/", record.interview_correct, name="interview_correct"),
    re_path(r"^(?P<kind>interviews|observations)/(?P<pk>\d+)/lock/$", record.record_lock, name="record_lock"),
    re_path(r"^(?P<kind>interviews|observations)/(?P<pk>\d+)/unlock/$", record.record_unlock, name="record_unlock"),
]

coding_patterns = [
    path("studies/<int:pk>/coding/", coding.text_list, name="text_list"),
    path("studies/<int:pk>/coding/search/", segment.text_search, name="text_search"),
    path("texts/<int:pk>/code/", coding.text_code, name="text_code"),
    path("texts/<int:pk>/codings/add/", coding.coding_add, name="coding_add"),
    path("texts/<int:pk>/letters/", coding.letters_switch, name="letters_switch"),
    path("codings/<int:pk>/take-back/", coding.coding_take_back, name="coding_take_back"),
    path("studies/<int:pk>/codes/", code.code_list, name="code_list"),
    path("studies/<int:pk>/codes/add/", code.code_add, name="code_add"),
    path("studies/<int:pk>/codes/import/", codebook.codebook_import, name="codebook_import"),
    re_path(
        r"^studies/(?P<pk>\d+)/codes/codebook\.(?P<ending>csv|qdc)$",
        codebook.codebook_download,
        name="codebook_download",
    ),
    path("codes/<int:pk>/", segment.segment_list, name="segment_list"),
    path("codes/<int:pk>/edit/", code.code_edit, name="code_edit"),
    path("codes/<int:pk>/move/", code.code_move, name="code_move"),
    path("codes/<int:pk>/shift/", code.code_shift, name="code_shift"),
    path("codes/<int:pk>/merge/", code.code_merge, name="code_merge"),
    path("codes/<int:pk>/end/", code.code_end, name="code_end"),
    path("studies/<int:pk>/matrix/", matrix.code_matrix, name="code_matrix"),
    path("participants/<int:pk>/summaries/<int:code_pk>/", matrix.cell_write, name="cell_write"),
    path("studies/<int:pk>/rounds/", coding_round.round_list, name="round_list"),
    path("studies/<int:pk>/rounds/start/", coding_round.round_start, name="round_start"),
    path("rounds/<int:pk>/", coding_round.round_detail, name="round_detail"),
    path("rounds/<int:pk>/close/", coding_round.round_close, name="round_close"),
    path(
        "rounds/<int:pk>/settle/<int:source_pk>/<int:code_pk>/<int:start>-<int:end>/",
        coding_round.disagreement_settle,
        name="disagreement_settle",
    ),
    path("studies/<int:pk>/memos/", memo.memo_list, name="memo_list"),
    re_path(
        r"^studies/(?P<pk>\d+)/memos/(?P<on>study|source|code|coding|participant)/(?P<on_pk>\d+)/add/$",
        memo.memo_add,
        name="memo_add",
    ),
]

urlpatterns = [
    *my_patterns,
    *study_patterns,
    *participant_patterns,
    *questionnaire_patterns,
    *identity_patterns,
    *approach_patterns,
    *interview_patterns,
    *appointment_patterns,
    *talk_patterns,
    *transcript_patterns,
    *observation_patterns,
    *record_patterns,
    *coding_patterns,
    *export_patterns,
    *notice_patterns,
]
