"""Staging and folding of whole sources on the workers of a cluster: the files, and the words, of one process."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from pipelines.cluster.work import Place, fold_source, stage_day
from pipelines.layers.helpers import Batch, Day, FoldedApart, FoldedSource, WholeSource
from pipelines.project import Project
from pipelines.rooms import DOMAINS, REFERENCE
from pipelines.sealed import sha256_of
from pipelines.settings import SAMPLE, Settings
from pipelines.warehouse_id import id_of
from tests.cluster.dies_while_folding import LIST, N_FILES
from tests.cluster.machines import free_port, scheduler, worker

pytestmark = pytest.mark.skipif(find_spec("distributed") is None, reason="the extra 'cluster' is not installed")

LISTS = [*sorted(folder.name for folder in SAMPLE.glob("us_bis_*")), LIST]
MADE_OF_LISTS = [*(f"core/{domain}/" for domain in (*REFERENCE, "sanctions")), *(f"staged/{name}/" for name in LISTS)]
MADE_OF_LISTS += ["staged/cn_countermeasures/"]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("cluster")
    with ExitStack() as stack:
        address = stack.enter_context(scheduler(folder))
        for name in ("one", "two"):
            stack.enter_context(worker(folder, address, name, "--no-nanny"))
        yield address


def warehouse(folder: Path, dask: str | None = None, sources: Sequence[str] = ()) -> Project:
    """A warehouse that has taken in the sample, or these sources of it."""
    project = Project(Settings(warehouse=folder, dask=dask))
    project.choose_origin("sample")
    for source in sources or project.sources_in_play(DOMAINS):
        project.ingest(source)
    return project


def staged_and_folded(project: Project, domains: Sequence[str] = (*REFERENCE, *DOMAINS)) -> None:
    for source in [s for s in project.sources if project.raw.snapshots(s)]:
        project.stage(source)
    for domain in domains:
        project.fold(domain)


def files(project: Project) -> dict[str, str]:
    """All Parquet files of a warehouse and the manifests of its core, with their hashes."""
    paths = [*project.staged.root.rglob("*.parquet"), *project.core.root.rglob("*.parquet")]
    paths += project.core.root.glob("*/current.json")
    return {str(path.relative_to(project.folder)): sha256_of(path) for path in paths}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What one process makes of the sample."""
    project = warehouse(tmp_path_factory.mktemp("alone"))
    staged_and_folded(project)
    found = files(project)
    assert sum("current.json" in name for name in found) == len((*REFERENCE, *DOMAINS))
    return found


def test_two_workers_make_of_the_sample_the_files_that_one_process_makes(
    tmp_path: Path, alone: dict[str, str], cluster: str
) -> None:
    project = warehouse(tmp_path, cluster)
    staged_and_folded(project)
    assert files(project) == alone
    assert project.report.problems == []
    assert sorted(n.source for n in project.report.new if n.verdict == "accepted") != []


def by_both_ways(project: Project) -> Project:
    """The same with batches of GDELT 2.0 that are folded apart, and GDELT 1.0 as a source that is folded as a whole."""
    changed: dict[str, dict[str, Any]] = {"gdelt_v2_events": {"rows_at_once": 10}, "gdelt_v1_events": {"join": None}}
    news = project.rooms["news"]
    project.rooms["news"] = replace(news, sources=tuple(replace(c, **changed.get(c.source, {})) for c in news.sources))
    return project


def test_batches_of_one_source_are_folded_beside_whole_others(tmp_path: Path, cluster: str) -> None:
    found = []
    for name, dask in (("alone", None), ("together", cluster)):
        project = by_both_ways(warehouse(tmp_path / name, dask, ["articles", "gdelt_v1_events", "gdelt_v2_events"]))
        staged_and_folded(project, ["news"])
        assert project.report.problems == []
        found.append(files(project))
    assert sum("gdelt_v2_events.events." in name for name in found[0]) > 2, "in more than one batch"
    assert found[0] == found[1]


class Told:
    """Helpers that do all that they are given, in this process, and remember what it was."""

    def __init__(self, project: Project) -> None:
        self._place = Place(project.folder, id_of(project.folder))
        self.staged: list[list[str]] = []
        self.folded: list[list[str]] = []
        project.__dict__["_helpers"] = self

    def stage(self, days: Sequence[Day]) -> Iterator[tuple[Day, Mapping[str, str]]]:
        self.staged.append([day.source for day in days])
        for day in days[::-1]:
            yield day, stage_day(self._place, day)

    def fold(
        self,
        source: str,  # noqa: ARG002 as Helpers
        fingerprint: str,  # noqa: ARG002 as Helpers
        batches: Sequence[Batch],
    ) -> AbstractContextManager[Iterator[FoldedApart | None]]:
        return nullcontext(iter([None] * len(batches)))

    @contextmanager
    def fold_sources(
        self,
        domain: str,  # noqa: ARG002 as Helpers
        sources: Sequence[WholeSource],
    ) -> Iterator[Iterator[tuple[str, FoldedSource]]]:
        self.folded.append([one.source for one in sources])
        yield ((one.source, fold_source(self._place, one)) for one in sources[::-1])


