"""Keeping a warehouse: ``trail`` and what else reads or mends the folder of the warehouse."""

from __future__ import annotations

import getpass
import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from assets.errors import BilateralError
from pipelines.cli.answers import tell
from pipelines.cli.input import as_text
from pipelines.cli.terminal import fold, styled, width_of, write_table
from pipelines.util.readers import connect_for_readers

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.ingest.decisions import Ruling
    from pipelines.maintenance.backup import CopyResult
    from pipelines.maintenance.quarantine import QuarantinedSnapshot
    from pipelines.maintenance.trail import File, Link, Trail
    from pipelines.maintenance.verify import LayerCheck
    from pipelines.services.warehouse import Warehouse
    from pipelines.settings import Settings


def print_json(content: object) -> None:
    """Write JSON for a program: moments and days as ISO text."""
    print(json.dumps(content, indent=1, ensure_ascii=False, default=_plain))


def _plain(value: object) -> str:
    isoformat = getattr(value, "isoformat", None)
    return str(value) if isoformat is None else str(isoformat())


def trail(settings: Settings, asked: Sequence[str], form: str) -> int:
    """``bilateral trail``: from rows to the bytes that they were made of."""
    from pipelines.ingest.raw_store import RawStore
    from pipelines.maintenance.trail import as_json, trails

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


def verify(settings: Settings, *, rebuild: bool, repair: bool, form: str) -> int:
    """``bilateral verify``: whether all is as it was written; code 1 where something is not, and was not mended."""
    import logging
    import uuid

    from pipelines.cli.bars import bars
    from pipelines.maintenance.repair import repair as mended
    from pipelines.services.warehouse import Warehouse

    if not settings.warehouse.is_dir():
        raise BilateralError(f"{settings.warehouse} does not exist yet: run 'bilateral refresh' (or 'make demo') first.")
    done: list[str] = []
    other: list[str] = []
    # standard output is for the answer alone where a program reads it
    with nullcontext(tell) if form == "json" else bars() as say:
        warehouse = Warehouse(settings, say=say)
        looked = _look(warehouse)
        findings = [finding for layer in looked for finding in layer.findings]
        if repair and findings:
            logging.basicConfig(
                filename=settings.warehouse / "refresh.log", level=logging.WARNING, format="%(asctime)s %(message)s"
            )
            done = mended(warehouse, findings, str(uuid.uuid4()))
            looked = _look(warehouse)
            findings = [finding for layer in looked for finding in layer.findings]
        if rebuild and not any(f.layer in ("core", "published") for f in findings):
            other = _rebuilt(warehouse)
    if form == "json":
        print_json(
            {
                "is_whole": not (findings or other),
                "layers": [
                    {"layer": x.layer, "files": x.n_files, "bytes": x.n_bytes, "without_hash": x.n_unsealed, "notes": x.notes}
                    for x in looked
                ],
                "findings": [
                    {"layer": f.layer, "where": f.where, "what": f.what, "means": f.means, "todo": f.todo} for f in findings
                ],
                "differences_to_a_rebuild": other if rebuild else None,
                "done": done,
            }
        )
        return 1 if findings or other else 0
    width = width_of(sys.stdout)
    for layer in looked:
        unsealed = f"; {layer.n_unsealed:,} of an earlier version bear no hash" if layer.n_unsealed else ""
        state = styled(f"{len(layer.findings):,} DAMAGED", "red") if layer.findings else styled("whole", "green")
        print(f"{layer.layer:<10} {state}: {layer.n_files:,} files, {layer.n_bytes:,} bytes{unsealed}")
        for note in layer.notes:
            print(fold(note, width, "  "))
    for line in done:
        print(fold(f"mended: {line}", width))
    for finding in findings:
        print(styled(finding.where, "bold"))
        for line in (finding.what, f"what it means: {finding.means}", f"what to do: {finding.todo}"):
            print(fold(line, width, "  "))
    if rebuild:
        print("a build from core holds the same rows" if not other else styled("a build from core differs:", "red"))
        for line in other:
            print(fold(line, width, "  "))
    return 1 if findings or other else 0


