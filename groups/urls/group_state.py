from django.urls import path

from groups.views import group_state

urlpatterns = [
    path("groups/<int:pk>/activate/", group_state.group_activate, name="group_activate"),
    path("groups/<int:pk>/pause/", group_state.group_pause, name="group_pause"),
    path("groups/<int:pk>/resume/", group_state.group_resume, name="group_resume"),
    path("groups/<int:pk>/still-going/", group_state.group_still_going, name="group_still_going"),
    path("groups/<int:pk>/close/", group_state.group_close, name="group_close"),
]
