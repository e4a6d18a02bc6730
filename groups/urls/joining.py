from django.urls import path

from groups.views import joining

urlpatterns = [
    path("join/", joining.join, name="join"),
    path("join/<str:code>/", joining.code_open, name="code_open"),
    path("invitation/", joining.invitation_detail, name="invitation_detail"),
    path("invitation/accept/", joining.invitation_accept, name="invitation_accept"),
    path("invitation/decline/", joining.invitation_decline, name="invitation_decline"),
    path("invitation/<str:token>/", joining.invitation_open, name="invitation_open"),
]
