"""Reading the Consolidated Screening List, and whether to believe it."""

import csv
import gzip
import io
import json
from datetime import date
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from assets.contracts import RowGuard, Staged
from assets.errors import Quarantine
from assets.sanctions.lists.us_ita.csl import code_of, judge, split_names, stage
from tests.sanctions.conftest import info, the

FIELDS = (
    "_id", "source", "entity_number", "type", "programs", "name", "title", "addresses", "federal_register_notice", "start_date",
    "end_date", "standard_order", "license_requirement", "license_policy", "call_sign", "vessel_type", "gross_tonnage",
    "gross_registered_tonnage", "vessel_flag", "vessel_owner", "remarks", "source_list_url", "alt_names", "citizenships",
    "dates_of_birth", "nationalities", "places_of_birth", "source_information_url", "ids",
)  # fmt: skip
LABELS = {
    "SDN": "Specially Designated Nationals (SDN) - Treasury Department",
    "SSI": "Sectoral Sanctions Identifications List (SSI) - Treasury Department",
    "CMIC": "Non-SDN Chinese Military-Industrial Complex Companies List (CMIC) - Treasury Department",
    "NS-MBS": "Non-SDN Menu-Based Sanctions List (NS-MBS List) - Treasury Department",
    "EL": "Entity List (EL) - Bureau of Industry and Security",
    "DPL": "Denied Persons List (DPL) - Bureau of Industry and Security",
    "MEU": "Military End User (MEU) List - Bureau of Industry and Security",
    "ISN": "Nonproliferation Sanctions (ISN) - State Department",
    "DTC": "ITAR Debarred (DTC) - State Department",
}
GUARD = RowGuard(0.9, 1.25, 0.01)


def row(code: str, name: str, **cells: str) -> dict[str, str]:
    return dict.fromkeys(FIELDS, "") | {"_id": "0f", "source": LABELS[code], "name": name} | cells


def as_csv(*rows: dict[str, str], fields: tuple[str, ...] = FIELDS, delimiter: str = ",") -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, fields, extrasaction="ignore", delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def read(*rows: dict[str, str]) -> Staged:
    return stage({"consolidated.csv": as_csv(*rows)})


HUAWEI = row(
    "EL",
    "Huawei Device Co., Ltd.",
    addresses="Dongguan, Guangdong, CN; Shatin, HK",
    federal_register_notice="84 FR 22961",
    start_date="2019-05-21",
    alt_names="Huawei Device; and HD Co",
)


def test_rows_that_repeat_ofac_are_counted_alone_and_the_list_of_another_is_its_program() -> None:
    staged = read(HUAWEI, *(row(code, f"PARTY {code}", entity_number="1") for code in ("SDN", "SSI", "CMIC", "NS-MBS")))
    assert the(staged, "listings", "native_id") == [("EL:huawei-device-co-ltd",)]
    assert staged.facts["n_mirrored"] == 4
    assert staged.facts["sources"] == {"CMIC": 1, "EL": 1, "NS-MBS": 1, "SDN": 1, "SSI": 1}
    assert staged.n_read == 5
    staged = read(row("EL", "A"), row("MEU", "A"), row("ISN", "A"), row("DTC", "A"))
    assert the(staged, "listings", "native_id", "programs") == [
        ("EL:a", "EL"), ("MEU:a", "MEU"), ("ISN:a", "ISN"), ("DTC:a", "DTC"),
    ]  # fmt: skip
    assert [code_of(label) for label in LABELS.values()] == list(LABELS)


def test_layouts_of_2019_tabs_and_json_give_the_rows_of_the_csv_file_of_2025() -> None:
    old, new = stage({"x": as_csv(HUAWEI, fields=FIELDS[1:])}), read(HUAWEI)
    for name, frame in new.frames.items():
        assert_frame_equal(old.frames[name], frame)
    record = {k: v or None for k, v in HUAWEI.items()} | {
        "addresses": [{"city": "Dongguan, Guangdong", "country": "CN"}, {"city": "Shatin", "country": "HK"}],
        "alt_names": ["Huawei Device", "HD Co"],
        "programs": [],
    }
    tabs = stage({"consolidated.tsv": as_csv(HUAWEI, delimiter="\t")})
    file = stage({"consolidated.json": json.dumps({"total": 1, "results": [record]}).encode()})
    for name, frame in read(HUAWEI).frames.items():
        assert_frame_equal(tabs.frames[name], frame)
        assert_frame_equal(file.frames[name], frame)


