"""Lists that repeat other lists: nobody is counted twice, and nobody is lost."""

from typing import Any

import pytest

from assets.sanctions.facts.lists import list_mirrors, lists
from tests.sql.conftest import Row, Warehouse, check

JUNE_5 = "2020-06-05"


def put(w: Warehouse, list_id: str, name: str, valid_from: str | None = JUNE_5, program: str | None = None, **other: Any) -> None:
    of, known = {"listing_id": f"{list_id}:{name}"}, {"known_from": "2023-11-01"}
    row = {"list_id": list_id, "actor_id": of["listing_id"], "name": name, "valid_from": valid_from}
    w.put("core.sanction_listings", of | row | known | other)
    w.put("core.sanction_countries", of | {"country_id": "CHN"} | known)
    if list_id == "copy" or program is not None:
        named = program or "EL"
        w.put("core.sanction_programs", of | {"program": named, "program_raw": named} | known)


@pytest.fixture
def mirrors(warehouse: Warehouse) -> Warehouse:
    """A mirror (copy) of one list (whole) under the program EL; both are held from November 2023 on."""
    days = {"covered_from": "2023-11-01", "covered_until": "2023-11-30"}
    warehouse.put("core.sanction_lists", {"list_id": "copy"} | days, {"list_id": "whole"} | days)
    warehouse.put("core.list_mirrors", {"mirror_list_id": "copy", "program": "EL", "list_id": "whole", "note": "n"})
    return warehouse


HUAWEI = "HUAWEI  Device Co. Ltd"
COUNTED: dict[str, tuple[dict[str, Row], dict[str, Row], str]] = {
    "once a party that both hold, under a name written otherwise or another one where it is one actor": (
        {HUAWEI: {"valid_from": "2019-05-21"}},
        {"Huawei Device Co., Ltd.": {"valid_from": "2019-05-22"}, "B": {"actor_id": f"whole:{HUAWEI}"}},
        f"whole:{HUAWEI}",
    ),
    "not names that differ where the notice of their day is held": (
        {"Wuhan Institute": {}, "Another": {}},
        {name: {"valid_from": "2020-06-04"} for name in ("Institute of Wuhan", "An other", "Third")},
        "whole:Another, whole:Wuhan Institute",
    ),
    "the rest of the mirror beside a record of some parties": (
        {"A": {}},
        {"A": {}, "B": {}, "C": {}, "D": {"valid_from": "2021-01-01"}},
        "copy:B, copy:C, copy:D, whole:A",
    ),
    "another program of the mirror, which is no copy": ({"A": {}}, {"A": {"program": "ISN"}}, "copy:A, whole:A"),
    "what the mirrored list, which names the program, holds of another": (
        {"A": {"program": "EL"}, "B": {"program": "OTHER", "valid_from": "2023-11-15"}},
        {"C": {"valid_from": "2023-11-15"}},
        "copy:C, whole:A, whole:B",
    ),
    "what stood only on days on which the mirrored list is not held": (
        {"LATER": {}, "EARLIER": {}},
        {"LATER": {"valid_from": "2023-12-05"}, "EARLIER": {"valid_to": "2023-10-01", "valid_to_basis": "source_field"}},
        "copy:EARLIER, copy:LATER, whole:EARLIER, whole:LATER",
    ),
    "not undated rows, which are laid beside the whole list": (
        {"A": {}, "B": {}},
        {"Undated": {"valid_from": None}},
        "whole:A, whole:B",
    ),
}
"""What is counted: the parties of the mirrored list and of the mirror, and the listings."""


@pytest.mark.trap("cn_mofcom", "overlap")
@pytest.mark.parametrize("what", COUNTED)
def test_counted_is(mirrors: Warehouse, what: str) -> None:
    whole, copy, expected = COUNTED[what]
    for list_id, rows in (("whole", whole), ("copy", copy)):
        for name, row in rows.items():
            put(mirrors, list_id, name, **row)
    mirrors.build()
    for dyads in ("marts.listing_dyads", "listing_dyads_as_known(TIMESTAMP '2030-01-01')"):
        assert ", ".join(i for (i,) in mirrors.ask(f"SELECT listing_id FROM {dyads} ORDER BY ALL")) == expected
    most = mirrors.ask("SELECT max(n_listings_in_force)::INT FROM marts.dyad_day WHERE source_id = 'USA'")
    assert HUAWEI not in whole or most == [(1,)]


def test_where_the_mirrored_list_is_not_held_the_mirror_counts(mirrors: Warehouse) -> None:
    for table in ("sanction_lists", "list_coverage"):
        mirrors.change(f"DELETE FROM core.{table} WHERE list_id = 'whole'")
    put(mirrors, "copy", "A")
    assert mirrors.build().ask("SELECT listing_id FROM marts.listing_dyads") == [("copy:A",)]


def test_the_check_of_rows_in_and_out_lets_copies_go_and_no_other_listing(mirrors: Warehouse) -> None:
    for list_id, name, program in (("whole", "A", None), ("copy", "A", None), ("copy", "B", "ISN")):
        put(mirrors, list_id, name, program=program)
    query = check("listing_dyads__every_listing_is_there")
    assert mirrors.build().ask(query) == []
    assert [r[0] for r in mirrors.broken(query, "DELETE FROM marts.listing_dyads WHERE list_id = 'copy'")] == ["copy:B"]


def test_a_chain_of_mirrors_is_found_and_the_facts_form_none(mirrors: Warehouse) -> None:
    query, rows = check("list_mirrors__form_no_chains"), list_mirrors()
    assert set(rows["mirror_list_id"]) <= set(lists()["list_id"])
    mirrors.put("core.list_mirrors", *rows.to_dicts())
    assert mirrors.ask(query) == []
    mirrors.put("core.list_mirrors", {"mirror_list_id": "whole", "program": "EL", "list_id": "third", "note": "n"})
    assert len(mirrors.ask(query)) == 1
