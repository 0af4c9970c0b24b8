"""Taking tables away: what is written, what describes it, and what is never written over."""

import csv
import hashlib
import json
import zipfile
from datetime import datetime
from pathlib import Path

import duckdb
import fastexcel
import pyarrow.parquet as pq
import pytest
import yaml

from assets.errors import BilateralError
from pipelines.share.changes import write_feed
from pipelines.share.cite import Build, SourceCited, bibtex, ris
from pipelines.share.export import export, like_formulas
from pipelines.share.package import field_type
from pipelines.share.release import not_to_be_passed_on, release, too_large
from tests.pipelines.examples import a_published_file


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_published_file(tmp_path_factory.mktemp("published") / "bilateral.duckdb", "run-1", 3)


def described(folder: Path) -> dict[str, dict[str, object]]:
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    return {resource["name"]: resource for resource in package["resources"]}


def test_tables_are_written_with_description_hash_publication_and_sources(published: Path, tmp_path: Path) -> None:
    export(published, "sanction_listings", one := tmp_path / "one", "parquet")
    file, resource = one / "core.sanction_listings.parquet", described(one)["core.sanction_listings"]
    assert resource["file_hash"] == f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}"
    assert (resource["rows"], resource["publication_id"], pq.read_table(file).num_rows) == (3, "run-1", 3)
    assert pq.read_metadata(file).metadata[b"publication_id"] == b"run-1"
    schema = resource["schema"]
    assert isinstance(schema, dict)
    fields = {field["name"]: field for field in schema["fields"]}
    assert schema["primaryKey"] == ["listing_id", "known_from"]
    assert fields["party_type"]["constraints"]["enum"] == ["person", "entity", "vessel", "aircraft"]
    assert fields["valid_from"]["description"].startswith("First day in force")
    assert sorted(path.name for path in one.iterdir()) == [file.name, "datapackage.json"]
    files = export(published, None, every := tmp_path / "every", "parquet")
    tables = "information_schema.tables WHERE table_schema IN ('core', 'marts', 'meta')"
    with duckdb.connect(str(published), read_only=True) as con:
        names = {name for (name,) in con.execute(f"SELECT table_schema || '.' || table_name FROM {tables}").fetchall()}
    assert {found.name for found in files} == set(described(every)) == names
    for query, rests_on in (
        ("FROM core.sanction_listings -- all", (3, ["us_ofac_sdn"])),
        ("SELECT * FROM listed_on(DATE '2023-11-15');", (3, ["us_ofac_sdn"])),
        ("SELECT 1 AS one", (1, [])),
    ):
        (found,) = export(published, query, one, "csv", force=True)
        assert (found.n_rows, [source.source for source in found.sources]) == rests_on, query


