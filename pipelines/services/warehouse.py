"""One warehouse folder: its settings, declarations, layers and lock, and what this process reports of it.

The services (``Ingest``, ``Transform``, ``Publish``) do the work on it; it knows none of them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from multiprocessing.connection import Connection
from typing import TypeVar

from assets.contracts import DomainPackage, SourceCode
from assets.schema import declared
from pipelines.checks.audit import validate
from pipelines.checks.expectations import Expectation, expectations_of, expectations_of_core, from_checks
from pipelines.checks.validations import Validate
from pipelines.domains import REFERENCE, packages
from pipelines.ingest.origin import Origin, origin_of
from pipelines.ingest.raw_files import DamagedRaw
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Receipt
from pipelines.ingest.record import superseded
from pipelines.ingest.sources import Source, check_frames, load_sources
from pipelines.services.report import Report
from pipelines.settings import Settings
from pipelines.storage.core import CoreStore, log
from pipelines.storage.fingerprint import ModuleCache, fingerprint_of
from pipelines.storage.staged import StagedStore
from pipelines.util.lock import WriterLock
from pipelines.util.state import State

T = TypeVar("T")


class Warehouse:
    """A warehouse folder as a process has it open.

    ``ahead``: by source what was ingested before any step ran. ``beside``: by source the answer of a process that folds it.
    """

    def __init__(self, settings: Settings | None = None, say: Callable[[str], None] | None = None) -> None:
        """Open the warehouse of ``settings``; ``say`` takes progress, one line each."""
        self.settings = settings or Settings()
        self.folder = self.settings.warehouse
        self.draft = self.folder / ".build" / "bilateral.duckdb"
        self.say = say or log.info
        self.state = State(self.folder)
        self.raw = RawStore(self.folder / "raw")
        self.staged = StagedStore(self.folder / "staged")
        self.core = CoreStore(self.folder / "core")
        self._lock = WriterLock(self.folder, self.settings.wait_s)
        self.report = Report()
        self.chosen_origin: str | None = None
        self.rehash = False
        self.ahead: dict[str, tuple[list[Receipt], Report]] = {}
        self.beside: dict[str, Connection] = {}
        self.validate: Validate = validate
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self._fingerprints: dict[str, str] = {}
        self._modules = ModuleCache(state=self.state)

    @cached_property
    def sources(self) -> dict[str, Source]:
        """The declared sources by id."""
        return load_sources()

    @cached_property
    def packages(self) -> dict[str, DomainPackage]:
        """The domains by name, those of reference tables first; each source of them fits its declaration."""
        found = packages(self.settings.actors)
        for code in (code for package in found.values() for code in package.sources):
            check_frames(self.sources[code.source], code)
        return found

    @contextmanager
    def lock(self, source: str | None = None) -> Iterator[None]:
        """The lock of all writing, or of what is staged of ``source``; BilateralError after ``BILATERAL_WAIT_S`` seconds."""
        with self._lock.held(self.say, source):
            yield

    def origin(self) -> Origin:
        """The origin of this warehouse as it stands."""
        return origin_of(self.folder, self.raw, self.sources)

    def code(self, source_id: str) -> SourceCode:
        """The functions of a source."""
        return next(c for c in self.packages[self.sources[source_id].domain].sources if c.source == source_id)

    def tables(self, domain: str) -> tuple[str, ...]:
        """Core tables (bare names) of a domain."""
        return self.packages[domain].tables

    def sources_of(self, table: str) -> list[str]:
        """Sources that fill a core table (bare name): all of a domain where the table is made across them."""
        return [s for package in self.packages.values() for s in package.sources_of(table)]

    def expectations(self, domain: str) -> list[Expectation]:
        """Expectations of a domain's core tables that need no tables but its own and those of reference domains."""
        own, reference = ([f"core.{t}" for d in ds for t in self.tables(d)] for ds in ((domain,), REFERENCE))
        return expectations_of_core(own, reference)

    def build_expectations(self) -> list[Expectation]:
        """Everything that is expected of the whole build: core tables with their references, and the marts."""
        own = {name: names for d in self.packages for names in [[f"core.{t}" for t in self.tables(d)]] for name in names}
        found = [e for name in declared() if name.startswith("core.") for e in expectations_of(name, own.get(name, [name]))]
        return found + [e for e in from_checks() if not e.table.startswith("core.")]

    def fingerprint(self, name: str) -> str:
        """Hash of what shapes the rows of a source; or, by the name of a domain, of what is made across its sources."""
        if name not in self._fingerprints:
            if name in self.packages:
                package = self.packages[name]
                if package.cross_source is None:
                    raise LookupError(f"the domain {name} has no tables of its own")
                lists = [(s.id, s.list) for s in self.sources.values() if s.domain == name and s.list is not None]
                found = fingerprint_of(package.cross_source, package, lists, modules_read=self._modules)
            else:
                source = self.sources[name]
                stated = (source.title, source.publisher, source.url, source.licence, source.timezone, source.list)
                amended = (*((source.amendments,) if source.amendments else ()), *superseded(self.raw.root, name))
                package = self.packages[source.domain]
                found = fingerprint_of(self.code(name), package, source.rows, stated, *amended, modules_read=self._modules)
            self._fingerprints[name] = found
        return self._fingerprints[name]

    def tell_problem(self, text: str) -> None:
        """Put a problem into the report, and say it."""
        self.report.problems.append(text)
        self.say(f"  {text}")

    def without_damaged(self, work: Callable[[], T]) -> T:
        """Do a work on raw again without each snapshot that it finds damaged: that is taken out of use, and reported."""
        while True:
            try:
                return work()
            except DamagedRaw as damage:
                self.raw.set_aside(damage)
                self.tell_problem(f"{damage.source} {damage.snapshot} is damaged and was taken out of use: {damage}")
