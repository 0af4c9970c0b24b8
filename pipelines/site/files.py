"""Which files a site has: the built page, the published file, and the numbers of its first views as JSON beside it."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from assets.errors import BilateralError
from pipelines.publish.build import STORAGE_VERSION
from pipelines.util.atomic_files import put_in_place
from pipelines.util.readers import connect_for_readers

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BUILT = Path(__file__).parent / "built"
EXTENSIONS = Path(__file__).parent / "extensions"
"""What the engine loads when a question needs it (Parquet, JSON, time zones), packed; ``make extensions``."""
IN_THE_SITE = "extensions/v1.4.3/wasm_eh"
"""Where the engine looks for them, unpacked: below its version and platform."""
SQL_SITE = Path(__file__).parents[2] / "sql" / "site"

N_BESIDE = 24
"""Pairs whose numbers lie beside the page, those of which most is held first: their charts do not wait for the engine."""
N_DAYS_BESIDE = 3
"""Pairs of which the days lie beside the page that the slider of the day of knowledge stops at."""
THEN = ("lists", "overdose", "coverage", "claims", "duties", "votes", "deaths_by_year", "fentanyl", "panel")
"""Queries whose answers differ by the day of knowledge; acts do by a column."""
NOW = (*THEN, "acts", "tension")
SMALL = ("lists", "listings", "overdose", "coverage", "duties", "deaths_by_year", "fentanyl", "n_since", "pairs")
"""Queries that a small file beside the page answers, read whole: of the published file they would read 30 MB in 170 requests. Of
``listings`` and ``pairs`` it knows past days alone."""
IN_SMALL = {
    "core.actors": "SELECT * FROM core.actors WHERE actor_id IN (SELECT authority_id FROM core.sanction_lists)",
    "core.list_coverage": "FROM core.list_coverage",
    "core.list_mirrors": "FROM core.list_mirrors",
    "core.sanction_countries": "FROM core.sanction_countries",
    "core.sanction_listings": """SELECT listing_id, list_id, valid_from, valid_to, known_from, known_to
        FROM core.sanction_listings""",
    "core.sanction_lists": "FROM core.sanction_lists",
    "core.sanction_programs": "SELECT * FROM core.sanction_programs WHERE program IN (SELECT program FROM core.list_mirrors)",
    "core.target_evidence": "SELECT * EXCLUDE (evidence) FROM core.target_evidence",
    "core.sanction_events": """SELECT listing_id, kind, known_at FROM core.sanction_events
        WHERE kind IN ('added', 'removed', 'suspended', 'resumed')""",
    "core.news_coverage": "FROM core.news_coverage",
    "core.news_pair_coverage": "FROM core.news_pair_coverage",
    # of parts of states no chart of a pair tells
    "core.overdose_observations": "SELECT * FROM core.overdose_observations WHERE NOT contains(actor_id, '.')",
    "core.overdose_vintages": "SELECT * FROM core.overdose_vintages WHERE NOT contains(actor_id, '.')",
    "core.drug_harms": "FROM core.drug_harms",
    "core.drug_seizures": "SELECT * FROM core.drug_seizures WHERE drug = 'Fentanyl'",
    "marts.duty_spans": "FROM marts.duty_spans",
    "marts.official_act_dyads": "FROM marts.official_act_dyads",
    "marts.listing_dyads": """SELECT DISTINCT listing_id, list_id, source_id, target_id, valid_from, valid_to, is_by_link
        FROM marts.listing_dyads WHERE target_id IS NOT NULL""",
    "marts.listing_versions": """SELECT listing_id, list_id, actor_id, name, party_type, valid_from, valid_from_earliest,
        valid_from_basis, valid_to, valid_to_basis, known_from, known_to, stands_from, is_within_gap, certain_until
        FROM marts.listing_versions""",
}
"""What that file has of which table: the columns and rows that these queries read."""

File = Path | bytes | Callable[[], bytes]
"""A file of a site: where it lies, what it holds, or what makes it when it is first asked for."""


def site_files(published: Path, n_beside: int = N_BESIDE, withheld: Sequence[str] = ()) -> dict[str, File]:
    """The files of a site by path; ``withheld``: titles of sources left out. Raises BilateralError without a published file."""
    with connect_for_readers(published) as con:
        site = {**overview(con, n_beside), "withheld": list(withheld)}
    files: dict[str, File] = {p.name: p for p in sorted(BUILT.iterdir()) if p.name != "SHA256SUMS"}
    files |= {f"{IN_THE_SITE}/{p.stem}": partial(_unpacked, p) for p in sorted(EXTENSIONS.glob("*.gz"))}
    files["data/site.json"] = packed(site)
    for n, pair in enumerate(site["beside"]):
        files[f"data/{pair}.json"] = partial(_numbers, published, pair)
        for day in site["days"] if n < N_DAYS_BESIDE else ():
            files[f"data/{pair}@{day}.json"] = partial(_numbers, published, pair, date.fromisoformat(day))
    for day in site["days"]:
        files[f"data/pairs@{day}.json"] = partial(_pairs, published, date.fromisoformat(day))
    for pair in site["beside"][:1]:  # at once: what a file of an earlier version lacks is said before there is a page
        files[f"data/{pair}.json"] = _numbers(published, pair)
    files["small.duckdb.gz"] = partial(small, published)
    files["bilateral.duckdb"] = published
    return files


def small(published: Path) -> bytes:
    """A DuckDB file, packed, that answers ``SMALL`` of any moment as the published file does: its macros and ``IN_SMALL``."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as con:
        path = Path(folder, "small.duckdb")
        layout = f"STORAGE_VERSION '{STORAGE_VERSION}', BLOCK_SIZE 16384"
        con.execute(f"ATTACH '{_quoted(published)}' AS whole (TYPE duckdb, READ_ONLY); ATTACH '{path}' AS small ({layout})")
        con.execute("SET enable_progress_bar = false; COPY FROM DATABASE whole TO small (SCHEMA); USE whole")
        for table, query in IN_SMALL.items():
            con.execute(f"INSERT INTO small.{table} BY NAME ({query})")
        con.execute("USE memory; DETACH small")
        return gzip.compress(path.read_bytes(), 6, mtime=0)


