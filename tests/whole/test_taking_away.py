"""What a refresh leaves for subscribers, and the commands that take something away, on the sample."""

import hashlib
import json
import xml.etree.ElementTree as ET
from pathlib import Path

from tests.whole.conftest import Warehouse

ATOM = "{http://www.w3.org/2005/Atom}"


def test_a_publication_renews_the_feed(sample: Warehouse) -> None:
    root = ET.parse(sample.folder / "changes.atom").getroot()
    ids = [entry.findtext(f"{ATOM}id") for entry in root.findall(f"{ATOM}entry")]
    assert 0 < len(ids) == len(set(ids)) <= 200
    ((publication,),) = sample.rows("SELECT publication_id FROM meta.build")
    assert str(publication) in (root.findtext(f"{ATOM}subtitle") or "")


def test_changes_are_told_as_json_and_as_a_feed(sample: Warehouse) -> None:
    done = sample.run("changes", "--since", "2025-01-01", "--format", "json")
    assert (done.code, done.err) == (0, "")
    told = json.loads(done.out)
    assert told
    assert all(change["known_from"] >= "2025-01-01" for change in told)
    assert [change["known_from"] for change in told] == sorted((change["known_from"] for change in told), reverse=True)
    feed = ET.fromstring(sample.run("changes", "--since", "2025-01-01", "--format", "atom").out)
    held = ET.parse(sample.folder / "changes.atom").getroot()
    assert {entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")} & {
        entry.findtext(f"{ATOM}id") for entry in held.iter(f"{ATOM}entry")
    }


def test_changes_since_what_is_neither_a_day_nor_a_publication_is_an_error(sample: Warehouse) -> None:
    done = sample.run("changes", "--since", "yesterday")
    assert (done.code, done.out) == (1, "")
    assert "meta.publications" in done.err


def test_the_first_publication_says_that_all_is_new(sample: Warehouse) -> None:
    done = sample.run("changes", "--format", "json", "--limit", "1")
    assert "all is new" in done.err
    assert len(json.loads(done.out)) == 1


def test_an_export_writes_what_it_says_and_warns_of_formulas(sample: Warehouse, tmp_path: Path) -> None:
    done = sample.run("export", "SELECT '=1+1' AS name", "--to", str(tmp_path / "out"), "--format", "csv")
    assert done.code == 0
    assert "1 rows" in done.out
    assert "1 cells begin like a formula" in done.err
    (resource,) = json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    assert resource["hash"] == f"sha256:{hashlib.sha256((tmp_path / 'out' / 'answer.csv').read_bytes()).hexdigest()}"
    again = sample.run("export", "events", "--to", str(tmp_path / "out"))
    assert again.code == 1
    assert "--force" in again.err
    assert sample.run("export", "--to", str(tmp_path / "out")).code == 1


def test_a_release_of_the_sample_says_what_it_is(sample: Warehouse, tmp_path: Path) -> None:
    done = sample.run("release", "trial", "--to", str(tmp_path))
    assert done.code == 0
    assert "read the terms" in done.err
    assert "GDELT" in (tmp_path / "trial" / "citation.bib").read_text(encoding="utf-8")
    assert "USA" in (tmp_path / "trial" / "data" / "site.json").read_text(encoding="utf-8")


def test_a_citation_names_the_publication_and_the_sources_of_a_table(sample: Warehouse) -> None:
    ((publication,),) = sample.rows("SELECT publication_id FROM meta.build")
    whole, part = sample.run("cite").out, sample.run("cite", "overdose_monthly").out
    assert str(publication) in whole
    assert str(publication) in part
    assert "GDELT" in whole
    assert "GDELT" not in part
    assert "VSRR" in part
    wrong = sample.run("cite", "overdose_monthy")
    assert wrong.code == 1
    assert "Did you mean marts.overdose_monthly or" in wrong.err
