"""Which instruments there are: those that ship, those whose licence was accepted, and the deployer's own."""

from functools import cache
from pathlib import Path

from django.conf import settings

from peersupport.instruments.definition import Instrument
from peersupport.instruments.reading import BadDefinition, read_definition

HERE = Path(__file__).parent
SHIPPED, OPTIONAL = HERE / "shipped", HERE / "optional"
#: Its ninth item needs a human answer on the same day, which this service does not give. PHQ-8 stands in.
NEVER = frozenset({"phq9"})


def all_instruments() -> tuple[Instrument, ...]:
    """The newest version of each, the shortest first."""
    newest = {instrument.code: instrument for instrument in sorted(_versions().values(), key=lambda one: one.version)}
    return tuple(sorted(newest.values(), key=lambda one: (len(one.items), one.code)))


def every_version() -> tuple[Instrument, ...]:
    """Every version of each that is there, earlier ones first: what was asked once can be read for good."""
    return tuple(sorted(_versions().values(), key=lambda one: (one.code, one.version)))


def instrument_of(code: str, version: int | None = None) -> Instrument | None:
    """This version of an instrument, else its newest; None for one that is not there (any more)."""
    if version is not None:
        return _versions().get((code, version))
    return next((instrument for instrument in all_instruments() if instrument.code == code), None)


def _versions():
    return _read(tuple(settings.INSTRUMENT_LICENCES_ACCEPTED), settings.INSTRUMENTS_DIR)


@cache
def _read(accepted: tuple[str, ...], own: str) -> dict[tuple[str, int], Instrument]:
    """Every version by code and number. Read once: definitions are part of the program."""
    optional = _of(OPTIONAL)
    if unknown := set(accepted) - {instrument.code for instrument in optional}:
        raise BadDefinition(
            f"INSTRUMENT_LICENCES_ACCEPTED names {', '.join(sorted(unknown))}, which is not in the optional pack."
        )
    found: dict[tuple[str, int], Instrument] = {}
    chosen = [instrument for instrument in optional if instrument.code in accepted]
    for instrument in [*_of(SHIPPED), *chosen, *(_of(Path(own)) if own else [])]:
        if instrument.code in NEVER:
            raise BadDefinition(f"{instrument.code} is not offered: nobody reads answers on the day. Use phq8.")
        if found.setdefault((instrument.code, instrument.version), instrument) is not instrument:
            raise BadDefinition(f"There are two definitions of {instrument.code} version {instrument.version}.")
    return found


def _of(folder: Path) -> list[Instrument]:
    if not folder.is_dir():
        raise BadDefinition(f"INSTRUMENTS_DIR is {folder}, which is not a folder.")
    return [read_definition(path) for path in sorted(folder.glob("*.yaml"))]
