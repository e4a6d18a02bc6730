"""Definitions are data: the wording of a version never changes, and a bad file is refused with a sentence."""

import re

import pytest
import yaml
from django.apps import apps
from django.utils import translation

from peersupport.instruments.catalogue import OPTIONAL, SHIPPED, all_instruments, instrument_of
from peersupport.instruments.definition import Words
from peersupport.instruments.reading import BadDefinition, read_definition

#: Once people have answered a version, its line here never changes: other words are another version, in another file.
FINGERPRINTS = {
    ("dejong6", 1): "357633aaadf97f46bca4b591704a546b8428b3d5fd056aa9094dbb9b02f068db",
    ("gad7", 1): "23961d7ee58569a3d6cbc488fad4dc24a5e9e1e7136c21f5bdccbd5b01a5ab1c",
    ("ons4", 1): "95f35101839b906e9699a397b66f4e081226efe68835b63f28c3d5f1b0bdf830",
    ("ons_loneliness", 1): "a1d70dbf28e12ca281670b6cf624f4c227f6f4f82a07f576890ce21f1eeceafb",
    ("pain_nrs", 1): "05c73760288c8d169c0e266bb7b93d3db2932af3ce7663324aff5b100f85d344",
    ("peg", 1): "d44c30348e532c40a3d7cee2724124803b5acb1ea74df0171771d0c175781c56",
    ("pgic", 1): "4545b89f4eeeefcbafd357455dbdd0810932c368e7bc73b5dca8a9458e6ca630",
    ("phq4", 1): "3b982f3a43c6ffe94791046a3a59fc8d56d2263160d1b8f7d63679db5d8208e6",
    ("phq8", 1): "335bb9ebe4aea08378b715c26b19b623574be59030c95417d1084076c4df1cc8",
    ("who5", 1): "e2c6628a08e01f01ddf179d04dea41d6855ecdba64412f52efd82edd236db9ce",
}
SHIPPED_CODES = {"pain_nrs", "ons4", "ons_loneliness", "phq4", "gad7", "phq8", "pgic"}
#: Words of instruments whose items may not be in the repository (PHQ-9's ninth item among them).
NEVER_HERE = re.compile(
    r"better off dead|hurting yourself|i can enjoy things, despite the pain|some form of work, despite"
    r"|optimistic about the future|mobility.{0,40}i have no problems|active role in my own health",
    re.IGNORECASE,
)


def every_definition():
    return [read_definition(path) for folder in (SHIPPED, OPTIONAL) for path in sorted(folder.glob("*.yaml"))]


def definition(**changes):
    """A small definition as its file holds it; a change of None leaves the key out."""
    whole = {
        "code": "tea",
        "version": 1,
        "name": "Tea",
        "languages": ["en"],
        "licence": "Ours.",
        "source": "Ours.",
        "recall": "today",
        "en": {"plain_name": "Tea", "asks": "How much tea you had.", "credit": "Ours."},
        "answers": [{"value": 0, "en": "None"}, {"value": 1, "en": "Some"}],
        "items": [{"code": "black", "en": "Black tea"}, {"code": "green", "en": "Green tea"}],
        "scores": [
            {"code": "total", "rule": "sum", "range": [0, 2], "higher_is": "neither"}
            | {"en": {"name": "Tea", "higher": "More is more tea."}}
        ],
        "missing_codes": {"not_asked": -97, "skipped": -98, "prefer_not": -99},
    } | changes
    return {key: value for key, value in whole.items() if value is not None}


def score(**changes):
    return [definition()["scores"][0] | changes]


@pytest.fixture
def own_folder(tmp_path, settings):
    """A folder of the deployer's own definitions; gives a function that writes one."""
    settings.INSTRUMENTS_DIR = str(tmp_path)

    def write(whole, name="tea.v1.yaml"):
        (tmp_path / name).write_text(whole if isinstance(whole, str) else yaml.safe_dump(whole))
        return tmp_path / name

    return write


