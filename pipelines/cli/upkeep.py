"""Keeping a warehouse: ``trail``, ``verify``, ``quarantine``, ``backup``, ``restore``, ``gc``."""

from __future__ import annotations

import getpass
import shutil
import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from typer import Argument, Option

from assets.errors import BilateralError
from pipelines.cli.app import DryRun, Form, command, read_settings, tell
from pipelines.cli.terminal import print_json, say, styled, write_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.ingest.decisions import Ruling
    from pipelines.maintenance.backup import CopyResult
    from pipelines.maintenance.quarantine import QuarantinedSnapshot
    from pipelines.maintenance.trail import Trail
    from pipelines.maintenance.verify import LayerCheck
    from pipelines.services.warehouse import Warehouse


def _progress(form: str) -> AbstractContextManager[Callable[[str], None]]:
    """Show progress; standard output is for the answer alone where a program reads it."""
    from pipelines.cli.bars import bars

    return nullcontext(tell) if form == "json" else bars()


@command(
    ("bilateral trail us_ofac_sdn:10386", "a listing: snapshot, file, row and hash of each version"),
    ("bilateral trail overdose_observations actor_id=USA period_end=2023-05-31 drug=all", "rows of a table by their columns"),
)
def trail(
    row: Annotated[
        list[str],
        Argument(
            metavar="ID|TABLE COLUMN=VALUE...",
            help="The id of an event, a listing, an article or an act; or a table and the columns that name rows of it.",
        ),
    ],
    form: Form = "text",
) -> int:
    """From a row to its origin: snapshot, file, row, hash compared with the recorded one, address.

    Exit code 1 where there is no such row, or where its file is damaged.
    """
    settings = read_settings()
    from pipelines.cli.input import as_text
    from pipelines.ingest.raw_store import RawStore
    from pipelines.maintenance.trail import as_json, trails
    from pipelines.util.readers import connect_for_readers

    with connect_for_readers(settings.published) as con:
        publication = con.execute("SELECT publication_id, built_at FROM meta.build").fetchall()[0]
        found = trails(con, RawStore(settings.warehouse / "raw"), [as_text(part) for part in row])
    if form == "json":
        print_json({"publication": publication[0], "built_at": publication[1], "rows": [as_json(t) for t in found]})
    else:
        print(f"publication {publication[0]} of {publication[1]:%Y-%m-%d %H:%M} UTC")
        for number, one in enumerate(found):
            print("\n" * (number > 0), end="")
            _print_trail(one)
    return 1 if any(t.is_damaged for t in found) else 0


def _print_trail(trail: Trail, indent: str = "") -> None:
    key = ", ".join(f"{name}={value}" for name, value in trail.row.key.items()) or "a row"
    print(indent + styled(f"{trail.row.table}: {key}", "bold"))
    lines = [("  ", trail.note)] if trail.note else []
    for link in trail.links:
        receipt = link.receipt
        precision = "" if receipt.retrieved_precision == "second" else " (only the day is known)"
        basis = "" if receipt.retrieved_basis is None else f", by {receipt.retrieved_basis}"
        when = f"{receipt.retrieved_at:%Y-%m-%d %H:%M:%S} UTC{precision}{basis}"
        lines.append(("  ", f"snapshot {receipt.source}/{receipt.snapshot}"))
        lines.append(("    ", f"retrieved {when}, {receipt.origin}; id {receipt.snapshot_id}"))
        first = f"first held by publication {link.publication}" if link.publication else ""
        lines += [("    ", text) for text in (first, *receipt.warnings, link.note) if text]
        for file in link.files:
            unpack = f"({file.receipt.n_bytes:,} bytes unpacked; 'zstd -dc' unpacks it)"
            status = "" if file.receipt.http_status is None else f", HTTP {file.receipt.http_status}"
            lines.append(("    ", f"file {file.path}  {unpack}"))
            more = [f"from {file.receipt.url}{status}" if file.receipt.url else "", f"SHA-256 {file.receipt.sha256}"]
            more += ["the bytes match the recorded hash" if file.state == "whole" else file.state, file.place]
            lines += [("      ", text) for text in more if text]
    for more_indent, text in lines:
        say(text, indent + more_indent)
    for one in trail.behind:
        _print_trail(one, f"  {indent}")