def audit_published(settings: Settings) -> int:
    """``bilateral verify --audit``: code 0 where every critical check holds and no result is another than recorded, else 1."""
    from pipelines.checks.gx import audit_again
    from pipelines.cli.bars import bars

    connect_for_readers(settings.published).close()  # where nothing is published there is nothing to prepare
    from pipelines.services.warehouse import Warehouse

    expectations = Warehouse(settings).build_expectations()
    with bars() as say:
        say(f"running {len(expectations):,} checks of {settings.published}")
        again = audit_again(settings.published, expectations, settings.limits)
    for line in again.lines():
        print(fold(line, width_of(sys.stdout), ""))
    return 0 if again.is_good else 1


def _look(warehouse: Warehouse) -> list[LayerCheck]:
    from pipelines.ingest.raw_store import RawStore
    from pipelines.maintenance.verify import verify_core, verify_published, verify_raw, verify_staged

    raw = RawStore(warehouse.folder / "raw")
    looked = [verify_raw(raw, warehouse.sources)]
    with warehouse.lock():  # a refresh would delete what is looked at
        looked += [verify_staged(warehouse.staged), verify_core(warehouse.core, warehouse.packages)]
        looked.append(verify_published(warehouse.settings.published))
    return looked


def _rebuilt(warehouse: Warehouse) -> list[str]:
    """In what the published file differs from a build from the current core."""
    from pipelines.maintenance.verify import differences
    from pipelines.publish.checksum import published_versions
    from pipelines.services.publish import Publish

    published = warehouse.settings.published
    with warehouse.lock():
        if not published.exists():
            raise BilateralError(f"{published} does not exist yet: there is nothing to compare a build with.")
        if published_versions(published) != Publish(warehouse).versions():
            raise BilateralError(
                "core or code have gone on since the last publication, so that a build would rightly differ: refresh first."
            )
        folder = warehouse.folder / ".verify"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            Publish(warehouse).build_into(folder / "rebuilt.duckdb", "verify")
            return differences(published, folder / "rebuilt.duckdb")
        finally:
            shutil.rmtree(folder, ignore_errors=True)


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
    basis = "" if receipt.retrieved_basis is None else f", by {receipt.retrieved_basis}"
    yield (
        f"retrieved {receipt.retrieved_at:%Y-%m-%d %H:%M:%S} UTC{precision}{basis}, {receipt.origin}; id {receipt.snapshot_id}",
        "    ",
    )
    if link.publication:
        yield f"first held by publication {link.publication}", "    "
    for text in (*receipt.warnings, *([link.note] if link.note else [])):
        yield text, "    "
    for file in link.files:
        yield from _told_of_file(file)


def _told_of_file(file: File) -> Iterator[tuple[str, str]]:
    from pipelines.maintenance.record_locator import shown

    yield f"file {file.path}  ({file.receipt.n_bytes:,} bytes unpacked; 'zstd -dc' unpacks it)", "    "
    if file.receipt.url:
        status = "" if file.receipt.http_status is None else f", HTTP {file.receipt.http_status}"
        yield f"from {file.receipt.url}{status}", "      "
    yield f"SHA-256 {file.receipt.sha256}", "      "
    if file.state == "whole":
        yield "the bytes are those of the receipt", "      "
    else:
        yield styled(file.state, "red"), "      "
    if file.record is not None:
        yield f"{file.record.place}; it has {', '.join(file.record.columns)}:", "      "
        yield shown(file.record.text), "        "
    elif file.note:
        yield file.note, "      "