def test_what_ships_is_what_may_ship():
    assert {instrument.code for instrument in all_instruments()} == SHIPPED_CODES
    assert instrument_of("phq9") is None


def test_wording_and_scoring_of_a_version_never_change():
    assert {(one.code, one.version): one.fingerprint for one in every_definition()} == FINGERPRINTS


def test_fingerprint_covers_wording_and_scoring_but_not_the_introduction(own_folder):
    first = read_definition(own_folder(definition()))
    introduced = definition(en={"plain_name": "Hot drinks", "asks": "How much?", "credit": "Ours."})
    assert read_definition(own_folder(introduced)).fingerprint == first.fingerprint
    changed = [
        {"items": [{"code": "black", "en": "Black tea?"}, {"code": "green", "en": "Green tea"}]},
        {"answers": [{"value": 0, "en": "None"}, {"value": 1, "en": "Much"}]},
        {"stem": {"en": "Today:"}},
        {"recall": "yesterday"},
        {"scores": score(factor=2, range=[0, 4])},
        {"missing_codes": {"not_asked": -1, "skipped": -98, "prefer_not": -99}},
    ]
    others = {read_definition(own_folder(definition(**change))).fingerprint for change in changed}
    assert len(others | {first.fingerprint}) == len(changed) + 1


@pytest.mark.parametrize("instrument", every_definition(), ids=lambda one: one.code)
def test_each_says_what_it_may_be_used_for_and_where_it_comes_from(instrument):
    assert min(len(instrument.licence), len(instrument.source), len(str(instrument.credit))) > 20
    assert instrument.minutes >= 1
    assert all(rule.higher_is != "neither" or rule.is_category for rule in instrument.scores)
    assert all(value >= 0 for item in instrument.items for value in item.values)
    assert all(code < 0 for code in instrument.missing_codes.values())


@pytest.mark.parametrize("instrument", every_definition(), ids=lambda one: one.code)
def test_no_item_that_may_not_be_here_is_here(instrument):
    for item in instrument.items:
        assert not NEVER_HERE.search(str(item.text)), item.code


def test_optional_ones_are_off_until_their_licence_is_accepted(settings):
    assert instrument_of("peg") is None
    settings.INSTRUMENT_LICENCES_ACCEPTED = ["peg", "who5"]
    assert {one.code for one in all_instruments()} == SHIPPED_CODES | {"peg", "who5"}
    assert instrument_of("dejong6") is None


def test_short_ones_come_first():
    lengths = [len(instrument.items) for instrument in all_instruments()]
    assert lengths == sorted(lengths)


def test_acceptance_of_something_unknown_stops_the_start(settings):
    settings.INSTRUMENT_LICENCES_ACCEPTED = ["peg", "pseq"]
    with pytest.raises(BadDefinition, match="INSTRUMENT_LICENCES_ACCEPTED names pseq"):
        apps.get_app_config("instruments").ready()


def test_deployers_own_is_offered_beside_the_others(own_folder):
    own_folder(definition())
    assert {one.code for one in all_instruments()} == SHIPPED_CODES | {"tea"}
    assert str(instrument_of("tea").item("green").text) == "Green tea"


def test_newest_version_is_offered_and_the_earlier_one_still_read(own_folder):
    own_folder(definition())
    own_folder(definition(version=2, recall="this week"), "tea.v2.yaml")
    assert [one.version for one in all_instruments() if one.code == "tea"] == [2]
    assert instrument_of("tea").recall == "this week"
    assert instrument_of("tea", 1).recall == "today"
    assert instrument_of("tea", 3) is None


def test_same_version_twice_is_refused(own_folder):
    own_folder(definition(code="gad7"), "gad7.v1.yaml")
    with pytest.raises(BadDefinition, match="two definitions of gad7 version 1"):
        all_instruments()


def test_phq9_is_not_offered_whoever_brings_it(own_folder):
    own_folder(definition(code="phq9"), "phq9.v1.yaml")
    with pytest.raises(BadDefinition, match="phq9 is not offered"):
        all_instruments()


