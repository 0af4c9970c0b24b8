"""What every reader promises: of a copy saved again the same rows, of another file a refusal, of any bytes no fault.

One seed a source and format: what the reader's own tests hold to be a good file. A new source must have one.
"""

import codecs
import json
from collections.abc import Iterable
from datetime import datetime
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.contracts import Staged, StagedInfo, StagedSnapshot
from assets.errors import Quarantine
from assets.schema import table
from pipelines.domains import packages
from pipelines.ingest.sources import load_sources
from tests.depth import DEEP, examples
from tests.fuzz import HOSTILE_JSON, staged_or_none
from tests.made_up import SAMPLE
from tests.news import (
    test_coded_texts,
    test_gdelt_mentions,
    test_gdelt_themes,
    test_gdelt_v1,
    test_headlines,
    test_icews,
    test_polecat,
)
from tests.overdose import (
    test_canada,
    test_county,
    test_nida,
    test_population,
    test_seizures,
    test_sudors,
    test_vsrr_pages,
    test_wonder,
)
from tests.policy import test_roll_calls, test_un_votes
from tests.sanctions import (
    test_acts,
    test_ca_sema,
    test_ch_seco,
    test_cn_measures,
    test_csl,
    test_dpl,
    test_ecfr,
    test_entity_list,
    test_eu_list,
    test_federal_register,
    test_more_lists,
    test_ofac_delta,
    test_ofac_xml,
    test_uflpa,
    test_uk_list,
    test_un_list,
)
from tests.sanctions.conftest import Memory

CODES = {code.source: code for package in packages().values() for code in package.sources}
STAGES = {source: code.stage for source, code in CODES.items()}
LISTS = {code.source for code in packages()["sanctions"].sources}


def smallest(source: str, ending: str) -> bytes:
    """The smallest file of a source in the sample whose name ends so."""
    return min((p.read_bytes() for p in (SAMPLE / source).rglob(f"*{ending}")), key=len)


