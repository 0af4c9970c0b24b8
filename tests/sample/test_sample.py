"""The built-in sample: in the sources' own formats, small, of facts that add up, and explained file by file."""

import re
from datetime import datetime

import pytest

from assets.contracts import SourceCode, StagedInfo, count_filled
from assets.news import domain as news
from assets.overdose import domain as overdose
from assets.sanctions import domain as sanctions
from pipelines.ingest.sources import load_sources
from tests.made_up import SAMPLE

SOURCES = {source.source: source for source in (*sanctions.package().sources, *overdose.SOURCES, *news.SOURCES)}
DECLARED = load_sources()
HELD = (
    "articles", "cn_countermeasures", "gdelt_v1_events", "gdelt_v2_events", "us_bis_entity_list", "us_cbp_drug_seizures",
    "us_cdc_vsrr", "us_cdc_wonder", "us_census_population", "us_ofac_sdn",
)  # fmt: skip


def test_it_is_an_archive_below_two_megabytes_whose_readme_speaks_of_every_source() -> None:
    files = [path for path in SAMPLE.rglob("*") if path.is_file() and path.name not in ("README.md", ".record")]
    assert sum(path.stat().st_size for path in files) < 2_000_000
    layout = re.compile(r"(\w+)/\d{4}-\d\d-\d\d(T\d{6}Z)?/[^/]+")
    odd = [path for path in files if not layout.fullmatch(path.relative_to(SAMPLE).as_posix()) or path.is_symlink()]
    assert odd == []
    assert sorted(path.name for path in SAMPLE.iterdir() if path.is_dir()) == list(HELD)
    rows = re.findall(r"^\| (`.+`) \| .*(?:fact|made up)", (SAMPLE / "README.md").read_text(), re.MULTILINE)
    assert sorted(re.findall(r"\w+", " ".join(rows))) == sorted(HELD), "the README says of each source whether it is made up"


@pytest.mark.parametrize("source", HELD)
def test_every_snapshot_is_accepted_and_every_row_of_it_read(source: str) -> None:
    code: SourceCode = SOURCES[source]
    baseline = None
    for folder in sorted((SAMPLE / source).iterdir()):
        retrieved_at = datetime.fromisoformat(folder.name).replace(tzinfo=None)
        staged = code.stage({path.name: path.read_bytes() for path in sorted(folder.iterdir())})
        assert staged.rejects.rows() == [], folder
        info = StagedInfo(folder.name, retrieved_at, staged.n_read, 0, staged.facts, count_filled(staged.frames))
        judgement = code.judge_whole(info, baseline, DECLARED[source].rows)
        assert judgement.refusals == (), folder
        baseline = info if judgement.complete else baseline
