"""Towns, streets and organisations as people speak of them."""

import re

from evaluation.redaction.words import ORDINARY, words_of

_CITIES = """
Armagh|Bangor|Bath|Belfast|Birmingham|Bradford|Brighton|Hove|Bristol|Cambridge|Canterbury|Cardiff|Carlisle
|Chelmsford|Chester|Chichester|Colchester|Coventry|Derby|Derry|Londonderry|Doncaster|Dundee|Dunfermline|Durham
|Edinburgh|Ely|Exeter|Glasgow|Gloucester|Hereford|Inverness|Kingston upon Hull|Hull|Lancaster|Leeds|Leicester
|Lichfield|Lincoln|Lisburn|Liverpool|London|Manchester|Milton Keynes|Newcastle|Newport|Newry|Norwich|Nottingham
|Oxford|Perth|Peterborough|Plymouth|Portsmouth|Preston|Ripon|Salford|Salisbury|Sheffield|Southampton
|Southend-on-Sea|Southend|St Albans|St Asaph|St Davids|Stirling|Stoke-on-Trent|Stoke|Sunderland|Swansea|Truro
|Wakefield|Wells|Westminster|Winchester|Wolverhampton|Worcester|Wrexham|York|Aberdeen
"""
#: The cities of the United Kingdom (gov.uk, list of cities), by the names in use.
CITIES = tuple(_CITIES.replace("\n", "").split("|"))
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b", re.IGNORECASE)
_HOUSE_NUMBER = re.compile(r"^\s*(?:flat |unit )?\d+[a-z]?\s+", re.IGNORECASE)
_EVERYDAY_WORDS = """
monday tuesday wednesday thursday friday saturday sunday morning afternoon evening weekend pain group club
support peer hospital library hall centre community church road house uk england scotland wales the a our new old
online zoom room
"""
#: What is said without meaning this one: alone these tell nobody anything.
_EVERYDAY = ORDINARY | frozenset(_EVERYDAY_WORDS.split())
_TAILS = (("nhs", "foundation", "trust"), ("nhs", "trust"), ("trust",), ("support", "group"), ("group",))
_LEAST_LETTERS = 3


def parts_of_address(address: str) -> list[str]:
    """Streets and towns of an address, without numbers and postcode."""
    lines = re.split(r"[,\n]", _POSTCODE.sub("", address))
    return [part for line in lines if is_telling(part := _HOUSE_NUMBER.sub("", line).strip())]


def names_of_group(name: str) -> list[str]:
    """A group's or an organisation's name, and what is left of it without its "NHS Trust" or "Group".

    "Tuesday Group" is said whole alone, and a group called "Tuesday" can't be told from the day.
    """
    words = name.split()
    short = next((words[: -len(tail)] for tail in _TAILS if words_of(name)[-len(tail) :] == tail), [])
    whole = [name] if len(words) > 1 or is_telling(name) else []
    return whole + ([" ".join(short)] if is_telling(" ".join(short)) else [])


def is_telling(name: str) -> bool:
    """Whether these words mean one place more than any other."""
    words = words_of(name)
    return len(name) >= _LEAST_LETTERS and not _EVERYDAY.issuperset(words)