def test_one_party_under_several_destinations_is_one_listing_with_all_of_them() -> None:
    staged = read(
        row("EL", "Farid, Fazel", addresses="Kabul, AF", start_date="2012-04-27", federal_register_notice="77 FR 25055"),
        row("EL", "FARID FAZEL", addresses="Peshawar, PK", start_date="2011-11-21", federal_register_notice="76 FR 71867"),
    )
    assert the(staged, "listings", "name", "listed_on", "citation") == [
        ("Farid, Fazel", date(2011, 11, 21), "77 FR 25055; 76 FR 71867")
    ]
    assert the(staged, "addresses", "country_id") == [("AFG",), ("PAK",)]
    assert staged.facts["n_joined"] == 1


def test_dates_are_those_of_the_list_and_one_dated_notice_alone_is_the_publication() -> None:
    staged = read(
        row("DPL", "A B", start_date="2019-08-13", end_date="2026-10-13", federal_register_notice="84 F.R. 43787 8/22/2019")
    )
    assert the(staged, "listings", "listed_on", "listed_on_basis", "published_on", "ends_on", "ends_on_basis") == [
        (date(2019, 8, 13), "source_field", date(2019, 8, 22), date(2026, 10, 13), "source_field")
    ]
    staged = read(
        row("DPL", "A B", start_date="2002-03-04", federal_register_notice="67 F.R. 56530 9/4/02 71 F.R. 38843 7/10/06")
    )
    assert the(staged, "listings", "published_on") == [(None,)]
    staged = read(row("EL", "A", start_date="6/5/2020"), row("EL", "B", start_date="soon"))
    assert the(staged, "listings", "listed_on", "listed_on_basis") == [(date(2020, 6, 5), "source_field"), (None, None)]
    assert staged.rejects.select("row", "column", "value").rows() == [(2, "start_date", "soon")]
    assert staged.n_rejected == 0


@pytest.mark.trap("us_csl", "lost-bytes")
def test_lost_bytes_in_a_name_stay_as_they_are() -> None:
    staged = read(row("EL", "3rd Academy?s 159 Factory"))
    assert the(staged, "listings", "native_id", "name") == [("EL:3rd-academy-s-159-factory", "3rd Academy?s 159 Factory")]


@pytest.mark.trap("us_csl", "scope-in-names")
@pytest.mark.parametrize(
    "name",
    [
        "Sinobright Import and Export Company; and any successor, sub-unit, or subsidiary thereof",
        "Sinobright Import and Export Company, and any successor, sub-unit, or subsidiary thereof",
        "Sinobright Import and Export Company and any successor, subunit or subsidiary thereof.",
    ],
)
def test_words_on_successors_are_taken_off_a_name_and_kept_as_a_note(name: str) -> None:
    staged = read(row("ISN", name))
    assert the(staged, "listings", "native_id", "name") == [
        ("ISN:sinobright-import-and-export-company", "Sinobright Import and Export Company")
    ]
    ((kind, text),) = the(staged, "notes", "kind", "text")
    assert kind == "scope"
    assert text.startswith("any successor")


def test_addresses_end_in_their_country_aliases_are_split_and_licences_are_notes() -> None:
    staged = read(
        row("DPL", "A B", addresses="1 Road, Hong Kong, HK; 3415 RIVERA AVENUE, EL PASO, TX, 79905; Nowhere; and Wuhan, China,")
    )
    assert the(staged, "addresses", "country_id", "country_raw") == [("HKG", "HK"), ("USA", None), (None, None), ("CHN", "China")]
    assert split_names("Farid; and Engineer Idris;  ; Farid") == ["Farid", "Engineer Idris"]
    staged = read(row("EL", "A", license_policy="Presumption of denial.", programs="INKSNA"))
    assert the(staged, "notes", "kind", "text") == [("license_policy", "Presumption of denial."), ("legal_basis", "INKSNA")]


def test_identifiers_are_read_in_the_order_of_both_layouts() -> None:
    staged = read(
        row("EL", "A", ids="Passport, U00242309, TR; Website, a.example"),
        row("EL", "B", ids="US, 80-0890696, Tax ID No."),
    )
    assert the(staged, "identifiers", "scheme", "value", "country_id") == [
        ("passport", "U00242309", "TUR"), ("website", "a.example", None), ("tax_id", "80-0890696", "USA"),
    ]  # fmt: skip


@pytest.mark.trap("us_csl", "no-persons")
def test_a_firm_on_a_mixed_list_is_no_person() -> None:
    staged = read(row("DPL", "YUN MA"), row("DPL", "ACME, INC."), row("EL", "Yun Ma"), row("EL", "Li Wei", type="Individual"))
    assert the(staged, "listings", "party_type") == [("person",), ("entity",), ("entity",), ("person",)]


