from supportplans.models.flareup import FlareUp
from supportplans.models.goal import Goal, GoalReview, GoalShare
from supportplans.models.plan import MutualSupportPlan, PlanSection, PlanWord

__all__ = ["FlareUp", "Goal", "GoalReview", "GoalShare", "MutualSupportPlan", "PlanSection", "PlanWord"]