def test_folder_that_is_not_there_stops_the_start(settings):
    settings.INSTRUMENTS_DIR = "/nowhere/at/all"
    with pytest.raises(BadDefinition, match="INSTRUMENTS_DIR is /nowhere/at/all, which is not a folder"):
        all_instruments()


def test_words_are_in_the_language_of_the_page_or_the_first_there_is():
    words = Words({"en": "Tea", "cy": "Te"})
    with translation.override("cy"):
        assert (str(words), words.language) == ("Te", "cy")
    with translation.override("fr"):
        assert (str(words), words.language) == ("Tea", "en")
    with translation.override("en-gb"):
        assert (str(words), words.language) == ("Tea", "en")


TWO = [{"code": "black", "en": "Black tea"}, {"code": "black", "en": "Green tea"}]
LONG = [{"code": "a" * 30, "en": "Black tea"}]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"licence": None}, "tea.v1.yaml needs “licence”"),
        ({"version": "1"}, "needs “version” (int)"),
        ({"version": True}, "needs “version” (int)"),
        ({"source": "   "}, "needs “source”"),
        ({"code": "Tea Time"}, "small letters, digits and _"),
        ({"code": "coffee"}, "has to be called coffee.v1.yaml"),
        ({"colour": "green"}, "does not take colour"),
        ({"languages": ["en", "cy"]}, "in cy"),
        ({"items": []}, "needs at least one item"),
        ({"items": TWO}, "each with a name of its own"),
        ({"items": LONG}, "is longer than 32 characters"),
        ({"items": ["Black tea"]}, "has to be a list of names and values"),
        ({"answers": None}, "needs either “answers” or a “scale”"),
        ({"answers": [{"value": 0, "en": "None"}]}, "needs two answers or more"),
        ({"answers": [{"value": 0, "en": "None"}, {"value": 0, "en": "Some"}]}, "each with its own number"),
        ({"answers": [{"value": 0, "en": "None"}, {"value": 1}]}, "needs words in en"),
        ({"scores": []}, "needs at least one score"),
        ({"scores": score(rule="guess")}, "there is no rule “guess”"),
        ({"scores": score(range=[0, 3])}, "its answers give 0 to 2, not 0 to 3"),
        ({"scores": score(range=[0])}, "like [0, 12]"),
        ({"scores": score(higher_is="good")}, "one of better, worse, neither"),
        ({"scores": score(items=["white"])}, "asks for white, which is no item here"),
        ({"scores": score(rule="single", range=[0, 1])}, "takes one item"),
        ({"scores": score(rule="count", counted={"black": [1]})}, "say under “counted”"),
        ({"scores": score(cuts=[2, 1])}, "“cuts” have to rise"),
        ({"scores": score(cuts=[0])}, "“cuts” have to rise and lie within the range"),
        ({"scores": score(en={"name": "Tea"})}, "needs “higher” in en"),
        ({"missing_codes": {"skipped": -98}}, "needs a number of its own for not_asked, skipped, prefer_not"),
        ({"missing_codes": {"not_asked": -97, "skipped": 1, "prefer_not": -99}}, "1 is an answer"),
    ],
)
def test_bad_definition_is_refused_with_a_sentence(own_folder, changes, sentence):
    path = own_folder(definition(**changes))
    with pytest.raises(BadDefinition) as refusal:
        read_definition(path)
    assert sentence in str(refusal.value)
    assert str(refusal.value).startswith("tea.v1.yaml")


@pytest.mark.parametrize("text", ["a: [", "- 1\n- 2\n", "", "just words"])
def test_file_that_is_no_definition_is_refused_with_a_sentence(own_folder, text):
    path = own_folder(text)
    with pytest.raises(BadDefinition, match=r"tea\.v1\.yaml"):
        read_definition(path)


def test_file_in_another_encoding_is_refused(own_folder):
    path = own_folder(definition())
    path.write_bytes("code: té".encode("latin-1"))
    with pytest.raises(BadDefinition, match="is not YAML in UTF-8"):
        read_definition(path)
