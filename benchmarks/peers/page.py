"""Results kept as JSON, and the page and the chart made of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from benchmarks.peers.running import ROOT

RESULTS = ROOT / "benchmarks" / "results.json"
PAGE = ROOT / "docs" / "benchmarks.md"
CHART = ROOT / "docs" / "benchmarks.svg"
_OURS, _THEIRS = "#1f5fa8", "#b0b0b0"
_MARK = "<!-- made by python -m benchmarks.peers: below this line nothing is written by hand -->"


def held() -> dict[str, Any]:
    """Results by name of the comparison; those of a comparison that was not run again stay."""
    found: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    return found


def keep(name: str, result: Mapping[str, Any], order: Sequence[str]) -> dict[str, Any]:
    """Keep a result; returns all, in order."""
    every = held() | {name: dict(result)}
    every = {known: every[known] for known in order if known in every}
    RESULTS.write_text(json.dumps(every, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return every


def write(every: Mapping[str, Any]) -> None:
    """Write the page below its mark, and the chart."""
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    above = text.partition(_MARK)[0].rstrip()
    PAGE.write_text("\n\n".join([above, _MARK, *(section(result) for result in every.values())]).strip() + "\n", encoding="utf-8")
    CHART.write_text(chart(every), encoding="utf-8")


def section(result: Mapping[str, Any]) -> str:
    """A comparison as a heading, two sentences and a table."""
    figures = list(result["figures"])
    names = ["", "seconds", "ratio", "MB", *result["figures"].values()]
    lines = [f"| {' | '.join(names)} |", "|---" + "|---:" * (len(names) - 1) + "|"]
    notes = []
    for c in result["contenders"]:
        if "failed" in c:
            lines.append(f"| {c['name']} | not measured: {c['failed']} |" + " |" * (len(names) - 2))
        else:
            cells = [
                c["name"],
                seconds(c["processor"]),
                "" if c["ratio"] is None else f"{c['ratio']:.2f}",
                f"{c['memory_mb']:,.0f}",
                *(said(c["figures"].get(name)) for name in figures),
            ]
            lines.append(f"| {' | '.join(cells)} |")
        if c.get("note"):
            notes.append(f"{c['name']}: {c['note']}.")
    runs = min((c["n_runs"] for c in result["contenders"] if "n_runs" in c), default=0)
    turns = f"{runs} run{'s' * (runs != 1)} each, in turn"
    about = f"{result['says']}\n\nInput: {result['input']}. {turns}. {verdict(result['contenders'])}"
    return "\n\n".join([f"## {result['title']}", about, "\n".join(lines), *notes])


def verdict(contenders: Sequence[Mapping[str, Any]]) -> str:
    """Who took less processor time than this project, in a sentence: it is said wherever it is so."""
    faster = [f"{c['name']} ({1 / c['ratio']:.1f} times)" for c in contenders[1:] if c.get("ratio") and c["ratio"] < 1]
    return f"Faster than this project: {', '.join(faster)}." if faster else "No peer was faster."


def seconds(value: float) -> str:
    """Seconds in three digits that tell something."""
    return f"{value:.4f}" if value < 0.1 else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def said(value: Any) -> str:
    """A figure of a contender as a cell: shares as they are, numbers with commas."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < 10 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def chart(every: Mapping[str, Any]) -> str:
    """Bars of the ratio of each contender to this project, on a scale of powers of two; to the left of the line it is faster."""
    import math

    rows: list[tuple[str, str, float]] = []
    for result in every.values():
        rows += [(result["title"].split(":")[0], c["name"], c["ratio"]) for c in result["contenders"][1:] if c.get("ratio")]
    width, left, line, top = 760, 330, 20, 46
    most = max([3.0, *(abs(math.log2(ratio)) for *_, ratio in rows)])
    middle = left + (width - left - 60) * 0.3
    step = min((middle - left) / most, (width - 60 - middle) / most)
    height = top + line * len(rows) + 16
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
        "<title>Processor time of peers as a multiple of that of this project</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        '<text x="8" y="18" font-size="14">Processor time as a multiple of that of this project</text>',
        f'<text x="{middle:.0f}" y="36" text-anchor="middle" fill="#555555">faster | slower</text>',
    ]
    for number, (title, name, ratio) in enumerate(rows):
        y = top + line * number
        end = middle + step * math.log2(ratio)
        x, size = min(middle, end), abs(end - middle)
        colour = _THEIRS if ratio >= 1 else _OURS
        drawn += [
            f'<text x="{left - 8}" y="{y + 13}" text-anchor="end">{escape(f"{title}: {name}"[:52])}</text>',
            f'<rect x="{x:.1f}" y="{y + 3}" width="{max(size, 1):.1f}" height="13" fill="{colour}"/>',
            f'<text x="{max(end, middle) + 5:.1f}" y="{y + 13}">{ratio:.2f}</text>',
        ]
    drawn.append(f'<line x1="{middle:.1f}" y1="40" x2="{middle:.1f}" y2="{height - 10}" stroke="#000000"/></svg>')
    return "\n".join(drawn) + "\n"


def beside(path: Path) -> str:
    """A path as people write it: below the project, where it is there."""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)
