"""From a row of the published file back to the bytes that a source served."""

import hashlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipelines.ingest.raw_store import RawStore
from pipelines.maintenance.trail import Trail, trails
from pipelines.util.readers import connect_for_readers
from tests.whole.conftest import Warehouse


def asked(warehouse: Warehouse, *what: str) -> list[Trail]:
    with connect_for_readers(warehouse.folder / "bilateral.duckdb") as con:
        return trails(con, RawStore(warehouse.folder / "raw"), what)


def with_rows(warehouse: Warehouse) -> list[tuple[str, str, dict[str, Any]]]:
    """A row of each source in each table of core that says which row of a file it is."""
    found = []
    for (table,) in warehouse.rows("SELECT table_name FROM meta.columns WHERE column_name = 'row_number' ORDER BY 1"):
        columns = [c for (c,) in warehouse.rows(f"SELECT column_name FROM meta.columns WHERE table_name = '{table}'")]
        source = next((c for c in ("source", "origin", "list_id") if c in columns), "snapshot_id")
        keys = [c for (c,) in warehouse.rows(f"SELECT column_name FROM meta.columns WHERE table_name = '{table}' AND is_key")]
        chosen = ", ".join(f'"{k}"::VARCHAR' for k in keys)
        rows = warehouse.rows(
            f"SELECT {source}, {chosen} FROM {table} WHERE row_number IS NOT NULL "
            f"QUALIFY row_number() OVER (PARTITION BY {source} ORDER BY hash(row_number)) = 1"
        )
        found += [(table, str(row[0]), dict(zip(keys, row[1:], strict=True))) for row in rows]
    return found


def test_a_row_of_each_source_of_the_sample_leads_to_its_file_and_row(sample: Warehouse) -> None:
    rows = with_rows(sample)
    assert len({source for _, source, _ in rows}) >= 6
    for table, source, key in rows:
        (found,) = asked(sample, table, *(f"{name}={value}" for name, value in key.items() if value is not None))
        (link,) = found.links
        assert link.files, (table, source, key)
        for file in link.files:
            assert file.place.startswith("row ")
            served = RawStore(sample.folder / "raw").read(link.receipt.source, link.receipt.snapshot)[file.receipt.name]
            assert hashlib.sha256(served).hexdigest() == file.receipt.sha256
            assert (sample.folder / file.path).exists()
        assert link.publication is not None


def test_an_event_that_was_read_from_an_article_leads_to_its_sentence(sample: Warehouse) -> None:
    ((event,),) = sample.rows(
        "SELECT min(event_id) FROM core.events WHERE article_id IS NOT NULL AND evidence IS NOT NULL AND origin = 'articles'"
    )
    ((evidence,),) = sample.rows(f"SELECT evidence FROM core.events WHERE event_id = '{event}'")
    found = [t for t in asked(sample, event) if t.row.table == "core.events"]
    (place,) = [f.place for t in found for link in t.links for f in link.files if f.place]
    assert place.endswith(f": {evidence}")


def test_a_computed_row_leads_to_the_rows_that_it_rests_on(sample: Warehouse) -> None:
    where = ["source=us_cdc_vsrr", "actor_id=USA", "drug=all", "basis=predicted", "measure=deaths_12m", "period_end=2023-05-31"]
    found = asked(sample, "overdose_rates", *where)
    behind = [t for one in found for t in one.behind]
    assert {t.row.table for t in behind} == {"core.overdose_observations"}
    assert any(f.place for t in behind for link in t.links for f in link.files)
    (whole,) = asked(sample, "tension_index", *_key(sample, "marts.tension_index"))
    assert whole.note.startswith("it is computed from core.")
    assert "core.events" in whole.note


def _key(warehouse: Warehouse, table: str) -> list[str]:
    keys = [c for (c,) in warehouse.rows(f"SELECT column_name FROM meta.columns WHERE table_name = '{table}' AND is_key")]
    ((*row,),) = warehouse.rows(f"SELECT {', '.join(keys)} FROM {table} ORDER BY ALL LIMIT 1")
    return [f"{name}={value}" for name, value in zip(keys, row, strict=True)]


def test_what_names_no_row_is_answered_with_what_would(sample: Warehouse) -> None:
    for what, says in (
        (["no:such:id"], "no event, listing, article or act has the id 'no:such:id'"),
        (["sanction_listing", "name=x"], "There is no table sanction_listing. Did you mean core.sanction_listings"),
        (["sanction_listings", "name"], "name: expected column=value"),
        (["sanction_listings", "nam=x"], "has no column nam. Did you mean name"),
        (["sanction_listings", "party_type=entity"], "Name the row by more columns: its key has listing_id, known_from besides"),
        (["sanction_listings", "name=Nobody"], "no row of core.sanction_listings has name=Nobody"),
    ):
        done = sample.run("trail", *what)
        assert (done.code, says in done.err) == (1, True), done.err


def test_the_command_tells_it_in_words_and_as_json_and_names_damaged_bytes(
    sample: Warehouse, copy_of: Callable[[Warehouse], Warehouse]
) -> None:
    ((listing,),) = sample.rows("SELECT min(listing_id) FROM core.sanction_listings WHERE list_id = 'us_ofac_sdn'")
    told = sample.run("trail", listing)
    assert told.code == 0
    assert "the bytes match the recorded hash" in told.out
    warehouse = copy_of(sample)
    done = warehouse.run("trail", listing, "--format", "json")
    file = json.loads(done.out)["rows"][0]["snapshots"][0]["files"][0]
    assert done.code == 0
    assert file["name"] == "sdn.csv"
    assert file["place"] in told.out
    packed = warehouse.folder / file["path"]
    assert hashlib.sha256(unpacked(packed)).hexdigest() == file["sha256"]
    packed.write_bytes(packed.read_bytes()[:-1])
    damaged = warehouse.run("trail", listing)
    assert damaged.code == 1
    assert "Restore it from a backup" in damaged.out or "restore it from a backup" in damaged.out


def unpacked(path: Path) -> bytes:
    return subprocess.run(["zstd", "-dc", str(path)], capture_output=True, check=True).stdout