def write_site(published: Path, folder: Path, n_beside: int = N_BESIDE, withheld: Sequence[str] = ()) -> list[Path]:
    """Write a site into a folder for any host of static files; what else lies there stays. Raises as ``site_files``."""
    files = site_files(published, n_beside, withheld)
    written = []
    for name, file in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with put_in_place(path) as draft:
            if isinstance(file, Path):
                shutil.copyfile(file, draft)
            else:
                draft.write_bytes(file if isinstance(file, bytes) else file())
        written.append(path)
    return written


def one_page(published: Path, a: str, b: str, view: Mapping[str, str]) -> str:
    """The page of a pair as one file without a server; ``view``: known, from, to, lang. Raises BilateralError without data."""
    with connect_for_readers(published) as con:
        site = overview(con, 0)
        pair = f"{min(a, b)}-{max(a, b)}"
        if pair not in {f"{p['source_id']}-{p['target_id']}" for p in rows_of(site["pairs"])}:
            raise BilateralError(
                f"no data on {a} and {b}. Name states by their three letters, such as USA or CHN; the pairs with data: "
                "'bilateral sql \"SELECT DISTINCT source_id, target_id FROM marts.dyad_month\"'."
            )
        inside = {"site": site, pair: numbers_of_pair(con, a, b)}
        if "known" in view:
            inside[f"{pair}@{view['known']}"] = numbers_of_pair(con, a, b, date.fromisoformat(view["known"]))
    del site["queries"]
    site["beside"], site["alone"] = [pair], {"pair": f"{a}-{b}", **view}
    text = json.dumps(inside, separators=(",", ":"), ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")
    script = (BUILT / "page.js").read_text(encoding="utf-8").replace("</script", "<\\/script")
    style = (BUILT / "page.css").read_text(encoding="utf-8")
    page = (BUILT / "index.html").read_text(encoding="utf-8")
    policy = f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; img-src data: blob:"
    for pattern, new in (
        (r'content="default-src[^"]*"', f'content="{policy}"'),
        (r'<link rel="stylesheet"[^>]*>', f"<style>{style}</style>"),
        (
            r'<script type="module"[^>]*></script>',
            f'<script type="application/json" id="beside">{text}</script><script type="module">{script}</script>',
        ),
    ):
        page, n = re.subn(pattern, lambda _, new=new: new, page)  # type: ignore[misc]
        if n != 1:
            raise AssertionError(f"the built page has {n} places like {pattern}")
    return page


def overview(con: DuckDBPyConnection, n_beside: int) -> dict[str, Any]:
    """What every view needs: names, pairs, lists, sources, the texts of the queries, and which pairs lie beside the page."""
    site: dict[str, Any] = {name: asked(con, name) for name in ("built", "actors", "list_names", "sources")}
    site["pairs"] = asked(con, "pairs", known=_now(con))
    pairs = [f"{p['source_id']}-{p['target_id']}" for p in rows_of(site["pairs"])]
    first = [p for p in ("CHN-USA",) if p in pairs]
    site["beside"] = list(dict.fromkeys([*first, *pairs]))[:n_beside]
    last = date.fromisoformat(rows_of(site["built"])[0]["last_known"] or "2017-12-31")
    days = (date(year, month, 1) for year in range(2018, last.year + 1) for month in (1, 7))
    site["days"], site["n_days_beside"] = [day.isoformat() for day in days if day <= last], N_DAYS_BESIDE
    site["small"] = SMALL
    site["queries"] = {path.stem: path.read_text(encoding="utf-8") for path in sorted(SQL_SITE.glob("*.sql"))}
    return site


def numbers_of_pair(con: DuckDBPyConnection, a: str, b: str, known: date | None = None) -> dict[str, Any]:
    """The numbers of a pair's view by month, as known at the beginning of a day or now: ``{query: {columns, rows}}``."""
    values = {"source": min(a, b), "target": max(a, b), "known": known or _now(con), "grain": "month"}
    return {name: asked(con, name, **values) for name in (NOW if known is None else (*THEN, "n_since"))}


def asked(con: DuckDBPyConnection, name: str, **values: Any) -> dict[str, Any]:
    """The answer of a query in ``sql/site``: ``{"columns": [...], "rows": [[...], ...]}`` of what JSON can say."""
    query = (SQL_SITE / f"{name}.sql").read_text(encoding="utf-8")
    try:
        cursor = con.execute(query, {k: v for k, v in values.items() if f"${k}" in query})
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        why = f"is of another version ({str(error).splitlines()[0]}): 'bilateral refresh' makes it again"
        raise BilateralError(f"the published file {why}.") from error
    columns = [d[0] for d in cursor.description or []]
    return {"columns": columns, "rows": [[_plain(v) for v in row] for row in cursor.fetchall()]}


def rows_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of an answer by the names of its columns."""
    return [dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]]


def packed(content: Any) -> bytes:
    """JSON without spaces."""
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _unpacked(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())


def _numbers(published: Path, pair: str, known: date | None = None) -> bytes:
    a, b = pair.split("-")
    with connect_for_readers(published) as con:
        return packed(numbers_of_pair(con, a, b, known))


def _pairs(published: Path, known: date) -> bytes:
    with connect_for_readers(published) as con:
        return packed(asked(con, "pairs", known=known))


def _now(con: DuckDBPyConnection) -> Any:
    return con.execute("SELECT end_of_time()").fetchall()[0][0]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return round(value, 6) if value == value and abs(value) != float("inf") else None
    return value


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
