"""Which steps a refresh has, which of them need which, and what is done where one fails; by the command line, without Dagster.

Dagster makes the same order of the dependencies between assets: a test compares both.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from assets.errors import BilateralError
from pipelines.publish.scripts import scripts
from pipelines.steps import doing, health_checks, told
from pipelines.steps.failures import failure_in_words
from pipelines.steps.outcomes import CORE_AS_BUILT, EXPECTED
from pipelines.steps.told import BUILD, PUBLISHED, REPORTS, Checked, Fault, Key, Told

if TYPE_CHECKING:
    from pipelines.project import Project

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """A step as it is announced: its name, the assets that it makes, the checks that it makes of them."""

    name: str
    makes: tuple[Key, ...]
    checks: tuple[tuple[Key, str], ...]


@dataclass(frozen=True)
class Step:
    """A step. ``needs``: steps that must have ended well."""

    plan: Plan
    needs: frozenset[str]
    work: Callable[[], Iterator[Told]]

    @property
    def name(self) -> str:
        """Its name."""
        return self.plan.name


@dataclass(frozen=True)
class Began:
    """A step has begun; ``at``: seconds since 1970, here and below."""

    step: str
    at: float


@dataclass(frozen=True)
class Said:
    """A step has told something."""

    step: str
    told: Told
    at: float


@dataclass(frozen=True)
class Ended:
    """A step has ended well. ``seconds``: how long it took."""

    step: str
    seconds: float
    at: float


@dataclass(frozen=True)
class Failed:
    """A step has failed."""

    step: str
    fault: Fault
    at: float


@dataclass(frozen=True)
class Skipped:
    """A step was not begun, since one that it needs did not end well."""

    step: str
    at: float


Happened = Began | Said | Ended | Failed | Skipped


def steps_of(project: Project, groups: Mapping[str, Sequence[str]], run_id: str) -> list[Step]:
    """The steps of a refresh, in the order in which they are run.

    Args:
        project: the warehouse.
        groups: the domains to be folded, each with its sources that are taken in and staged (``groups_in_play``).
        run_id: of the run.
    """
    before: list[Step] = []  # bytes are taken in first
    folds: list[Step] = []
    health: list[Step] = []
    for domain, sources in groups.items():
        expected = {e.table for e in project.expectations(domain)}
        tables = project.tables(domain)
        for source in sources:
            raw, staged = told.raw(source), told.staged(source)
            taken = Plan(f"raw_{source}", (raw,), ((raw, health_checks.ACCEPTED),))
            before.append(Step(taken, frozenset(), partial(doing.take_in, project, source)))
            needs = frozenset({taken.name})
            before.append(Step(Plan(f"staged_{source}", (staged,), ()), needs, partial(doing.stage, project, source)))
        makes = tuple(told.core(t) for t in tables)
        checks = (
            *((told.core(t), EXPECTED) for t in tables if f"core.{t}" in expected),
            *((told.core(t), health_checks.CURRENT) for t in tables),
        )
        needs = frozenset(f"staged_{s}" for s in sources)
        if project.rooms[domain].sources and "actors" in groups:
            needs |= {"core_actors"}  # names and codes of states are looked up there while rows are shaped
        folds.append(Step(Plan(f"core_{domain}", makes, checks), needs, partial(doing.fold, project, domain)))
        if sources:
            looked = [(s, name) for s in sorted(sources) for name in (health_checks.FRESH, health_checks.TAKEN)]
            plan = Plan(f"health_{domain}", (), tuple((told.staged(s), name) for s, name in looked))
            needs = frozenset({f"core_{domain}", *(f"staged_{s}" for s in sources)})
            health.append(Step(plan, needs, partial(doing.look, project, looked)))
    return [*before, *folds, *health, *_publication(project, run_id, frozenset(s.name for s in folds))]


def _publication(project: Project, run_id: str, folds: frozenset[str]) -> list[Step]:
    expectations = project.build_expectations()
    expected = {e.table for e in expectations}
    marts = [m.name for m in scripts("marts")]
    checks = tuple((told.mart(name), EXPECTED) for name in marts if f"marts.{name}" in expected)
    build = Plan("build", (*(told.mart(name) for name in marts), BUILD), (*checks, (BUILD, CORE_AS_BUILT)))
    return [
        Step(build, folds, partial(doing.build, project, run_id, expectations)),
        Step(Plan("publish", (PUBLISHED,), ()), frozenset({"build"}), partial(doing.publish, project)),
        Step(Plan("reports", (REPORTS,), ()), frozenset({"publish"}), partial(doing.reports, project)),
    ]


def run(steps: Sequence[Step], tell: Callable[[Happened], None], project: Project) -> list[str]:
    """Run steps; return those that failed, in words. One that fails keeps only those from running that need it.

    Args:
        steps: in an order in which none comes before one that it needs.
        tell: called with what happened.
        project: the warehouse; where a blocking check failed its report says so, and that is no failure.
    """
    well: set[str] = set()
    failures: list[str] = []
    for step in steps:
        if step.needs <= well:
            tell(Began(step.name, time.time()))
            fault, sentence = _done(step, tell, project)
            if fault is None:
                well.add(step.name)
            if sentence is not None:
                failures.append(sentence)
        else:
            tell(Skipped(step.name, time.time()))
    return failures


def _done(step: Step, tell: Callable[[Happened], None], project: Project) -> tuple[Fault | None, str | None]:
    """Do a step; return why it failed, and the same in words where it is not said elsewhere."""
    began, blocking = time.perf_counter(), list[str]()
    try:
        for one in step.work():
            tell(Said(step.name, one, time.time()))
            if isinstance(one, Checked) and one.blocks:
                blocking.append(f"{'/'.join(one.key)} {one.name}")
    except Exception as error:
        log.exception("step %s", step.name)
        fault = Fault.of(error)
        tell(Failed(step.name, fault, time.time()))
        return fault, failure_in_words(step.name, fault, project.folder)
    if blocking:
        fault = Fault(
            f"{', '.join(blocking)}: a critical check failed, so what needs it is not run\n", [], BilateralError.__name__
        )
        tell(Failed(step.name, fault, time.time()))
        return fault, None
    tell(Ended(step.name, time.perf_counter() - began, time.time()))
    return None, None
