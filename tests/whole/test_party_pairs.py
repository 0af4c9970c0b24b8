"""Which listings are one party, on the real lists: the pairs that were labelled before the rules, and parties that were wrong."""

import gzip
import lzma
import shutil
from pathlib import Path

import duckdb
import pytest

from benchmarks.party_pairs import measure
from tests.whole.archives import catalogued
from tests.whole.conftest import Warehouse

pytestmark = pytest.mark.real_data

TRIOS = {"2019-01-04": "wm2019-01", "2021-07-07": "wm2021-07"}
MORE = {
    "ca_sema/2025-05-25": "ca_sema/sema-lmes_2025-05-25.xml.gz",
    "gb_sanctions/2025-04-10": "gb_sanctions/UK_Sanctions_List_2025-04.xlsx",
    "un_sc/2020-04-15": "un_sc/un_consolidated_2020-04-15.xml.gz",
    "us_csl/2022-05-16": "us_csl/2022-05-16/consolidated.csv.gz",
}


@pytest.fixture(scope="module")
def lists(real_data: Path, sdn_history: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Every list: OFAC's with its aliases three times and four later vintages, the others as often as they are held."""
    folder = tmp_path_factory.mktemp("lists")
    archive = folder / "archive"

    def put(where: str, name: str, data: bytes) -> None:
        (archive / where).mkdir(parents=True, exist_ok=True)
        (archive / where / name).write_bytes(data)

    for name in ("sdn.csv", "add.csv", "alt.csv"):
        for day, stem in TRIOS.items():
            packed = real_data / f"sanctions/ofac_full/{stem}_{name}.gz"
            put(f"us_ofac_sdn/{day}", name, gzip.decompress(packed.read_bytes()))
        put("us_ofac_sdn/2021-04-25", name, lzma.decompress((real_data / f"more/us_ofac_sdn/2021-04-25/{name}.xz").read_bytes()))
    vintages = sorted((sdn_history / "us_ofac_sdn").iterdir())
    for vintage in vintages[:: len(vintages) // 3]:
        shutil.copytree(vintage, archive / "us_ofac_sdn" / vintage.name)
    for source, moment, path in catalogued(real_data):
        if path.is_relative_to(real_data / "sanctions") and "TRUNCATED" not in path.name:
            put(f"{source}/{moment}", path.name, path.read_bytes())
    for where, file in MORE.items():
        put(where, Path(file).name, (real_data / "more" / file).read_bytes())
    warehouse = Warehouse(folder / "warehouse")
    assert warehouse.refresh(archive).published
    return warehouse


def test_labelled_pairs_are_decided_as_they_were_labelled(lists: Warehouse) -> None:
    with duckdb.connect(str(lists.folder / "bilateral.duckdb"), read_only=True) as con:
        found = measure(con)
    assert found.lost <= 12
    assert found.precision >= 0.98, found.wrong
    assert found.recall >= 0.95, found.wrong


def test_an_alias_made_no_false_party_and_no_false_target(lists: Warehouse) -> None:
    by_name = "SELECT DISTINCT actor_id FROM core.sanction_listings WHERE list_id = 'us_ofac_sdn' AND name = '{}'"
    assert lists.rows(by_name.format("SHINING PATH")) != [("CHN.PLA",)]
    assert lists.rows(by_name.format("HIZBALLAH")) != [("YEM.HOUTHI",)]
    targets = lists.rows(
        "SELECT name, target_id FROM marts.listing_dyads WHERE list_id = 'us_ofac_sdn' AND name IN ('SHINING PATH', 'HIZBALLAH')"
    )
    assert not {("SHINING PATH", "CHN"), ("HIZBALLAH", "YEM")} & set(targets)


@pytest.mark.parametrize(
    ("parent", "subsidiary"),
    [
        ("us_ofac_cmic:china-national-offshore-oil-corporation", "us_ofac_cmic:cnooc-limited"),
        ("us_ofac_cmic:china-telecommunications-corporation", "us_ofac_cmic:china-telecom-corporation-limited"),
        ("us_ofac_cmic:china-united-network-communications-group-company-limited", "us_ofac_cmic:china-unicom-hong-kong-limited"),
    ],
)
def test_a_parent_and_its_subsidiary_are_two_parties_of_one_group(lists: Warehouse, parent: str, subsidiary: str) -> None:
    found = lists.rows(
        f"""SELECT a.actor_id, a.parent_id FROM core.actors AS a
            JOIN core.sanction_listings AS l ON l.actor_id = a.actor_id AND l.known_to IS NULL
            WHERE l.listing_id IN ('{parent}', '{subsidiary}')"""
    )
    (one, one_in), (other, other_in) = found
    assert one != other
    assert one_in == other or other_in == one


def test_links_point_to_the_listing_that_they_name(lists: Warehouse) -> None:
    ((n_links, n_named),) = lists.rows(
        "SELECT count(*), count(linked_listing_id) FROM core.sanction_links WHERE relation = 'linked_to' AND known_to IS NULL"
    )
    assert n_named > 0.9 * n_links
    others = """SELECT k.linked_name FROM core.sanction_links AS k
        JOIN core.sanction_listings AS l ON l.listing_id = k.linked_listing_id
        WHERE k.listing_id LIKE 'us_ofac%' GROUP BY k.listing_id, k.linked_name HAVING NOT bool_or(l.name = k.linked_name)"""
    assert lists.rows(others) == []
