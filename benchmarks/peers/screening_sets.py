"""Names for screening: real aliases held out of the index, perturbed names of listed parties, names that are on no list.

The list is OFAC's of July 2021 with its file of aliases. Each pair is a party and one of its aliases, drawn with a fixed seed,
one of a party; every second one is misspelt. The aliases asked for are taken out of the index. Half of the pairs are for tuning
(``tune``), half for reporting (``report``): the weights of ``assets.sanctions.screening`` were fitted to the first half.
"""

from __future__ import annotations

import csv
import gzip
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from assets.sanctions.lists.us_ofac import legacy_csv as ofac
from benchmarks.peers.make_names import misspelt

NAMES = Path(__file__).resolve().parents[2] / "tests" / "sql" / "screening"
VINTAGE = "sanctions/ofac_full/wm2021-07_{}.csv.gz"
SEED = 5
N_PAIRS = 1200
FEWEST_LETTERS = 6


class Listed(NamedTuple):
    """A name of a party: ``party`` is its id on the list."""

    party: str
    name: str
    party_type: str
    is_alias: bool


class Pair(NamedTuple):
    """An alias of a party, as it is asked for."""

    party: str
    alias: str
    asked: str
    party_type: str
    is_misspelt: bool


def listed(real: Path) -> list[Listed]:
    """The names of the list with its strong aliases, those of a party together."""
    files = {f"{part}.csv": gzip.decompress((real / VINTAGE.format(part)).read_bytes()) for part in ("sdn", "alt")}
    frames = ofac.stage(files).frames
    own: dict[str, list[str]] = {}
    for party, name in frames["names"].select("native_id", "name").iter_rows():
        own.setdefault(party, []).append(name)
    found = []
    for party, name, party_type in frames["listings"].select("native_id", "name", "party_type").iter_rows():
        found.append(Listed(party, name, party_type, False))
        found += [Listed(party, alias, party_type, True) for alias in dict.fromkeys(own.get(party, []))]
    return found


def drawn(names: Sequence[Listed], n: int = N_PAIRS, seed: int = SEED) -> list[Pair]:
    """Pairs of a party and one of its aliases, no party twice, every second alias misspelt."""
    aliases: dict[str, list[Listed]] = {}
    for name in names:
        if name.is_alias:
            aliases.setdefault(name.party, []).append(name)
    chance = random.Random(seed)
    parties = sorted(aliases)
    chance.shuffle(parties)
    found: list[Pair] = []
    for party in parties:
        alias = chance.choice(sorted(aliases[party]))
        if sum(letter.isalpha() for letter in alias.name) < FEWEST_LETTERS:
            continue
        is_misspelt = len(found) % 2 == 1
        asked = misspelt(alias.name, alias.party_type, chance) if is_misspelt else alias.name
        if asked is None or (is_misspelt and asked == alias.name):
            continue
        found.append(Pair(party, alias.name, asked, alias.party_type, is_misspelt))
        if len(found) == n:
            break
    return found


def held(names: Sequence[Listed], pairs: Sequence[Pair]) -> list[Listed]:
    """The names without those that the pairs ask for, whatever their case."""
    out = {(pair.party, pair.alias.casefold()) for pair in pairs}
    return [name for name in names if not (name.is_alias and (name.party, name.name.casefold()) in out)]


def halves(pairs: Sequence[Pair]) -> Mapping[Literal["tune", "report"], list[Pair]]:
    """The first half of the pairs, and the other one."""
    middle = len(pairs) // 2
    return {"tune": list(pairs[:middle]), "report": list(pairs[middle:])}


def ordinary(half: Literal["tune", "report"]) -> list[str]:
    """Names that nobody listed bears by design: every second one."""
    with (NAMES / "ordinary.csv").open(encoding="utf-8") as file:
        found = [row["asked"] for row in csv.DictReader(file)]
    return found[0 if half == "tune" else 1 :: 2]


def perturbed(names: Sequence[Listed]) -> list[dict[str, Any]]:
    """Names of listed parties as a person might write them, of the parties that this vintage holds."""
    primary = {name.party: name for name in names if not name.is_alias}
    with (NAMES / "perturbed.csv").open(encoding="utf-8") as file:
        rows = [(row["asked"], row["listing_id"].split(":")[1]) for row in csv.DictReader(file)]
    same = _of_one_name(names)
    return [
        {"asked": asked, "party_type": primary[party].party_type, "same": same[primary[party].name.casefold()]}
        for asked, party in rows
        if party in primary
    ]


def _of_one_name(names: Sequence[Listed]) -> dict[str, list[str]]:
    """Parties by their primary name: the list holds some twice, and nobody can tell them by name."""
    found: dict[str, list[str]] = {}
    for name in names:
        if not name.is_alias:
            found.setdefault(name.name.casefold(), []).append(name.party)
    return found


def as_asked(names: Sequence[Listed], pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    """Pairs as the contenders read them."""
    same = _of_one_name(names)
    primary = {name.party: name.name.casefold() for name in names if not name.is_alias}
    return [{"asked": p.asked, "party_type": p.party_type, "same": same[primary[p.party]]} for p in pairs]
