from supportplans.models.check_in import CheckIn
from supportplans.models.flareup import FlareUp
from supportplans.models.flareup_change import FlareUpChange
from supportplans.models.flareup_words import FlareUpRemedy, FlareUpTrigger, Remedy, Trigger
from supportplans.models.goal import Goal, GoalShare
from supportplans.models.goal_level import GoalLevel
from supportplans.models.goal_review import GoalReview
from supportplans.models.keep_in_touch import KeepInTouch, KeepInTouchWish
from supportplans.models.pacing import PacingBaseline, PacingDay, PacingStart, PacingTry
from supportplans.models.personal_plan import (
    PersonalPlan,
    PersonalPlanSection,
    PersonalPlanShare,
    PersonalPlanText,
)
from supportplans.models.plan import MutualSupportPlan
from supportplans.models.plan_look import PlanLook
from supportplans.models.plan_section import PlanSection, PlanSectionText
from supportplans.models.plan_word import PlanWord
from supportplans.models.report import Report, ReportStep
from supportplans.models.self_report import SelfReport, SelfReportAnswer, SelfReportScore, SelfReportWish

__all__ = [
    "CheckIn",
    "FlareUp",
    "FlareUpChange",
    "FlareUpRemedy",
    "FlareUpTrigger",
    "Goal",
    "GoalLevel",
    "GoalReview",
    "GoalShare",
    "KeepInTouch",
    "KeepInTouchWish",
    "MutualSupportPlan",
    "PacingBaseline",
    "PacingDay",
    "PacingStart",
    "PacingTry",
    "PersonalPlan",
    "PersonalPlanSection",
    "PersonalPlanShare",
    "PersonalPlanText",
    "PlanLook",
    "PlanSection",
    "PlanSectionText",
    "PlanWord",
    "Remedy",
    "Report",
    "ReportStep",
    "SelfReport",
    "SelfReportAnswer",
    "SelfReportScore",
    "SelfReportWish",
    "Trigger",
]
