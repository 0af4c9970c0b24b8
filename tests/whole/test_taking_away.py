"""What a refresh leaves for subscribers, and the commands that take something away, on the sample."""

import hashlib
import json
import xml.etree.ElementTree as ET
from pathlib import Path

from tests.whole.conftest import Warehouse

ATOM = "{http://www.w3.org/2005/Atom}"


def test_a_publication_renews_the_feed_and_changes_are_told_as_json_and_as_a_feed(sample: Warehouse) -> None:
    root = ET.parse(sample.folder / "changes.atom").getroot()
    ids = [entry.findtext(f"{ATOM}id") for entry in root.findall(f"{ATOM}entry")]
    assert 0 < len(ids) == len(set(ids)) <= 200
    ((publication,),) = sample.rows("SELECT publication_id FROM meta.build")
    assert str(publication) in (root.findtext(f"{ATOM}subtitle") or "")
    done = sample.run("changes", "--since", "2025-01-01", "--format", "json")
    assert (done.code, done.err) == (0, "")
    days = [change["known_from"] for change in json.loads(done.out)]
    assert days == sorted((day for day in days if day >= "2025-01-01"), reverse=True) != []
    feed = ET.fromstring(sample.run("changes", "--since", "2025-01-01", "--format", "atom").out)
    assert {entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")} & set(ids)
    wrong = sample.run("changes", "--since", "yesterday")
    assert (wrong.code, wrong.out, "meta.publications" in wrong.err) == (1, "", True)
    first = sample.run("changes", "--format", "json", "--limit", "1")
    assert ("all is new" in first.err, len(json.loads(first.out))) == (True, 1)


def test_an_export_writes_what_it_says_and_warns_of_formulas(sample: Warehouse, tmp_path: Path) -> None:
    done = sample.run("export", "SELECT '=1+1' AS name", "--to", str(tmp_path / "out"), "--format", "csv")
    assert (done.code, "1 rows" in done.out, "1 cells begin like a formula" in done.err) == (0, True, True)
    (resource,) = json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    assert resource["hash"] == f"sha256:{hashlib.sha256((tmp_path / 'out' / 'answer.csv').read_bytes()).hexdigest()}"
    again = sample.run("export", "events", "--to", str(tmp_path / "out"))
    assert (again.code, "--force" in again.err) == (1, True)
    assert sample.run("export", "--to", str(tmp_path / "out")).code == 1


def test_a_citation_names_the_publication_and_the_sources_of_a_table(sample: Warehouse) -> None:
    ((publication,),) = sample.rows("SELECT publication_id FROM meta.build")
    for table, has_gdelt in (((), True), (("overdose_monthly",), False)):
        out = sample.run("cite", *table).out
        assert (str(publication) in out, "VSRR" in out, "GDELT" in out) == (True, True, has_gdelt)
    wrong = sample.run("cite", "overdose_monthy")
    assert (wrong.code, "Did you mean marts.overdose_monthly or" in wrong.err) == (1, True)


def test_a_release_says_what_it_is(one: Warehouse, tmp_path: Path) -> None:
    done = one.run("release", "trial", "--to", str(tmp_path))
    assert done.code == 0, done
    assert "1 snapshot held" in (tmp_path / "trial" / "citation.bib").read_text(encoding="utf-8")
    assert "USA" in (tmp_path / "trial" / "data" / "site.json").read_text(encoding="utf-8")
