"""Input of any size for measurements of growth: vintages of a list, days of GDELT, articles. Made from a seed, never committed.

Rows are those of the real files where they are at hand (``BILATERAL_REAL_DATA``), else those of the sample, with ids, names and
moments of their own. The same arguments give the same bytes.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from tests.made_up import SAMPLE
from tests.real_files import FOLDER as REAL

SDN_SHARES = {"replaced": 0.0005, "edited": 0.0012}
"""Of the listings, how many go and come, and how many are edited a day: about as in the 260 real vintages of 2021 to 2023."""
ROWS_A_SLOT = 2_016
"""Of GDELT 2.0: the mean size of 300 slots in its index (131,455 bytes), by the 65 of a packed row."""

_SYLLABLES = [
    "al",
    "an",
    "ar",
    "ba",
    "be",
    "chen",
    "da",
    "el",
    "fa",
    "go",
    "hu",
    "in",
    "ja",
    "ka",
    "li",
    "ma",
    "na",
    "or",
    "pe",
    "qi",
    "ra",
    "sa",
    "ta",
    "ul",
    "vo",
    "wu",
    "xi",
    "ya",
    "zhe",
]


# vintages of a list -------------------------------------------------------------------------------------------------------


def sdn_rows(n_listings: int, rng: random.Random) -> list[list[str]]:
    """Rows of ``sdn.csv``: the real ones of January 2022, or those of the sample, cut or multiplied to that number."""
    real = REAL / "sanctions" / "ofac_full" / "ll2022-01_sdn.csv.gz"
    if real.exists():
        text = gzip.decompress(real.read_bytes()).decode("utf-8", "replace")
    else:
        text = sorted((SAMPLE / "us_ofac_sdn").glob("*/sdn.csv"))[-1].read_text(encoding="utf-8")
    found = [row for row in csv.reader(io.StringIO(text)) if len(row) == 12]
    rows = found[:n_listings]
    while len(rows) < n_listings:
        rows.append(_new_listing(rng.choice(found), 1_000_000 + len(rows), rng))
    return rows


def _name(rng: random.Random) -> str:
    first, last = ("".join(rng.choices(_SYLLABLES, k=rng.randint(2, 4))) for _ in range(2))
    return f"{last.upper()}, {first.capitalize()}"


def _new_listing(like: list[str], number: int, rng: random.Random) -> list[str]:
    return [str(number), _name(rng), *like[2:]]


def _as_csv(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n").writerows(
        [int(row[0]), *(cell for cell in row[1:])] for row in rows
    )
    # OFAC writes what is empty without quotes
    return out.getvalue().replace('"-0- "', "-0- ") + "\x1a"


def sdn_vintages(archive: Path, n_vintages: int, n_listings: int = 9_000, seed: int = 1) -> None:
    """Write daily vintages of ``sdn.csv`` below ``archive``, each the one before but for a seeded share of its listings."""
    rng = random.Random(seed)
    rows = sdn_rows(n_listings, rng)
    number = 2_000_000
    for day in range(n_vintages):
        folder = archive / "us_ofac_sdn" / f"{datetime(2015, 1, 1, 18, 45) + timedelta(days=day):%Y-%m-%dT%H%M%SZ}"
        folder.mkdir(parents=True)
        (folder / "sdn.csv").write_text(_as_csv(rows), encoding="utf-8", newline="")
        counts = {what: max(1, round(share * n_listings)) for what, share in SDN_SHARES.items()}
        gone = set(rng.sample(range(len(rows)), counts["replaced"]))
        rows = [row for place, row in enumerate(rows) if place not in gone]
        for place in rng.sample(range(len(rows)), counts["edited"]):
            edited = list(rows[place])
            remarks = edited[11].split("; Registration Number")[0].removesuffix(".")
            edited[11] = f"{remarks}; Registration Number {rng.randint(10**6, 10**7)}."
            rows[place] = edited
        # as many come as go: growth in listings is another question
        for _ in gone:
            number += 1
            rows.append(_new_listing(rng.choice(rows), number, rng))


# days of GDELT ------------------------------------------------------------------------------------------------------------


def gdelt_rows() -> list[list[str]]:
    """Rows of a real slot of GDELT 2.0 (2,111), or those of the sample."""
    real = REAL / "news" / "gdelt" / "20191024143000.export.CSV.gz"
    if real.exists():
        text = gzip.decompress(real.read_bytes()).decode("utf-8", "replace")
    else:
        text = "".join(path.read_text(encoding="utf-8") for path in sorted((SAMPLE / "gdelt_v2_events").glob("*/*.CSV")))
    return [row for line in text.splitlines() if len(row := line.split("\t")) == 61]


def _shares_of_a_day(rng: random.Random) -> list[float]:
    """Of 96 slots, how many rows each has as a multiple of the mean: by the sizes of two whole days in GDELT's own index."""
    index = REAL / "news" / "gdelt" / "v2_masterfilelist_english.txt.zip"
    sizes: list[int] = []
    if index.exists():
        with zipfile.ZipFile(index) as packed:
            lines = packed.read(packed.namelist()[0]).decode().splitlines()
        sizes = [int(size) for size, _, url in map(str.split, lines) if url.endswith(".export.CSV.zip") and "/2015022" in url][
            :96
        ]
    if len(sizes) < 96:
        sizes = [rng.randint(60, 190) for _ in range(96)]
    mean = sum(sizes) / len(sizes)
    return [min(3.0, max(0.1, size / mean)) for size in sizes]


@dataclass(frozen=True)
class Row:
    """A row of a slot: how many days before the slot its event was, its first and its second actor, the rest, its address."""

    lag: timedelta
    first: str
    second: str
    rest: str
    address: str


