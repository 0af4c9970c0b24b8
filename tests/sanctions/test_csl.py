"""Reading the Consolidated Screening List, and whether to believe it."""

import csv
import io
import json
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from assets.contracts import RowGuard, Staged, StagedInfo
from assets.sanctions.lists.us_ita.csl import code_of, judge, split_names, stage
from tests.sanctions.conftest import holds, info, refuses, unpacked

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
    "EL", "Huawei Device Co., Ltd.", addresses="Dongguan, Guangdong, CN; Shatin, HK", federal_register_notice="84 FR 22961",
    start_date="2019-05-21", alt_names="Huawei Device; and HD Co",
)  # fmt: skip


def test_rows_that_repeat_ofac_are_counted_alone_and_the_list_of_another_is_its_program() -> None:
    staged = read(*(row(code, f"PARTY {code}", entity_number="1") for code in LABELS))
    holds(
        staged,
        "listings native_id programs: EL:party-el|EL / DPL:party-dpl|DPL / MEU:party-meu|MEU / ISN:party-isn|ISN / "
        "DTC:party-dtc|DTC",
        "facts n_mirrored: 4",
    )
    assert staged.facts["sources"] == dict.fromkeys(LABELS, 1)
    assert staged.n_read == 9
    assert [code_of(label) for label in LABELS.values()] == list(LABELS)


def test_layouts_of_2019_tabs_and_json_give_the_rows_of_the_csv_file_of_2025() -> None:
    record = {k: v or None for k, v in HUAWEI.items()} | {
        "addresses": [{"city": "Dongguan, Guangdong", "country": "CN"}, {"city": "Shatin", "country": "HK"}],
        "alt_names": ["Huawei Device", "HD Co"],
        "programs": [],
    }
    for name, data in (
        ("x", as_csv(HUAWEI, fields=FIELDS[1:])),
        ("consolidated.tsv", as_csv(HUAWEI, delimiter="\t")),
        ("consolidated.json", json.dumps({"total": 1, "results": [record]}).encode()),
    ):
        for frame, expected in read(HUAWEI).frames.items():
            assert_frame_equal(stage({name: data}).frames[frame], expected)


def test_one_party_under_several_destinations_is_one_listing_with_all_of_them() -> None:
    holds(
        read(row("EL", "Farid, Fazel", addresses="Kabul, AF", start_date="2012-04-27", federal_register_notice="77 FR 25055"),
         row("EL", "FARID FAZEL", addresses="Peshawar, PK", start_date="2011-11-21", federal_register_notice="76 FR 71867")),
        "listings name listed_on citation: Farid, Fazel|2011-11-21|77 FR 25055; 76 FR 71867", "addresses country_id: AFG / PAK",
        "facts n_joined: 1",
    )  # fmt: skip


def test_dates_are_those_of_the_list_and_one_dated_notice_alone_is_the_publication() -> None:
    staged = read(
        row("DPL", "A B", start_date="2019-08-13", end_date="2026-10-13", federal_register_notice="84 F.R. 43787 8/22/2019"),
        row("DPL", "C D", start_date="2002-03-04", federal_register_notice="67 F.R. 56530 9/4/02 71 F.R. 38843 7/10/06"),
        row("EL", "A", start_date="6/5/2020"),
        row("EL", "B", start_date="soon"),
    )
    holds(
        staged,
        "listings listed_on listed_on_basis published_on ends_on ends_on_basis: "
        "2019-08-13|source_field|2019-08-22|2026-10-13|source_field / 2002-03-04|source_field|-|-|- / "
        "2020-06-05|source_field|-|-|- / -|-|-|-|-",
        "rejects row column value: 4|start_date|soon",
    )
    assert staged.n_rejected == 0


@pytest.mark.trap("us_csl", "lost-bytes")
@pytest.mark.trap("us_csl", "scope-in-names")
def test_lost_bytes_in_a_name_stay_and_words_on_successors_are_taken_off_it_and_kept_as_a_note() -> None:
    holds(
        read(row("ISN", "3rd Academy?s 159 Factory")),
        "listings native_id name: ISN:3rd-academy-s-159-factory|3rd Academy?s 159 Factory", "notes kind text:",
    )  # fmt: skip
    for joint, unit in (("; and", "sub-unit,"), (", and", "sub-unit,"), (" and", "subunit")):
        scope = f"any successor, {unit} or subsidiary thereof"
        found = read(row("ISN", f"A and B Company{joint} {scope}"))
        holds(found, "listings native_id name: ISN:a-and-b-company|A and B Company", f"notes kind text: scope|{scope}")