@pytest.mark.trap("us_csl", "cut-download")
def test_two_downloads_or_files_or_a_cut_record_are_no_list() -> None:
    twice = as_csv(HUAWEI) + as_csv(row("EL", "B"))
    with pytest.raises(Quarantine, match="header stands in it a second time, in row 2"):
        stage({"consolidated.csv": twice})
    whole = as_csv(HUAWEI, row("EL", "B"))
    with pytest.raises(Quarantine, match="cut"):
        stage({"consolidated.csv": whole[: whole.rindex(b'"B"') + 2]})
    with pytest.raises(Quarantine, match="cut"):
        stage({"consolidated.csv": whole[: whole.rindex(b'"B"') + 12]})
    with pytest.raises(Quarantine, match="one file"):
        stage({"a.csv": as_csv(HUAWEI), "b.csv": as_csv(HUAWEI)})


@pytest.mark.trap("us_csl", "list-falls-out")
def test_a_list_that_falls_out_or_below_nine_tenths_is_refused_and_small_ones_told() -> None:
    sdn = [row("SDN", f"S{n}") for n in range(10)]
    before = read(HUAWEI, *sdn, row("SSI", "T"))
    after = read(HUAWEI, *sdn, *(row("EL", f"E{n}") for n in range(5)))
    judgement = judge(info(after, "2024-05-06"), info(before), GUARD)
    assert len(judgement.refusals) == 1
    assert "SSI 0 of 1;" in judgement.refusals[0]
    before = read(*(row("SSI", f"F{n}") for n in range(3)), *(row("SDN", f"S{n}") for n in range(100)))
    after = read(*(row("SSI", f"F{n}") for n in range(2)), *(row("SDN", f"S{n}") for n in range(103)))
    judged = judge(info(after), info(before), GUARD)
    assert judged.refusals == ()
    assert "SSI 2 of 3" in judged.warnings[0]
    before = read(*(row("EL", f"E{n}") for n in range(20)), *(row("SDN", f"S{n}") for n in range(100)))
    after = read(*(row("EL", f"E{n}") for n in range(17)), *(row("SDN", f"S{n}") for n in range(103)))
    assert "EL 17 of 20;" in judge(info(after), info(before), GUARD).refusals[0]
    assert judge(info(before), info(before), GUARD).refusals == ()


def test_first_snapshots_new_lists_and_rows_without_a_list_are_taken_with_a_warning() -> None:
    assert judge(info(read(HUAWEI)), None, GUARD).refusals == ()
    staged = read(
        HUAWEI | {"source": "New Export List (NEL) - Bureau"}, HUAWEI | {"source": "Part 561 (P561) - Treasury Department"}
    )
    assert the(staged, "listings", "programs") == [("NEL",)]
    assert any("NEL (1)" in warning for warning in judge(info(staged), None, GUARD).warnings)
    staged = read(HUAWEI, HUAWEI | {"source": "?"}, row("EL", " "))
    assert staged.rejects.select("row", "column").rows() == [(2, "source"), (3, "name")]
    assert (staged.n_rejected, staged.facts["n_illegible"]) == (2, 2)


VALID = as_csv(
    HUAWEI, row("SDN", "S"), row("ISN", "C; and any successor, sub-unit, or subsidiary thereof", ids="Passport, 1, CN")
)
VALID_JSON = json.dumps({"results": [HUAWEI | {"addresses": [{"city": "Kabul", "country": "AF"}]}, row("DPL", "A B")]}).encode()


@pytest.mark.real_data
def test_the_real_truncated_file_is_quarantined_with_both_of_its_faults(real_data: Path) -> None:
    data = gzip.decompress((real_data / "sanctions" / "csl" / "csl_2023-11-30_TRUNCATED.csv.gz").read_bytes())
    with pytest.raises(Quarantine, match=r"is cut or damaged at line 4,\d+.*header stands in it a second time"):
        stage({"csl_2023-11-30_TRUNCATED.csv": data})


@pytest.mark.real_data
def test_the_real_samples_are_read_without_a_reject(real_data: Path) -> None:
    for name, n_read, n_mirrored, n_listings in (("csl_sample_2019-12.csv", 115, 68, 42), ("csl_sample_2025-06.csv", 13, 7, 6)):
        staged = stage({name: (real_data / "sanctions" / "csl" / name).read_bytes()})
        assert (staged.n_read, staged.facts["n_mirrored"], staged.frames["listings"].height) == (n_read, n_mirrored, n_listings)
        assert staged.rejects.height == 0
        assert judge(info(staged), None, GUARD).refusals == ()