SLOT = "20231116003000.export.CSV"
SDN = b"\n".join(smallest("us_ofac_sdn", "sdn.csv").splitlines()[:6]) + b"\n\x1a"
TEXTS: dict[str, list[tuple[str, bytes]]] = {
    "articles": [
        ("a.txt", smallest("articles", ".txt")),
        ("b.csv", b"title,published\nTalks resume \xe2\x80\x93 again,2023-11-16\n"),
    ],
    "ca_opioid": [("SubstanceHarmsData.csv", test_canada.VALID)],
    "cn_countermeasures": [("x.csv", test_cn_measures.VALID)],
    "cn_mofcom": [("x.json", test_cn_measures.VALID_JSON)],
    "eu_fsf": [("x.csv", test_eu_list.CSV)],
    "eu_sectoral_annexes": [("x.csv", test_more_lists.ANNEXES)],
    "gb_sanctions": [("x.csv", test_uk_list.made()), ("ConList.csv", test_uk_list.ofsi())],
    "gdelt_v2_gkg": [("20191024143000.gkg.csv", f"{test_gdelt_themes.line()}\n".encode())],
    "gdelt_v2_mentions": [("20191024143000.mentions.CSV", f"{test_gdelt_mentions.line()}\n".encode())],
    "jp_third_countries": [("x.txt", test_more_lists.JAPAN)],
    "icews": [("events.tab", test_icews.table({}, {}))],
    "coded_texts": [("x.jsonl", test_coded_texts.lines(test_coded_texts.TEXT))],
    "polecat": [("x.txt", test_polecat.table(test_polecat.row()))],
    "un_roll_calls": [("x.csv", test_roll_calls.VOETEN.encode())],
    "un_ideal_points": [("x.csv", "\n".join([test_un_votes.NEW, test_un_votes.USA, test_un_votes.CHN, ""]).encode())],
    "unodc_prices": [("x.json", test_seizures.prices({}))],
    "unodc_seizures": [("x.json", test_seizures.seizures({}))],
    "us_bis_dpl": [("dpl.txt", test_dpl.VALID)],
    "us_bis_entity_list": [("rules.csv", test_entity_list.VALID)],
    "us_bis_meu": [("meu.json", test_ecfr.GOOD[1])],
    "us_bis_uvl": [("uvl.json", test_ecfr.GOOD[1].replace(b"bis-meu", b"bis-uvl"))],
    "us_cbp_drug_seizures": [("x.csv", smallest("us_cbp_drug_seizures", ".csv"))],
    "us_cbp_wro": [("x.json", test_more_lists.WRO)],
    "us_cdc_county_overdose": [("x.csv", test_county.WHOLE), ("x.json", test_county.API)],
    "us_cdc_sudors": [("x.csv", test_sudors.WHOLE)],
    "us_cdc_vsrr": [
        ("x.csv", smallest("us_cdc_vsrr", ".csv")),
        ("p-1.json", test_vsrr_pages.page(test_vsrr_pages.api("January"))),
    ],
    "us_cdc_wonder": [("x.txt", smallest("us_cdc_wonder", ".txt")), ("y.txt", test_wonder.WHOLE)],
    "us_census_population": [("2022_acs1.csv", test_population.WHOLES[0]), ("2022_acs5.csv", test_population.WHOLES[1])],
    "us_csl": [("x.csv", test_csl.VALID), ("x.json", test_csl.VALID_JSON)],
    "us_dhs_uflpa": [("x.html", test_uflpa.GOOD[0]), ("x.json", test_uflpa.GOOD[1])],
    "us_dod_1260h": [("x.json", test_more_lists.file(test_more_lists.entity("A")))],
    "us_dod_1260h_notices": [("x.csv", test_more_lists.OF_1260H)],
    "us_dod_1286": [("x.csv", test_more_lists.OF_1286), ("x.json", test_more_lists.COVERED)],
    "us_fcc_covered": [("x.json", test_more_lists.COVERED)],
    "us_federal_register": [*test_acts.answer(test_acts.REMOVAL).items()],
    "us_ofac_recent_actions": [*test_acts.page(("/recent-actions/20231003", "Designations")).items()],
    "us_ofac_cmic": [("x.json", b'{"entities": [{"name": "A", "country": "China", "notes": "Program: CMIC-EO13959"}]}')],
    "us_ofac_cons": [("cons_prim.csv", SDN)],
    "us_dea_nflis": [("NFLIS.csv", test_seizures.reports("7 OH"))],
    "us_ofac_sdn": [("sdn.csv", SDN)],
    "us_state_isn": [("x.json", test_more_lists.ISN)],
}
"""Text that people save again: in whatever encoding their program prefers."""
OTHERS: dict[str, list[tuple[str, bytes]]] = {
    "ca_sema": [("a.xml", test_ca_sema.made(test_ca_sema.PERSON, test_ca_sema.ENTITY))],
    "ch_seco": [("a.xml", test_ch_seco.made(test_ch_seco.PERSON, test_ch_seco.SHIP))],
    "eu_fsf": [("a.xml", test_eu_list.made())],
    "feeds": [("a.xml", test_headlines.item())],
    "gb_sanctions": [("a.xml", test_uk_list.XML.encode())],
    "gdelt_v1_events": [(test_gdelt_v1.DAY, test_gdelt_v1.line().encode())],
    "gdelt_v2_events": [(SLOT, smallest("gdelt_v2_events", SLOT))],
    "un_sc": [("a.xml", test_un_list.made())],
    "us_bis_entity_list": [
        ("rule.txt", test_federal_register.TEXT),
        ("rule.xml", test_federal_register.RULE.encode()),
        ("list.json", test_ecfr.GOOD[1].replace(b"bis-meu", b"bis-entity-list")),
        ("documents.json", json.dumps({"count": 1, "results": [test_federal_register.DOCUMENT]}).encode()),
    ],
    "us_bis_meu": [("part744.xml", test_ecfr.GOOD[0])],
    "us_cdc_sudors": [("x.xlsx", test_sudors.BOOK)],
    "us_nida_final": [("x.xlsx", test_nida.WHOLE)],
    "us_ofac_sdn": [
        *((f"{layout}.xml", text.encode()) for layout, text in test_ofac_xml.FILES.items()),
        ("delta.xml", test_ofac_delta.WHOLE),
    ],
}
"""XML, which names its encoding; workbooks; GDELT's slots, which are read as bytes and come from its servers alone."""

