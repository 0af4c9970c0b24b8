"""The steps of a refresh: each calls a method of the project and tells what came of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.intake.day_slots import days_of, whole_days
from pipelines.publish.scripts import scripts
from pipelines.steps import health_checks, previews, told
from pipelines.steps.outcomes import CORE_AS_BUILT, EXPECTED, expected_result
from pipelines.steps.told import BUILD, PUBLISHED, REPORTS, Address, Checked, FilePath, Json, Made, Remark, Told

if TYPE_CHECKING:
    from pipelines.intake.receipts import Receipt
    from pipelines.intake.sources import Source
    from pipelines.project import Project
    from pipelines.publish.expectations import Expectation


def take_in(project: Project, source_id: str) -> Iterator[Told]:
    """Take in the bytes of a source; days of the past that are whole by now are marked as made."""
    source = project.sources[source_id]
    receipts = project.ingest(source_id)
    if source.days_since is not None:
        yield from days_made(source, whole_days(project.raw, source, days_of(receipts), receipts))
    held = project.raw.snapshots(source_id)
    newest = project.raw.last_accepted(source_id)
    yield Made(
        told.raw(source_id),
        {
            "dagster/row_count": len(held),
            "new_snapshots": len(receipts),
            "newest_snapshot": newest.snapshot if newest else "none",
            "snapshot_id": (newest.snapshot_id if newest else None) or "none",
            "preview": previews.markdown(_receipts_frame(receipts)),
        },
    )
    sentences = health_checks.attempts(project, source_id, receipts)
    yield health_checks.warning(told.raw(source_id), health_checks.ACCEPTED, sentences)


def days_made(source: Source, whole: Iterable[date]) -> Iterator[Made]:
    """Days of a source that are held whole, as made."""
    for day in whole:
        yield Made(told.days(source.id), partition=day.isoformat())


def _receipts_frame(receipts: Sequence[Receipt]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"snapshot": r.snapshot, "verdict": r.verdict, "reason": r.reason, "bytes": sum(f.n_bytes for f in r.files)}
            for r in receipts[-20:]
        ],
        schema={"snapshot": pl.String, "verdict": pl.String, "reason": pl.String, "bytes": pl.Int64},
    )


def stage(project: Project, source_id: str) -> Iterator[Told]:
    """Turn what is new of a source into typed rows."""
    names = project.stage(source_id)
    records = [(n, project.staged.record(source_id, n) or {}) for n in names]
    metadata: dict[str, Any] = {
        "staged_now": len(names),
        "rows_read": sum(r.get("n_read") or 0 for _, r in records),
        "rows_rejected": sum(r.get("n_rejected") or 0 for _, r in records),
        "refused": Json({n: r["refusal"] for n, r in records if r.get("refusal")}),
    }
    newest = project.raw.last_accepted(source_id)
    scans = project.staged.scans(source_id, newest.snapshot) if newest is not None else {}
    if newest is not None and scans:
        metadata |= {"newest_snapshot": newest.snapshot, "snapshot_ids": Json([newest.snapshot_id])}
    yield Made(told.staged(source_id), partial(_with, metadata, partial(previews.staged_metadata, scans)))


def _with(metadata: Mapping[str, Any], more: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    return {**metadata, **more()}


def fold(project: Project, domain: str) -> Iterator[Told]:
    """Fold the core tables of a domain; what is expected of each that needs no other domain, and whether all came in."""
    manifest, validations = project.fold(domain)
    tables = project.tables(domain)
    for name in tables:
        metadata = partial(previews.table_metadata, name, project.core.files(manifest, name))
        yield Made(told.core(name), metadata, version=manifest.edition or "empty")
    expected = {e.table for e in project.expectations(domain)}
    for name in tables:
        if f"core.{name}" in expected:
            found = [v for v in validations if v.table_name == f"core.{name}"]
            # not blocking: a domain that fails is held back by itself
            yield expected_result(EXPECTED, found, told.core(name), is_blocking=False)
    # where the domain is held back, the results above are those of what passed last
    held = {s: health_checks.held_back(project, s) for s in project.sources if project.sources[s].domain == domain}
    whole = health_checks.said_in_this_run(project, domain)
    for name in tables:
        texts = [(s, t) for s in project.sources_of(name) for t in held[s] if t not in whole]
        sentences = [t if t.startswith(f"{s}: ") else f"{s}: {t}" for s, t in texts]
        yield health_checks.warning(told.core(name), health_checks.CURRENT, list(dict.fromkeys([*whole, *sentences])))


def look(project: Project, checks: Iterable[tuple[str, str]]) -> Iterator[Checked]:
    """What is wrong with sources after the fold: source and check (taken, fresh) of each that is looked at."""
    for source, name in checks:
        taken = name == health_checks.TAKEN
        sentences = health_checks.troubles(project, source) if taken else health_checks.staleness(project, source)
        yield health_checks.warning(told.staged(source), name, sentences)


def build(project: Project, run_id: str, expectations: Sequence[Expectation]) -> Iterator[Told]:
    """Build and audit the file, with all marts; a critical expectation that fails keeps it from being published.

    Args:
        project: the warehouse.
        run_id: of the run that builds.
        expectations: of the whole build.
    """
    file, validations = project.build(run_id)
    settings = project.settings
    where = (file, settings.published)
    marts = [m.name for m in scripts("marts")]
    for name in marts:
        yield Made(told.mart(name), partial(_of_mart, where, name))
    found = {"core_versions": Json(project.versions())}
    yield Made(BUILD, partial(_of_file, where, previews.docs_metadata(settings) | found))
    expected = {e.table for e in expectations}
    for name in marts:
        if f"marts.{name}" in expected:
            of_mart = [v for v in validations if v.table_name == f"marts.{name}"]
            yield expected_result(EXPECTED, of_mart, told.mart(name), is_blocking=True)
    # what was set aside is shown on the tables of core
    others = [replace(v, n_set_aside=None) for v in validations if not v.table_name.startswith("marts.")]
    yield expected_result(CORE_AS_BUILT, others, BUILD, is_blocking=True)


def _of_mart(where: Sequence[Path], name: str) -> Mapping[str, Any]:
    with previews.looked_into(*where) as con:
        return previews.mart_metadata(con, f"marts.{name}") | previews.column_lineage_of(name)


def _of_file(where: Sequence[Path], more: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**previews.file_metadata(*where), **more}


def publish(project: Project) -> Iterator[Told]:
    """Put the file in place."""
    replaced = project.publish()
    file = project.settings.published
    said = {"replaced": replaced, "path": FilePath(str(file)), **previews.docs_metadata(project.settings)}
    yield Made(PUBLISHED, partial(_of_file, (file,), said))


def reports(project: Project) -> Iterator[Told]:
    """Write the report of each pair of states that has one."""
    from pipelines.pages import made

    settings = project.settings
    # nothing was published yet where the first build did not pass
    pairs = settings.report_pairs if settings.published.exists() else []
    done = made.write_all(settings.published, settings.reports_folder, pairs)
    for reason in (*done.left_out, *done.failed):
        yield Remark(reason, logging.WARNING)
    project.report.problems += done.failed
    yield Made(
        REPORTS,
        {
            "bytes": sum(f.stat().st_size for f in done.files),
            "not_written": Json([*done.left_out, *done.failed]),
            **{f.stem: Address(f.as_uri()) for f in done.files},
        },
    )
