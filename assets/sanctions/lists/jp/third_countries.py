"""Japan's export ban on groups in third countries: from the text of the notice (PDF) to typed rows.

The Ministry of Foreign Affairs designates groups outside of Russia and Belarus to which the export ban applies (Notice 447 of
2023, amended since); the Ministry of Economy, Trade and Industry publishes the list. The text numbers its entries: the name in
Japanese, then in English, other names (``a.k.a.`` with a line each, or after 別称), and addresses (所在地). The heading states
the day of the first designation and that of the last change, not the day of each entry.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from assets.contracts import Staged
from assets.errors import Quarantine
from assets.reading.bytes import read_text
from assets.sanctions.reading.countries import country_of_address
from assets.sanctions.reading.gather import Gatherer, judge_named
from assets.sanctions.reading.names import slug_as_written
from assets.sanctions.reading.one_list import KEPT, one_file

PROGRAM = "RUS-BLR-DIVERSION"
URL = "https://www.meti.go.jp/policy/external_economy/trade_control/01_seido/04_seisai/crimea.html"
HEADING = "以外の国の団体を指定する件"
ADDRESSES = "所在地："
OTHER_NAMES = "別称："
_CHANGED = re.compile(r"最終更新日：([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")
_JAPANESE = "\u3040-\u30ff\u3400-\u9fff\uff66-\uff9f"
_GLUED = re.compile(rf"(?<=[）{_JAPANESE}])(?=[A-Z][a-z]+ [A-Z])")
"""Where a page ends, the name in Japanese and the one in English stand in one line."""
_OTHER = re.compile(r",?\s*a\.k\.a\.?,?\s*|,?\s*the\s?following", re.IGNORECASE)


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read the text of one edition.

    Returns:
        Frames listings, names and addresses of ``shape``; the lasting id is the English name without case and marks. Facts:
        ``list_changed`` (day of the last change, ISO), ``n_repeated`` (entries that name a party again, with another address).

    Raises:
        Quarantine: not one file, not this notice, an entry is missing within it, or the last one is cut.
    """
    name, data = one_file(files, "Japan's list of third countries")
    text = read_text(name, data, KEPT)
    changed = _CHANGED.search(text)
    if HEADING not in re.sub(r"\s", "", text) or changed is None:
        raise Quarantine(f"{name} is not the notice that designates groups of third countries. {KEPT}")
    found = Gatherer(name, ("names", "addresses", "notes"), ids="name")
    entries = _entries(text[changed.end() :])
    last = _joined(entries[-1].partition(ADDRESSES)[2]) if entries else ""
    if country_of_address(last.strip(" .")) is None:
        raise Quarantine(f"{name} has {len(entries)} numbered entries, and the last has no address: it is cut. {KEPT}")
    found.n_read = len(entries)
    for number, entry in enumerate(entries, 1):
        names, _, addresses = entry.partition(ADDRESSES)
        japanese, english, others = _names(names)
        native_id = slug_as_written(english)
        if found.party(native_id, english, "entity", row=number, value=entry, programs=PROGRAM, url=URL) is None:
            continue
        for other in filter(slug_as_written, others):
            found.name(native_id, other)
        found.note(native_id, "name_in_japanese", japanese)
        for address in re.split(r"[;；]\s*(?:and\s+)?", _joined(addresses)):
            line = address.strip(" .,")
            found.address_line(native_id, line, country_of_address(line))
    return found.staged(list_changed="-".join(f"{int(part):02}" for part in changed.groups()), n_repeated=found.n_joined)


def _entries(text: str) -> list[str]:
    """The entries by their numbers, at the beginning of a line or, where a page ended, right behind the last address."""
    starts: list[tuple[int, int]] = []
    position = 0
    while True:
        number = re.compile(rf"(?:(?<=\n)|(?<=[.a-z））])){len(starts) + 1} (?=[^\n]{{0,12}}[{_JAPANESE}])")
        match = number.search(text, position)
        if match is None:
            return [text[a:b] for (_, a), (b, _) in zip(starts, [*starts, (len(text), 0)][1:], strict=True)]
        starts.append((match.start(), match.end()))
        position = match.end()


def _names(text: str) -> tuple[str, str, list[str]]:
    """The name in Japanese, the one in English, and the other names in Latin letters."""
    lines = _GLUED.sub("\n", text).splitlines()
    first = next((n for n, line in enumerate(lines) if n and re.match(rf"[^{_JAPANESE}（）]{{4}}", line)), len(lines))
    japanese = re.sub(r"\s", "", "".join(lines[:first]))
    latin = "\n".join(lines[first:])
    own, mark, rest = latin.partition(OTHER_NAMES)
    if mark:
        of_latin = [line for line in rest.splitlines() if not re.search(f"[{_JAPANESE}]", line)]
        others = re.split(r"[;；]", _joined("\n".join(of_latin)))
    else:
        own, *more = _OTHER.split(latin, maxsplit=1)
        others = re.split(r"\n\s*[—―-]|:[—―-]", more[0])[1:] if more else []
    name = re.sub(r"（.*", "", _joined(own)).strip(" ,")
    return japanese, name, [re.sub(r"[;；.]?\s*(?:\band)?$", "", _joined(o)).strip(" ;") for o in others]


def _joined(text: str) -> str:
    """Lines as one; a line that ends in a hyphen goes on without a space."""
    return " ".join(re.sub(r"(?<=-)\n", "", text).split())


READERS = {"jp_third_countries": (stage, judge_named)}
"""By source: how its bytes are read, and how a snapshot is judged."""
