"""Votes, and deaths of two states, on real files."""

import gzip
import lzma
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from tests.whole.conftest import Warehouse
from tests.whole.test_docs import answer, queries

FILES = {
    "un_ideal_points/2020-04-30": ("more/un_ideal_points/2020-04-30/IdealpointestimatesAll_Apr2020.csv.xz",),
    "un_ideal_points/2024-06-30": ("more/unga/IdealpointestimatesAll_Jun2024.csv.gz",),
    "ca_opioid/2023-02-21": ("more/ca_opioid/SubstanceHarmsData_bryceeppler.csv.gz",),
    "ca_opioid/2026-04-20": ("more/ca_opioid/SubstanceHarmsData_RiddhiMandal.csv.gz",),
    "us_nida_final/2024-05-02": ("overdose/final/nida_overdose_data_1999-2022_5.2.2024.xlsx",),
    "us_cdc_vsrr/2024-04-17": ("overdose/vsrr/vsrr_total_commit2024-05-06_lildefon.csv.gz",),
    "us_ofac_sdn/2015-01-17": ("more/us_ofac_sdn/2015-01-17/sdn.csv.xz",),
    "us_ofac_sdn/2018-01-26": ("more/us_ofac_sdn/2018-01-26/sdn.csv.xz",),
    "us_ofac_sdn/2021-07-07": tuple(f"sanctions/ofac_full/wm2021-07_{part}.csv.gz" for part in ("sdn", "add", "alt")),
    "us_bis_entity_list/2026-07-09": ("sanctions/bis/nsfreg_bis_entity_list.json",),
    "icews/2018-06-03": ("news/icews/events.2018.sample.tab.gz",),
}
"""Folder of a snapshot to its files, below the folder of real ones."""
OPEN = {".xz": lzma.decompress, ".gz": gzip.decompress}


def unpacked(real_data: Path, files: Mapping[str, Iterable[str]], archive: Path) -> None:
    """Write an archive of real files: by folder of a snapshot, its files below the folder of real ones."""
    for folder, paths in files.items():
        (archive / folder).mkdir(parents=True)
        for path in map(Path, paths):
            if not (real_data / path).exists():
                pytest.skip(f"real_data: there is no {path}")
            data = OPEN.get(path.suffix, bytes)((real_data / path).read_bytes())
            name = path.name.removesuffix(path.suffix) if path.suffix in OPEN else path.name
            (archive / folder / name).write_bytes(data)


@pytest.mark.real_data
def test_the_panels_of_years_are_answered_as_the_page_says(real_data: Path, tmp_path: Path) -> None:
    unpacked(real_data, FILES, tmp_path / "archive")
    warehouse = Warehouse(tmp_path / "warehouse")
    report = warehouse.refresh(tmp_path / "archive")
    assert report.published, report
    asked = queries("tests/real-data.md", "duckdb")
    assert asked[3][0] in [query for query, _ in queries("docs/cookbook/years.md", "sql")]
    for query, table in (asked[1], asked[3]):
        assert answer(warehouse.folder / "bilateral.duckdb", query) == table
