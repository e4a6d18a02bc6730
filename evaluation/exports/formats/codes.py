"""The numbers that stand for categories where a program wants numbers."""

from evaluation.exports.variables import Variable

HIDDEN_IN_SPSS, HIDDEN_IN_STATA = -9, "a"


def code_of(variable: Variable) -> dict[str, int]:
    """From 1, in the order of the dictionary; yes and no are 1 and 0."""
    if variable.kind == "boolean":
        return {"true": 1, "false": 0}
    return {value: number for number, value in enumerate(variable.categories, start=1)}
