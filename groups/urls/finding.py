from django.urls import path

from groups.views import finding, welcome

urlpatterns = [
    path("groups/find/", finding.group_find, name="group_find"),
    path("groups/<int:pk>/join/", finding.group_join, name="group_join"),
    path("groups/<int:pk>/join-requests/", finding.join_request_list, name="join_request_list"),
    path("join-requests/<int:pk>/answer/", finding.join_request_answer, name="join_request_answer"),
    path("join-requests/<int:pk>/withdraw/", finding.join_request_withdraw, name="join_request_withdraw"),
    path("groups/<int:pk>/welcome/", welcome.group_welcome, name="group_welcome"),
    path("memberships/<int:pk>/choices/", welcome.membership_edit, name="membership_edit"),
]
