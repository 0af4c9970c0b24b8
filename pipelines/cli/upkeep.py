"""Keeping a warehouse: ``trail`` and what else reads or mends the folder of the warehouse."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pipelines.cli.input import as_text
from pipelines.cli.terminal import fold, styled, width_of
from pipelines.readers import connect_for_readers

if TYPE_CHECKING:
    from pipelines.keeping.trail import File, Link, Trail
    from pipelines.settings import Settings


def print_json(content: object) -> None:
    """Write JSON for a program: moments and days as ISO text."""
    print(json.dumps(content, indent=1, ensure_ascii=False, default=_plain))


def _plain(value: object) -> str:
    isoformat = getattr(value, "isoformat", None)
    return str(value) if isoformat is None else str(isoformat())


def trail(settings: Settings, asked: Sequence[str], form: str) -> int:
    """``bilateral trail``: from rows to the bytes that they were made of."""
    from pipelines.intake.raw_store import RawStore
    from pipelines.keeping.trail import as_json, trails

    with connect_for_readers(settings.published) as con:
        publication = con.execute("SELECT publication_id, built_at FROM meta.build").fetchall()[0]
        found = trails(con, RawStore(settings.warehouse / "raw"), [as_text(part) for part in asked])
    if form == "json":
        print_json({"publication": publication[0], "built_at": publication[1], "rows": [as_json(t) for t in found]})
    else:
        print(f"publication {publication[0]} of {publication[1]:%Y-%m-%d %H:%M} UTC")
        for number, one in enumerate(found):
            print("\n" * (number > 0), end="")
            for line, indent in _told(one):
                print(fold(line, width_of(sys.stdout), indent))
    return 1 if any(t.is_damaged for t in found) else 0


def _told(trail: Trail) -> Iterator[tuple[str, str]]:
    """A trail as lines, each with its indent."""
    key = ", ".join(f"{name}={value}" for name, value in trail.row.key.items()) or "a row"
    yield styled(f"{trail.row.table}: {key}", "bold"), ""
    if trail.note:
        yield trail.note, "  "
    for link in trail.links:
        yield from _told_of_snapshot(link)
    for one in trail.behind:
        for line, indent in _told(one):
            yield line, f"  {indent}"


def _told_of_snapshot(link: Link) -> Iterator[tuple[str, str]]:
    receipt = link.receipt
    precision = "" if receipt.retrieved_precision == "second" else " (the day alone is known)"
    yield f"snapshot {receipt.source}/{receipt.snapshot}", "  "
    yield f"retrieved {receipt.retrieved_at:%Y-%m-%d %H:%M:%S} UTC{precision}, {receipt.origin}; id {receipt.snapshot_id}", "    "
    if link.publication:
        yield f"first held by publication {link.publication}", "    "
    for text in (*receipt.warnings, *([link.note] if link.note else [])):
        yield text, "    "
    for file in link.files:
        yield from _told_of_file(file)


def _told_of_file(file: File) -> Iterator[tuple[str, str]]:
    from pipelines.keeping.cutting import shown

    yield f"file {file.path}  ({file.receipt.n_bytes:,} bytes unpacked; 'zstd -dc' unpacks it)", "    "
    if file.receipt.url:
        status = "" if file.receipt.http_status is None else f", HTTP {file.receipt.http_status}"
        yield f"from {file.receipt.url}{status}", "      "
    yield f"SHA-256 {file.receipt.sha256}", "      "
    if file.state == "whole":
        yield "the bytes are those of the receipt", "      "
    else:
        yield styled(file.state, "red"), "      "
    if file.cut is not None:
        yield f"{file.cut.place}, bytes {file.cut.start:,} to {file.cut.end:,}; it holds {', '.join(file.cut.columns)}:", "      "
        yield shown(file.cut.data), "        "
    elif file.note:
        yield file.note, "      "