@command(
    ("bilateral verify", "all files against what was noted when they were written"),
    ("bilateral verify --mend", "and what is damaged made again from the layer before"),
    ("bilateral verify --rebuild", "and the published file against a build from core"),
    ("bilateral verify --audit", "every check of the published file again, by Great Expectations itself"),
)
def verify(
    rebuild: Annotated[bool, Option("--rebuild", help="Build from core too, and compare each table.")] = False,
    mend: Annotated[bool, Option("--mend", help="Make what is damaged again; take damaged raw out of use.")] = False,
    audit: Annotated[bool, Option("--audit", help="Instead run all its checks again, by Great Expectations.")] = False,
    form: Form = "text",
) -> int:
    """Compare all files with their recorded hashes: raw, staged, core and the published file.

    Exit code 0: nothing is damaged. 1: something is; it says what to do. With --audit 1 where a critical
    check fails, or a result differs from the recorded one.
    """
    if audit:
        return _audit_published()
    settings = read_settings()
    import logging
    import uuid

    from pipelines.maintenance.verify import repair
    from pipelines.services.warehouse import Warehouse

    if not settings.warehouse.is_dir():
        raise BilateralError(f"{settings.warehouse} does not exist yet: run 'bilateral refresh' (or 'make demo') first.")
    done: list[str] = []
    other: list[str] = []
    with _progress(form) as progress:
        warehouse = Warehouse(settings, say=progress)
        layers = _look(warehouse)
        if mend and any(layer.findings for layer in layers):
            log = settings.warehouse / "refresh.log"
            logging.basicConfig(filename=log, level=logging.WARNING, format="%(asctime)s %(message)s")
            done = repair(warehouse, [finding for layer in layers for finding in layer.findings], str(uuid.uuid4()))
            layers = _look(warehouse)
        findings = [finding for layer in layers for finding in layer.findings]
        if rebuild and not any(f.layer in ("core", "published") for f in findings):
            other = _rebuilt(warehouse)
    if form == "json":
        print_json(
            {
                "is_whole": not (findings or other),
                "layers": [
                    {"layer": x.layer, "files": x.n_files, "bytes": x.n_bytes, "without_hash": x.n_unsealed, "notes": x.notes}
                    for x in layers
                ],
                "findings": [{name: getattr(f, name) for name in ("layer", "where", "what", "means", "todo")} for f in findings],
                "differences_to_a_rebuild": other if rebuild else None,
                "done": done,
            }
        )
        return 1 if findings or other else 0
    for layer in layers:
        unsealed = f"; {layer.n_unsealed:,} of an earlier version bear no hash" if layer.n_unsealed else ""
        state = styled(f"{len(layer.findings):,} DAMAGED", "red") if layer.findings else styled("whole", "green")
        print(f"{layer.layer:<10} {state}: {layer.n_files:,} files, {layer.n_bytes:,} bytes{unsealed}")
        for note in layer.notes:
            say(note, "  ")
    for line in done:
        say(f"mended: {line}")
    for finding in findings:
        print(styled(finding.where, "bold"))
        for line in (finding.what, f"what it means: {finding.means}", f"what to do: {finding.todo}"):
            say(line, "  ")
    if rebuild:
        print("a build from core holds the same rows" if not other else styled("a build from core differs:", "red"))
        for line in other:
            say(line, "  ")
    return 1 if findings or other else 0


def _audit_published() -> int:
    """``verify --audit``: code 0 where every critical check holds and no result is another than recorded, else 1."""
    settings = read_settings()
    from pipelines.checks.gx import audit_again
    from pipelines.util.readers import connect_for_readers

    connect_for_readers(settings.published).close()  # where nothing is published there is nothing to prepare
    from pipelines.services.warehouse import Warehouse

    expectations = Warehouse(settings).build_expectations()
    with _progress("text") as progress:
        progress(f"running {len(expectations):,} checks of {settings.published}")
        again = audit_again(settings.published, expectations, settings.limits)
    for line in again.lines():
        say(line)
    return 0 if again.is_good else 1


def _look(warehouse: Warehouse) -> list[LayerCheck]:
    from pipelines.ingest.raw_store import RawStore
    from pipelines.maintenance.verify import verify_core, verify_published, verify_raw, verify_staged

    raw = RawStore(warehouse.folder / "raw")
    layers = [verify_raw(raw, warehouse.sources)]
    with warehouse.lock():  # a refresh would delete what is looked at
        layers += [verify_staged(warehouse.staged), verify_core(warehouse.core, warehouse.packages)]
        layers.append(verify_published(warehouse.settings.published))
    return layers


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


