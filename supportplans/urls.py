from django.urls import path

from supportplans.views import flareup, goal, plan

app_name = "supportplans"
urlpatterns = [
    path("groups/<int:pk>/plans/", plan.plan_list, name="plan_list"),
    path("groups/<int:pk>/plans/start/", plan.plan_start, name="plan_start"),
    path("plans/<int:pk>/", plan.plan_detail, name="plan_detail"),
    path("plans/<int:pk>/changes/", plan.plan_changes, name="plan_changes"),
    path("plans/<int:pk>/propose/", plan.plan_propose, name="plan_propose"),
    path("plans/<int:pk>/reopen/", plan.plan_reopen, name="plan_reopen"),
    path("plans/<int:pk>/word/", plan.word_say, name="word_say"),
    path("plans/sections/<int:pk>/", plan.section_edit, name="section_edit"),
    path("goals/", goal.goal_list, name="goal_list"),
    path("goals/add/", goal.goal_add, name="goal_add"),
    path("goals/<int:pk>/", goal.goal_detail, name="goal_detail"),
    path("goals/<int:pk>/edit/", goal.goal_edit, name="goal_edit"),
    path("goals/<int:pk>/review/", goal.goal_review, name="goal_review"),
    path("goals/<int:pk>/share/", goal.goal_share, name="goal_share"),
    path("goals/<int:pk>/unshare/<int:group_pk>/", goal.goal_unshare, name="goal_unshare"),
    path("flare-ups/", flareup.flareup_list, name="flareup_list"),
    path("flare-ups/log/", flareup.flareup_log, name="flareup_log"),
    path("flare-ups/<int:pk>/", flareup.flareup_detail, name="flareup_detail"),
    path("flare-ups/<int:pk>/edit/", flareup.flareup_edit, name="flareup_edit"),
    path("over-time/", flareup.over_time, name="over_time"),
]
