from django.urls import path

from groups.views import attendance, meeting

urlpatterns = [
    path("groups/<int:pk>/meetings/", meeting.meeting_list, name="meeting_list"),
    path("groups/<int:pk>/meetings/plan/", meeting.meeting_plan, name="meeting_plan"),
    path("meetings/<int:pk>/", meeting.meeting_detail, name="meeting_detail"),
    path("meetings/<int:pk>/answer/", meeting.meeting_answer, name="meeting_answer"),
    path("meetings/<int:pk>/move/", meeting.meeting_move, name="meeting_move"),
    path("meetings/<int:pk>/cancel/", meeting.meeting_cancel, name="meeting_cancel"),
    path("meetings/<int:pk>/stop/", meeting.series_stop, name="series_stop"),
    path("meetings/<int:pk>/attendance/", attendance.attendance_record, name="attendance_record"),
]
