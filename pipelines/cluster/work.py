"""What a worker does: stage the snapshots of a day, fold a batch of them, or a source, in the folder that all machines share.

The functions here are what is sent to workers, by name: a worker needs the same checkout and the same libraries installed, and
that is looked at (``_refuse_other_code``), since rows made by other code beside one's own would go unnoticed for years.
"""

from __future__ import annotations

import faulthandler
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from assets.contract import SourceCode
from assets.errors import BilateralError
from pipelines.intake.raw_store import RawStore
from pipelines.layers.core import CoreStore
from pipelines.layers.deadline import seconds_for
from pipelines.layers.helpers import Batch, Day, FoldedApart, FoldedSource, WholeSource
from pipelines.layers.staged import StagedStore
from pipelines.project import Project
from pipelines.settings import Settings
from pipelines.warehouse_id import read_id

GRACE = 4
"""How many times the processor seconds that a parser has may pass by the clock before a worker that does not come back ends."""


class Unfit(BilateralError):
    """A worker that must not be used: it sees another folder, or runs other code."""

    def __reduce__(self) -> tuple[type[Unfit], tuple[str]]:
        return type(self), (str(self),)


@dataclass(frozen=True)
class Place:
    """The warehouse as who asks sees it. A worker that mounts it elsewhere says so by its own ``BILATERAL_WAREHOUSE``.

    ``identity``: what the file in its folder says (``pipelines.warehouse_id``). ``actors``: folder of a user's own actors.
    """

    folder: Path
    identity: str
    actors: Path | None = None


def stage_day(place: Place, day: Day) -> dict[str, str]:
    """Stage the snapshots of a day into drafts; return by name of each the folder of its draft.

    Raises:
        Unfit: this worker must not.
        BilateralError: a snapshot is damaged.
    """
    project = _project(place)
    code = _code(project, place, day.source, day.fingerprint)
    amendments = project.sources[day.source].amendments
    drafts = {}
    for name in day.names:
        n_bytes = sum(file.n_bytes for file in project.raw.receipt(day.source, name).files)
        with _ends_with_its_process(GRACE * seconds_for(n_bytes)):
            drafts[name] = project.staged.draft(code, project.raw, name, day.fingerprint, amendments)
    return drafts


def fold_batch(place: Place, source: str, fingerprint: str, batch: Batch) -> FoldedApart:
    """Fold staged snapshots of a source apart from all others, and write the files of their rows.

    Raises:
        Unfit: this worker must not.
        BilateralError: a staged snapshot is not as it was written.
    """
    project = _project(place)
    code = _code(project, place, source, fingerprint)
    return project.core.fold_apart(project.sources[source].domain, code, project.staged, batch)


def fold_source(place: Place, whole: WholeSource) -> FoldedSource:
    """Fold what is new of a source upon what is held of it, as one process would, and write the files of its rows.

    Raises:
        Unfit: this worker must not.
        BilateralError: a snapshot is damaged, or not staged.
    """
    project = _project(place)
    code = _code(project, place, whole.source, whole.fingerprint)
    source = project.sources[whole.source]
    # opened anew: what this worker remembers of another task may have been of a sample that was replaced since
    raw, staged = RawStore(project.raw.root), StagedStore(project.staged.root)
    return CoreStore(project.core.root).fold_whole(source.domain, code, raw, staged, source.rows, whole)


@lru_cache(maxsize=4)
def _project(place: Place) -> Project:
    """The warehouse as this worker sees it; kept, since to load the rooms takes longer than a day of GDELT."""
    own = Settings()
    where = {"warehouse": place.folder, "actors": place.actors}
    return Project(own.model_copy(update={name: at for name, at in where.items() if name not in own.model_fields_set}))


def _code(project: Project, place: Place, source: str, fingerprint: str) -> SourceCode:
    found = read_id(project.folder)
    if found != place.identity:
        what = "no warehouse" if found is None else "another warehouse"
        raise Unfit(f"it finds {what} in {project.folder}: all machines must see the same folder (BILATERAL_WAREHOUSE)")
    room = project.rooms[project.sources[source].domain]
    if project.fingerprint(source) != fingerprint:
        raise Unfit(
            f"it would make other rows of {source}: its code, its libraries or its actors differ. Update its checkout, "
            "'make setup', and start it again"
        )
    return next(code for code in room.sources if code.source == source)


@contextmanager
def _ends_with_its_process(seconds: float) -> Iterator[None]:
    """End this worker, from outside of Python, where the block has not come to an end after so many seconds.

    A task runs in a thread, where ``pipelines.layers.deadline`` cannot stop a parser. The scheduler gives the task to other
    workers, gives it up after some of them, and who asked stages the snapshot itself, with a deadline. Only a worker that has
    a nanny is ended, which starts it again; one thread a worker, since there is one such timer in a process.
    """
    if not _has_nanny():
        yield
        return
    faulthandler.dump_traceback_later(seconds, exit=True, file=sys.__stderr__ or sys.stderr)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


def _has_nanny() -> bool:
    from distributed import get_worker

    try:
        return get_worker().nanny is not None
    except ValueError:  # not in a worker at all
        return False