def test_what_is_new_of_all_sources_is_staged_at_once_and_what_is_new_of_a_domain_folded_so(
    tmp_path: Path, alone: dict[str, str]
) -> None:
    project = warehouse(tmp_path)
    told = Told(project)
    staged_and_folded(project)
    assert files(project) == alone
    [staged] = told.staged
    assert {source for source in staged if staged.count(source) == 1} >= {"us_cdc_wonder", "us_cbp_drug_seizures"}
    assert set(staged) == {path.name for path in SAMPLE.iterdir() if path.is_dir()}
    assert [set(sources) for sources in told.folded] == [
        {"cn_countermeasures", *LISTS},
        {"us_cdc_vsrr", "us_cdc_wonder", "us_cbp_drug_seizures", "us_census_population"},
    ], "of news articles alone are folded as a whole"


def test_each_source_says_what_was_staged_of_it_wherever_that_was(tmp_path: Path) -> None:
    project = warehouse(tmp_path, sources=LISTS)
    Told(project)
    for source in LISTS:
        assert project.stage(source) == [p.name for p in sorted((project.staged.root / source).glob("2*"))]
        assert project.stage(source) == []


def test_a_domain_without_anything_new_and_a_single_source_do_not_touch_the_cluster(tmp_path: Path) -> None:
    nobody = f"tcp://127.0.0.1:{free_port()}"
    first = warehouse(tmp_path)
    staged_and_folded(first, ["sanctions"])
    project = Project(Settings(warehouse=tmp_path, dask=nobody))
    staged_and_folded(project, ["sanctions"])
    assert project.report.problems == []
    single = warehouse(tmp_path / "single", nobody, ["us_cdc_wonder"])
    staged_and_folded(single, ["overdose"])
    assert single.report.problems == []
    assert single.core.current("overdose").sources["us_cdc_wonder"].tables != {}


def broken(project: Project) -> None:
    """Damage what is staged of a list, behind the back of its staging."""
    for source in LISTS:
        project.stage(source)
    first = sorted((project.staged.root / LIST).glob("2*/listings.parquet"))[0]
    first.write_bytes(first.read_bytes()[:-9])


def test_what_fails_in_a_worker_is_done_again_here_and_told_in_the_same_words(tmp_path: Path, cluster: str) -> None:
    said = []
    for name, dask in (("alone", None), ("together", cluster)):
        project = warehouse(tmp_path / name, dask, LISTS)
        broken(project)
        project.fold("sanctions")
        [problem] = project.report.problems
        assert problem.startswith(f"{LIST}: ")
        assert project.core.current("sanctions").sources[LISTS[0]].tables != {}
        said.append((problem.replace(str(project.folder), "FOLDER"), files(project)))
    assert said[0] == said[1]


def test_a_worker_that_is_killed_while_it_folds_a_list_loses_nothing(tmp_path: Path, alone: dict[str, str]) -> None:
    left: list[list[str]] = []
    with ExitStack() as stack:
        address = stack.enter_context(scheduler(tmp_path))
        project = warehouse(tmp_path / "warehouse", sources=["cn_countermeasures", *LISTS])
        staged_and_folded(project, REFERENCE)
        dies = stack.enter_context(
            worker(tmp_path, address, "dies", "--no-nanny", "--preload", "tests.cluster.dies_while_folding")
        )

        def another() -> None:
            dies.wait()
            left.append([p.name for p in (project.core.root / "sanctions" / "parts").glob(f"{LIST}.*")])
            stack.enter_context(worker(tmp_path, address, "goes-on", "--no-nanny"))

        waiting = threading.Thread(target=another)
        waiting.start()
        together = Project(Settings(warehouse=project.folder, dask=address))
        together.fold("sanctions")
        waiting.join(60)
        assert dies.returncode == -9
        assert [len(names) for names in left] == [N_FILES], "it was killed in the middle"
    assert files(together) == {name: digest for name, digest in alone.items() if any(part in name for part in MADE_OF_LISTS)}
    assert together.report.problems == []


class Away(Told):
    """Helpers that do not answer."""

    def stage(self, days: Sequence[Day]) -> Iterator[tuple[Day, Mapping[str, str]]]:
        self.staged.append([day.source for day in days])
        return iter(())


def test_a_refresh_that_takes_in_ahead_gives_each_source_to_be_staged_once(tmp_path: Path) -> None:
    """Its steps go source by source; a cluster that does not answer would be waited for at each of them."""
    project = Project(Settings(warehouse=tmp_path))
    told = Away(project)
    project.choose_origin("sample")
    project.ingest_ahead(LISTS)
    for source in LISTS:
        project.ingest(source)
        project.stage(source)
    assert [set(sources) for sources in told.staged] == [set(LISTS)]
