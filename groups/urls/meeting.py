from django.urls import path

from groups.views import answer, around_meeting, attendance, call, meeting

urlpatterns = [
    path("groups/<int:pk>/meetings/", meeting.meeting_list, name="meeting_list"),
    path("groups/<int:pk>/meetings/plan/", meeting.meeting_plan, name="meeting_plan"),
    path("meetings/<int:pk>/", meeting.meeting_detail, name="meeting_detail"),
    path("meetings/<int:pk>/answer/", answer.meeting_answer, name="meeting_answer"),
    path("meetings/<int:pk>/answers/", answer.answer_list, name="answer_list"),
    path("meetings/<int:pk>/calls/", call.call_list, name="call_list"),
    path("meetings/<int:pk>/calls/<int:membership_pk>/note/", call.call_note, name="call_note"),
    path("meetings/<int:pk>/answers/ask/", answer.answer_ask, name="answer_ask"),
    path("meetings/<int:pk>/answers/<int:membership_pk>/note/", answer.answer_note, name="answer_note"),
    path("meetings/<int:pk>/bring/add/", around_meeting.bring_item_add, name="bring_item_add"),
    path("bring-items/<int:pk>/take/", around_meeting.bring_item_take, name="bring_item_take"),
    path("bring-items/<int:pk>/give-back/", around_meeting.bring_item_give_back, name="bring_item_give_back"),
    path("bring-items/<int:pk>/remove/", around_meeting.bring_item_remove, name="bring_item_remove"),
    path("meetings/<int:pk>/note/", around_meeting.note_edit, name="note_edit"),
    path("meetings/<int:pk>/capacity/", around_meeting.capacity_edit, name="capacity_edit"),
    path("meetings/<int:pk>/move/", meeting.meeting_move, name="meeting_move"),
    path("meetings/<int:pk>/confirm/", meeting.meeting_confirm, name="meeting_confirm"),
    path("meetings/<int:pk>/settle/", meeting.meeting_settle, name="meeting_settle"),
    path("meetings/<int:pk>/cancel/", meeting.meeting_cancel, name="meeting_cancel"),
    path("meetings/<int:pk>/stop/", meeting.series_stop, name="series_stop"),
    path("meetings/<int:pk>/attendance/", attendance.attendance_record, name="attendance_record"),
    path("meetings/<int:pk>/attendance/history/", attendance.attendance_history, name="attendance_history"),
    path("meetings/<int:pk>/attendance/sheet/", attendance.attendance_sheet, name="attendance_sheet"),
    path("groups/<int:pk>/attendance/", attendance.attendance_over_time, name="attendance_over_time"),
]
