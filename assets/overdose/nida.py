"""NIDA's workbook of final overdose deaths: counts and age-adjusted rates of the nation by drug and year.

Belongs here: finding the sheets, rows and years of a workbook of any year. Does not: what it changes (``observations``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import polars as pl

from assets.contracts import REJECTS, Judgement, RowGuard, Staged, StagedInfo, judge_rows
from assets.errors import KEPT, Quarantine, refusal
from assets.overdose.drugs import codes, label
from assets.overdose.observations import EXPORTED
from assets.reading.workbooks import sheets

DATASET = "nida_workbook"

DRUGS = {
    "total overdose deaths": "all",
    "any opioid": "T40.0-T40.4,T40.6",
    "prescription opioids": "T40.2,T40.3",
    "synthetic opioids other than methadone": "T40.4",
    "heroin": "T40.1",
    "stimulants": "T40.5,T43.6",
    "cocaine": "T40.5",
    "psychostimulants with abuse potential": "T43.6",
    "benzodiazepines": "T42.4",
    "antidepressants": "T43.0-T43.2",
}
"""Labels of rows as printed, without note marks and remarks in brackets. Rows of one sex or of two drugs are not taken."""

_YEAR = re.compile(r"(19|20)[0-9]{2}(\.0)?")
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,17})?")
_NOTE = re.compile(r"\s*([0-9]{1,2}[a-z]?)$")
_FOOTNOTE = re.compile(r"^\s*([0-9]{1,2}[a-z]?)\s*[A-Z].*\bICD", re.DOTALL)


class _Sheet(NamedTuple):
    measure: str
    unit: str


_COUNTS, _RATES = _Sheet("deaths_year", "deaths"), _Sheet("age_adjusted_rate_year", "per_100k")


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read the sheets of counts and of age-adjusted rates of all ages.

    Args:
        files: file name to content; one workbook (xlsx, or the older xls).

    Returns:
        A frame ``observations`` (schema ``observations.EXPORTED``), a row per drug, year and measure; ``row`` is the row of
        the sheet. Blank cells are NULL, ``not_published``: the workbook says that they are unreliable or suppressed. Rows of a
        sex, of two drugs at once, and sheets of an age or a group are not taken over; ``facts`` counts them.

    Raises:
        Quarantine: it is no workbook, or it has not both sheets, each with the row of all overdose deaths.
    """
    if len(files) != 1:
        raise Quarantine(
            f"The snapshot holds {len(files)} files, and a year of the source is one workbook. Nothing of it is used; the bytes "
            "are kept. Leave one workbook in the folder."
        )
    [(name, data)] = files.items()
    found: dict[_Sheet, list[dict[str, Any]]] = {}
    rejects: list[tuple[str, int, str | None, str, str]] = []
    n_skipped = 0
    for title, rows in sheets(name, data, KEPT):
        header = next((i for i, row in enumerate(rows) if sum(_is_year(cell) for cell in row) >= 3), None)
        if header is None:
            continue
        sheet = _kind(title, rows[:header])
        if sheet is None:
            continue
        years = [cell.strip()[:4] for cell in rows[header] if cell is not None and _is_year(cell)]
        if len(set(years)) < len(years):
            raise refusal(name, f"in its sheet {title[:60]!r} a year stands more than once", "Has the layout changed?")
        if sheet in found:
            raise refusal(name, f"two of its sheets hold {sheet.measure} of all ages", "Has the layout changed?")
        figures, bad, skipped = _read(rows, header, sheet)
        found[sheet] = figures
        rejects += [(name, row, column, value, f"sheet {title[:60]!r}: {reason}") for row, column, value, reason in bad]
        n_skipped += skipped
    for sheet, what in ((_COUNTS, "counts of deaths"), (_RATES, "age-adjusted rates")):
        if not any(figure["drug"] == "all" for figure in found.get(sheet, [])):
            raise refusal(
                name,
                f"no sheet has {what} of all ages by year with a row Total Overdose Deaths",
                "If the workbook has a new layout, teach assets/overdose/nida.py to read it.",
            )
    observations = pl.DataFrame(
        [figure | {"file": name} for figures in found.values() for figure in figures],
        schema_overrides={c: t for c, t in EXPORTED.items() if c in ("row", "value", "period_start", "period_end")},
        infer_schema_length=None,
    ).with_columns(
        dataset=pl.lit(DATASET),
        actor_id=pl.lit("USA"),
        basis=pl.lit("final"),
        counts_by=pl.lit("residence"),
        missing_reason=pl.when(pl.col("value").is_null()).then(pl.lit("not_published")),
        is_provisional=pl.lit(False),
        is_partial=pl.lit(False),
        is_query_stated=pl.lit(None, pl.Boolean),
        asked_at=pl.lit(None, pl.Datetime("us")),
    )
    observations = observations.select(pl.col(c).cast(t) for c, t in EXPORTED.items())
    last = observations["period_end"].max()
    return Staged(
        frames={"observations": observations},
        rejects=pl.DataFrame(rejects, schema=REJECTS, orient="row"),
        n_read=observations.height + len(rejects),
        facts={
            "drugs": sorted(observations["drug"].unique()),
            "n_rows_not_taken": n_skipped,
            "max_period": None if last is None else str(last),
        },
    )