def test_csv_has_lists_as_json_moments_with_a_t_and_nothing_for_what_is_not_known(published: Path, tmp_path: Path) -> None:
    query = "SELECT ['a', 'b'] AS l, TIMESTAMP '2023-11-15 12:30:00' AS t, NULL::INTEGER AS n, true AS b"
    export(published, query, tmp_path, "csv")
    with (tmp_path / "answer.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [["l", "t", "n", "b"], ['["a","b"]', "2023-11-15T12:30:00.000000", "", "true"]]
    types = {"BIGINT": "integer", "DECIMAL(9,2)": "number", "VARCHAR[]": "array", "STRUCT(a INTEGER)": "object", "UUID": "string"}
    assert {sql: field_type(sql) for sql in types} == types
    # cells that a spreadsheet would run
    (tmp_path / "a.csv").write_text('n,t\n-1.5,=1+1\n+2,"@SUM(A1)"\n3,plain = text\n', encoding="utf-8")
    assert like_formulas(tmp_path / "a.csv") == 2


def test_in_a_workbook_a_formula_or_an_address_is_text_and_what_no_cell_can_hold_is_refused(
    published: Path, tmp_path: Path
) -> None:
    query = """SELECT '=HYPERLINK("https://example.org")' AS a, '+1 202' AS b, 'https://example.org' AS c, DATE '1899-01-01' AS d,
               DATE '2023-11-15' AS e, 5 AS f"""
    export(published, query, tmp_path, "xlsx")
    file = tmp_path / "answer.xlsx"
    with zipfile.ZipFile(file) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert b"run-1" in book.read("docProps/core.xml")
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet.lower().replace("=hyperlink", "")
    ((a, b, c, d, e, f),) = fastexcel.read_excel(file).load_sheet(0).to_polars().rows()
    assert (a, b, c, d, f) == ('=HYPERLINK("https://example.org")', "+1 202", "https://example.org", "1899-01-01", 5)
    assert str(e).startswith("2023-11-15")
    with pytest.raises(BilateralError, match="long has 40,000 characters"):
        export(published, "SELECT repeat('x', 40000) AS long", tmp_path / "new", "xlsx")
    assert not (tmp_path / "new").exists()


def test_what_cannot_be_exported_is_told_and_nothing_is_written_over_unasked(published: Path, tmp_path: Path) -> None:
    for asked, told in {
        "sanction_listing": "Did you mean core.sanction_listings",
        "COPY core.events TO 'x.csv'": "one query that reads",
        "SELECT 1; SELECT 2": "one query that reads",
        "SELECT 1 AS a, 2 AS A": "one name",
        "FROM read_csv('/etc/hostname')": "disabled by configuration",
        "SELECT nothing FROM core.events": "no column nothing",
    }.items():
        with pytest.raises(BilateralError, match=told):
            export(published, asked, tmp_path / "new", "parquet")
    assert not (tmp_path / "new").exists()
    (mine := tmp_path / "core.events.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(BilateralError, match="is there already"):
        export(published, "events", tmp_path, "csv")
    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [(mine.name, "mine")]
    export(published, "events", tmp_path, "csv", force=True)
    assert mine.read_text(encoding="utf-8").startswith("event_id,")


def test_a_release_holds_the_file_with_right_checksums_and_is_replaced_only_when_asked(published: Path, tmp_path: Path) -> None:
    made, _ = release(published, "2026-11", tmp_path)
    lines = (made / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    held = {path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file()}
    assert set(sums) == held - {"SHA256SUMS"}
    assert all(hashlib.sha256((made / name).read_bytes()).hexdigest() == digest for name, digest in sums.items())
    assert (made / "bilateral.duckdb").read_bytes() == published.read_bytes()
    assert {"datapackage.json", "CITATION.cff", "CITATION.txt", "README.md", "code.json"} < held
    assert {"index.html", "page.js", "data/site.json", "citation.bib", "citation.ris"} < held
    assert [name for name in held if name.endswith(".duckdb")] == ["bilateral.duckdb"]
    assert yaml.safe_load((made / "CITATION.cff").read_text(encoding="utf-8"))["version"] == "run-1"
    assert all((made / str(resource["path"])).exists() for resource in described(made).values())
    with pytest.raises(BilateralError, match="is there already"):
        release(published, "2026-11", tmp_path)
    release(published, "2026-11", tmp_path, force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["2026-11"]


def a_source(licence: str) -> SourceCited:
    day = datetime(2023, 11, 16)
    return SourceCited("xx_list", "Lists & 100 % more", "A_B", licence, "A, {B}.", "https://x.example/a_b", 1, day, day.date())


def test_sources_whose_terms_do_not_allow_it_are_not_to_be_passed_on() -> None:
    of_opensanctions = "CC BY-NC 4.0 (OpenSanctions); for commercial use a licence of OpenSanctions is needed"
    for licence, origin, named in (
        ("Public domain (work of the U.S. federal government)", "real", False),
        ("Open Government Licence v3.0", "real", False),
        (of_opensanctions, "real", True),
        ("No open licence is stated; the terms of use of the United Nations apply", "real", True),
        ("Terms of the Harvard Dataverse entry apply; nothing of it is passed on by this project", "real", True),
        (of_opensanctions, "record", False),
    ):
        build = Build("run-1", datetime(2023, 11, 17), origin, "c0de")
        assert bool(not_to_be_passed_on(build, [a_source(licence)])) is named, licence


def test_bibtex_and_ris_name_the_file_and_each_source_with_its_year() -> None:
    build = Build("run-1", datetime(2023, 11, 17), "real", "c0de")
    bib = bibtex(build, [a_source("CC0")])
    assert [line for line in bib.splitlines() if line.startswith("@")] == ["@misc{bilateral,", "@misc{xx_list,"]
    assert r"title = {{Lists \& 100 \% more}}" in bib
    assert r"author = {{A\_B}}" in bib
    assert "url = {https://x.example/a_b}" in bib
    assert bib.count("year = {2023}") == 2
    records = ris(build, [a_source("CC0")]).split("ER  - \r\n")
    assert [r.split()[0] + "  - " + r.split()[2] for r in records[:2]] == ["TY  - DATA"] * 2
    assert "Y2  - 2023/11/16\r\n" in records[1]


def test_a_release_has_a_plain_name_and_no_large_file_and_a_feed_is_the_same_each_time(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("../up", "", ".hidden", "a/b"):
        with pytest.raises(BilateralError, match="a release is named"):
            release(published, name, tmp_path)
    assert list(tmp_path.iterdir()) == []
    write_feed(published, target := tmp_path / "changes.atom")
    first = target.read_bytes()
    write_feed(published, target)
    assert (target.read_bytes(), list(tmp_path.iterdir()), oct(target.stat().st_mode)[-3:]) == (first, [target], "644")
    target.write_bytes(b"12345")
    (tmp_path / "large").write_bytes(b"123456")
    monkeypatch.setattr("pipelines.share.release.MOST_BYTES", 5)
    assert [path.name for path in too_large(tmp_path)] == ["large"]
