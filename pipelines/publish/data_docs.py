"""Data Docs that need no network: Great Expectations' pages without what they load from elsewhere, and an index of our own.

The pages as they are written load styles, scripts and pictures from a dozen hosts. Without a network the index, which a
script fills, is empty; with one, those hosts learn who reads it and when.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from pathlib import Path

# the footer advertises a newsletter; scripts in the page itself need the libraries from elsewhere
_OUTSIDE = re.compile(
    r"""<link\b[^>]*> | <script\b.*?</script> | <img\b[^>]*\bsrc="https?://[^>]*> | <footer>.*?</footer>
      | <a\b[^>]*\bhref="https?://[^>]*>\s*</a>""",
    re.VERBOSE | re.DOTALL,
)
_PICTURE = re.compile(r"url\('https?://[^)]*\)")

_STYLE = """
body {font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 0 auto; padding: 1rem; color: #222; background: #fff}
.container, .container-fluid {padding-top: 0}
.sticky {position: static}
table {border-collapse: collapse; min-width: 40%; margin: .5rem 0 1.5rem; color: #222 !important; background: #fff !important}
td, th {border: 1px solid #ccc; padding: .3rem .6rem; text-align: left; vertical-align: top; overflow-wrap: anywhere}
td.number {text-align: right}
td:has(.fas):first-child {width: 3.5rem}
.breadcrumb {list-style: none; display: flex; gap: .5rem; padding: 0}
.fa-check-circle::before {content: "\\2714"; color: #1a7f37}
.fa-times::before {content: "\\2718"; color: #b3261e}
.fa-exclamation-triangle::before {content: "!"; color: #9a6700; font-weight: bold}
.failed {color: #b3261e; font-weight: bold}
.card, [data-toggle="collapse"], .cooltip .top {display: none}
"""
"""Also hides what needs scripts: the filter of failed ones, "show more", pop-ups."""


def write_index_and_cut_loose(docs: Path, failures: Mapping[str, tuple[int, int]]) -> None:
    """Make the Data Docs of a folder readable without a network.

    Args:
        docs: folder of the site as Great Expectations has written it; its pages are rewritten, its index is replaced.
        failures: per suite (``core.events``) how many expectations it has, and how many of them failed.
    """
    for page in docs.rglob("*.html"):
        text = _PICTURE.sub("none", _OUTSIDE.sub("", page.read_text(encoding="utf-8")))
        page.write_text(text.replace("</head>", f"<style>{_STYLE}</style>\n</head>", 1), encoding="utf-8")
    (docs / "index.html").write_text(_index(docs, failures), encoding="utf-8")


def _index(docs: Path, failures: Mapping[str, tuple[int, int]]) -> str:
    rows = []
    for suite, (expected, failed) in sorted(failures.items()):
        result = "Succeeded" if failed == 0 else f'<span class="failed">{failed:,} failed</span>'
        rows.append(
            f"<tr><td>{escape(suite)}</td><td>{_link(docs, 'validations', suite, result)}</td>"
            f'<td class="number">{expected:,}</td><td>{_link(docs, "expectations", suite, "what is expected")}</td></tr>'
        )
    n_failed = sum(failed for _, failed in failures.values())
    outcome = "All succeeded." if n_failed == 0 else f"{n_failed:,} failed."
    return f"""<!DOCTYPE html>
<html lang="en">
<head><meta charset="UTF-8"><title>Data Docs: bilateral-relations warehouse</title><style>{_STYLE}</style></head>
<body>
<h1>Bilateral-relations warehouse</h1>
<p>What is expected of each table of the build, and what was found at {datetime.now(UTC):%Y-%m-%d %H:%M} UTC:
{sum(n for n, _ in failures.values()):,} expectations. {outcome}
Written by Great Expectations; the same results are in <code>meta.validations</code>.</p>
<table>
<thead><tr><th>Table</th><th>Validation</th><th>Expectations</th><th>Suite</th></tr></thead>
<tbody>
{chr(10).join(rows)}
</tbody>
</table>
</body>
</html>
"""


def _link(docs: Path, kind: str, suite: str, text: str) -> str:
    place = docs.joinpath(kind, *suite.split("."))
    page = next(iter(sorted(place.rglob("*.html"))), place.with_name(f"{place.name}.html"))
    return f'<a href="{escape(Path(os.path.relpath(page, docs)).as_posix())}">{text}</a>'
