"""ICD-10 codes as the sources write them, and the one label that a set of them has in ``core.overdose_observations``.

Belongs here: lists and ranges of codes. Does not: what a source calls a drug.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

OVERDOSE = frozenset(
    [f"X{n}" for n in range(40, 45)] + [f"X{n}" for n in range(60, 65)] + ["X85"] + [f"Y{n}" for n in range(10, 15)]
)
"""Underlying causes that make a death a drug overdose: unintentional, suicide, homicide, undetermined. Rule of NCHS."""

_CODE = re.compile(r"\b([A-Z])([0-9]{2})(?:\.([0-9]))?(?:\s*[-\u2013]\s*(?:([A-Z])([0-9]{2})(?:\.([0-9]))?))?(?![0-9])")


def codes(text: str) -> frozenset[str]:
    """Codes in a text, ranges written out: ``T40.0-T40.2`` is three, ``X40-X44`` five."""
    found: set[str] = set()
    for letter, number, digit, last_letter, last_number, last_digit in _CODE.findall(text):
        first = f"{letter}{number}" + (f".{digit}" if digit else "")
        last = f"{last_letter}{last_number}" + (f".{last_digit}" if last_digit else "")
        if not last_letter or last_letter != letter:
            found |= {first, last} - {""}
        elif digit and last_digit and number == last_number:
            found |= {f"{letter}{number}.{n}" for n in range(int(digit), int(last_digit) + 1)}
        else:
            found |= {f"{letter}{n:02d}" for n in range(int(number), int(last_number) + 1)}
    return frozenset(found)


def label(of: Iterable[str]) -> str:
    """The label of a set of codes: three and more in a row as a range, joined by commas (``T40.0-T40.4,T40.6``)."""
    runs: list[list[str]] = []
    for code in sorted(set(of)):
        if runs and _follows(runs[-1][-1], code):
            runs[-1].append(code)
        else:
            runs.append([code])
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join(run) for run in runs)


def _follows(one: str, other: str) -> bool:
    if len(one) != len(other) or one[0] != other[0]:
        return False
    return int(other[1:].replace(".", "")) == int(one[1:].replace(".", "")) + 1 and (len(one) == 3 or one[:3] == other[:3])
