"""The workers of a Dask cluster as helpers of the layers."""

from __future__ import annotations

import logging
import queue
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pipelines.cluster.work import Place, Unfit, fold_batch, fold_source, stage_day
from pipelines.layers.helpers import Batch, Day, FoldedApart, FoldedSource, WholeSource

if TYPE_CHECKING:
    from distributed import Client, Future

LOOK_S = 2.0
"""How often the cluster is looked at while nothing comes back, seconds."""
PATIENCE_S = 60.0
"""How long a cluster may be without any worker, or a scheduler without an answer, before what is left is done here, seconds."""
CONNECT_S = 10.0
"""How long a scheduler may take to answer at first, seconds."""

log = logging.getLogger(__name__)


class DaskHelpers:
    """Gives days, batches and sources to a cluster. Whatever it cannot have done there is left out, with the reason told once."""

    def __init__(self, address: str, place: Place, tell: Callable[[str], None]) -> None:
        """Use the cluster of a scheduler.

        Args:
            address: of the scheduler, ``tcp://host:8786``.
            place: the warehouse.
            tell: takes each thing that is wrong, in a sentence.
        """
        self._address, self._place, self._tell = address, place, tell
        self._told: set[str] = set()

    def stage(self, days: Sequence[Day]) -> Iterator[tuple[Day, Mapping[str, str]]]:
        """Stage days: see ``pipelines.layers.helpers.Helpers``."""
        todo = [(f"{day.source} of {day.names[0][:10]}", (self._place, day)) for day in days]
        with self._given(stage_day, todo) as results:
            for number, drafts in results:
                if drafts is not None:
                    yield days[number], drafts

    @contextmanager
    def fold(self, source: str, fingerprint: str, batches: Sequence[Batch]) -> Iterator[Iterator[FoldedApart | None]]:
        """Fold batches: see ``pipelines.layers.helpers.Helpers``."""
        todo = [(f"{source} from {batch.fed[0].name}", (self._place, source, fingerprint, batch)) for batch in batches]
        with self._given(fold_batch, todo) as results:
            yield in_order(results, len(batches))

    @contextmanager
    def fold_sources(self, domain: str, sources: Sequence[WholeSource]) -> Iterator[Iterator[tuple[str, FoldedSource]]]:
        """Fold whole sources: see ``pipelines.layers.helpers.Helpers``."""
        todo = [(f"{one.source} (core of {domain})", (self._place, one)) for one in sources]
        with self._given(fold_source, todo) as results:
            yield ((sources[number].source, folded) for number, folded in results if folded is not None)

    @contextmanager
    def _given(
        self, work: Callable[..., Any], todo: Sequence[tuple[str, tuple[Any, ...]]]
    ) -> Iterator[Iterator[tuple[int, Any]]]:
        """Give tasks (what it is, its arguments) to the cluster.

        Yields:
            The place of each task that has ended and what it gave, None where it failed; tasks may be left out.
        """
        if len(todo) < 2:
            yield iter(())  # to give a single one away takes longer than to do it
            return
        with self._client() as client:
            if client is None:
                yield iter(())
                return
            futures = [client.submit(work, *arguments, pure=False) for _, arguments in todo]
            yield self._ended(client, futures, [what for what, _ in todo])

    @contextmanager
    def _client(self) -> Iterator[Client | None]:
        """A connection to the scheduler; None where there is none to be had. Its end frees what was not done yet."""
        from distributed import Client

        try:
            client = Client(self._address, timeout=CONNECT_S, set_as_default=False)
        except (OSError, ValueError) as error:
            said = str(error).strip().splitlines()
            self._once(f"the cluster at {self._address} does not answer ({said[0] if said else type(error).__name__})")
            yield None
            return
        try:
            yield client
        finally:
            client.close(timeout=CONNECT_S)

    def _ended(self, client: Client, futures: Sequence[Future[Any]], whats: Sequence[str]) -> Iterator[tuple[int, Any]]:
        """Futures as they end; the rest is left out once the cluster is gone."""
        place = {future.key: number for number, future in enumerate(futures)}
        done: queue.SimpleQueue[Future[Any]] = queue.SimpleQueue()
        for future in futures:
            future.add_done_callback(done.put)
        since = time.monotonic()
        for _ in futures:
            while (ended := _next(done)) is None:
                if self._has_workers(client):
                    since = time.monotonic()
                elif time.monotonic() - since > PATIENCE_S:
                    self._once(f"the cluster at {self._address} has had no worker for {PATIENCE_S:.0f} s")
                    return
            since = time.monotonic()
            number = place[ended.key]
            yield number, self._result(ended, whats[number])
            ended.release()

    def _has_workers(self, client: Client) -> bool:
        try:
            return bool(client.nthreads())
        except (OSError, TimeoutError, ValueError):
            return False

    def _result(self, future: Future[Any], what: str) -> Any:
        """What a future gave; None where it failed, which is told."""
        from distributed import KilledWorker

        if future.status == "finished":
            return future.result()
        if future.status != "error":
            self._once(f"the scheduler at {self._address} went away")
            return None
        fault = future.exception()
        if isinstance(fault, Unfit):
            self._once(f"a worker of the cluster at {self._address} was not used: {fault}")
        elif isinstance(fault, KilledWorker):
            self._once(f"{what}: the workers that were given it ended, the last one at {fault.last_worker.address}")
        else:
            # what is wrong with the data comes up again where it is done, and is said there
            log.warning("%s failed in a worker: %s: %s", what, type(fault).__name__, fault)
        return None

    def _once(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._tell(f"{text}; what it did not do is done in this process, which takes longer and loses nothing")


def _next(done: queue.SimpleQueue[Future[Any]]) -> Future[Any] | None:
    try:
        return done.get(timeout=LOOK_S)
    except queue.Empty:
        return None


def in_order(results: Iterator[tuple[int, FoldedApart | None]], n: int) -> Iterator[FoldedApart | None]:
    """Put results (place, result) that come in any order, some not at all, into the order of their places, 0 to ``n``."""
    early: dict[int, FoldedApart | None] = {}
    for number in range(n):
        while number not in early:
            found = next(results, None)
            if found is None:
                early |= dict.fromkeys(set(range(number, n)) - early.keys())
            else:
                early[found[0]] = found[1]
        yield early.pop(number)
