"""Values as text in a CSV file that a spreadsheet may open."""

from datetime import date

#: Characters that make a spreadsheet take a cell for a formula, full-width ones included.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def cell(value: str | int | bool | date | None) -> str:
    """One value as text. Text that a spreadsheet would run gets a leading apostrophe; numbers are left alone."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA_STARTS) else value
    return value.isoformat() if isinstance(value, date) else str(value)
