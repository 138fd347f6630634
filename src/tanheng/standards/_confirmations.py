"""Confirmations of an overlay: two authorised persons compared a value with the printed page."""

from __future__ import annotations

import dataclasses

from tanheng.standards._dating import shown
from tanheng.standards._draft import Draft, ParameterDraft, Raw, text
from tanheng.standards._files import RawFile
from tanheng.standards.values import Confirmation, Person


def read_confirmations(draft: Draft, file: RawFile) -> None:
    """Attach each confirmation of a file to the value it confirms; the value itself stays as it is."""
    for raw in file.content["confirmations"]:
        parameter = draft.parameters.get(raw["parameter"])
        if parameter is None:
            draft.fault("standards.confirmation.unknown", file, id=raw["parameter"])
        else:
            _confirm(draft, file, parameter, raw)


def _confirm(draft: Draft, file: RawFile, parameter: ParameterDraft, raw: Raw) -> None:
    start, known = draft.day(file, raw["describes_from"]), draft.day(file, raw["known_since"])
    found = [
        index for index, value in enumerate(parameter.values) if (value.describes_from, value.known_since) == (start, known)
    ]
    if not found:
        have = "; ".join(shown(value) for value in parameter.values)
        draft.fault("standards.confirmation.no_value", file, id=parameter.id, start=start, known=known, have=have)
        return
    value = parameter.values[found[0]]
    confirmation = _confirmation(draft, file, raw)
    if len({person.name for person in confirmation.persons}) < 2:
        draft.fault("standards.confirmation.persons", file, at=parameter.id, value=raw["persons"][0]["name"])
    elif confirmation.document != value.document:
        draft.fault(
            "standards.confirmation.document", file, id=parameter.id, read=confirmation.document, document=value.document
        )
    elif confirmation.digits != value.printed:
        draft.fault("standards.confirmation.digits", file, id=parameter.id, read=confirmation.digits, digits=value.printed)
    else:
        parameter.values[found[0]] = dataclasses.replace(value, confirmations=(*value.confirmations, confirmation))


def _confirmation(draft: Draft, file: RawFile, raw: Raw) -> Confirmation:
    return Confirmation(
        document=raw["source"]["document"],
        place=text(raw["source"]["place"]),
        digits=raw["value"],
        date=draft.day(file, raw["date"]),
        persons=tuple(Person(person["name"], person["role"]) for person in raw["persons"]),
    )
