"""Lists that repeat other lists: nobody is counted twice, and nobody is lost."""

from __future__ import annotations

from typing import Any

import pytest

from assets.sanctions.facts.lists import list_mirrors, lists
from tests.sql.conftest import Warehouse, check


@pytest.fixture
def mirrors(warehouse: Warehouse) -> Warehouse:
    """A mirror (copy) of one list (whole) under the program EL; both are held from November 2023 on."""
    days = {"covered_from": "2023-11-01", "covered_until": "2023-11-30"}
    warehouse.put("core.sanction_lists", {"list_id": "copy"} | days, {"list_id": "whole"} | days)
    warehouse.put("core.list_mirrors", {"mirror_list_id": "copy", "program": "EL", "list_id": "whole", "note": "n"})
    return warehouse


def put(
    w: Warehouse, list_id: str, name: str, valid_from: str | None = "2020-06-05", program: str | None = None, **other: Any
) -> None:
    listing_id = f"{list_id}:{name}"
    known = {"known_from": other.pop("known_from", "2023-11-01")}
    row = {"listing_id": listing_id, "list_id": list_id, "actor_id": listing_id, "name": name, "valid_from": valid_from}
    w.put("core.sanction_listings", row | known | other)
    w.put("core.sanction_countries", {"listing_id": listing_id, "country_id": "CHN"} | known)
    program = "EL" if list_id == "copy" and program is None else program
    if program is not None:
        w.put("core.sanction_programs", {"listing_id": listing_id, "program": program, "program_raw": program} | known)


def counted(w: Warehouse) -> list[str]:
    now = [i for (i,) in w.build().ask("SELECT listing_id FROM marts.listing_dyads ORDER BY ALL")]
    known = "SELECT listing_id FROM listing_dyads_as_known(TIMESTAMP '2030-01-01') ORDER BY ALL"
    assert [i for (i,) in w.ask(known)] == now, "what is known at the end is what is known now"
    return now


@pytest.mark.trap("cn_mofcom", "overlap")
def test_a_party_that_both_lists_hold_is_counted_once(mirrors: Warehouse) -> None:
    """Under a name written otherwise, or under another one where it is one actor."""
    put(mirrors, "whole", "HUAWEI  Device Co. Ltd", "2019-05-21")
    put(mirrors, "copy", "Huawei Device Co., Ltd.", "2019-05-22")
    assert counted(mirrors) == ["whole:HUAWEI  Device Co. Ltd"]
    put(mirrors, "copy", "B", "2020-01-01", actor_id="whole:HUAWEI  Device Co. Ltd")
    assert counted(mirrors) == ["whole:HUAWEI  Device Co. Ltd"]
    assert mirrors.ask("SELECT max(n_listings_in_force)::INT FROM marts.dyad_day WHERE source_id = 'USA'") == [(1,)]


@pytest.mark.trap("cn_mofcom", "overlap")
def test_names_that_differ_are_left_out_where_the_notice_of_their_day_is_held(mirrors: Warehouse) -> None:
    for name in ("Wuhan Institute", "Another"):
        put(mirrors, "whole", name, "2020-06-05")
    for name in ("Institute of Wuhan", "An other", "Third"):
        put(mirrors, "copy", name, "2020-06-04")
    assert counted(mirrors) == ["whole:Another", "whole:Wuhan Institute"]


def test_a_record_of_some_parties_does_not_hide_the_rest_of_the_mirror(mirrors: Warehouse) -> None:
    put(mirrors, "whole", "A")
    for name in ("A", "B", "C"):
        put(mirrors, "copy", name)
    put(mirrors, "copy", "D", "2021-01-01")
    assert counted(mirrors) == ["copy:B", "copy:C", "copy:D", "whole:A"]


def test_where_the_mirrored_list_is_not_held_the_mirror_counts(warehouse: Warehouse) -> None:
    warehouse.put("core.sanction_lists", {"list_id": "copy", "covered_from": "2023-11-01", "covered_until": "2023-11-30"})
    warehouse.put("core.list_mirrors", {"mirror_list_id": "copy", "program": "EL", "list_id": "whole", "note": "n"})
    put(warehouse, "copy", "A")
    assert counted(warehouse) == ["copy:A"]


def test_another_program_of_the_mirror_is_no_copy(mirrors: Warehouse) -> None:
    put(mirrors, "whole", "A")
    put(mirrors, "copy", "A", program="ISN")
    assert counted(mirrors) == ["copy:A", "whole:A"]


def test_where_the_mirrored_list_names_the_program_its_other_programs_hold_nothing_of_it(mirrors: Warehouse) -> None:
    put(mirrors, "whole", "A", "2020-06-05", program="EL")
    put(mirrors, "whole", "B", "2025-01-02", program="OTHER")
    put(mirrors, "copy", "C", "2025-01-02", known_from="2023-11-01")
    mirrors.change("UPDATE core.sanction_lists SET covered_until = DATE '2025-12-31'")
    assert counted(mirrors) == ["copy:C", "whole:A", "whole:B"]


def test_what_stood_only_on_days_on_which_the_mirrored_list_is_not_held_is_counted(mirrors: Warehouse) -> None:
    for name in ("LATER", "EARLIER"):
        put(mirrors, "whole", name, valid_from="2020-06-05")
    put(mirrors, "copy", "LATER", "2023-12-05")
    put(mirrors, "copy", "EARLIER", "2020-06-05", valid_to="2023-10-01", valid_to_basis="source_field")
    assert counted(mirrors) == ["copy:EARLIER", "copy:LATER", "whole:EARLIER", "whole:LATER"]


def test_undated_rows_of_the_mirror_are_laid_beside_the_whole_list(mirrors: Warehouse) -> None:
    for name in ("A", "B"):
        put(mirrors, "whole", name, "2020-06-05")
    put(mirrors, "copy", "Undated", None)
    assert counted(mirrors) == ["whole:A", "whole:B"]


def test_the_check_of_rows_in_and_out_lets_copies_go_and_no_other_listing(mirrors: Warehouse) -> None:
    put(mirrors, "whole", "A")
    put(mirrors, "copy", "A")
    put(mirrors, "copy", "B", program="ISN")
    mirrors.build()
    query = check("listing_dyads__every_listing_is_there")
    assert mirrors.ask(query) == []
    mirrors.change("DELETE FROM marts.listing_dyads WHERE list_id = 'copy'")
    assert [r[0] for r in mirrors.ask(query)] == ["copy:B"]


def test_a_chain_of_mirrors_is_found_and_the_facts_form_none(mirrors: Warehouse) -> None:
    query, rows = check("list_mirrors__form_no_chains"), list_mirrors()
    assert set(rows["mirror_list_id"]) <= set(lists()["list_id"])
    mirrors.put("core.list_mirrors", *rows.to_dicts())
    assert mirrors.ask(query) == []
    mirrors.put("core.list_mirrors", {"mirror_list_id": "whole", "program": "EL", "list_id": "third", "note": "n"})
    assert len(mirrors.ask(query)) == 1