@command(
    ("bilateral quarantine list", "what waits for a decision"),
    ("bilateral quarantine show un_sc/2024-05-01T040500Z", "why, and how to look at its files"),
    ('bilateral quarantine accept un_sc/2024-05-01T040500Z --reason "the regime ended: notice of 30 April"', "a decision"),
)
def quarantine(
    action: Annotated[
        Literal["list", "show", "accept", "reject"], Argument(help="What to do; without it list.", show_default=False)
    ] = "list",
    name: Annotated[str | None, Argument(metavar="ID", help="SOURCE/SNAPSHOT as in the list, or the id of the snapshot.")] = None,
    reason: Annotated[str | None, Option("--reason", metavar="WHY", help="Why; a decision needs one.")] = None,
    by: Annotated[str | None, Option("--by", metavar="WHO", help="Who decides; without it the user of the system.")] = None,
    every: Annotated[bool, Option("--all", help="List those that were decided on too.")] = False,
    form: Form = "text",
) -> int:
    """Snapshots that a guard refused, and why; accept one, or keep it out for good.

    The next refresh goes by the last decision. What cannot be read cannot be accepted.
    """
    from pipelines.maintenance import quarantine as kept_out
    from pipelines.services.warehouse import Warehouse

    warehouse = Warehouse(read_settings(), say=tell)
    if action == "list":
        if name is not None:
            raise BilateralError(f"quarantine list takes no id. 'bilateral quarantine show {name}' shows one.")
        found = [one for one in kept_out.quarantined_snapshots(warehouse) if every or one.waits]
        if form == "json":
            print_json([_refused_as_json(one) for one in found])
        elif found:
            rows = [(r.name, r.gate or "-", r.n_times, r.reason, r.state) for r in found]
            write_table(("snapshot", "gate", "times", "reason", "decision"), rows, sys.stdout)
            tell("'bilateral quarantine show SNAPSHOT' says how to look at one")
        else:
            print("no snapshot is kept out" if every else "no snapshot waits for a decision (--all: those decided on too)")
        return 0
    if name is None:
        raise BilateralError(f"quarantine {action}: which snapshot? 'bilateral quarantine list' has those that wait.")
    if action == "show":
        return _show(warehouse, name, form)
    ruling: Ruling = "accept" if action == "accept" else "reject"
    now = datetime.now(UTC).replace(tzinfo=None)
    review = kept_out.decide(warehouse, name, ruling, by or getpass.getuser(), reason or "", now)
    if form == "json":
        print_json(asdict(review))
    else:
        say(f"{review.source}/{review.snapshot}: {review.words}")
        print(f"the next refresh goes by it; the decision is kept in raw/{review.source}/reviews/")
    return 0


