"""Snapshots that come in late: which verdicts they touch, and whether they can be folded without those that were folded before.

A source whose facts are never changed (a slot of GDELT) gives the same rows in whatever order its snapshots come, but for what
two of them both hold. Its ``SourceCode`` names a fold for late ones, and a late day then costs a day. Pure functions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from assets.contracts import OutOfOrder, StagedInfo
from pipelines.storage.snapshot_status import SnapshotVerdicts


@dataclass(frozen=True)
class LateRun:
    """Snapshots to be judged for late ones among them: from the first of these to the first known one that stands after them.

    ``names``: all of them, in order. ``base``: the known one with which the first is compared; None where there is none.
    """

    names: tuple[str, ...]
    base: str | None


def late_runs(names: Sequence[str], known: pl.DataFrame) -> tuple[list[LateRun], list[str]]:
    """The runs that late snapshots make, and the new ones that come after all that is known.

    What is judged after a complete accepted snapshot is judged by that one alone, so a run ends with it.

    Args:
        names: of all snapshots of a source, in order.
        known: those that were judged (rows of ``meta.snapshots``).

    Raises:
        OutOfOrder: no known snapshot ends a run.
    """
    verdicts = {name: (verdict, whole) for name, verdict, whole in known.select("snapshot", "verdict", "is_complete").iter_rows()}
    newest = max((n for n, (verdict, _) in verdicts.items() if verdict in ("accepted", "unchanged")), default="")
    runs: list[LateRun] = []
    run: list[str] = []
    base: str | None = None
    for name in names:
        if run or (name not in verdicts and name < newest):
            run.append(name)
        if verdicts.get(name) == ("accepted", True):
            if run:
                runs.append(LateRun(tuple(run), base))
            run, base = [], name
    if run:
        raise OutOfOrder(f"no complete snapshot is known after {run[0]}")
    return runs, [name for name in names if name > newest and name not in verdicts]


def as_base(record: Mapping[str, Any] | None) -> dict[str, Any]:
    """What is compared with a snapshot, from what staging noted of it, as a manifest keeps it. Raises OutOfOrder without that."""
    if record is None:
        raise OutOfOrder("the snapshot before is not staged any more")
    return StagedInfo.of(record).entry()


def refuse_other_verdicts(judged: SnapshotVerdicts, known: pl.DataFrame) -> None:
    """See that known snapshots are judged as they were. Raises OutOfOrder where a late one before them changes that."""
    before = {name: (verdict, whole) for name, verdict, whole in known.select("snapshot", "verdict", "is_complete").iter_rows()}
    for record in judged.records:
        name = record["snapshot"]
        if name in before and before[name] != (record["verdict"], record["is_complete"]):
            raise OutOfOrder(f"{name} is judged otherwise than before")
