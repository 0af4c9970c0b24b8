"""The classes of events: the PLOVER events of 2021, apart where they lie in several roots of CAMEO."""

from __future__ import annotations

from functools import cache

from assets.actors.lookups import lookups

CODES_OF_KINDS = {
    "01/01": "010", "02/02": "020", "03/AGREE": "030", "04/CONSULT": "040", "05/SUPPORT": "050", "06/COOPERATE": "060",
    "07/AID": "070", "08/CONCEDE": "080", "08/RETREAT": "085", "09/ACCUSE": "090", "10/REQUEST": "100", "11/ACCUSE": "111",
    "12/REJECT": "120", "13/THREATEN": "130", "14/PROTEST": "141", "15/MOBILIZE": "150", "16/COERCE": "163",
    "16/SANCTION": "160", "17/ASSAULT": "1712", "17/COERCE": "170", "18/ASSAULT": "180", "19/ASSAULT": "190", "19/COERCE": "191",
    "20/ASSAULT": "200",
}  # fmt: skip
"""Root and PLOVER event of 2021 of all CAMEO codes, with the code of one of which no rule says more."""

DEFAULT_CODES = {
    "01": "010", "02": "020", "03": "030", "04": "040", "05": "050", "06": "060", "07": "070", "08": "080", "09": "090",
    "10": "100", "11": "111", "12": "120", "13": "130", "14": "141", "15": "150", "16": "160", "17": "170", "18": "180",
    "19": "190", "20": "200",
}  # fmt: skip
"""Code of a root where nothing says more."""

KINDS = tuple(CODES_OF_KINDS)


PAST, ONGOING, INTENDED, HYPOTHETICAL, DENIED = MODALITIES = ("past", "ongoing", "intended", "hypothetical", "denied")
"""Whether what is told was done."""


def kind_of(code: str) -> str:
    """Root and PLOVER event of a CAMEO code (``08/RETREAT``); twice the root where there is no PLOVER event."""
    return f"{code[:2]}/{_plover_events()[code] or code[:2]}"


@cache
def _plover_events() -> dict[str, str | None]:
    return {code: scale.plover_event for code, scale in lookups().cameo.items()}


def is_cooperative(code: str) -> bool:
    """Whether the root of a code or kind is one of cooperation (01-08)."""
    return code < "09"