@pytest.mark.trap("us_csl", "no-persons")
def test_addresses_end_in_their_country_aliases_are_split_licences_are_notes_and_a_firm_is_no_person() -> None:
    holds(
        read(
            row("DPL", "A B", addresses="1 Road, Hong Kong, HK; 35 AVE, EL PASO, TX, 79905; Nowhere; and Wuhan, China,"),
            row("DPL", "ACME, INC.", ids="Passport, U00242309, TR; Website, a.example"), row("EL", "Li Wei", type="Individual"),
            row("EL", "Yun Ma", license_policy="Presumption of denial.", programs="INKSNA", ids="US, 80-0890696, Tax ID No."),
        ),
        "listings party_type: person / entity / person / entity",
        "addresses country_id country_raw: HKG|HK / USA|- / -|- / CHN|China",
        "notes kind text: license_policy|Presumption of denial. / legal_basis|INKSNA",
        "identifiers scheme value country_id: passport|U00242309|TUR / website|a.example|- / tax_id|80-0890696|USA",
    )  # fmt: skip
    assert split_names("Farid; and Engineer Idris;  ; Farid") == ["Farid", "Engineer Idris"]


@pytest.mark.trap("us_csl", "cut-download")
def test_two_downloads_or_files_or_a_cut_record_are_no_list() -> None:
    whole = as_csv(HUAWEI, row("EL", "B"))
    refuses(
        stage,
        ("header stands in it a second time, in row 2", {"x.csv": as_csv(HUAWEI) + as_csv(row("EL", "B"))}),
        *(("cut", {"x.csv": whole[: whole.rindex(b'"B"') + n]}) for n in (2, 12)),
        ("one file", {"a.csv": as_csv(HUAWEI), "b.csv": as_csv(HUAWEI)}),
    )


@pytest.mark.trap("us_csl", "list-falls-out")
def test_a_list_that_falls_out_or_below_nine_tenths_is_refused_and_small_or_new_ones_and_rows_without_one_told() -> None:
    sdn = [row("SDN", f"S{n}") for n in range(10)]
    before, after = read(HUAWEI, *sdn, row("SSI", "T")), read(HUAWEI, *sdn, *(row("EL", f"E{n}") for n in range(5)))
    (refusal,) = judge(info(after, "2024-05-06"), info(before), GUARD).refusals
    assert "SSI 0 of 1;" in refusal

    def of(code: str, n: int, n_sdn: int) -> StagedInfo:
        return info(read(*(row(code, f"F{k}") for k in range(n)), *(row("SDN", f"S{k}") for k in range(n_sdn))))

    judged = judge(of("SSI", 2, 103), of("SSI", 3, 100), GUARD)
    assert (judged.refusals, "SSI 2 of 3" in judged.warnings[0]) == ((), True)
    assert "EL 17 of 20;" in judge(of("EL", 17, 103), of("EL", 20, 100), GUARD).refusals[0]
    assert judge(of("EL", 20, 100), of("EL", 20, 100), GUARD).refusals == judge(info(read(HUAWEI)), None, GUARD).refusals == ()
    sources = ("New Export List (NEL) - Bureau", "Part 561 (P561) - Treasury Department", "?")
    staged = read(*(HUAWEI | {"source": source} for source in sources), row("EL", " "))
    holds(staged, "listings programs: NEL", "rejects row column: 3|source / 4|name", "facts n_illegible: 2")
    assert any("NEL (1)" in warning for warning in judge(info(staged), None, GUARD).warnings)
    assert staged.n_rejected == 2


VALID = as_csv(
    HUAWEI, row("SDN", "S"), row("ISN", "C; and any successor, sub-unit, or subsidiary thereof", ids="Passport, 1, CN")
)
VALID_JSON = json.dumps({"results": [HUAWEI | {"addresses": [{"city": "Kabul", "country": "AF"}]}, row("DPL", "A B")]}).encode()


def test_the_real_samples_are_read_without_a_reject_and_the_truncated_file_is_quarantined_with_both_of_its_faults(
    real_data: Path,
) -> None:
    folder = real_data / "sanctions" / "csl"
    for name, *expected in (("csl_sample_2019-12.csv", 115, 68, 42), ("csl_sample_2025-06.csv", 13, 7, 6)):
        staged = stage({name: unpacked(folder / name)})
        assert [staged.n_read, staged.facts["n_mirrored"], staged.frames["listings"].height] == expected
        assert (staged.rejects.height, judge(info(staged), None, GUARD).refusals) == (0, ())
    cut = unpacked(folder / "csl_2023-11-30_TRUNCATED.csv.gz")
    refuses(stage, (r"is cut or damaged at line 4,\d+.*header stands in it a second time", {"x.csv": cut}))
