"""A second process, which stages and folds the source of which most came in while a refresh sees to all others."""

from __future__ import annotations

import logging
import os
import signal
import threading
from contextlib import ExitStack, nullcontext, suppress
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait

from pipelines.services.transform import Transform
from pipelines.services.warehouse import Warehouse
from pipelines.settings import Settings

LOG = "refresh.log"
"""File in the folder of the warehouse for faults of the program."""
MANY = 100
"""New snapshots of a source that are worth a process, which takes two seconds to start."""


def log_faults(settings: Settings) -> None:
    """Have faults of the program go to a file for whoever fixes it; on the screen they are plain sentences."""
    logging.raiseExceptions = False  # a log on a full disk would fill the screen with that
    logging.basicConfig(filename=settings.warehouse / LOG, level=logging.WARNING, format="%(asctime)s %(message)s")


def begin(warehouse: Warehouse, stack: ExitStack) -> None:
    """Start it where it is worth it, to end with ``stack``; ``Transform.stage`` waits for its answer."""
    n_new, source = max(((len(receipts), source) for source, (receipts, _) in warehouse.ahead.items()), default=(0, ""))
    if n_new < MANY or (os.cpu_count() or 1) < 2:
        return
    context = get_context("spawn")
    warehouse.beside[source], answer = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(warehouse.settings, source, answer), daemon=True)
    process.start()
    stack.callback(process.join)
    stack.callback(process.kill)
    answer.close()  # where the process ends without an answer, nobody is left who could give one


def _work(settings: Settings, source: str, answer: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # its parent ends it
    threading.Thread(target=_end_with_parent, daemon=True).start()
    log_faults(settings)
    said: list[str] = []
    warehouse = Warehouse(settings, say=said.append)
    warehouse.lock = nullcontext  # type: ignore[method-assign, assignment]  # its parent holds it
    with suppress(Exception):  # the parent does it again, and says what is wrong
        names = Transform(warehouse).stage(source)
        Transform(warehouse).fold_source(source)
        answer.send((names, said, warehouse.report))


def _end_with_parent() -> None:
    """A refresh that is killed leaves nobody who writes into its folder."""
    if (parent := parent_process()) is not None:
        wait([parent.sentinel])
        signal.raise_signal(signal.SIGTERM)