def _refused_as_json(one: QuarantinedSnapshot) -> dict[str, object]:
    return {
        **{name: getattr(one.receipt, name) for name in ("source", "snapshot", "snapshot_id", "retrieved_at")},
        **{name: getattr(one, name) for name in ("gate", "reason", "n_times", "waits")},
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
    print(styled(f"{receipt.source}/{receipt.snapshot}", "bold"))
    for label, value in (("id", receipt.snapshot_id), ("retrieved", f"{receipt.retrieved_at} UTC, {receipt.origin}")):
        print(f"  {label}: {value}")
    if one is None:
        print("  it is not kept out")
    else:
        gates = {"bytes": "1, bytes", "reading": "2, reading: no decision overrides it", "judgement": "3, content"}
        print(f"  gate: {gates.get(one.gate or '', 'none: a person keeps it out')}")
        say(f"why: {one.reason}", "  ")
        say(f"decision: {one.state}", "  ")
    for review in past:
        say(review.words, "    ")
    before = warehouse.raw.last_accepted(receipt.source, before=receipt.snapshot)
    if before is not None:
        print(f"  accepted before it: {before.snapshot}, {before.n_bytes:,} bytes; this one has {receipt.n_bytes:,}")
    folder = warehouse.raw.root / receipt.source / (receipt.same_as or receipt.snapshot)
    for file in receipt.files:
        print(f"  {file.name}  {file.n_bytes:,} bytes" + (f", from {file.url}" if file.url else ""))
        print(f"    zstd -dc '{folder / file.name}.zst' | less")
        print(f"    bilateral try {receipt.source} '{folder / file.name}.zst'")
    return 0


@command(("bilateral backup /mnt/backup/bilateral", "raw and the published file, also while a refresh runs"))
def backup(folder: Annotated[Path, Argument(metavar="DIR", help="Folder on another disk.")], form: Form = "text") -> int:
    """Copy what cannot be made again, and the published file as one version. What is there already is not copied again.

    May run while a refresh does. Exit code 3 where something is damaged and was not copied.
    """
    from pipelines.ingest.sources import load_sources
    from pipelines.maintenance.backup import back_up

    with _progress(form):
        done = back_up(read_settings().warehouse, folder, list(load_sources()))
    return _copied(done, form, f"backed up into {folder}")


@command(
    ("BILATERAL_WAREHOUSE=/new/folder bilateral restore /mnt/backup/bilateral", "into an empty folder"),
    ("bilateral restore /mnt/backup/bilateral --force", "put back what raw lacks or has damaged"),
)
def restore(
    folder: Annotated[Path, Argument(metavar="DIR", help="Folder of the backup.")],
    force: Annotated[bool, Option("--force", help="Into a folder in use: put back what raw lacks or has damaged.")] = False,
    form: Form = "text",
) -> int:
    """Restore a backup into the data folder, compared with its list of hashes; a refresh then makes the rest.

    Exit code 3 where something is damaged in the backup and was not restored.
    """
    settings = read_settings()
    from pipelines.maintenance import backup as backups
    from pipelines.util.lock import WriterLock

    lock = WriterLock(settings.warehouse, settings.wait_s)
    with _progress(form) as progress, lock.held(progress):
        done = backups.restore(folder, settings.warehouse, force=force)
    code = _copied(done, form, f"restored into {settings.warehouse}")
    if form == "text":
        print("what to do: 'bilateral refresh' makes the rest from raw, and 'bilateral verify' looks at all of it")
    return code


def _copied(done: CopyResult, form: str, what: str) -> int:
    if form == "json":
        print_json(asdict(done))
    else:
        version = f"; publication {done.publication_id}" if done.publication_id else ""
        say(f"{what}: {done.n_files:,} files, {done.n_bytes:,} bytes; {done.n_kept:,} there already{version}")
        for line in done.problems:
            say(line, "  ")
    return 3 if done.problems else 0


@command(
    ("bilateral gc --dry-run", "what would be removed, and why"),
    ("bilateral gc --keep-runs 50 --keep-days 30", "with a shorter memory of runs"),
)
def gc(
    keep_runs: Annotated[int, Option("--keep-runs", min=1, metavar="N", help="Runs of Dagster to keep at most.")] = 200,
    keep_days: Annotated[int, Option("--keep-days", min=0, metavar="D", help="Days to keep them at most.")] = 90,
    dry_run: DryRun = False,
    form: Form = "text",
) -> int:
    """Remove what is no longer used: core files, leftovers of killed runs, old builds, old runs of Dagster with their logs.

    Never raw, never what is published, never what a reader has open.
    """
    settings = read_settings()
    import dagster as dg

    from pipelines.dagster.home import prepare_dagster_home
    from pipelines.dagster.runs import clear_runs
    from pipelines.maintenance.cleanup import clear, removable
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
    freed: dict[str, tuple[int, int]] = {}
    for one in sorted(found, key=lambda one: one.path):
        folder = one.path.relative_to(settings.warehouse).parts[0]
        n, n_bytes = freed.get(folder, (0, 0))
        freed[folder] = (n + 1, n_bytes + one.n_bytes)
    if n_runs:
        freed["dagster"] = (n_runs, run_bytes)
    total = sum(n_bytes for _, n_bytes in freed.values())
    if form == "json":
        folders = {name: {"n": n, "bytes": n_bytes} for name, (n, n_bytes) in freed.items()}
        what = [{"path": r.path.relative_to(settings.warehouse).as_posix(), "why": r.why, "bytes": r.n_bytes} for r in found]
        print_json({"dry_run": dry_run, "bytes": total, "folders": folders, "removed": what, "runs": n_runs})
        return 0
    for one in found if dry_run else ():
        say(f"{one.path.relative_to(settings.warehouse)}  {one.n_bytes:,} bytes: {one.why}")
    for name, (n, n_bytes) in freed.items():
        print(f"{name}: {n:,} {'runs' if name == 'dagster' else 'removed' if not dry_run else 'to remove'}, {n_bytes:,} bytes")
    print(f"{total:,} bytes {'would be freed (nothing was removed)' if dry_run else 'freed'}" if freed else "nothing to remove")
    return 0
