"""However a copy of a file was saved, its rows are the same; and whatever is done to it, no reader breaks.

One seed a source and format: what the reader's own tests hold to be a good file. A new source must have one.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.contract import Staged
from pipelines.rooms import rooms
from tests.depth import examples
from tests.fuzz import staged_or_none
from tests.news import test_feeds, test_gdelt_mentions, test_gdelt_v1, test_icews, test_polecat
from tests.overdose import test_county, test_nida, test_sudors
from tests.sanctions import (
    test_acts,
    test_ca_sema,
    test_ch_seco,
    test_cn_measures,
    test_csl,
    test_dod_1260h,
    test_dpl,
    test_ecfr,
    test_eu_list,
    test_uflpa,
    test_uk_list,
    test_un_list,
)

SAMPLE = Path(__file__).resolve().parents[2] / "warehouse" / "sample"
STAGES = {code.source: code.stage for room in rooms().values() for code in room.sources}


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
    "cn_countermeasures": [("x.csv", test_cn_measures.VALID)],
    "cn_mofcom": [("x.json", test_cn_measures.VALID_JSON)],
    "eu_fsf": [("x.csv", test_eu_list.CSV)],
    "gb_sanctions": [("x.csv", test_uk_list.made()), ("ConList.csv", test_uk_list.ofsi())],
    "gdelt_v2_mentions": [("20191024143000.mentions.CSV", f"{test_gdelt_mentions.line()}\n".encode())],
    "icews": [("events.tab", test_icews.table({}, {}))],
    "polecat": [("x.txt", test_polecat.table(test_polecat.row()))],
    "us_bis_dpl": [("dpl.txt", test_dpl.VALID)],
    "us_bis_entity_list": [("rules.csv", smallest("us_bis_entity_list", "rules.csv"))],
    "us_bis_meu": [("meu.json", test_ecfr.GOOD[1])],
    "us_bis_uvl": [("uvl.json", test_ecfr.GOOD[1].replace(b"bis-meu", b"bis-uvl"))],
    "us_cbp_drug_seizures": [("x.csv", smallest("us_cbp_drug_seizures", ".csv"))],
    "us_cdc_county_overdose": [("x.csv", test_county.WHOLE)],
    "us_cdc_sudors": [("x.csv", test_sudors.WHOLE)],
    "us_cdc_vsrr": [("x.csv", smallest("us_cdc_vsrr", ".csv"))],
    "us_cdc_wonder": [("x.txt", smallest("us_cdc_wonder", ".txt"))],
    "us_census_population": [("state_pop_2022_acs1.csv", smallest("us_census_population", "2022_acs1.csv"))],
    "us_csl": [("x.csv", test_csl.VALID), ("x.json", test_csl.VALID_JSON)],
    "us_dhs_uflpa": [("x.html", test_uflpa.GOOD[0])],
    "us_dod_1260h": [("x.json", test_dod_1260h.file(test_dod_1260h.entity("A")))],
    "us_federal_register": [*test_acts.answer(test_acts.REMOVAL).items()],
    "us_ofac_recent_actions": [*test_acts.page(("/recent-actions/20231003", "Designations")).items()],
    "us_ofac_cmic": [("x.json", b'{"entities": [{"name": "A", "country": "China", "notes": "Program: CMIC-EO13959"}]}')],
    "us_ofac_cons": [("cons_prim.csv", SDN)],
    "us_ofac_sdn": [("sdn.csv", SDN)],
}
"""Text that people save again: in whatever encoding their program prefers."""
OTHERS: dict[str, list[tuple[str, bytes]]] = {
    "ca_sema": [("a.xml", test_ca_sema.made(test_ca_sema.PERSON, test_ca_sema.ENTITY))],
    "ch_seco": [("a.xml", test_ch_seco.made(test_ch_seco.PERSON, test_ch_seco.SHIP))],
    "eu_fsf": [("a.xml", test_eu_list.made())],
    "feeds": [("a.xml", test_feeds.item())],
    "gb_sanctions": [("a.xml", test_uk_list.XML.encode())],
    "gdelt_v1_events": [(test_gdelt_v1.DAY, test_gdelt_v1.line().encode())],
    "gdelt_v2_events": [(SLOT, smallest("gdelt_v2_events", SLOT))],
    "un_sc": [("a.xml", test_un_list.made())],
    "us_nida_final": [("x.xlsx", test_nida.WHOLE)],
}
"""XML, which names its encoding; workbooks; GDELT's slots, which are read as bytes and come from its servers alone."""

SEEDS = [(source, name, data) for found in (TEXTS, OTHERS) for source, files in found.items() for name, data in files]
SAVED: dict[str, Callable[[str], bytes]] = {
    "UTF-8 with its mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16, small end first": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    "UTF-16, big end first": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
}


def str_or_nothing(value: object) -> str:
    """Bytes are no part of the name of a test."""
    return value if isinstance(value, str) else ""


def shown(staged: Staged) -> dict[str, list[tuple[object, ...]]]:
    """Rows of all frames, and the rejects."""
    return {name: frame.rows() for name, frame in staged.frames.items()} | {"rejects": staged.rejects.rows()}


def test_every_source_has_a_seed() -> None:
    assert {source for source, _, _ in SEEDS} == set(STAGES)


@pytest.mark.parametrize(("source", "name", "data"), SEEDS, ids=str_or_nothing)
def test_a_seed_is_a_good_file(source: str, name: str, data: bytes) -> None:
    staged = STAGES[source]({name: data})
    assert staged.n_read > staged.rejects.height
    assert any(frame.height for frame in staged.frames.values())


@pytest.mark.parametrize("saved", SAVED.values(), ids=SAVED)
@pytest.mark.parametrize(
    ("source", "name", "data"),
    [(source, name, data) for source, files in TEXTS.items() for name, data in files],
    ids=str_or_nothing,
)
def test_the_encoding_in_which_a_copy_was_saved_changes_no_row(
    source: str, name: str, data: bytes, saved: Callable[[str], bytes]
) -> None:
    text = data.decode("utf-8-sig")
    assert shown(STAGES[source]({name: saved(text)})) == shown(STAGES[source]({name: data}))


@examples(150, usual=40)
@given(
    seed=st.sampled_from(SEEDS),
    place=st.integers(0, 3_000),
    length=st.integers(0, 60),
    data=st.sampled_from([b"", b"\0", b'"', b"\xff\xfe", b"\r", b"\n", b"<", b"\t", b"\x80"]) | st.binary(max_size=12),
    twice=st.booleans(),
)
def test_a_damaged_file_gives_rows_or_rejects_or_a_refusal_with_a_reason(
    seed: tuple[str, str, bytes], place: int, length: int, data: bytes, twice: bool
) -> None:
    source, name, whole = seed
    place %= len(whole) + 1
    damaged = whole[:place] + data + whole[place + length :]
    staged_or_none(STAGES[source], {name: damaged + whole if twice else damaged})
