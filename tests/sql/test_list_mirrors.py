"""Lists that repeat other lists: nobody is counted twice, and nobody is lost."""

from typing import Any

import pytest

from assets.sanctions.facts.lists import list_mirrors, lists
from tests.sql.conftest import Warehouse, check, tell


def put(w: Warehouse, list_id: str, name: str, program: str | None = None, **other: Any) -> None:
    of = {"listing_id": f"{list_id}:{name}"}
    known = of | {"known_from": "2023-11-01"}
    w.put("core.sanction_listings", known | {"name": name, "valid_from": "2020-06-05"} | other)
    w.put("core.sanction_countries", known | {"country_id": "CHN"})
    if list_id == "copy" or program is not None:
        w.put("core.sanction_programs", known | {"program": program or "EL", "program_raw": program or "EL"})


@pytest.fixture
def mirrors(warehouse: Warehouse) -> Warehouse:
    """A mirror (copy) of one list (whole) under the program EL; both are held from November 2023 on."""
    lists = "copy 2023-11-01 2023-11-30", "whole 2023-11-01 2023-11-30"
    warehouse.fill("sanction_lists list_id covered_from covered_until", *lists)
    warehouse.fill("list_mirrors mirror_list_id program list_id note", "copy EL whole n")
    return warehouse


HUAWEI = "HUAWEI  Device Co. Ltd"
COUNTED: dict[str, tuple[tuple[str, ...], str]] = {
    "once a party that both hold, under a name written otherwise or another one where it is one actor": (
        (f"whole|{HUAWEI}|valid_from=2019-05-21", "copy|Huawei Device Co., Ltd.|valid_from=2019-05-22",
         f"copy|B|actor_id=whole:{HUAWEI}"), f"whole:{HUAWEI}",
    ),
    "not names that differ where the notice of their day is held": (
        ("whole|Wuhan Institute", "whole|Another", *(f"copy|{name}|valid_from=2020-06-04" for name in
                                                     ("Institute of Wuhan", "An other", "Third"))),
        "whole:Another / whole:Wuhan Institute",
    ),
    "the rest of the mirror beside a record of some parties": (
        ("whole A", "copy A", "copy B", "copy C", "copy D valid_from=2021-01-01"), "copy:B / copy:C / copy:D / whole:A",
    ),
    "another program of the mirror, which is no copy": (("whole A", "copy A ISN"), "copy:A / whole:A"),
    "what the mirrored list, which names the program, holds of another": (
        ("whole A EL", "whole B OTHER valid_from=2023-11-15", "copy C valid_from=2023-11-15"), "copy:C / whole:A / whole:B",
    ),
    "what stood only on days on which the mirrored list is not held": (
        ("whole LATER", "whole EARLIER", "copy LATER valid_from=2023-12-05",
         "copy EARLIER valid_to=2023-10-01 valid_to_basis=source_field"),
        "copy:EARLIER / copy:LATER / whole:EARLIER / whole:LATER",
    ),
    "not undated rows, which are laid beside the whole list": (
        ("whole A", "whole B", "copy Undated valid_from=- valid_from_basis=snapshot_diff"), "whole:A / whole:B",
    ),
}  # fmt: skip
"""What is counted: the parties of the mirrored list and of the mirror, and the listings."""


@pytest.mark.trap("cn_mofcom", "overlap")
@pytest.mark.parametrize("what", COUNTED, ids=str)
def test_counted_is(mirrors: Warehouse, what: str) -> None:
    rows, expected = COUNTED[what]
    tell(mirrors, *(f"put {row}" for row in rows), put=put)
    for dyads in ("marts.listing_dyads", "listing_dyads_as_known(TIMESTAMP '2030-01-01')"):
        assert mirrors.told(f"listing_id FROM {dyads} ORDER BY ALL") == expected
    most = mirrors.told("max(n_listings_in_force) FROM marts.dyad_day WHERE source_id = 'USA'")
    assert not what.startswith("once") or most == "1"


def test_where_the_mirrored_list_is_not_held_the_mirror_counts(mirrors: Warehouse) -> None:
    of = "WHERE list_id = 'whole'"
    tell(mirrors, f"DELETE FROM core.sanction_lists {of}", f"DELETE FROM core.list_coverage {of}", "put copy A", put=put)
    assert mirrors.told("listing_id FROM marts.listing_dyads") == "copy:A"


def test_the_check_of_rows_in_and_out_lets_copies_go_and_no_other_listing(mirrors: Warehouse) -> None:
    tell(mirrors, "put whole A", "put copy A", "put copy B ISN", put=put)
    query = check("listing_dyads__every_listing_is_there")
    assert mirrors.build().ask(query) == []
    assert [r[0] for r in mirrors.broken(query, "DELETE FROM marts.listing_dyads WHERE list_id = 'copy'")] == ["copy:B"]


def test_a_chain_of_mirrors_is_found_and_the_facts_form_none(mirrors: Warehouse) -> None:
    query, rows = check("list_mirrors__form_no_chains"), list_mirrors()
    assert set(rows["mirror_list_id"]) <= set(lists()["list_id"])
    mirrors.put("core.list_mirrors", *rows.to_dicts())
    assert mirrors.ask(query) == []
    mirrors.fill("list_mirrors mirror_list_id program list_id note", "whole EL third n")
    assert len(mirrors.ask(query)) == 1
