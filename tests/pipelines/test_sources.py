"""The declarations of the sources: what is read, and how a mistake is named."""

from dataclasses import asdict
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from assets.contracts import Folded, RowGuard, SourceCode, Staged
from assets.errors import BilateralError
from pipelines.domains import packages
from pipelines.ingest.sources import Source, check_frames, is_pattern, load_sources

GOOD = """
us_ofac_sdn:
  title: A list
  publisher: An office
  licence: Public domain
  citation: Cite it so
  url: https://example.org/list
  cadence: daily
  timezone: America/New_York
  live: fetch
  hosts: [files.example.org]
  max_bytes: 1000
  max_line_bytes: 100
  files:
    sdn.csv: {url: "https://files.example.org/SDN.CSV"}
    "*.txt": {required: false}
  rows: {min_share: 0.95, max_share: 1.25, max_rejected_share: 0.01}
  lookups:
    listings:
      party_type:
        - {expected: Indvidual, value: person, reason: a slip of the pen}
      native_id:
        - {expected: "7", into: listed_on, value: 2001-01-24, reason: its notice}
  corrections:
    - frame: listings
      where: {native_id: "36"}
      column: listed_on
      expected: 2001-01-25
      value: 2001-01-26
      reason: the notice says so
      source: https://example.org/notice
      snapshots: {until: 2024-05-31}
"""
FRAMES = {"listings": pl.Schema({"native_id": pl.String, "party_type": pl.String, "listed_on": pl.Date})}
CODE = SourceCode("us_ofac_sdn", (), lambda _: Staged({}, pl.DataFrame(), 0), lambda *_: Folded({}), frames=FRAMES)


def declared(folder: Path, text: str = GOOD, domains: tuple[str, ...] = ("sanctions",)) -> Source:
    for domain in domains:
        (folder / domain).mkdir(parents=True)
        (folder / domain / "list.yml").write_text(text, encoding="utf-8")
    source = load_sources(folder)["us_ofac_sdn"]
    check_frames(source, CODE)
    return source


