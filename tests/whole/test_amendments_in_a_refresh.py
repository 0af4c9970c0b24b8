"""Whole refreshes with a correction in a declaration: what is published, recorded and said, until the publisher corrects it."""

from pathlib import Path

import pytest

from pipelines.cli import main
from pipelines.ingest.sources import Correction, Lookup, Source, load_sources
from pipelines.services.ingest import Ingest
from pipelines.services.publish import Publish
from pipelines.services.report import Report
from pipelines.services.transform import Transform
from pipelines.services.warehouse import Warehouse as Opened
from pipelines.settings import Settings
from tests.whole.archives import put, sdn
from tests.whole.conftest import Warehouse

LIST = "us_ofac_sdn"
NAMES = "SELECT name FROM core.sanction_listings WHERE known_to IS NULL AND native_id = '7'"


@pytest.fixture
def amended(monkeypatch: pytest.MonkeyPatch) -> dict[str, Source]:
    """The declared sources, with a lookup and a correction for OFAC's list."""
    sources = load_sources()
    wrong = Correction(
        frame="listings", where={"native_id": "7"}, column="name", expected="MADE UP PARTY 7", value="MADE UP SEVEN",
        reason="the notice writes it so", source="https://example.org/notice",
    )  # fmt: skip
    slip = Lookup(expected="MADE UP PARTY 9", value="MADE UP NINE", reason="a slip")
    changed = {"corrections": (wrong,), "lookups": {"listings": {"name": (slip,)}}}
    sources[LIST] = sources[LIST].model_copy(update=changed)
    monkeypatch.setattr("pipelines.services.warehouse.load_sources", lambda: sources)
    return sources


def refresh(warehouse: Warehouse, archive: Path) -> Report:
    project = Opened(Settings(warehouse=warehouse.folder, data_docs=False))
    Ingest(project).choose_origin(str(archive))
    Transform(project).fold("actors")
    Ingest(project).ingest(LIST)
    Transform(project).stage(LIST)
    Transform(project).fold("sanctions")
    Publish(project).build("test")
    Publish(project).publish()
    return project.report


@pytest.mark.usefixtures("amended")
def test_a_correction_is_published_and_recorded_and_fails_when_the_publisher_has_corrected_it(
    tmp_path: Path, empty: Warehouse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path / "a", LIST, "2023-01-01", "sdn.csv", sdn())
    report = refresh(empty, tmp_path / "a")
    assert (report.exit_code, report.published) == (0, True)
    assert empty.rows(NAMES) == [("MADE UP SEVEN",)]
    assert empty.rows('SELECT kind, "key", expected, "value", n_cells, reference FROM meta.amendments ORDER BY kind') == [
        ("correction", '{"native_id": "7"}', "MADE UP PARTY 7", "MADE UP SEVEN", 1, "https://example.org/notice"),
        ("lookup", None, "MADE UP PARTY 9", "MADE UP NINE", 1, None),
    ]
    mended = sdn().replace(b"MADE UP PARTY 7", b"MADE UP NUMBER 7")
    put(tmp_path / "b", LIST, "2023-02-01", "sdn.csv", mended)
    report = refresh(empty, tmp_path / "b")
    assert (report.exit_code, report.published) == (3, True)
    (said,) = report.idle_corrections
    assert said.startswith(
        "us_ofac_sdn: correction of listings.name (native_id=7): expected MADE UP PARTY 7, found MADE UP NUMBER 7"
    )
    assert empty.rows(NAMES) == [("MADE UP NUMBER 7",)]
    assert empty.rows("SELECT n_cells FROM meta.amendments WHERE kind = 'correction' ORDER BY snapshot") == [(1,), (0,)]
    ((warning,),) = empty.rows("SELECT warnings FROM meta.snapshots WHERE warnings IS NOT NULL")
    assert warning in said
    monkeypatch.setenv("BILATERAL_WAREHOUSE", str(empty.folder))
    assert main(["status"]) == 3
    assert "what it expects: us_ofac_sdn: correction of listings.name (native_id=7): expected" in capsys.readouterr().out


def test_an_amendment_makes_its_source_alone_be_made_again(empty: Warehouse, amended: dict[str, Source]) -> None:
    settings = Settings(warehouse=empty.folder)
    with_it, without = Opened(settings), Opened(settings)
    with_it.sources, without.sources = amended, dict(amended)
    without.sources[LIST] = amended[LIST].model_copy(update={"corrections": (), "lookups": {}})
    changed = {s for s in amended if with_it.fingerprint(s) != without.fingerprint(s)}
    assert changed == {LIST}