SEEDS = [(source, name, data) for found in (TEXTS, OTHERS) for source, files in found.items() for name, data in files]
SAVED = {"UTF-8 with its mark": b"", "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}


def seeds(found: Iterable[tuple[str, str, bytes]] = SEEDS) -> pytest.MarkDecorator:
    """Each of these files; their bytes are no part of the name of a test."""
    return pytest.mark.parametrize(("source", "name", "data"), found, ids=lambda value: value if isinstance(value, str) else "")


def shown(staged: Staged) -> dict[str, list[tuple[object, ...]]]:
    """Rows of all frames, and the rejects."""
    return {name: frame.rows() for name, frame in staged.frames.items()} | {"rejects": staged.rejects.rows()}


@seeds()
def test_a_seed_is_a_good_file_in_whatever_encoding_it_was_saved(source: str, name: str, data: bytes) -> None:
    staged = STAGES[source]({name: data})
    assert staged.n_read > staged.rejects.height
    assert any(frame.height for frame in staged.frames.values())
    if (name, data) in TEXTS.get(source, []):
        text = data.decode("utf-8-sig")
        for how, mark in SAVED.items():
            saved = mark + text.encode(how) if mark else text.encode("utf-8-sig")
            assert shown(STAGES[source]({name: saved})) == shown(staged), how


FOREIGN = {
    "empty": b"",
    "blank": b"\xef\xbb\xbf \r\n",
    "a page": b"<!DOCTYPE html>\n<html><head><title>Access Denied</title></head><body>403 Forbidden</body></html>",
    "a word": b"Bad Request\n",
    "bytes": b"\xff\xfe\x00\x01" * 50 + b"\n",
    "another table": b"name,city\nA,B\n",
    "other columns": b"name;city\tland\nA;B\tC\n",
    "another root": b"<x/>",
    "an object": b"{}",
    "other records": b'{"results": [{"a": 1}]}',
    "records without end": b"[1, 2",
    "without end": b"<a>" * 5000,
}
"""What a server sends in place of a file."""
TAKEN = {
    "gdelt_v1_events": {"all but its end"},
    "gdelt_v2_gkg": {"empty"},
    "gdelt_v2_mentions": {"empty", "all but its end"},
    "icews": {"all but its end"},
    "polecat": {"half"},
    "un_roll_calls": {"half", "all but its end"},
    "us_bis_entity_list": {"half", "all but its end"},
    "us_cdc_sudors": {"half"},
    "us_cdc_wonder": {"half", "all but its end"},
    "us_census_population": {"half", "all but its end"},
    "us_ofac_recent_actions": {"all but its end"},
}
"""What is read of a source: a slot without mentions is one, and what is cut between lines or in a last cell is for guards."""


def refused(source: str, files: dict[str, bytes]) -> bool:
    try:
        STAGES[source](files)
    except Quarantine as refusal:
        assert ("last good" if source in LISTS else "") in str(refusal)  # noqa: PT017 whatever its reason
        return True
    return False


@seeds()
def test_what_is_not_all_of_the_file_is_refused_and_delists_nobody(source: str, name: str, data: bytes) -> None:
    assert {source for source, _, _ in SEEDS} == set(STAGES), "every source has a seed"
    parts = {"half": data[: len(data) // 2], "all but its end": data[: -max(3, len(data) // 8)]}
    if source in ("articles", "feeds"):  # each file is a text of its own: it is read, or rejected alone
        assert all(STAGES[source]({name: foreign}).n_read == 1 for what, foreign in FOREIGN.items() if what != "another table")
        return
    taken = {what for what, foreign in (FOREIGN | parts).items() if not refused(source, {name: foreign})}
    assert taken <= TAKEN.get(source, set())
    assert refused(source, {})


ONE_PARTY_A_RECORD = ("eu_fsf", "gb_sanctions", "un_sc", "us_bis_meu", "us_bis_uvl", "us_dhs_uflpa")
"""Sources of which each record becomes a party or a reject."""
ROW_BY_ROW = ("un_ideal_points", "us_cbp_drug_seizures", "us_cdc_county_overdose", "us_cdc_vsrr")
"""Sources of which each row becomes one or a reject."""
GUARDS = load_sources()


def promises_are_held(source: str, staged: Staged) -> None:
    """What is read adds up, can be judged, and folds into rows that the tables as declared can hold."""
    n_rejected = staged.rejects.height if staged.n_rejected is None else staged.n_rejected
    assert n_rejected <= staged.n_read
    for name, frame in staged.frames.items():
        if name in ("listings", "entries") and source in ONE_PARTY_A_RECORD:
            assert frame.height + n_rejected == staged.n_read
        if {"value", "missing_reason"} <= set(frame.columns):
            assert (frame["value"].is_null() == frame["missing_reason"].is_not_null()).all()
    if source == "un_roll_calls":
        assert staged.frames["votes"]["n_votes"].sum() + staged.facts["n_absent"] + n_rejected == staged.n_read
    if source in ROW_BY_ROW:
        assert next(iter(staged.frames.values())).height + staged.rejects.height == staged.n_read
    code, info = CODES[source], StagedInfo("sha", datetime(2026, 9, 1), staged.n_read, n_rejected, staged.facts)
    code.judge(info, None, GUARDS[source].rows)
    folded = code.fold(Memory(), [StagedSnapshot("sha", info.retrieved_at, True, staged.facts, staged.frames)])
    for name, frame in folded.open.items():
        declared = table(f"core.{name}")
        assert declared.conform(frame).select(declared.key).is_unique().all()


@seeds()
@examples(150, usual=8)
@given(
    place=st.integers(0, 3_000),
    length=st.integers(0, 200),
    put=st.sampled_from([b"", b"\0", b'"', b"\xff\xfe", b"\r", b"\n", b"<", b"\t", b"\x80"]) | st.binary(max_size=300),
    how=st.sampled_from(["within", "alone", "twice"]),
)
def test_any_bytes_give_rows_or_rejects_or_a_refusal_with_a_reason(
    source: str, name: str, data: bytes, place: int, length: int, put: bytes, how: str
) -> None:
    place %= len(data) + 1
    damaged = put if how == "alone" else data[:place] + put + data[place + length :]
    staged = staged_or_none(STAGES[source], {name: damaged + data if how == "twice" else damaged})
    if staged is not None:
        promises_are_held(source, staged)


JSON = [seed for seed in SEEDS if seed[2][:1] in b"[{"]


def records_of(said: Any) -> list[Any]:
    """Of what was read as JSON the records, wherever they stand."""
    return said if isinstance(said, list) else next(v for v in said.values() if isinstance(v, list))


@seeds(JSON)
def test_what_json_can_write_and_no_table_can_hold_is_read_rejected_or_refused(source: str, name: str, data: bytes) -> None:
    said = json.loads(data)
    (first, *others) = records_of(said)
    for key, value in product(first, HOSTILE_JSON):
        for cell in (value, [value]) if DEEP else (value,):
            records_of(said)[:] = [first | {key: cell}, *others]
            staged_or_none(STAGES[source], {name: json.dumps(said).encode()})


@seeds(JSON)
@examples(60, usual=8)
@given(drawn=st.data())
def test_json_of_any_shape_is_read_rejected_or_refused(source: str, name: str, data: bytes, drawn: st.DataObject) -> None:
    said = json.loads(data)
    records = records_of(said)
    keys = st.sampled_from(sorted(records[0]))
    leaves = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(HOSTILE_JSON)
    anything = st.recursive(leaves, lambda within: st.lists(within, max_size=3) | st.dictionaries(keys, within, max_size=3))
    records.append(drawn.draw(anything))
    records.append(records[0] | {drawn.draw(keys): drawn.draw(anything)})
    for content in (said, drawn.draw(anything)):
        staged = staged_or_none(STAGES[source], {name: json.dumps(content).encode()})
        if staged is not None:
            promises_are_held(source, staged)