def _as_rows(found: list[list[str]]) -> list[Row]:
    def day(text: str) -> datetime:
        return datetime.strptime(text[:8], "%Y%m%d")  # noqa: DTZ007  (naive UTC throughout)

    return [
        Row(day(cells[59]) - day(cells[1]), "\t".join(cells[4:15]), "\t".join(cells[15:25]), "\t".join(cells[25:59]), cells[60])
        for cells in found
    ]


def gdelt_day(day: datetime, first_id: int, rows: list[Row], share: float = 1.0) -> Iterator[tuple[str, bytes]]:
    """The 96 packed files of a day of GDELT 2.0: names and bytes.

    Rows are drawn from ``rows`` in runs, since several events in a row come from one article, whose address is made one of the
    slot. The days of the events lie as far before the slot as they did. A third of the rows gets the second actor of another row:
    a day has many more pairs than one slot.

    Args:
        day: the day.
        first_id: GLOBALEVENTID of the first row; a day has less than 400,000.
        rows: of a real slot.
        share: of the rows of a real day.
    """
    rng = random.Random(int(f"{day:%Y%m%d}"))
    number = first_id
    for slot, relative in enumerate(_shares_of_a_day(rng)):
        at = day + timedelta(minutes=15 * slot)
        lines: list[str] = []
        wanted = max(1, round(ROWS_A_SLOT * relative * share))
        while len(lines) < wanted:
            start, length = rng.randrange(len(rows)), rng.randint(1, 9)
            for row in rows[start : start + min(length, wanted - len(lines))]:
                event = f"{at - row.lag:%Y%m%d}"
                address = f"{row.address}?{at:%y%m%d%H%M}" if row.address.startswith("http") else row.address
                second = rng.choice(rows).second if rng.random() < 1 / 3 else row.second
                cells = (number, event, event[:6], event[:4], row.first, second, row.rest, f"{at:%Y%m%d%H%M%S}", address)
                lines.append("\t".join(map(str, cells)))
                number += 1
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            member = zipfile.ZipInfo(f"{at:%Y%m%d%H%M%S}.export.CSV", (2020, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, "\n".join(lines) + "\n")
        yield f"{at:%Y%m%d%H%M%S}.export.CSV.zip", packed.getvalue()


def gdelt_days(archive: Path, n_days: int, share: float = 1.0, *, by_slot: bool = False, first: datetime | None = None) -> None:
    """Write days of GDELT 2.0 below ``archive``: a folder a day, or a folder a slot as a live fetch takes them."""
    rows = _as_rows(gdelt_rows())
    root = archive / "gdelt_v2_events"
    begin = first or datetime(2019, 10, 1)
    for offset in range(n_days):
        day = begin + timedelta(days=offset)
        first_id = 800_000_000 + (day - datetime(2019, 10, 1)).days * 400_000
        for name, data in gdelt_day(day, first_id, rows, share):
            # a slot is had when it ends, a day after its last one
            moment = (
                f"{name[:4]}-{name[4:6]}-{name[6:8]}T{name[8:14]}Z" if by_slot else f"{day + timedelta(days=1):%Y-%m-%dT000500Z}"
            )
            (root / moment).mkdir(parents=True, exist_ok=True)
            (root / moment / name).write_bytes(data)


# articles -----------------------------------------------------------------------------------------------------------------

_ACTORS = ("China", "the United States", "Russia", "Japan", "the White House", "Beijing", "the Pentagon", "Iran", "India", "OFAC")
_ACTS = (
    "imposed sanctions on",
    "criticised",
    "held talks with",
    "signed an agreement with",
    "threatened",
    "expelled diplomats of",
    "promised aid to",
    "accused",
)


def articles(archive: Path, n_articles: int, seed: int = 1, *, a_day: int = 1_000) -> None:
    """Write articles of some sentences below ``archive``, in files of lines of JSON, ``a_day`` of them in a folder a day."""
    rng = random.Random(seed)
    for start in range(0, n_articles, a_day):
        day = datetime(2020, 1, 1) + timedelta(days=start // a_day)
        folder = archive / "articles" / f"{day:%Y-%m-%d}"
        folder.mkdir(parents=True)
        lines: list[str] = []
        for number in range(start, min(start + a_day, n_articles)):
            who, whom = rng.sample(_ACTORS, 2)
            said = [f"{_ACTORS[rng.randrange(10)].capitalize()} {rng.choice(_ACTS)} {whom} on Monday over {_name(rng)}."]
            said += [
                f"Officials in {_name(rng)} said that the matter of {_name(rng)} remained open." for _ in range(rng.randint(2, 8))
            ]
            title = f"{who.capitalize()} {rng.choice(_ACTS)} {whom} over {_name(rng)}"
            lines.append(
                json.dumps(
                    {"id": f"made-{number}", "published": f"{day:%Y-%m-%d}", "outlet": "Made", "title": title, "language": "en",
                     "text": " ".join(said)}
                )
            )  # fmt: skip
        (folder / "articles.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def first_of(archive: Path, source: str, n: int, target: Path) -> Path:
    """An archive of the first ``n`` snapshots of a source, as links; returns ``target``."""
    (target / source).mkdir(parents=True)
    for path in sorted((archive / source).iterdir())[:n]:
        (target / source / path.name).symlink_to(path)
    return target


def exponents(sizes: list[float], costs: list[float]) -> list[float]:
    """Between each two sizes the power of the size with which the cost grows: 1 is in proportion."""
    from math import log

    return [log(b / a) / log(m / n) for (n, a), (m, b) in pairwise(zip(sizes, costs, strict=True))]
