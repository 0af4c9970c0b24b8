"""The questions of the documents and of ``sql/examples``, asked of the published file: what each takes, and what of that is due.

For each question: the first answer on a new connection; the best of five later ones; how long it is planned, all three in
processor time of the one thread that works, which a busy machine changes little; and how long its scans take by the clock, which
is the floor: the columns that it needs have to be read.
"""

from __future__ import annotations

import json
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from assets.schema import SQL

ROOT = Path(__file__).resolve().parents[1]
PAGES = (
    "README.md",
    "docs/querying.md",
    "docs/first-question.md",
    *sorted(f"docs/cookbook/{p.name}" for p in (ROOT / "docs/cookbook").glob("*.md")),
)
_FENCE = re.compile(r"^```(?:sql|duckdb)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SLOW_MS = 50.0
"""A question that takes longer is marked."""
TIMES = 5


class Measured(NamedTuple):
    """One question, in milliseconds."""

    name: str
    first: float
    later: float
    planned: float
    scanned: float


def questions() -> Iterator[tuple[str, str]]:
    """Name and text of each question."""
    for page in PAGES:
        text = (ROOT / page).read_text(encoding="utf-8")
        for number, block in enumerate(_FENCE.finditer(text), start=1):
            # a block may hold several statements, as one that attaches another file does
            if block[1].count(";") == 1 and "$" not in block[1] and "ATTACH" not in block[1]:
                yield f"{page} {number}", block[1]
    for path in sorted((SQL / "examples").glob("*.sql")):
        yield f"sql/examples/{path.name}", path.read_text(encoding="utf-8")


def measure(file: Path) -> Iterator[Measured]:
    """Ask each question of ``file``. One that the file refuses is named: it is of another one."""
    for name, text in questions():
        with duckdb.connect(str(file), read_only=True, config={"threads": 1}) as con:
            try:
                first = _ms(con, text)
            except duckdb.Error as refusal:
                print(f"{name}: not asked: {str(refusal).splitlines()[0]}")
                continue
            later = min(_ms(con, text) for _ in range(TIMES))
            planned = min(_ms(con, f"PREPARE question AS {text}") for _ in range(TIMES))
            yield Measured(name, first, later, planned, _scanned(con, text))


def _ms(con: duckdb.DuckDBPyConnection, text: str) -> float:
    started = time.thread_time()
    con.execute(text).fetchall()
    return 1e3 * (time.thread_time() - started)


def _scanned(con: duckdb.DuckDBPyConnection, text: str) -> float:
    """Milliseconds that the scans of tables take within a question."""
    with tempfile.NamedTemporaryFile(suffix=".json") as profile:
        con.execute("PRAGMA enable_profiling = 'json'")
        con.execute(f"SET profiling_output = '{profile.name}'")
        con.execute(text).fetchall()
        con.execute("PRAGMA disable_profiling")
        found = json.loads(Path(profile.name).read_text(encoding="utf-8"))
    return 1e3 * sum(_timings(found["operator"]))


def _timings(nodes: list[dict[str, Any]]) -> Iterator[float]:
    for node in nodes:
        if "SCAN" in node["name"] and "CTE" not in node["name"]:
            yield node["timing"]
        yield from _timings(node.get("children", []))


def main(file: Path) -> None:
    """Measure and print, the slowest first."""
    print(f"{'question':<44}{'first':>8}{'later':>8}{'planned':>9}{'scanned':>9}   milliseconds of processor")
    for m in sorted(measure(file), key=lambda m: -m.later):
        mark = "  above 50" if m.later > SLOW_MS else ""
        print(f"{m.name:<44}{m.first:>8.1f}{m.later:>8.1f}{m.planned:>9.1f}{m.scanned:>9.1f}{mark}", flush=True)
