"""Lists that others transcribed, in one module and one declaration each. Parties are made up, but in the tests on real files."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.contracts import RowGuard, Stage, Staged
from assets.sanctions.history.mirrors import fold_mirror
from assets.sanctions.lists.eu import sectoral_annexes
from assets.sanctions.lists.jp import third_countries
from assets.sanctions.lists.us_cbp import withhold_release
from assets.sanctions.lists.us_dod import section_1260h, section_1260h_notices, section_1286
from assets.sanctions.lists.us_fcc import covered_list
from assets.sanctions.lists.us_ita import csl
from assets.sanctions.lists.us_ofac import ns_cmic
from assets.sanctions.lists.us_state import nonproliferation
from assets.sanctions.reading.gather import judge_named as judge
from assets.sanctions.reading.names import slug_as_written
from tests.depth import examples
from tests.sanctions.conftest import Memory, holds, info, refuses, snapshot, unpacked
from tests.told import told


def entity(name: str, **cells: Any) -> dict[str, Any]:
    blank = dict.fromkeys(("address", "status", "effective_date", "federal_register", "notes"))
    return {"name": name, "aliases": [], "country": "China"} | blank | cells


def file(*entities: Any, **top: Any) -> bytes:
    return json.dumps({"list_id": "dow-1260h", "count": len(entities), "entities": list(entities)} | top).encode()


def read(*entities: Any, by: Stage = section_1260h.stage) -> Staged:
    return by({"x.json": file(*entities)})


ALIBABA = entity(
    "Alibaba Group Holding Limited", aliases=["Alibaba", "Alibaba Group Holding Limited"], effective_date="2026-06-10",
    federal_register="91 FR 35189 (June 10, 2026)",
    notes="Alibaba is indirectly affiliated with SASAC (Section 1260H(g)(2)(B)(i)(I)). More (Section 1260H(g)(3)(B)(i)).",
)  # fmt: skip


@pytest.mark.trap("us_dod_1260h", "whole-list")
def test_the_day_of_the_notice_is_start_and_publication_and_the_grounds_name_their_sections() -> None:
    staged = read(ALIBABA)
    holds(
        staged,
        "listings native_id programs listed_on listed_on_basis published_on citation: "
         "alibaba-group-holding-limited|1260H|2026-06-10|federal_register|2026-06-10|91 FR 35189 (June 10, 2026)",
        "names name: Alibaba", "countries country_id basis: CHN|list_destination",
        "notes text kind=legal_basis: Section 1260H(g)(2)(B)(i)(I) / Section 1260H(g)(3)(B)(i)",
    )  # fmt: skip
    assert staged.frames["notes"]["kind"][-1] == "reason"


def test_what_cannot_be_read_of_a_firm_is_told_and_a_repeated_firm_one_a_nameless_rejected_a_short_file_quarantined() -> None:
    staged = read(entity("A", country="Atlantis", effective_date="2026-02-30"))
    holds(staged, "countries country_id:", "listings listed_on listed_on_basis: -|-", "rejects column: effective_date")
    assert staged.n_rejected == 0
    assert "Atlantis (1)" in " ".join(judge(info(staged), None, RowGuard()).warnings)
    staged = read(ALIBABA, ALIBABA, entity(" "), 7)
    holds(staged, "listings native_id: alibaba-group-holding-limited", "facts n_repeated n_illegible: 1|2")
    assert staged.n_rejected == 2
    refuses(section_1260h.stage, ("says that it holds 80 entities and holds 1", {"x.json": file(ALIBABA, count=80)}))


SUGON = entity(
    "Dawning Information Industry Co., Ltd", aliases=["SUGON", "曙光信息产业股份有限公司"], effective_date="2022-02-14",
    address="36, 8, Dongbeiwang West Road, Beijing 100193, China; Grand Cayman, Cayman Islands",
    notes="Listing Date (CMIC): 16 Dec 2021; USCC: 91120000783342508F (China); Target Type: Public Company; "
     "Program: CMIC-EO13959",
)  # fmt: skip


def test_of_cmic_a_firm_has_both_days_its_numbers_and_names_and_unknown_clauses_as_they_stand() -> None:
    staged = read(SUGON, by=ns_cmic.stage)
    holds(
        staged, "listings programs listed_on listed_on_basis published_on: CMIC-EO13959|2022-02-14|source_field|2021-12-16",
        "identifiers scheme value country_id: uscc|91120000783342508F|CHN", "names name: SUGON / 曙光信息产业股份有限公司",
        "addresses country_id: CHN / CYM", "notes kind text: target_type|Public Company",
    )  # fmt: skip
    holds(read(SUGON | {"notes": "Something else"}, by=ns_cmic.stage), "notes kind text: unread|Something else")
    # the fold carries what the list repeats
    Memory().after(fold_mirror("us_ofac_cmic", Memory(), [snapshot(staged, "2026-07-09")])).shows(
        "list_mirrors program list_id: CMIC-EO13959|us_ofac_cons",
        "listings valid_from known_from known_basis: 2022-02-14|2021-12-16T23:59:59|publication",
    )


@given(st.text(max_size=60))
@examples(80, 20)
def test_notes_of_any_text_are_read_and_never_an_error(notes: str) -> None:
    assert read(SUGON | {"notes": notes + "; USCC:" + notes}, by=ns_cmic.stage).n_read == 1


def test_the_real_transcriptions_hold_80_firms_with_one_notice_and_68_each_with_both_days(real_data: Path) -> None:
    folder = real_data / "sanctions" / "bis"
    staged = section_1260h.stage({"x.json": (folder / "nsfreg_dow_1260h.json").read_bytes()})
    assert (staged.n_read, staged.rejects.height, staged.frames["listings"].height) == (80, 0, 80)
    assert told(staged.frames["listings"].select("listed_on", "citation").unique()) == "2026-06-10|91 FR 35189 (June 10, 2026)"
    staged = ns_cmic.stage({"x.json": (folder / "nsfreg_ofac_nscmic.json").read_bytes()})
    days = staged.frames["listings"].select("published_on", "listed_on")
    assert (days.height, days.null_count().row(0), staged.rejects.height) == (68, (0, 0), 0)
    assert (days["published_on"] < days["listed_on"]).all()
    assert (days["listed_on"].min(), staged.frames["identifiers"].height) == (date(2021, 8, 2), 58)


WRO = file(
    entity("Fiction Works", effective_date="1991-11-14", notes="WRO; Industry: Machinery; Merchandise: Engines; Remarks: See."),
    entity("Fiction Works", effective_date="1992-03-18", notes="Finding; Industry: Machinery; Merchandise: Engines"),
)
COVERED = file(entity("Fiction Telecom", effective_date="2021-03-12", notes="Its equipment."))


@pytest.mark.trap("us_cbp_wro", "order-and-finding")
@pytest.mark.trap("us_cbp_wro", "ships-and-places")
@pytest.mark.trap("us_fcc_covered", "classes-of-goods")
def test_an_order_and_a_later_finding_are_two_listings_and_a_ship_or_class_of_goods_has_no_country() -> None:
    holds(
        withhold_release.stage({"a.json": WRO}),
        "listings native_id programs listed_on: WRO:1991-11-14:fiction-works|WRO|1991-11-14 / "
        "FINDING:1992-03-18:fiction-works|FINDING|1992-03-18",
        "notes text kind=merchandise native_id=WRO:1991-11-14:fiction-works: Engines",
    )
    ship = entity("Fishing Vessel: Made Up", country="Fishing Vessels", effective_date="2020-08-18", notes="WRO")
    found = withhold_release.stage({"a.json": file(ship)})
    holds(found, "listings party_type: vessel", "countries country_id:", "facts n_unknown_countries: 0")
    goods = covered_list.stage({"a.json": file(entity("Routers made abroad", country=None, effective_date="2026-03-23"))})
    holds(goods, "listings name programs: Routers made abroad|COVERED", "countries country_id:")


IMPOSED = "Authority: {}; imposed {}; status: {}; {}, Federal Register"
NOTES = " | ".join(
    IMPOSED.format(*cells)
    for cells in (
        ("Executive Order 13382", "2/3/2020", "Active", "Vol. 85, No. 31, February 14, 2020"),
        ("Iran Nonproliferation Act", "7/9/2002", "Lifted on 06/27/13", "Vol. 78, No. 124, 06/27/13"),
        ("Missile Sanctions laws", "5/24/1996", "Expired on 05/24/98", "Vol. 61, No. 114, 06/12/96"),
    )
)
ISN = file(entity("Fiction Trading", effective_date="2018-04-30", notes=NOTES))


@pytest.mark.trap("us_state_isn", "each-imposition")
@pytest.mark.trap("us_state_isn", "days-cut-short")
def test_each_imposition_is_a_listing_with_its_own_end_and_a_year_that_is_cut_is_none() -> None:
    holds(
        nonproliferation.stage({"a.json": ISN}),
        "listings native_id published_on ends_on ends_on_basis: EO13382:2020-02-03:fiction-trading|2020-02-14|-|- / "
        "INA:2002-07-09:fiction-trading|-|2013-06-27|official_notice / "
        "MISSILE:1996-05-24:fiction-trading|1996-06-12|1998-05-24|source_field",
    )
    cut = IMPOSED.format("Executive Order 13382", "12/11/201", "Active", "Vol. 79, No. 184, 09/23/14")
    found = nonproliferation.stage({"a.json": file(entity("A", notes=cut))})
    holds(found, "listings native_id listed_on remarks: EO13382:undated:a|-|imposed 12/11/201", "facts published: -")


def test_an_edition_is_of_the_day_or_month_that_the_name_of_its_source_file_states() -> None:
    for name, day in (("May-2025-Master.pdf", "2025-05-01"), ("orders-fy26-2026-06-23.csv", "2026-06-23"), ("V2-2025.pdf", "-")):
        holds(nonproliferation.stage({"a.json": file(entity("A"), source_file=name)}), f"facts published: {day}")


OF_1286 = (
    b"schema,name,aliases,topics,program,authority,reason,report-date,start-date,end-date,country,notes,source_url\n"
    b"Company,Fiction University,FU,debarment,Section 1286,Congress,,2024,,,,,https://example.org/24.pdf\n"
    b"Company,Left College,,debarment,Section 1286,Congress,,2024,,,,,https://example.org/24.pdf\n"
    b"Company,Fiction University,FU; Fic U,debarment,Section 1286,Congress,,2025,,2026-07-23,China,,https://example.org/25.pdf\n"
)


@pytest.mark.trap("us_dod_1286", "newest-list")
def test_the_newest_list_of_the_file_is_the_edition() -> None:
    staged = section_1286.stage({"a.csv": OF_1286})
    holds(
        staged, "listings native_id listed_on ends_on: fiction-university|-|2026-07-23", "notes kind text: earlier_lists|2024",
        "facts n_earlier edition: 2|2025",
    )  # fmt: skip
    assert staged.n_read == 3


OF_1260H = (
    b"Name,Clean Name,Alias,Previous Name,Parent Name,Note,Start date,End date,Source Url\n"
    b"Fiction Group (FG)*,Fiction Group,FG,,,,2021-06-03,,\n"
    b"Fiction Group (FG),Fiction Group,FG,Old Fiction,Parent Ltd,,2025-01-07,2026-02-17,https://example.org/25.pdf\n"
    b"Fiction Group (FG),Fiction Group,FG,,,Back again.,2026-06-08,,https://example.org/26.pdf\n"
)


@pytest.mark.trap("us_dod_1260h_notices", "names-as-printed")
def test_notices_without_an_end_between_are_one_listing_and_after_an_end_begins_another() -> None:
    staged = section_1260h_notices.stage({"a.csv": OF_1260H})
    holds(
        staged,
        "listings native_id listed_on ends_on ends_on_basis: "
         "2021-06-03:fiction-group|2021-06-03|2026-02-17|official_notice / 2026-06-08:fiction-group|2026-06-08|-|-",
        "names name kind=fka native_id=2021-06-03:fiction-group: Old Fiction", "facts n_repeated: 1",
    )  # fmt: skip
    # a row without a day may be of any listing
    staged = section_1260h_notices.stage({"a.csv": OF_1260H.replace(b"2021-06-03", b"soon")})
    assert (staged.n_rejected, staged.frames["listings"].height) == (1, 2)


ANNEXES = (
    "celex,recordId,annex,measure,startDate,reason,schema,name,alias,previousName,country,jurisdiction,registrationNumber,"
    "imoNumber,address\n"
    "32014R0833,1,IV,Export control,20.7.2025,,LegalEntity,Fiction HK Co.,Fic HK; Fiction,,,,7 (BRN),,"
    '"1 Road, Hongkong, People’s Republic of China; 2 Road, Istanbul, Republic of Türkiye"\n'
    "32014R0833,2,XLII,Transportation restrictions,17.12.2024,,Vessel,Made Up,,Old Name,,,,9292204,\n"
    "32014R0833,,XIV,Financial restrictions,12 March 2022,,LegalEntity,FICTION BANK,,,Russia,,7707000000 (Tax ID/INN),,\n"
).encode()


@pytest.mark.trap("eu_sectoral_annexes", "annex-in-the-id")
@pytest.mark.trap("eu_sectoral_annexes", "no-country")
def test_a_listing_is_a_party_of_an_annex_with_the_day_from_which_it_applies_and_a_ship_has_no_country() -> None:
    holds(
        sectoral_annexes.stage({"a.csv": ANNEXES}),
        "listings native_id party_type programs listed_on: IV:fiction-hk-co|entity|EU-833-IV|2025-07-20 / "
         "XLII:imo-9292204|vessel|EU-833-XLII|2024-12-17 / XIV:fiction-bank|entity|EU-833-XIV|2022-03-12",
        "addresses country_id: CHN / TUR", "countries native_id country_id: XIV:fiction-bank|RUS",
        "identifiers scheme value note: registration|7|BRN / imo|9292204|- / tax_id|7707000000|Tax ID/INN",
        "facts n_without_country: 1",
    )  # fmt: skip
    # a number of a state's register says the country
    of_register = ANNEXES.replace(b"7707000000 (Tax ID/INN)", b"44 (China Company Registration Number)").replace(b"Russia", b"")
    found = sectoral_annexes.stage({"a.csv": of_register})
    holds(found, "countries native_id country_id basis: XIV:fiction-bank|CHN|remark")


JAPAN = """○ ロシア連邦及びベラルー
シ共和国以外の国の団体を指定する件（令和五年外務省告示第四百四十七号）
指定日：2023年12月15日
最終更新日：2025年9月12日
1 有限会社フィクション（別称、フィク）
Fiction LLC, a.k.a., the following two aliases:
—Fic LLC; and
—Fiction Ltd.
所在地：2 Road, 14 Building, Kowloon, Hong Kong, China; and
3 High-
Tech Road, Yerevan, Armenia.2 タイITフィクション有限会社（虚构有限公司）Thai Fiction Trading Co., Ltd
別称：タイ・フィク
Thai Fic; TF Trading
所在地：4 Road, Bangkok, Thailand.
3 有限会社フィクション
Fiction LLC
所在地：5 Road, Astana, Kazakhstan.
""".encode()


@pytest.mark.trap("jp_third_countries", "text-of-a-pdf")
@pytest.mark.trap("jp_third_countries", "no-day-of-an-entry")
def test_entries_are_found_by_their_numbers_even_where_a_page_ends_and_have_no_day() -> None:
    staged = third_countries.stage({"a.txt": JAPAN})
    holds(
        staged,
        "listings row name listed_on: 1|Fiction LLC|- / 2|Thai Fiction Trading Co., Ltd|-",
        "names name: Fic LLC / Fiction Ltd / Thai Fic / TF Trading",
        "addresses address country_id: 2 Road, 14 Building, Kowloon, Hong Kong, China|HKG / "
        "3 High-Tech Road, Yerevan, Armenia|ARM / 4 Road, Bangkok, Thailand|THA / 5 Road, Astana, Kazakhstan|KAZ",
        "facts n_repeated list_changed: 1|2025-09-12",
    )
    assert staged.n_read == 3
    refuses(
        lambda data: third_countries.stage({"a.txt": data}),
        ("3 numbered entries, and the last has no address: it is cut", JAPAN[: JAPAN.rindex("所在地".encode())]),
        ("0 numbered entries", JAPAN.replace(b"\n1 ", b"\n")),
    )


NSF, OTHER = "us_lists_nsfreg/2026-07-09", "opensanctions_other"
REAL: list[tuple[Any, str, int, int]] = [
    (withhold_release, f"{NSF}/cbp_wro.json.xz", 67, 67), (covered_list, f"{NSF}/fcc_covered.json.xz", 15, 15),
    (nonproliferation, f"{NSF}/state_nonproliferation.json.xz", 528, 729), (section_1286, f"{NSF}/dow_1286.json.xz", 134, 134),
    (section_1286, f"{OTHER}/us_special_leg_source_files_section_1286.csv.gz", 443, 156),
    (section_1260h_notices, f"{OTHER}/us_dod_chinese_milcorps_sanctions.csv.gz", 397, 229),
    (sectoral_annexes, f"{OTHER}/eu_journal_sanctions_data_consolidated_32014R0833.csv.gz", 1746, 1744),
    (third_countries, f"{OTHER}/jp_meti_ru_250912_list_daisangoku_tokutei.pdf.txt.gz", 56, 55),
]  # fmt: skip


Answers = dict[str, dict[str, float]]


def staged_of(real_data: Path, number: int) -> Staged:
    module, path, *_ = REAL[number]
    staged: Staged = module.stage({path.rsplit("/", 1)[1].rsplit(".", 1)[0]: unpacked(real_data / "more" / path)})
    return staged


@pytest.mark.parametrize("number", range(len(REAL)), ids=[row[1].rsplit("/", 1)[1] for row in REAL])
def test_every_row_of_the_real_file_is_accounted_for(real_data: Path, number: int) -> None:
    module, _, n_read, n_listings = REAL[number]
    staged = staged_of(real_data, number)
    assert (staged.n_read, staged.n_rejected, staged.frames["listings"].height) == (n_read, 0, n_listings)
    if module is not nonproliferation:  # there a row states several impositions
        assert n_read == n_listings + staged.facts["n_repeated"] + staged.facts.get("n_earlier", 0)


def test_the_annexes_hold_what_the_council_announced_of_each_package(real_data: Path, answers: Answers) -> None:
    """The text as consolidated in 2026 lacks those that were taken off since: some per cent of the ships."""
    frames = staged_of(real_data, 6).frames
    counts = frames["listings"].group_by("programs", "listed_on").len()
    for part, announced in answers["eu-packages"].items():
        annex, day = part.split()
        held = counts.filter(programs=f"EU-833-{annex}", listed_on=date.fromisoformat(day))["len"].item()
        assert announced * 0.9 <= held <= announced, part
    places = pl.concat([frames[f].select("native_id", "country_id") for f in ("addresses", "countries")])
    chinese = places.filter(pl.col("country_id").is_in(["CHN", "HKG"]))["native_id"].n_unique()
    assert chinese == answers["eu-annexes-chinese"]["listings"]


def test_two_transcriptions_of_one_list_name_the_same(real_data: Path, answers: Answers) -> None:
    of_json = json.loads(unpacked(real_data / "more" / REAL[3][1]))["entities"]
    rows = pl.read_csv(unpacked(real_data / "more" / REAL[4][1]).decode("utf-8-sig").encode(), infer_schema=False)
    mine = {slug_as_written(entity["name"]) for entity in of_json}
    theirs = {slug_as_written(name) for name in rows.filter(pl.col("report-date") == "2024")["name"]}
    assert len(mine & theirs) == answers["two-transcriptions"]["1286 of 2024"]
    # the second file has newer lists too, of which the reader takes the newest
    assert answers["1286-names"].keys() <= (set(staged_of(real_data, 3).frames["listings"]["native_id"]) & theirs)
    current = staged_of(real_data, 5).frames["listings"].filter(pl.col("ends_on").is_null()).select("native_id", "listed_on")
    in_force = {i.split(":", 1)[1]: int(f"{day:%Y%m%d}") for i, day in current.iter_rows()}
    named = json.loads(unpacked(real_data / "sanctions" / "bis" / "nsfreg_dow_1260h.json"))["entities"]
    both = {name: in_force[name] for e in named if (name := slug_as_written(e["name"])) in in_force}
    assert len(both) == answers["two-transcriptions"]["1260H of 2026"]
    assert answers["1260h-days"].items() <= both.items()


def test_what_the_master_list_says_was_in_force_is_what_the_screening_list_held(real_data: Path, answers: Answers) -> None:
    """The rest is spelled otherwise (``Ltd.``, ``Limited``) or is of authorities that the screening list leaves out."""
    day = date(2022, 4, 21)
    of_state = staged_of(real_data, 2).frames["listings"]
    then = of_state.filter(pl.col("listed_on") <= day, pl.col("ends_on").is_null() | (pl.col("ends_on") > day))
    screened = csl.stage({"c.csv": unpacked(real_data / "more/us_csl/2022-05-16/consolidated.csv.gz")}).frames["listings"]
    theirs = {slug_as_written(n): day for n, day in screened.filter(programs="ISN").select("name", "listed_on").iter_rows()}
    mine = {(native_id.split(":")[2], start) for native_id, start in then.select("native_id", "listed_on").iter_rows()}
    known = answers["isn-2022"]
    # on the same day too
    assert (len(theirs), len(theirs.items() & mine)) == (known["screening list"], known["in both"])
    named = {part: date.fromisoformat(str(int(value))) for part, value in answers["isn-days"].items()}
    assert named.items() <= theirs.items() & mine


def test_days_are_those_that_the_body_announced_and_an_entry_has_as_many_other_names_as_it_says(
    real_data: Path, answers: Answers
) -> None:
    frames = staged_of(real_data, 7).frames
    counts = frames["names"].join(frames["listings"].select("native_id", entry="row"), on="native_id").group_by("entry").len()
    found = dict(counts.iter_rows())
    assert {part: found[int(part)] for part in answers["meti-aliases"]} == answers["meti-aliases"]
    for answer, number in (("wro-days", 0), ("fcc-days", 1)):
        days: dict[str, set[int]] = {}
        for name, day in staged_of(real_data, number).frames["listings"].select("name", "listed_on").iter_rows():
            days.setdefault(slug_as_written(name), set()).add(day and int(f"{day:%Y%m%d}"))
        assert {part: days.get(part) for part, day in answers[answer].items() if int(day) not in days.get(part, ())} == {}
