"""The kinds of message this app sends, one module a noun: importing them registers their kinds."""

from supportplans.reminders import goal, keep_in_touch, plan, report, self_report

__all__ = ["goal", "keep_in_touch", "plan", "report", "self_report"]
