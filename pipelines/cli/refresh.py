"""``bilateral refresh``: a run of Dagster, where anything is new."""

from __future__ import annotations

import logging
import re
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from assets.errors import BilateralError
from pipelines.cli.app import Stopped, command, read_settings, tell
from pipelines.domains import DOMAINS
from pipelines.util.disk_errors import disk_error_message

if TYPE_CHECKING:
    from pipelines.publish.unchanged import EnvironmentDigest
    from pipelines.services.report import Report
    from pipelines.services.warehouse import Warehouse
    from pipelines.settings import Settings


@command(
    ("bilateral refresh --from record", "the built-in record, without network"),
    ("bilateral refresh --from archive/ --only sanctions", "files downloaded earlier, one domain"),
    ("bilateral refresh --from live", "asks the sources"),
)
def refresh(
    origin: Annotated[
        str | None,
        Option(
            "--from",
            metavar="record|live|DIR",
            help="Where from: the built-in record, the sources themselves, or a folder of earlier downloads. Without it the "
            "origin last used, at first the record.",
        ),
    ] = None,
    only: Annotated[str | None, Option("--only", metavar="sanctions,overdose,news,policy", help="Only these domains.")] = None,
    verbose: Annotated[bool, Option("--verbose", "-v", help="Rows of each table and the newest dates of sources.")] = False,
    rehash: Annotated[bool, Option("--rehash", help="Read every file of an archive again, though it looks unchanged.")] = False,
) -> int:
    """Ingest what is new, apply it to the history, build, check, publish.

    Exit code 0: published, or nothing was new. 1: not published, the published file is as it was. 3: published, but something
    failed or was quarantined: the summary says what.
    """
    settings = read_settings()
    from pipelines.maintenance.alerts import after_refresh
    from pipelines.services.report import Report

    started = datetime.now(UTC)
    try:
        report, failures = _refreshed(settings, origin, only, rehash)
    except Exception as error:
        message = str(error) if isinstance(error, BilateralError) else disk_error_message(error, settings.warehouse)
        if message is None:
            raise
        if settings.warehouse.is_dir():
            after_refresh(settings, Report(), [message], 1)
        raise BilateralError(message) from error
    from pipelines.cli.summary import summarize

    code = summarize(report, settings, failures, (datetime.now(UTC) - started).total_seconds(), verbose=verbose)
    # the heartbeat, and the alerts that are due
    for problem in after_refresh(settings, report, failures, code):
        tell(problem)
    return code


def _refreshed(settings: Settings, origin: str | None, only: str | None, rehash: bool) -> tuple[Report, list[str]]:
    """Refresh; return what was done, and the steps that failed in words."""
    wanted = DOMAINS if only is None else tuple(d.strip() for d in only.split(","))
    if unknown := [d for d in wanted if d not in DOMAINS]:
        from pipelines.util.suggest import did_you_mean

        meant = did_you_mean(unknown[0], DOMAINS, most=1)
        raise BilateralError(f"--only {only}: {', '.join(unknown)} is none of {', '.join(DOMAINS)}.{meant} Nothing was changed.")
    _make_folder(settings.warehouse)
    from pipelines.cli.bars import bars
    from pipelines.dagster.home import name_dagster_home
    from pipelines.services.report import Report

    with bars() as say, _stoppable() as raise_if_stopped:
        before = _around(settings, origin, wanted)
        name_dagster_home(settings)
        report, failures = Report(), list[str]()
        try:
            if rehash or before is None or not _is_known_to_be_unchanged(settings, before, say):
                report, failures = _run(settings, origin, wanted, rehash, before, say)
        finally:
            raise_if_stopped()
    return report, failures


def _around(settings: Settings, origin: str | None, domains: Sequence[str]) -> EnvironmentDigest | None:
    """What an answer rests on that is not of the warehouse, as it is before anything is taken in."""
    from pipelines.publish import unchanged
    from pipelines.storage import on_disk

    chosen = (on_disk.noted_origin(settings.warehouse) or "record") if origin is None else origin
    if chosen not in ("record", "live"):
        chosen = str(Path(chosen).expanduser().resolve())
    return unchanged.environment_digest(settings, domains, chosen)


def _is_known_to_be_unchanged(settings: Settings, before: EnvironmentDigest, say: Callable[[str], None]) -> bool:
    """Whether all is as it was when a refresh last found nothing to do; then say what that one said."""
    from pipelines.dagster.home import runs_not_ended
    from pipelines.publish import unchanged
    from pipelines.util.lock import WriterLock

    if runs_not_ended() or not settings.published.exists():
        return False
    # another refresh may be about to change it
    with WriterLock(settings.warehouse, settings.wait_s).held(say):
        lines = unchanged.messages_if_unchanged(settings, before)
    if lines is None:
        return False
    for line in lines:
        say(line)
    return True


