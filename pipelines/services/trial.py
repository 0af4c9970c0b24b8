"""What a source's reader makes of files, for whoever writes or fixes one: nothing is written, neither raw nor staged."""

import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from assets.amendments import Amended
from assets.contracts import Judgement, SourceCode, Staged, n_rejected
from assets.errors import BilateralError, Quarantine
from pipelines.ingest.archive import read_files
from pipelines.ingest.guards import inspect
from pipelines.ingest.receipts import parse_moment
from pipelines.ingest.sources import Source, check_frames
from pipelines.storage.staged import amended_stage
from pipelines.util.deadline import OutOfTime, deadline, seconds_for

SHOWN_ROWS = 5
SHOWN_REJECTS = 20
_WIDEST = 40
"""Characters of a value before it is cut."""


@dataclass(frozen=True)
class Trial:
    """What became of the files. ``retrieved_at``: naive UTC, the moment the judgement takes them to be of.

    ``staged`` and ``judgement`` (which compares with no earlier snapshot) are None where a refusal, of the guards on bytes or
    the reader, says why they feed nothing. ``notes``: what was left out. ``amended``: what the declaration amended.
    """

    source: str
    n_bytes: dict[str, int]
    retrieved_at: datetime
    bytes_refusal: str | None
    reader_refusal: str | None = None
    staged: Staged | None = None
    judgement: Judgement | None = None
    notes: tuple[str, ...] = ()
    amended: Amended | None = None

    @property
    def is_accepted(self) -> bool:
        """Whether a refresh that held nothing of the source yet would accept them."""
        return self.judgement is not None and not self.judgement.refusals


def try_files(source: Source, code: SourceCode, given: Sequence[Path]) -> Trial:
    """Read files, or folders of them, packed or not, as one snapshot, retrieved when its folder's name says, else now.

    Raises BilateralError where one cannot be read or unpacked, or the declaration names what the reader does not give.
    """
    check_frames(source, code)
    notes: list[str] = []
    try:
        paths = [p for path in given for p in (sorted(path.iterdir()) if path.is_dir() else [path])]
        if missing := [str(p) for p in paths if not p.exists()]:
            raise BilateralError(f"{missing[0]}: there is no such file")
        files = read_files(paths, source, notes)
    except OSError as error:
        raise BilateralError(f"{error.filename}: cannot be read: {error.strerror or error}") from error
    sizes = {name: len(data) for name, data in files.items()}
    moment = parse_moment(paths[0].absolute().parent.name)
    retrieved_at = datetime.now(UTC).replace(tzinfo=None, microsecond=0) if moment is None else moment[0]
    refusal = inspect(files, source)
    if refusal is not None:
        return Trial(source.id, sizes, retrieved_at, refusal, notes=tuple(notes))
    seconds = seconds_for(sum(sizes.values()))
    problem = None
    try:
        with deadline(seconds):
            staged, amended = amended_stage(code, files, source.amendments, retrieved_at.date())
    except OutOfTime:
        problem = f"the reader had not come to an end after {seconds:,.0f} s of processor time and was stopped"
    except Quarantine as quarantine:
        problem = str(quarantine)
    except Exception as fault:  # whatever a reader does wrong is what this is asked for
        place = traceback.extract_tb(fault.__traceback__)[-1]
        problem = f"the reader failed ({type(fault).__name__}: {fault}) in {place.name}, line {place.lineno} of {place.filename}"
    if problem is not None:
        return Trial(source.id, sizes, retrieved_at, None, problem, notes=tuple(notes))
    judgement = code.judge_whole(code.remembered("", retrieved_at, staged, files), None, source.rows)
    return Trial(source.id, sizes, retrieved_at, None, None, staged, judgement, tuple(notes), amended)


def as_lines(trial: Trial) -> Iterator[str]:
    """Tell a trial in lines for a terminal: the guards on bytes, the staged frames, the rejects, the judgement."""
    listed = ", ".join(f"{name} ({n:,} bytes)" for name, n in trial.n_bytes.items())
    yield f"{trial.source}: {listed}, taken as retrieved at {trial.retrieved_at:%Y-%m-%d %H:%M:%S} UTC"
    yield from (f"note: {note}" for note in trial.notes)
    yield f"bytes: {'passed' if trial.bytes_refusal is None else 'refused: ' + trial.bytes_refusal}"
    if trial.bytes_refusal is not None:
        yield "not read: a snapshot that is refused for its bytes does not come to the reader"
    if trial.reader_refusal is not None:
        yield f"reading: quarantined: {trial.reader_refusal}"
    if trial.staged is None or trial.judgement is None:
        return
    yield f"reading: {trial.staged.n_read:,} rows read, {n_rejected(trial.staged):,} of them rejected"
    for name, frame in trial.staged.frames.items():
        yield ""
        yield from _frame_in_lines(name, frame)
    if trial.amended is not None and (trial.amended.n_cells or trial.amended.missing):
        yield ""
        yield f"amended: {sum(n for _, n in trial.amended.n_cells):,} cells"
        for amendment, n in trial.amended.n_cells:
            change = f"{_shown(amendment.expected, _WIDEST)} -> {_shown(amendment.value, _WIDEST)}"
            yield f"  {amendment}: {change}: {n:,} cells ({amendment.reason})"
    yield from (f"  warning: {text}" for a in [trial.amended] if a is not None for text in (*a.mended, *a.missing))
    rejects = trial.staged.rejects
    yield ""
    yield f"rejects: {rejects.height:,}" + (f", the first {SHOWN_REJECTS}:" if rejects.height > SHOWN_REJECTS else "")
    if rejects.height:
        shown = ([_shown(v, 4 * _WIDEST) for v in row] for row in rejects.head(SHOWN_REJECTS).rows())
        yield from _aligned([rejects.columns, *shown])
    yield ""
    partial = "" if trial.judgement.complete else " (partial: later snapshots are not compared with it)"
    yield f"validation without an earlier snapshot: {'accepted' if trial.is_accepted else 'quarantined'}{partial}"
    yield from (f"  reason: {reason}" for reason in trial.judgement.refusals)
    yield from (f"  warning: {warning}" for warning in trial.judgement.warnings)


def _frame_in_lines(name: str, frame: pl.DataFrame) -> Iterator[str]:
    """A frame on its side: a line per column with its type, the share of filled cells, and the values of the first rows."""
    yield f"frame {name}: {frame.height:,} rows, {frame.width} columns"
    head = frame.head(SHOWN_ROWS)
    cells = [["column", "type", "filled", *(f"row {i}" for i in range(1, head.height + 1))]]
    for column in frame.columns:
        share = "-" if not frame.height else f"{100 * (1 - frame[column].null_count() / frame.height):.1f}%"
        cells.append([column, str(frame[column].dtype), share, *(_shown(v, _WIDEST) for v in head[column].to_list())])
    yield from _aligned(cells)


def _aligned(cells: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _shown(value: Any, widest: int) -> str:
    """A value on one line, cut; ``-`` where there is none."""
    text = "-" if value is None else str(value).replace("\n", " ")
    return text if len(text) <= widest else f"{text[: widest - 3]}..."
