"""Names that were folded for the file before are taken from it: the mart is the one that folds all."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from pipelines.publish.names_known import MART, can_be_taken, text_with_known
from pipelines.publish.scripts import scripts
from tests.whole.conftest import Warehouse

SCRIPT = next(script for script in scripts("marts") if script.name == "party_names")
MADE = f"FROM {MART} ORDER BY name_no"


@pytest.fixture
def grown(sample: Warehouse, tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """A copy of the sample with names that came, went and changed, and another as ``earlier``."""
    for name in ("now", "earlier"):
        shutil.copyfile(sample.folder / "bilateral.duckdb", tmp_path / f"{name}.duckdb")
    con = duckdb.connect(str(tmp_path / "now.duckdb"))
    con.execute(f"ATTACH '{tmp_path / 'earlier.duckdb'}' AS earlier")
    con.execute(
        """DELETE FROM core.sanction_names WHERE listing_id IN (SELECT listing_id FROM core.sanction_listings LIMIT 20 OFFSET 5);
           UPDATE core.sanction_listings SET name = name || ' Nová Société' WHERE listing_id LIKE '%7';
           INSERT INTO core.sanction_names BY NAME
           SELECT * REPLACE ('Путин & Sons S.A. ' || listing_id AS name) FROM core.sanction_names LIMIT 40;
           INSERT INTO core.sanction_names BY NAME SELECT * REPLACE ('12 – !!' AS name) FROM core.sanction_names LIMIT 1"""
    )
    return con


def test_with_names_known_the_mart_is_that_of_all_folded(grown: duckdb.DuckDBPyConnection) -> None:
    before = grown.execute(f"FROM earlier.{MART} ORDER BY name_no").fetchall()
    made = []
    for text in (SCRIPT.text, text_with_known(SCRIPT.text)):
        grown.execute(f"DROP TABLE {MART}")
        grown.execute(text)
        made.append(grown.execute(MADE).fetchall())
    assert made[0] == made[1]
    assert made[0] != before
    assert len(made[0]) > 100


def test_a_known_name_is_not_folded_again(grown: duckdb.DuckDBPyConnection) -> None:
    known = f"name IN (SELECT name FROM earlier.{MART})"
    grown.execute(f"UPDATE earlier.{MART} SET letters = 'as it was'")
    grown.execute(f"DROP TABLE {MART}")
    grown.execute(text_with_known(SCRIPT.text))
    assert grown.execute(f"SELECT DISTINCT letters FROM {MART} WHERE {known}").fetchall() == [("as it was",)]
    assert grown.execute(f"SELECT count(*) FROM {MART} WHERE letters <> 'as it was' AND NOT {known}").fetchall()[0][0] > 40


def test_names_are_known_where_letters_are_read_as_they_were() -> None:
    assert can_be_taken({"core.transliterations", "core.events"})
    assert not can_be_taken({"core.events"})


def test_another_script_is_refused() -> None:
    with pytest.raises(ValueError, match="expected names to be folded"):
        text_with_known("CREATE TABLE marts.party_names AS SELECT 1")
