from supportplans.models.check_in import CheckIn
from supportplans.models.flareup import FlareUp
from supportplans.models.goal import Goal, GoalReview, GoalShare
from supportplans.models.keep_in_touch import KeepInTouch, KeepInTouchWish
from supportplans.models.personal_plan import PersonalPlan, PersonalPlanSection, PersonalPlanText
from supportplans.models.plan import MutualSupportPlan, PlanSection, PlanWord
from supportplans.models.self_report import SelfReport, SelfReportAnswer, SelfReportScore, SelfReportWish

__all__ = [
    "CheckIn",
    "FlareUp",
    "Goal",
    "GoalReview",
    "GoalShare",
    "KeepInTouch",
    "KeepInTouchWish",
    "MutualSupportPlan",
    "PersonalPlan",
    "PersonalPlanSection",
    "PersonalPlanText",
    "PlanSection",
    "PlanWord",
    "SelfReport",
    "SelfReportAnswer",
    "SelfReportScore",
    "SelfReportWish",
]