def judge(info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard) -> Judgement:
    """Say whether a workbook may be folded: it may not hold much less than the last one, nor lose a drug or a year."""
    rows = judge_rows(info, baseline, guard)
    warnings = list(rows.warnings)
    if baseline is not None:
        lost = sorted(set(baseline.facts["drugs"]) - set(info.facts["drugs"]))
        if lost:
            warnings.append(f"no rows of {', '.join(lost)}, which the last workbook had; what stood stays")
        if info.facts["max_period"] < baseline.facts["max_period"]:
            older = f"it ends with {info.facts['max_period'][:4]}, the last one with {baseline.facts['max_period'][:4]}"
            return Judgement((*rows.refusals, f"{older}: an old workbook, saved late? File it under its day"), tuple(warnings))
    return Judgement(rows.refusals, tuple(warnings))


def _is_year(cell: str | None) -> bool:
    return cell is not None and _YEAR.fullmatch(cell.strip()) is not None


def _kind(title: str, above: list[tuple[str | None, ...]]) -> _Sheet | None:
    """What a sheet holds by the lines above its table; None where that is a part of the population or nothing known."""
    words = " ".join(cell for row in above for cell in row if cell is not None).casefold()
    if "overdose" not in words or re.search(
        r"\bages? \d|years old|demographic|by (sex|race|state)", f"{words} {title}".casefold()
    ):
        return None
    if "age-adjusted" in words or "age adjusted" in words:
        return _RATES
    return _COUNTS if "number of" in words and "rate" not in words else None


def _read(
    rows: list[tuple[str | None, ...]], header: int, sheet: _Sheet
) -> tuple[list[dict[str, Any]], list[tuple[int, str | None, str, str]], int]:
    """Figures, rejected cells (row, column, value, reason) and the number of rows that are not taken over."""
    years = {i: int(cell.strip()[:4]) for i, cell in enumerate(rows[header]) if cell is not None and _is_year(cell)}
    notes = {m[1]: label(codes(row[0])) for row in rows[header + 1 :] if row[0] and (m := _FOOTNOTE.match(row[0]))}
    figures: list[dict[str, Any]] = []
    bad: list[tuple[int, str | None, str, str]] = []
    seen: set[str] = set()
    n_skipped = 0
    for number, row in enumerate(rows[header + 1 :], header + 2):
        words = re.sub(r"\([^)]*\)", "", row[0] or "").strip()
        mark = _NOTE.search(words)
        drug = DRUGS.get(re.sub(r"\s+", " ", _NOTE.sub("", words)).strip(" *^").casefold())
        if drug is None:
            n_skipped += any(row[i] is not None for i in years)
            continue
        stated = notes.get(mark[1]) if mark is not None else None
        if drug in seen:
            bad.append((number, None, words[:200], "the drug stands more than once"))
            continue
        seen.add(drug)
        if stated and stated != drug:
            bad.append((number, None, words[:200], f"its note gives the codes {stated}, and {drug} was expected"))
            continue
        for column, year in years.items():
            cell = (row[column] or "").strip().replace(",", "")
            value = float(cell) if _NUMBER.fullmatch(cell) else None
            if (cell and value is None) or (sheet is _COUNTS and value is not None and value != int(value)):
                bad.append((number, str(year), cell[:200], "not a number of deaths" if sheet is _COUNTS else "not a rate"))
                continue
            figures.append(
                {
                    "row": number,
                    "measure": sheet.measure,
                    "unit": sheet.unit,
                    "drug": drug,
                    "period_start": date(year, 1, 1),
                    "period_end": date(year, 12, 31),
                    "value": value,
                }
            )
    return figures, bad, n_skipped