def test_a_source_has_its_id_its_domain_its_guard_its_amendments_and_files_by_name_or_pattern(tmp_path: Path) -> None:
    source = declared(tmp_path)
    assert (source.id, source.domain, asdict(source.rows)) == ("us_ofac_sdn", "sanctions", asdict(RowGuard(0.95, 1.25, 0.01)))
    assert [source.declared_name(n) for n in ("SDN.CSV", "A.TXT", "b.txt", "add.csv")] == ["sdn.csv", "A.TXT", "b.txt", None]
    assert [is_pattern(n) for n in ("sdn.csv", "*.html", "a?.txt", "[ab].csv")] == [False, True, True, True]
    assert [str(a) for a in source.amendments] == [
        "lookup of listings.party_type",
        "lookup of listings.listed_on (native_id=7)",
        "correction of listings.listed_on (native_id=36)",
    ]
    assert source.amendments[2].last_day == date(2024, 5, 31)
    source = declared(tmp_path / "any", GOOD.replace('"*.txt"', '"*"'))
    assert source.spec("sdn.csv") is source.files["sdn.csv"], "an exact name is found before a pattern"
    assert source.spec("other") is source.files["*"]
    text = GOOD.replace('"https://files', '"http://files').replace("  live:", "  http_with_checksum: true\n  live:")
    assert declared(tmp_path / "http", text).files["sdn.csv"].url == "http://files.example.org/SDN.CSV"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("us_ofac_sdn:", "OFAC SDN:", "'OFAC SDN': expected an id of small letters, digits and single underscores"),
        ("  title: A list\n", "", "us_ofac_sdn: title: missing"),
        ("  title:", "  titel: A\n  title:", "us_ofac_sdn: titel: not a key; expected one of title, publisher"),
        ("  title:", "  title: A\n  title:", "the key 'title' is given twice"),
        ("  title:", "  id: us_csl\n  title:", "us_ofac_sdn: id: not a key"),
        ("required: false", "requird: false", "files: *.txt: requird: not a key; expected one of url, index"),
        ("https://files.example.org", "http://files.example.org", "url: expected an address that begins with https://"),
        ("https://files.example.org", "https://other.example.org", "expected a host that `hosts` names, not 'other.example.org'"),
        ("[files.example.org]", "['https://files.example.org']", "hosts: 0: expected names of hosts in small letters"),
        ("America/New_York", "Washington", "timezone: expected the name of a time zone"),
        ("America/New_York", "../UTC", "timezone: expected the name of a time zone"),
        ("min_share: 0.95", "min_shares: 0.95", "rows: min_shares: not a key; expected one of min_share, max_share"),
        ("min_share: 0.95", "max_set_aside_share: 2", "rows: max_set_aside_share: input should be less than or equal to 1"),
        ("min_share: 0.95", "fill: {rows: {name: 1.5}}", "rows: fill: rows: name: input should be less than or equal to 1"),
        ("min_share: 0.95", "fill: {listings: {name: much}}", "rows: fill: listings: name: input should be a valid number"),
        ("min_share: 0.95", "min_share: 95", "rows: min_share: input should be less than or equal to 1, not 95"),
        ("max_bytes: 1000", "max_bytes: many", "max_bytes: input should be a valid integer"),
        ("max_bytes: 1000", "max_bytes: 0", "max_bytes: input should be greater than 0, not 0"),
        ("live: fetch", "live: often", "live: input should be 'fetch' or 'manual', not 'often'"),
        ("sdn.csv:", "folder/sdn.csv:", "expected names of files without a folder"),
        ("  live:", "  reviewed: [abc]\n  live:", "reviewed: 0: expected snapshot ids of 64 hexadecimal digits, not 'abc'"),
        ('{url: "https://files.example.org/SDN.CSV"}', "{}", "expected at least one url, since live is fetch"),
        ("\nus_ofac_sdn:\n", "\nus_ofac_sdn: [\n", "cannot be read as YAML"),
        ("reason: a slip of the pen", "reasons: a slip", "lookups: listings: party_type: 0: reason: missing"),
        ("      source: https://example.org/notice\n", "", "corrections: 0: source: missing"),
        ("expected: 2001-01-25", "expected: [1]", "corrections: 0: expected: expected a text, a number"),
        ("until: 2024-05-31", "to: 2024-05-31", "corrections: 0: snapshots: to: not a key"),
        ("value: person", "value: Indvidual", "which is the same"),
        # what the reader does not give
        ("    listings:\n      party_type", "    listing:\n      party_type", "no frame 'listing'; expected one of listings"),
        ("party_type:", "partytype:", "no column 'partytype'; expected one of native_id, party_type, listed_on"),
        ("where: {native_id", "where: {native", "no column 'native'"),
        ("value: person", "value: 1", "party_type holds String, not 1 (int)"),
        ("expected: 2001-01-25", 'expected: "2001"', "listed_on holds Date, not '2001' (str)"),
        ("rows: {", "rows: {fill: {listings: {name: 0.9}}, ", "rows: fill: listings: no column name; expected of native_id"),
        ("rows: {", "rows: {fill: {rows: {name: 0.9}}, ", "rows: fill: the reader gives no frame 'rows'"),
    ],
)
def test_a_mistake_is_named_with_file_source_key_and_what_is_expected(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(BilateralError) as error:
        declared(tmp_path, GOOD.replace(old, new))
    assert [words for words in (says, "sanctions/list.yml") if words not in str(error.value)] == []


def test_every_mistake_of_a_source_is_named_and_two_domain_packages_cannot_declare_the_same(tmp_path: Path) -> None:
    with pytest.raises(BilateralError) as error:
        declared(tmp_path / "a", GOOD.replace("  title: A list\n", "").replace("1000", "-1"))
    assert len(str(error.value).splitlines()) == 2
    with pytest.raises(BilateralError, match=r"trade/list\.yml: us_ofac_sdn: \S+sanctions/list\.yml declares it already"):
        declared(tmp_path / "b", domains=("sanctions", "trade"))


def test_every_declaration_of_the_project_fits_what_its_reader_gives() -> None:
    sources = load_sources()
    codes = [code for package in packages().values() for code in package.sources]
    assert {c.source for c in codes if c.frames} == set(sources)
    for code in codes:
        check_frames(sources[code.source], code)
