"""What a release leaves out: rows of sources that not everyone may pass on, in the file, in Parquet and on the page."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import bilateral_warehouse
import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest

from assets.schema import declared
from pipelines.publish import build
from pipelines.share.release import release

OPEN, CLOSED = "us_ofac_sdn", "un_sc"
THEN = datetime(2023, 1, 1)


def frame(table: str, *rows: Mapping[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema_overrides={n: t for n, t in declared()[table].polars.items() if n in rows[0]})


def listing(list_id: str, number: str, actor_id: str, name: str) -> dict[str, object]:
    of: dict[str, object] = {
        "listing_id": f"{list_id}:{number}",
        "list_id": list_id,
        "native_id": number,
        "snapshot_id": f"{list_id}/1",
    }
    since = {"known_from": THEN, "valid_from": date(2023, 1, 1)}
    return of | since | {"actor_id": actor_id, "party_type": "entity", "name": name}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two lists, of which the one may not be passed on: a party on both, named as that one has it, and one on each."""
    path = tmp_path_factory.mktemp("published") / "bilateral.duckdb"
    both = f"{CLOSED}:1"
    listings = [
        listing(CLOSED, "1", both, "Secret Name of Both"),
        listing(OPEN, "1", both, "Both"),
        listing(CLOSED, "2", f"{CLOSED}:2", "Secret Alone"),
        listing(OPEN, "2", f"{OPEN}:2", "Open Alone"),
    ]
    terms = {OPEN: "Public domain", CLOSED: "No open licence is stated"}
    lists = [{"list_id": n, "name": n, "authority_id": "USA.OFAC" if n == OPEN else "UN"} for n in terms]
    kinds = dict.fromkeys(("USA", "CHN"), "state") | dict.fromkeys(("UN", "USA.OFAC"), "organization")
    parties = {both: "Secret Name of Both", f"{CLOSED}:2": "Secret Alone", f"{OPEN}:2": "Open Alone"}
    actors = [{"actor_id": n, "kind": kind, "name": n} for n, kind in kinds.items()]
    actors += [{"actor_id": n, "kind": "party", "name": name} for n, name in parties.items()]
    names = [{k: row[k] for k in ("listing_id", "name", "known_from", "snapshot_id")} for row in listings]
    decision = {"listing_id": f"{CLOSED}:1", "other_id": f"{OPEN}:1", "rule": "same", "is_same": True, "evidence": "Secret"}
    of_both = {"actor_id": both, "known_from": THEN}
    core = {
        "sanction_lists": frame("core.sanction_lists", *lists),
        "sanction_listings": frame("core.sanction_listings", *listings),
        "sanction_names": frame("core.sanction_names", *({**n, "kind": "primary", "quality": "strong"} for n in names)),
        "party_actors": frame("core.party_actors", *(of_both | {"listing_id": r["listing_id"]} for r in listings[:2])),
        "party_decisions": frame("core.party_decisions", decision | of_both),
        "actors": frame("core.actors", *actors),
    }
    texts = dict.fromkeys(("title", "publisher", "citation", "url"), "x")
    held = {"n_snapshots": 1, "tables": ["sanction_listings"], **texts}
    sources = [{"source": n, "licence": t, **held, "title": f"List {n}"} for n, t in terms.items()]
    snapshots = [{"source": n, "snapshot_id": f"{n}/1", "snapshot": "1", "verdict": "accepted"} for n in terms]
    rejected = {"snapshot": "1", "file": "f", "reason": "r"}
    rejects = [{"source": n, "value": "Secret" if n == CLOSED else "x"} | rejected for n in terms]
    about = {"publication_id": "run-1", "run_id": "run-1", "built_at": datetime(2024, 1, 1), "origin": "real"}
    meta = {
        "build": frame("meta.build", {**about, "code_fingerprint": "x", "core_versions": "{}"}),
        "sources": frame("meta.sources", *sources),
        "snapshots": frame("meta.snapshots", *snapshots),
        "rejects": frame("meta.rejects", *rejects),
    }
    build.build(path, core, meta, before=None)
    return path


def test_a_release_has_no_row_of_a_source_that_may_not_be_passed_on_and_names_it(published: Path, tmp_path: Path) -> None:
    made, left_out = release(published, "r1", tmp_path)
    assert left_out == [CLOSED]
    w = bilateral_warehouse.open(made / "bilateral.duckdb", frames="polars")
    assert w.listed_on("2023-11-15", columns=["list_id", "name"]).rows() == [(OPEN, "Both"), (OPEN, "Open Alone")]
    assert w.sql("SELECT name FROM core.actors WHERE kind = 'party' ORDER BY name").rows() == [("Both",), ("Open Alone",)]
    assert w.find("Secret Alone", columns=["name"]).filter(pl.col("name").str.contains("Secret")).is_empty()
    assert w.sql("SELECT list_id FROM core.sanction_lists").rows() == [(OPEN,)]
    assert w.publication.publication_id == "run-1"
    with duckdb.connect(str(made / "bilateral.duckdb"), read_only=True) as con:
        tables = [row[0] for row in con.execute("SELECT DISTINCT table_name FROM meta.columns").fetchall()]
        texts = [str(con.execute(f"FROM {name}").fetchall()) for name in tables]
    assert not [text for text in texts if "Secret" in text]
    for path in (made / "parquet").glob("*.parquet"):
        assert "Secret" not in str(pq.read_table(path).to_pylist())
    for path in (made / "data").glob("*.json"):
        assert "Secret" not in path.read_text(encoding="utf-8")
    readme = (made / "README.md").read_text(encoding="utf-8")
    assert f"- List {CLOSED} ({CLOSED}): No open licence is stated" in readme.partition("**Left out**")[2]
    assert json.loads((made / "data" / "site.json").read_text(encoding="utf-8"))["withheld"] == [f"List {CLOSED}"]
    assert CLOSED not in (made / "citation.bib").read_text(encoding="utf-8")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["r1"]


def test_what_someone_may_pass_on_is_kept_by_request(published: Path, tmp_path: Path) -> None:
    made, left_out = release(published, "r1", tmp_path, keep=[CLOSED])
    assert left_out == []
    assert (made / "bilateral.duckdb").read_bytes() == published.read_bytes()
    assert "kept by request" in (made / "README.md").read_text(encoding="utf-8")
