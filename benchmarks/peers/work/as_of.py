"""Who was listed on a day, as known at a moment: twenty moments."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

from measured import Timer, report

TIMES = 5


def _moments(folder: Path) -> list[str]:
    found: list[str] = json.loads((folder / "moments.json").read_text(encoding="utf-8"))
    return found


def _asked(con: Any, query: str, moments: list[str]) -> dict[str, Any]:
    con.execute(query.format(moment=moments[0])).fetchall()
    timer = Timer()
    for _ in range(TIMES):
        found = [con.execute(query.format(moment=moment)).fetchall()[0] for moment in moments]
    took = timer.took()
    return {**{k: v / TIMES for k, v in took.items()}, "n": sum(n for n, _ in found), "of_whom": sum(m for _, m in found)}


def ours(folder: Path) -> dict[str, Any]:
    with importlib.import_module("duckdb").connect(
        str(folder / "published.duckdb"), read_only=True, config={"threads": 1}
    ) as con:
        query = """SELECT count(*), count(*) FILTER (party_type = 'person')
            FROM listed_as_known(TIMESTAMP '{moment}'::DATE, TIMESTAMP '{moment}') WHERE list_id = 'us_ofac_sdn'"""
        return _asked(con, query, _moments(folder)) | {"mb": (folder / "published.duckdb").stat().st_size / 1e6}


def parquet(folder: Path) -> dict[str, Any]:
    file = folder / "vintages.parquet"
    with importlib.import_module("duckdb").connect(config={"threads": 1}) as con:
        query = f"""SELECT count(*), count(*) FILTER (type ILIKE 'individual%') FROM '{file}'
            WHERE retrieved_at = (SELECT max(retrieved_at) FROM '{file}' WHERE retrieved_at <= TIMESTAMP '{{moment}}')"""
        return _asked(con, query, _moments(folder)) | {"mb": file.stat().st_size / 1e6}


if __name__ == "__main__":
    report({"ours": ours, "parquet": parquet})
