"""Data Docs: what the checks of a build found, as one page of our own that needs no network and runs nothing.

Whatever is in a table came from a server: it is escaped, and the page forbids scripts, pictures and addresses of any
kind. Great Expectations' own pages escape little, need scripts from a dozen hosts, and tell those hosts who reads them.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from pipelines.checks.validations import Validation

MOST_TEXT = 2_000
"""Characters of one value that are shown."""

_STYLE = """
:root {color-scheme: light dark; --line: #8886; --good: #1a7f37; --bad: #b3261e; --warn: #9a6700}
@media (prefers-color-scheme: dark) {:root {--good: #56d364; --bad: #ff8a80; --warn: #e3b341}}
body {font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 0 auto; padding: 1rem}
table {border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem}
td, th {border-bottom: 1px solid var(--line); padding: .3rem .6rem .3rem 0; text-align: left; vertical-align: top;
  overflow-wrap: anywhere}
th {white-space: nowrap}
td.number, th.number {text-align: right}
.passed {color: var(--good)} .failed, .error {color: var(--bad); font-weight: bold}
.warning {color: var(--warn); font-weight: bold}
pre {white-space: pre-wrap; overflow-wrap: anywhere; margin: .3rem 0; font-size: .85em}
small {opacity: .75} h2 {margin: 2rem 0 0; font-size: 1.15rem}
@media (max-width: 40rem) {
  .checks thead {display: none}
  .checks tr {display: block; padding: .5rem 0; border-bottom: 1px solid var(--line)}
  .checks td {display: block; border: 0; padding: 0}
}
@media print {body {max-width: none; padding: 0; font-size: 10pt} tr {break-inside: avoid} a {color: inherit}}
"""


def write_page(docs: Path, validations: Sequence[Validation]) -> None:
    """Write ``index.html`` into a folder, which is made where it is not there."""
    docs.mkdir(parents=True, exist_ok=True)
    (docs / "index.html").write_text(page(validations), encoding="utf-8", errors="replace")


def page(validations: Sequence[Validation]) -> str:
    """The page: an overview by table, then each table's checks, what did not hold first."""
    ordered = sorted(validations, key=lambda v: (v.table_name, _RANK[v.outcome], v.expectation))
    tables = {name: list(mine) for name, mine in groupby(ordered, key=lambda v: v.table_name)}
    found = _not_held(ordered)
    outcome = f"{found}. A warning keeps nothing from being published." if found else "All succeeded."
    when = max((v.validated_at for v in ordered), default=datetime.now(UTC))
    good = '<span class="passed">Succeeded</span>'
    overview = "\n".join(
        f'<tr><td><a href="#{escape(name)}">{escape(name)}</a></td><td>{_not_held(mine) or good}</td>'
        f'<td class="number">{len(mine):,}</td></tr>'
        for name, mine in tables.items()
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Data Docs: bilateral-relations warehouse</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>Bilateral-relations warehouse</h1>
<p>What is expected of each table of the build, and what was found at {when:%Y-%m-%d %H:%M} UTC:
{len(ordered):,} expectations. {outcome}
The same results are in <code>meta.validations</code>;
<code>bilateral verify --audit</code> asks Great Expectations for them again.</p>
<table class="overview">
<thead><tr><th>Table</th><th>Outcome</th><th class="number">Expectations</th></tr></thead>
<tbody>
{overview}
</tbody>
</table>
{chr(10).join(_section(name, mine) for name, mine in tables.items())}
</body>
</html>
"""


_RANK = {"failed": 0, "error": 0, "warning": 1, "passed": 2, "skipped": 3}


def _not_held(found: Sequence[Validation]) -> str | None:
    """How many failed and how many warn; None where neither does."""
    n_failed = sum(v.outcome in ("failed", "error") for v in found)
    n_warn = sum(v.outcome == "warning" for v in found)
    failed = f'<span class="failed">{n_failed:,} failed</span>' if n_failed else ""
    warn = f'<span class="warning">{n_warn:,} {"warning" if n_warn == 1 else "warnings"}</span>' if n_warn else ""
    return ", ".join(filter(None, (failed, warn))) or None


def _section(name: str, found: Sequence[Validation]) -> str:
    rows = "\n".join(_check_row(v) for v in found)
    return f"""<h2 id="{escape(name)}">{escape(name)}</h2>
<table class="checks">
<thead><tr><th>Outcome</th><th>Check</th><th>Found</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>"""


def _check_row(v: Validation) -> str:
    rows = [] if v.offending_rows is None else _loaded(v.offending_rows)
    offending = "".join(f"<pre>{_shown(row)}</pre>" for row in (rows if isinstance(rows, list) else [rows]))
    n = f"<p>{v.n_unexpected:,} rows or values do not hold{', of these:' if offending else ''}</p>" if v.n_unexpected else ""
    observed = "" if v.observed is None else f"<pre>{_shown(_loaded(v.observed))}</pre>"
    return (
        f'<tr><td class="{escape(v.outcome)}">{escape(v.outcome)}</td>'
        f"<td>{escape(v.description)}<br><small>{escape(v.expectation)}, {escape(v.severity)}</small></td>"
        f"<td>{observed}{n}{offending}</td></tr>"
    )


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _shown(value: Any) -> str:
    """A value as escaped text; that of a row is ``column: value``, a line each."""
    if isinstance(value, dict):
        text = "\n".join(f"{k}: {v}" for k, v in value.items() if v is not None)
    else:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return escape(text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]} ... ({len(text):,} characters)")
