"""The summary at the end of a refresh: the outcome, what is new, what is wrong, what to do; figures behind that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pipelines.cli.terminal import say, section, styled
from pipelines.util.readers import connect_for_readers

if TYPE_CHECKING:
    from pipelines.services.report import Report
    from pipelines.settings import Settings

_MOST = 20
"""Lines of one kind of trouble that are shown without ``--verbose``."""


def summarize(report: Report, settings: Settings, failures: Sequence[str], seconds: float, *, verbose: bool) -> int:
    """Print the summary; return the exit code of the refresh. ``failures``: steps that failed, in words."""
    code = (3 if report.published else 1) if failures else report.exit_code
    wrong = [*failures, *_wrong(report, None if verbose else _MOST)]
    print()
    print(styled(_outcome(report, settings, failures, seconds), "red" if code == 1 else "yellow" if code else "green"))
    for line in _new(report):
        say(line)
    section("what is wrong", wrong)
    section("what to look at", list(_remarks(report)))
    for line in _checks(report):
        say(line)
    if settings.published.exists():
        for line in _figures(settings, verbose=verbose):
            say(line)
    section("what to do", list(_todo(report, settings, failures)))
    return code


def _outcome(report: Report, settings: Settings, failures: Sequence[str], seconds: float) -> str:
    as_it_was = "the published file is as it was" if settings.published.exists() else "nothing is published yet"
    if failures and report.published:
        return f"published {settings.published} in {seconds:.1f} s, but what comes after it failed"
    if failures:
        return f"NOT PUBLISHED ({seconds:.1f} s): a step failed; {as_it_was}."
    if report.blocked:
        return f"NOT PUBLISHED ({seconds:.1f} s): critical checks failed; {as_it_was}."
    if report.published:
        return f"published {settings.published} in {seconds:.1f} s"
    if report.exit_code == 1:
        return f"NOT PUBLISHED ({seconds:.1f} s): {as_it_was}."
    return f"nothing new ({seconds:.1f} s): {settings.published} stays as it is"


def _new(report: Report) -> Iterator[str]:
    counts = Counter(n.verdict for n in report.new)
    verdicts = ("accepted", "unchanged", "quarantined", "failed")
    yield "snapshots: " + ", ".join(f"{counts[v]:,} {v}" for v in verdicts)
    taken = Counter(n.source for n in report.new if n.verdict == "accepted")
    if taken:
        yield "new: " + ", ".join(f"{source} {n:,}" for source, n in taken.items())


def _wrong(report: Report, most: int | None) -> Iterator[str]:
    trouble = [f"{n.verdict} {n.source} {n.snapshot}: {n.reason}" for n in report.new if n.verdict in ("quarantined", "failed")]
    yield from trouble[:most]
    if len(trouble) > len(trouble[:most]):
        yield f"and {len(trouble) - len(trouble[:most]):,} more like these (--verbose, or meta.snapshots)"
    yield from report.problems
    yield from (f"NOT PROMOTED {held}" for held in report.not_promoted)
    for v in report.validations:
        if v.status in ("failed", "error"):
            yield f"{v.severity} {v.table_name} {v.expectation}: {v.description} Observed: {v.observed}"
    yield from (f"a correction that no longer finds what it expects: {line}" for line in report.idle_corrections)
    rejected = sum(n.n_rejected or 0 for n in report.new)
    if rejected:
        yield f"rows that could not be read: {rejected:,} (meta.rejects says which, and why)"
    if report.quarantined_rows:
        yield "quarantined rows, since they break a rule (meta.rejects has each, with its key and the rule):"
        yield from (f"  {line}" for line in report.quarantined_rows)


def _remarks(report: Report) -> Iterator[str]:
    for source in dict.fromkeys(n.source for n in report.new if n.warnings):
        unusual = [n for n in report.new if n.source == source and n.warnings]
        some = f"{len(unusual):,} snapshots, the last " if len(unusual) > 1 else ""
        yield f"{source}: {some}{unusual[-1].snapshot} ({unusual[-1].verdict}): {unusual[-1].warnings}"


def _checks(report: Report) -> Iterator[str]:
    if not report.validations:
        return
    kinds = Counter((v.severity, "failed" if v.status == "error" else v.status) for v in report.validations)
    passed = sum(n for (_, status), n in kinds.items() if status == "passed")
    skipped = sum(n for (_, status), n in kinds.items() if status == "skipped")
    n_aside = sum(v.status == "passed" and bool(v.n_set_aside) for v in report.validations)
    yield (
        f"checks: {passed:,} passed"
        + (f" ({n_aside:,} of them with quarantined rows)" if n_aside else "")
        + f", {kinds['critical', 'failed']:,} critical failed, {kinds['warning', 'failed']:,} warnings, "
        f"{skipped:,} skipped (no data)"
    )


def _figures(settings: Settings, *, verbose: bool) -> Iterator[str]:
    with connect_for_readers(settings.published) as con:
        newest = con.execute(
            f"""SELECT {"source" if verbose else "domain"}, max(newest_date) FROM meta.sources
                WHERE newest_date IS NOT NULL GROUP BY ALL ORDER BY 1"""
        ).fetchall()
        rows = con.execute("SELECT * FROM meta.row_counts WHERE n_rows > 0 ORDER BY table_name").fetchall()
    if newest:
        yield "newest dates: " + ", ".join(f"{name} {day}" for name, day in newest)
    total = sum(row[1] for row in rows)
    if verbose:
        yield "rows: " + ", ".join(f"{row[0]} {row[1]:,}" for row in rows)
        return
    before = sum(row[2] or 0 for row in rows)
    change = f", {total - before:+,} since the publication before" if before else ""
    yield f"rows: {total:,} in {len(rows):,} tables{change} (--verbose: of each)"


def _todo(report: Report, settings: Settings, failures: Sequence[str]) -> Iterator[str]:
    verdicts = {n.verdict for n in report.new}
    if failures:
        yield f"'make dev' shows the run and its log; {settings.warehouse / 'refresh.log'} has what the program met"
    if "quarantined" in verdicts:
        yield "a quarantined file: 'bilateral try SOURCE FILE' shows what is wrong with it; docs/operations.md how to accept it"
    if "failed" in verdicts:
        yield "what failed is asked for again by the next 'bilateral refresh'"
    if report.blocked or report.not_promoted:
        yield "a check that fails: 'bilateral status' names it; what was ingested is kept and applied again by the next refresh"
    if report.published and not (failures or report.exit_code):
        yield "bilateral demo (a question answered), bilateral describe (what there is to ask)"
