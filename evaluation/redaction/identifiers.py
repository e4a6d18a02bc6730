"""Identifiers that are told by their form, and names that are told by the words before them.

One expression over all kinds, whose parts are all bounded: a text is read once, in time that grows with its length.
"""

import re
from collections.abc import Iterator

from evaluation.redaction.kinds import Kind
from evaluation.redaction.words import Span

_MONTH = (
    r"(?i:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b(?:\.(?=\s{1,2}\d))?"
)
_ORDINAL = (
    r"(?i:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth"
    r"|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|twenty[ -](?:first|second|third|fourth|fifth"
    r"|sixth|seventh|eighth|ninth)|thirtieth|thirty[ -]first)"
)
_DAY = r"\d{1,2}(?i:st|nd|rd|th)?"
_YEAR = r"(?:,?\s{1,2}(?:19|20)\d\d)"
_NO_NAME = "And|But|So|She|He|They|It|That|The|You|We|Who|Is|Was|My|If|When|Then|Christmas|Easter|[A-Z][a-z]{2,5}day"
_NAME = rf"(?!(?:{_NO_NAME})\b)[A-Z\u00c0-\u00de][\w’'-]{{1,30}}"
_TITLE = r"(?:Dr|Doctor|Mr|Mrs|Ms|Miss|Mx|Prof|Professor|Nurse|Sister)\b\.?"
_KIN = (
    r"sister|brother|wife|husband|partner|mother|father|mum|mam|dad|son|daughter|niece|nephew|aunt|auntie|uncle|cousin"
    r"|grandson|granddaughter|grandmother|grandfather|gran|nan|grandad|friend|neighbour|boss|carer|physio|GP"
)
_PARTS = {
    "email": r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}",
    "spoken_email": r"\b[\w.+-]{1,64} at [\w-]{1,63}(?: dot (?:co|ac|nhs|com|org|net|uk|info)){1,3}\b",
    "date": (
        r"(?<![\w/.-])(?:\d{4}-\d\d-\d\d|\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d\d))(?![\w/-])"
        rf"|\b(?:{_DAY}|{_ORDINAL})(?:\s{{1,2}}of)?\s{{1,2}}{_MONTH}{_YEAR}?"
        rf"|\b{_MONTH}\s{{1,2}}(?:(?:the\s{{1,2}})?(?:{_DAY}|{_ORDINAL})(?![\d:])\b{_YEAR}?|(?:of\s{{1,2}})?(?:19|20)\d\d\b)"
    ),
    "nhs_number": r"(?<![\w+])\d{3}(?P<gap>[ -]?)\d{3}(?P=gap)\d{4}(?![\w])",
    "phone": (
        r"(?<![\w+])(?:\+|00)44[ -]?(?:\(0\)[ -]?)?\d(?:[ -]?\d){8,9}(?!\w)"
        r"|(?<![\w+])(?:\(0\d{2,5}\)|0\d{2,5})(?:[ -]?\d){5,8}(?!\w)"
    ),
    "insurance": r"\b(?i:[a-z]{2} ?\d\d ?\d\d ?\d\d ?[a-d])\b",
    "postcode": r"\b(?i:[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2})\b",
    "number": r"(?<![\w.,])\d{6,18}(?![\w])",
    "year": r"\b(?i:in|since|until|from|born|by|before|after) (?P<the_year>(?:19|20)\d\d)\b(?![-/]\d)",
    "titled": rf"\b{_TITLE}\s{{1,2}}{_NAME}(?:\s{_NAME})?",
    "kin": rf"\b(?i:my|his|her|our|their|your) (?P<who>{_KIN}),? (?P<kin_name>(?!{_TITLE}\s){_NAME}(?: {_NAME})?)",
    "called": rf"\b(?i:called|named|name is|name’s|name's) (?P<called_name>{_NAME}(?: {_NAME})?)",
}
_IDENTIFIER = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _PARTS.items()))
_KINDS = {
    "email": Kind.EMAIL,
    "spoken_email": Kind.EMAIL,
    "date": Kind.DATE,
    "phone": Kind.PHONE,
    "insurance": Kind.NUMBER,
    "postcode": Kind.POSTCODE,
    "number": Kind.NUMBER,
    "year": Kind.DATE,
    "titled": Kind.PERSON,
    "kin": Kind.PERSON,
    "called": Kind.PERSON,
}
#: Where only a part of what was found is meant.
_MEANT = {"year": "the_year", "kin": "kin_name", "called": "called_name"}
_WEIGHTS = range(10, 1, -1)


def is_nhs_number(digits: str) -> bool:
    """Whether the ten digits check modulo 11 (NHS Data Dictionary: a check digit of 10 is never given out)."""
    rest = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits[:9], strict=True)) % 11
    return len(digits) == 10 and (11 - rest) % 11 == int(digits[9])


def identifiers_in(text: str) -> Iterator[Span]:
    """In order and without overlaps."""
    for match in _IDENTIFIER.finditer(text):
        name = _outermost(match)
        start, end = match.span(_MEANT.get(name, 0))
        kind = _number_kind(match[0]) if name == "nhs_number" else _KINDS[name]
        yield Span(start, end, kind, match["who"] or "" if name == "kin" else "")


def _outermost(match):
    return next(name for name in _PARTS if match[name] is not None)


def _number_kind(said):
    """Ten digits that don't check are a phone number, or some other one."""
    digits = said.replace(" ", "").replace("-", "")
    if is_nhs_number(digits):
        return Kind.NHS_NUMBER
    return Kind.PHONE if digits.startswith("0") else Kind.NUMBER
