from django.urls import path

from supportplans.views import flareup, goal, keep_in_touch, pair, plan

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
    path("flare-ups/", flareup.flareup_list, name="flareup_list"),
    path("flare-ups/log/", flareup.flareup_log, name="flareup_log"),
    path("flare-ups/<int:pk>/", flareup.flareup_detail, name="flareup_detail"),
    path("flare-ups/<int:pk>/edit/", flareup.flareup_edit, name="flareup_edit"),
    path("keep-in-touch/", keep_in_touch.keep_in_touch_list, name="keep_in_touch_list"),
    path("groups/<int:pk>/keep-in-touch/", keep_in_touch.keep_in_touch_detail, name="keep_in_touch_detail"),
    path("groups/<int:pk>/keep-in-touch/wish/", keep_in_touch.wish_edit, name="wish_edit"),
    path("groups/<int:pk>/keep-in-touch/arrange/", pair.pair_arrange, name="pair_arrange"),
    path("keep-in-touch/wishes/<int:pk>/pause/", keep_in_touch.wish_pause, name="wish_pause"),
    path("keep-in-touch/wishes/<int:pk>/resume/", keep_in_touch.wish_resume, name="wish_resume"),
    path("keep-in-touch/wishes/<int:pk>/end/", keep_in_touch.wish_end, name="wish_end"),
    path("keep-in-touch/wishes/<int:pk>/ask/", pair.pair_ask, name="pair_ask"),
    path("keep-in-touch/<int:pk>/", pair.pair_detail, name="pair_detail"),
    path("keep-in-touch/<int:pk>/agree/", pair.pair_agree, name="pair_agree"),
    path("keep-in-touch/<int:pk>/end/", pair.pair_end, name="pair_end"),
    path("keep-in-touch/<int:pk>/note/", pair.check_in_note, name="check_in_note"),
    path("keep-in-touch/check-ins/<int:pk>/undo/", pair.check_in_undo, name="check_in_undo"),
    path("over-time/", flareup.over_time, name="over_time"),
]
