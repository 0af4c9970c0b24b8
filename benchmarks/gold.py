"""The half of the PLOVER gold records, read and brought to the classes of the table of 2021.

The records (CC BY-SA 4.0, OEDA team) are example sentences of the manual, one main event each, coded in an older PLOVER of
18 classes. What is made of them:

- An actor's country is its code, where the code is a state of this project (``JAP``, ``VTN`` and ``ITL`` are slips for JPN,
  VNM and ITA); ``IGO``, ``NGO``, ``IMG`` and ``ISM`` are no states. Sectors are not scored.
- Several actors on one side are one event each. A record without a target and with several sources is reciprocal: every
  ordered pair of them.
- INVESTIGATE and DISAPPROVE are ACCUSE of 2021, DEMAND is REQUEST, FIGHT is ASSAULT; the other names did not change. Where
  2021 moved a code to another class, the class that the code has now is right as well: destroyed property (1712) and human
  shields (184), COERCE then, are ASSAULT; an embargo (163), SANCTION then, is COERCE.
- Quads are Schrodt's, by the class: INVESTIGATE is verbal conflict, PROTEST material conflict.

The dates of the file are placeholders (2000-01-01): nothing is resolved against them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

from assets.actors.registry import actors
from benchmarks.scoring import Expected, Item

CLASS_OF_2021 = {"INVESTIGATE": "ACCUSE", "DISAPPROVE": "ACCUSE", "DEMAND": "REQUEST", "FIGHT": "ASSAULT"}
QUAD = {
    "AGREE": 1, "CONSULT": 1, "SUPPORT": 1, "COOPERATE": 2, "AID": 2, "CONCEDE": 2, "RETREAT": 2, "ACCUSE": 3, "REQUEST": 3,
    "REJECT": 3, "THREATEN": 3, "PROTEST": 4, "MOBILIZE": 4, "SANCTION": 4, "COERCE": 4, "ASSAULT": 4,
}  # fmt: skip
"""Schrodt's quad of a class; equal to that of its CAMEO codes."""

OLD_ROOTS = {
    "03": "AGREE", "04": "CONSULT", "05": "SUPPORT", "06": "COOPERATE", "07": "AID", "09": "INVESTIGATE", "10": "DEMAND",
    "11": "DISAPPROVE", "12": "REJECT", "13": "THREATEN", "14": "PROTEST", "15": "MOBILIZE", "16": "SANCTION", "17": "COERCE",
    "18": "ASSAULT", "19": "FIGHT", "20": "FIGHT",
}  # fmt: skip
_OLD_CODES = {"191": "COERCE", "192": "COERCE", "184": "COERCE", "0813": "CONCEDE", "0814": "CONCEDE"}
_SLIPS = {"JAP": "JPN", "VTN": "VNM", "ITL": "ITA"}
_CODES_THAT_MOVED = {"COERCE": ("1712", "184"), "SANCTION": ("163",), "CONCEDE": ("0813", "0814")}


@dataclass(frozen=True)
class Side:
    """An actor of a record: the words that name it, and its country where it is of a state."""

    text: str
    country: str | None


@dataclass(frozen=True)
class Record:
    """One gold record: the sentence, its class of the file, and the ordered pairs of actors."""

    id: str
    text: str
    old_class: str
    pairs: tuple[tuple[Side, Side], ...]

    @property
    def plover(self) -> str:
        """The class of 2021."""
        return CLASS_OF_2021.get(self.old_class, self.old_class)

    @property
    def between_states(self) -> tuple[tuple[str, str], ...]:
        """The ordered pairs of two different states."""
        found = ((s.country, t.country) for s, t in self.pairs)
        return tuple(dict.fromkeys((s, t) for s, t in found if s is not None and t is not None and s != t))

    def accepts(self, code: str, label: str) -> bool:
        """Say whether a CAMEO code with this class of 2021 is right for the record."""
        return label == self.plover or code in _CODES_THAT_MOVED.get(self.old_class, ())


def file_of(real_data: Path) -> Path:
    """Where the records lie in the folder of real files."""
    return real_data / "news" / "plover" / "plover_gsr_dev_half.json"


def records(path: Path) -> list[Record]:
    """Read the records; the first entry of the file documents it. Ids that stand twice in the file get a number."""
    states = set(actors().filter(kind="state")["actor_id"])
    found: list[Record] = []
    seen: dict[str, int] = {}
    for entry in json.loads(path.read_text(encoding="utf-8")):
        if entry["event"] == "DOCUMENT":
            continue
        sources, targets = _sides(entry.get("source"), states), _sides(entry.get("target"), states)
        pairs = [(s, t) for s in sources for t in targets] if targets else list(permutations(sources, 2))
        seen[entry["id"]] = seen.get(entry["id"], 0) + 1
        name = entry["id"] if seen[entry["id"]] == 1 else f"{entry['id']}-{seen[entry['id']]}"
        found.append(Record(name, " ".join(entry["text"].split()).strip("{}"), entry["event"], tuple(pairs)))
    return found


def _sides(actors_of_side: object, states: set[str]) -> list[Side]:
    if not isinstance(actors_of_side, list):
        return []
    found = []
    for actor in actors_of_side:
        code = _SLIPS.get(actor.get("code", ""), actor.get("code", ""))
        found.append(Side(actor.get("actorText", ""), code if code in states else None))
    return found


def old_class(code: str) -> str | None:
    """The class of the older PLOVER for a CAMEO code; None for roots 01 and 02, which have none."""
    if code in _OLD_CODES:
        return _OLD_CODES[code]
    if code[:2] == "08":
        return "RETREAT" if code[:3] >= "084" else "CONCEDE"
    return OLD_ROOTS.get(code[:2])


def item(record: Record) -> Item:
    """Return the record as a sentence to score: the expected events between states."""
    moved = frozenset(_CODES_THAT_MOVED.get(record.old_class, ()))
    return Item(
        record.id,
        record.text,
        None,
        tuple(Expected(s, t, record.plover, frozenset({record.plover}), moved) for s, t in record.between_states),
    )