def quarantine(
    settings: Settings, action: str, name: str | None, by: str | None, reason: str | None, *, every: bool, form: str
) -> int:
    """``bilateral quarantine``: what guards refused, and decisions of people on it."""
    from pipelines.maintenance import quarantine as kept_out
    from pipelines.services.warehouse import Warehouse

    warehouse = Warehouse(settings, say=tell)
    if action == "list":
        if name is not None:
            raise BilateralError(f"quarantine list takes no id. 'bilateral quarantine show {name}' shows one.")
        found = [one for one in kept_out.quarantined_snapshots(warehouse) if every or one.waits]
        if form == "json":
            print_json([_refused_as_json(one) for one in found])
            return 0
        rows = [(r.name, r.gate or "-", r.n_times, r.reason, r.state) for r in found]
        if rows:
            write_table(("snapshot", "gate", "times", "reason", "decision"), rows, sys.stdout, width=width_of(sys.stdout))
            tell("'bilateral quarantine show SNAPSHOT' says how to look at one")
        else:
            print("no snapshot is kept out" if every else "no snapshot waits for a decision (--all: those decided on too)")
        return 0
    if name is None:
        raise BilateralError(f"quarantine {action}: which snapshot? 'bilateral quarantine list' has those that wait.")
    if action == "show":
        return _show(warehouse, name, form)
    ruling: Ruling = "accept" if action == "accept" else "reject"
    review = kept_out.decide(
        warehouse, name, ruling, by or getpass.getuser(), reason or "", datetime.now(UTC).replace(tzinfo=None)
    )
    if form == "json":
        print_json(asdict(review))
    else:
        print(fold(f"{review.source}/{review.snapshot}: {review.words}", width_of(sys.stdout)))
        print(f"the next refresh goes by it; the decision is kept in raw/{review.source}/reviews/")
    return 0


def _refused_as_json(one: QuarantinedSnapshot) -> dict[str, object]:
    return {
        "source": one.receipt.source,
        "snapshot": one.receipt.snapshot,
        "snapshot_id": one.receipt.snapshot_id,
        "retrieved_at": one.receipt.retrieved_at,
        "gate": one.gate,
        "reason": one.reason,
        "n_times": one.n_times,
        "waits": one.waits,
        "review": None if one.review is None else asdict(one.review),
    }


def _show(warehouse: Warehouse, name: str, form: str) -> int:
    from pipelines.maintenance import quarantine as kept_out

    receipt = kept_out.receipt_named(warehouse, name)
    one = kept_out.quarantined_snapshot(warehouse, receipt)
    past = kept_out.history(warehouse, receipt)
    if form == "json":
        refused = None if one is None else _refused_as_json(one)
        print_json({"receipt": asdict(receipt), "refused": refused, "reviews": [asdict(review) for review in past]})
        return 0
    width = width_of(sys.stdout)
    print(styled(f"{receipt.source}/{receipt.snapshot}", "bold"))
    for label, value in (("id", receipt.snapshot_id), ("retrieved", f"{receipt.retrieved_at} UTC, {receipt.origin}")):
        print(f"  {label}: {value}")
    if one is None:
        print("  it is not kept out")
    else:
        gates = {"bytes": "1, bytes", "reading": "2, reading: no decision overrides it", "judgement": "3, judgement"}
        print(f"  gate: {gates.get(one.gate or '', 'none: a person keeps it out')}")
        print(fold(f"why: {one.reason}", width, "  "))
        print(fold(f"decision: {one.state}", width, "  "))
    for review in past:
        print(fold(f"{review.words}", width, "    "))
    before = warehouse.raw.last_accepted(receipt.source, before=receipt.snapshot)
    if before is not None:
        print(f"  accepted before it: {before.snapshot}, {before.n_bytes:,} bytes; this one has {receipt.n_bytes:,}")
    folder = warehouse.raw.root / receipt.source / (receipt.same_as or receipt.snapshot)
    for file in receipt.files:
        print(f"  {file.name}  {file.n_bytes:,} bytes" + (f", from {file.url}" if file.url else ""))
        print(f"    zstd -dc '{folder / file.name}.zst' | less")
        print(f"    bilateral try {receipt.source} '{folder / file.name}.zst'")
    return 0


