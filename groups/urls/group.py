from django.urls import path

from groups.views import group, starting

urlpatterns = [
    path("groups/", group.group_list, name="group_list"),
    path("programmes/<int:pk>/groups/start/", starting.group_start, name="group_start"),
    path("sites/<int:pk>/groups/start/", starting.site_group_start, name="site_group_start"),
    path("groups/<int:pk>/roles/share-out/", starting.role_share_out, name="role_share_out"),
    path("groups/<int:pk>/", group.group_detail, name="group_detail"),
    path("groups/<int:pk>/edit/", group.group_edit, name="group_edit"),
    path("groups/<int:pk>/leave/", group.group_leave, name="group_leave"),
]
