"""Scripts that read a bundle's CSV files into R, SPSS and Stata, with the types, codes and labels of the dictionary.

They are for whoever prefers CSV to the files in stats/, and give the same values as those.
"""

import json
from collections.abc import Iterable

from evaluation.exports.formats import labels
from evaluation.exports.formats.codes import HIDDEN_IN_SPSS, HIDDEN_IN_STATA, code_of
from evaluation.exports.variables import MISSING, SUPPRESSED, Table, Variable

#: Room for the longest identifier.
WIDTH = 40
Scripts = Iterable[tuple[str, str]]


def scripts(tables: Iterable[Table]) -> Scripts:
    """(path in the bundle, text)."""
    tables = list(tables)
    yield "stats/import.R", "\n".join([R_HEAD, *map(_r, tables)])
    yield "stats/import.sps", "\n".join([SPSS_HEAD, *map(_spss, tables)])
    yield "stats/import.do", "\n".join([STATA_HEAD, *map(_stata, tables)])


# R

R_HEAD = """# Reads the tables into data frames of the same names. Run it in the folder that has data/ in it:
#   source("stats/import.R")
# Base R is enough. A number that is hidden is NA; attr(x, "hidden") says which rows.

read_text <- function(name) {
  read.csv(file.path("data", paste0(name, ".csv")), colClasses = "character", na.strings = "", encoding = "UTF-8")
}
as_number <- function(text) {
  hidden <- !is.na(text) & text == "suppressed"
  number <- suppressWarnings(as.integer(text))
  if (any(hidden)) attr(number, "hidden") <- which(hidden)
  number
}
labelled <- function(x, label) {
  attr(x, "label") <- label
  x
}
"""


def _r(table):
    lines = [f"{table.name} <- read_text({_quoted(table.name)})"]
    for variable in table.variables:
        column = f"{table.name}${variable.name}"
        lines.append(f"{column} <- labelled({_r_value(variable, column)}, {_quoted(variable.label)})")
    return "\n".join([*lines, ""])


def _r_value(variable, column):
    if variable.kind == "boolean":
        return f'{column} == "true"'
    if variable.categories:
        levels = ", ".join(map(_quoted, variable.categories))
        named = ", ".join(map(_quoted, variable.categories.values()))
        return f"factor({column}, levels = c({levels}), labels = c({named}))"
    number = f"as_number({column})"
    return {"integer": number, "number": number, "date": f"as.Date({column})"}.get(variable.kind, column)


def _quoted(text):
    """As R takes it, which reads the escapes of JSON."""
    return json.dumps(text, ensure_ascii=False)


# SPSS, and PSPP

SPSS_HEAD = """* Encoding: UTF-8.
* Reads the tables into datasets of the same names. Go to the folder that has data/ in it first, as with CD.
"""


def _spss(table):
    read = "\n".join(f"    {v.name} {_spss_format(v)}" for v in table.variables)
    parts = [
        f"GET DATA /TYPE=TXT /FILE='data/{table.name}.csv' /ENCODING='UTF-8' /ARRANGEMENT=DELIMITED",
        "  /DELIMITERS=',' /QUALIFIER='\"' /FIRSTCASE=2 /VARIABLES=",
        f"{read}.",
        *(line for variable in table.variables for line in _spss_recoded(variable)),
        *(f"VARIABLE LABELS {v.name} {_in_quotes(_spss_label(v))}." for v in table.variables),
        *(line for variable in table.variables for line in _spss_value_labels(variable)),
        f"DATASET NAME {table.name}.",
        "",
    ]
    return "\n".join(parts)


def _spss_format(variable: Variable):
    if variable.categories or variable.is_hidden_number or not variable.kind or variable.kind == "string":
        return f"A{WIDTH}"
    return {"date": "SDATE10", "number": "F8.1"}.get(variable.kind, "F8.0")


def _spss_recoded(variable):
    """Text into numbers, under the same name and in the same place."""
    if not (variable.categories or variable.is_hidden_number):
        return
    codes: dict[str, int] = code_of(variable) if variable.categories else {SUPPRESSED: HIDDEN_IN_SPSS}
    pairs = " ".join(f"({_in_quotes(value)}={number})" for value, number in codes.items())
    convert = " (CONVERT)" if variable.is_hidden_number else ""
    yield f"RECODE {variable.name} {pairs}{convert} INTO read_{variable.name}."
    yield f"FORMATS read_{variable.name} (F8.0)."
    yield f"DELETE VARIABLES {variable.name}."
    yield f"RENAME VARIABLES (read_{variable.name}={variable.name})."


def _spss_value_labels(variable):
    named: dict[int, str] = {}
    if variable.categories:
        codes = code_of(variable)
        named = {codes[value]: label for value, label in variable.categories.items()}
    if variable.is_hidden_number:
        named[HIDDEN_IN_SPSS] = MISSING[SUPPRESSED]
        yield f"MISSING VALUES {variable.name} ({HIDDEN_IN_SPSS})."
    if named:
        pairs = " ".join(
            f"{number} {_in_quotes(labels.within_bytes(label, labels.SPSS_VALUE))}" for number, label in named.items()
        )
        yield f"VALUE LABELS {variable.name} {pairs}."


def _spss_label(variable):
    return labels.within_bytes(variable.label, labels.SPSS_VARIABLE)


def _in_quotes(text):
    return "'" + text.replace("'", "''") + "'"


# Stata

STATA_HEAD = """* Reads the tables and saves each as <name>.dta. Go to the folder that has data/ in it first.
version 15
set more off
"""


def _stata(table):
    lines = [f'import delimited using "data/{table.name}.csv", clear varnames(1) stringcols(_all) encoding("utf-8")']
    for variable in table.variables:
        lines.extend(_stata_typed(variable))
        text = labels.within_characters(variable.label, labels.STATA_VARIABLE)
        lines.append(f"label variable {variable.name} {_compound(text)}")
    return "\n".join([*lines, f'save "{table.name}.dta", replace', ""])


def _stata_typed(variable):
    name = variable.name
    if variable.categories:
        codes = code_of(variable)
        yield f"generate int read_{name} = ."
        for value, number in codes.items():
            yield f'replace read_{name} = {number} if {name} == "{value}"'
        pairs = " ".join(f"{codes[value]} {_compound(label)}" for value, label in variable.categories.items())
        yield f"label define {name} {pairs}, replace"
        yield from _stata_put_in_place(name)
        yield f"label values {name} {name}"
    elif variable.kind == "integer":
        yield f"generate long read_{name} = real({name})"
        if variable.is_hidden_number:
            yield f'replace read_{name} = .{HIDDEN_IN_STATA} if {name} == "{SUPPRESSED}"'
            yield f"label define {name} .{HIDDEN_IN_STATA} {_compound(MISSING[SUPPRESSED])}, replace"
        yield from _stata_put_in_place(name)
        if variable.is_hidden_number:
            yield f"label values {name} {name}"
    elif variable.kind == "number":
        yield f"generate double read_{name} = real({name})"
        yield from _stata_put_in_place(name)
    elif variable.kind == "date":
        yield f'generate read_{name} = date({name}, "YMD")'
        yield f"format read_{name} %td"
        yield from _stata_put_in_place(name)


def _stata_put_in_place(name):
    yield f"order read_{name}, after({name})"
    yield f"drop {name}"
    yield f"rename read_{name} {name}"


def _compound(text):
    """In Stata's compound quotes, within which a plain one needs no escape."""
    return '`"' + text + "\"'"