def _run(
    settings: Settings,
    origin: str | None,
    domains: Sequence[str],
    rehash: bool,
    before: EnvironmentDigest | None,
    say: Callable[[str], None],
) -> tuple[Report, list[str]]:
    """Take in, and run the steps where that leaves anything to do; return what it did, and the steps that failed, in words."""
    from pipelines.dagster.home import prepare_dagster_home
    from pipelines.services import beside
    from pipelines.services.ingest import Ingest
    from pipelines.services.warehouse import Warehouse

    messages: list[str] = []

    def say_and_keep(line: str) -> None:
        messages.append(line)
        say(line)
        logging.getLogger("pipelines.refresh").info("%s", line)  # Dagster puts it into the log of the run

    warehouse = Warehouse(settings, say=say_and_keep)
    warehouse.rehash = rehash
    chosen = Ingest(warehouse).choose_origin(origin)
    _refuse_empty_origin(warehouse, chosen, domains)
    prepare_dagster_home(settings)
    warehouse.say(f"refresh of {', '.join(domains)} from {chosen}")
    n_begun = len(messages)
    beside.log_faults(settings)
    failures: list[str] = []
    with ExitStack() as stack:
        stack.enter_context(warehouse.lock())
        # a build waits for what was damaged, whichever domain it is of
        domains = (*domains, *(d for d in DOMAINS if d not in domains and warehouse.core.current(d).damaged))
        is_nothing_new = _is_nothing_new(warehouse, domains)
        taken_in = messages[:]
        if not is_nothing_new:
            if settings.executor == "in_process":
                beside.begin(warehouse, stack)
            else:
                stack.close()  # each step takes the lock in its own process
            from pipelines.dagster.refresh import run_refresh

            failures = run_refresh(warehouse, domains)
        if before is not None and chosen == before.origin and not failures and warehouse.report.exit_code == 0:
            lines = taken_in if is_nothing_new else _messages_next_time(warehouse, taken_in, n_begun, domains)
            _note_where_nothing_is_left(warehouse, domains, before, lines)
    return warehouse.report, failures


def _messages_next_time(warehouse: Warehouse, messages: Sequence[str], n_begun: int, domains: Sequence[str]) -> list[str]:
    """What the next refresh says where nothing is new; empty where this one (``messages`` after ``n_begun``) had own remarks."""
    from pipelines.services.ingest import Ingest

    ordinary = re.compile(r"\w+: (nothing new|[\d,]+ new snapshots)")
    if not all(ordinary.fullmatch(line) for line in messages[n_begun:]):
        return []
    sources = Ingest(warehouse).sources_in_play(domains)
    return [*messages[:n_begun], *(f"{source}: nothing new" for source in sources), NOTHING_NEW]


def _note_where_nothing_is_left(
    warehouse: Warehouse, domains: Sequence[str], before: EnvironmentDigest, messages: Sequence[str]
) -> None:
    """Note in what state all is, where the next refresh will find nothing to do: it need not look for that."""
    from pipelines.publish import unchanged
    from pipelines.services.publish import Publish

    if not messages or not before.is_settled or any(line.startswith("waiting for ") for line in messages):
        return
    state = unchanged.state(warehouse.settings, before)
    if Publish(warehouse).is_up_to_date(domains):
        with suppress(OSError):  # without the note the next one takes longer
            unchanged.note(warehouse.settings, state, messages)


def _refuse_empty_origin(warehouse: Warehouse, origin: str, domains: Sequence[str]) -> None:
    """Raise BilateralError where the origin has nothing of these domains (or no network), before anything that takes long."""
    chosen = [source for source in warehouse.sources.values() if source.domain in domains]
    if origin == "live":
        from pipelines.ingest.fetch.network import addresses_of, refuse_offline

        refuse_offline(addresses_of(source for source in chosen if source.live == "fetch"))
    elif origin != "record":
        from pipelines.ingest.archive import has_snapshots

        if not has_snapshots(Path(origin), [source.id for source in chosen]):
            raise BilateralError(f"--from {origin}: it holds no snapshot of {', '.join(domains)}. Nothing was changed.")


def _make_folder(folder: Path) -> None:
    """Make the folder of the warehouse. Raises BilateralError where it cannot be made or written."""
    what = "made"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        what = "written"
        (folder / ".writable").touch()
        (folder / ".writable").unlink()
    except OSError as error:
        raise BilateralError(
            f"{folder}: the folder of the warehouse cannot be {what}: {error.strerror}. Nothing was changed. Set "
            "BILATERAL_WAREHOUSE to a folder that you may write, or give yourself the right to write."
        ) from error


NOTHING_NEW = "nothing new: the published file stays as it is"


def _is_nothing_new(warehouse: Warehouse, domains: Sequence[str]) -> bool:
    """Take in what there is, and see whether that leaves anything to do: a run of the job takes seconds to find nothing."""
    from pipelines.dagster.home import runs_not_ended
    from pipelines.services.ingest import Ingest
    from pipelines.services.publish import Publish

    ingest = Ingest(warehouse)
    if ingest.ingest_ahead(ingest.sources_in_play(domains)) or runs_not_ended() or not Publish(warehouse).is_up_to_date(domains):
        return False
    warehouse.say(NOTHING_NEW)
    return True


@contextmanager
def _stoppable() -> Iterator[Callable[[], None]]:
    """End on SIGINT and SIGTERM, also where the program was started with them ignored, as a script does in the background.

    A library may catch what a handler raises: what arrived is noted too, and what is yielded raises Stopped where any did.
    """

    def stop(number: int, _: object) -> None:
        raise Stopped(number)

    def raise_if_stopped() -> None:
        try:
            numbers = noted.recv(64)
        except BlockingIOError:
            return
        for number in numbers:
            if number in (signal.SIGINT, signal.SIGTERM):
                raise Stopped(number)

    noted, arriving = socket.socketpair()
    with noted, arriving:
        noted.setblocking(False)
        arriving.setblocking(False)
        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        descriptor = signal.set_wakeup_fd(arriving.fileno(), warn_on_full_buffer=False)
        try:
            yield raise_if_stopped
        finally:
            signal.set_wakeup_fd(descriptor)
            for number, handler in before.items():
                signal.signal(number, handler)