def backup(settings: Settings, folder: Path, form: str) -> int:
    """``bilateral backup``: raw, origin and the published file; code 3 where something could not be copied."""
    from pipelines.cli.bars import bars
    from pipelines.ingest.sources import load_sources
    from pipelines.maintenance.backup import back_up

    with nullcontext(tell) if form == "json" else bars():
        done = back_up(settings.warehouse, folder, list(load_sources()))
    return _copied(done, form, f"backed up into {folder}", "there already")


def restore(settings: Settings, folder: Path, *, force: bool, form: str) -> int:
    """``bilateral restore``: a backup into the folder of the warehouse; code 3 where something could not be restored."""
    from pipelines.cli.bars import bars
    from pipelines.maintenance import backup as backups
    from pipelines.util.lock import WriterLock

    lock = WriterLock(settings.warehouse, settings.wait_s, settings.lock)
    with nullcontext(tell) if form == "json" else bars() as say, lock.held(say):
        done = backups.restore(folder, settings.warehouse, force=force)
    code = _copied(done, form, f"restored into {settings.warehouse}", "there already")
    if form == "text":
        print("what to do: 'bilateral refresh' makes the rest from raw, and 'bilateral verify' looks at all of it")
    return code


def _copied(done: CopyResult, form: str, what: str, kept: str) -> int:
    if form == "json":
        print_json(asdict(done))
    else:
        version = f"; publication {done.publication_id}" if done.publication_id else ""
        print(
            fold(f"{what}: {done.n_files:,} files, {done.n_bytes:,} bytes; {done.n_kept:,} {kept}{version}", width_of(sys.stdout))
        )
        for line in done.problems:
            print(fold(line, width_of(sys.stdout), "  "))
    return 3 if done.problems else 0


def gc(settings: Settings, keep_runs: int, keep_days: int, *, dry_run: bool, form: str) -> int:
    """``bilateral gc``: remove what nothing names any more, and old runs of Dagster; say what that frees."""
    import dagster as dg

    from pipelines.dagster.home import prepare_dagster_home
    from pipelines.dagster.retention import clear_runs
    from pipelines.maintenance.cleanup import by_folder, clear, removable
    from pipelines.services.warehouse import Warehouse

    if not settings.warehouse.is_dir():
        raise BilateralError(f"{settings.warehouse} does not exist yet: there is nothing to remove.")
    warehouse = Warehouse(settings, say=tell)
    with warehouse.lock():
        found = removable(warehouse)
        if not dry_run:
            clear(found, tell)
        prepare_dagster_home(settings)
        with dg.DagsterInstance.get() as instance:
            n_runs, run_bytes = clear_runs(instance, keep_runs, keep_days, dry_run=dry_run)
    freed = dict(by_folder(settings.warehouse, found))
    if n_runs:
        freed["dagster"] = (n_runs, run_bytes)
    total = sum(n_bytes for _, n_bytes in freed.values())
    if form == "json":
        folders = {name: {"n": n, "bytes": n_bytes} for name, (n, n_bytes) in freed.items()}
        what = [
            {"path": one.path.relative_to(settings.warehouse).as_posix(), "why": one.why, "bytes": one.n_bytes} for one in found
        ]
        print_json({"dry_run": dry_run, "bytes": total, "folders": folders, "removed": what, "runs": n_runs})
        return 0
    for one in found if dry_run else ():
        print(fold(f"{one.path.relative_to(settings.warehouse)}  {one.n_bytes:,} bytes: {one.why}", width_of(sys.stdout)))
    for name, (n, n_bytes) in freed.items():
        print(f"{name}: {n:,} {'runs' if name == 'dagster' else 'removed' if not dry_run else 'to remove'}, {n_bytes:,} bytes")
    print(f"{total:,} bytes {'would be freed (nothing was removed)' if dry_run else 'freed'}" if freed else "nothing to remove")
    return 0
