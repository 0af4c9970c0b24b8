"""Reading OFAC's legacy files, under any name, and whether to believe them."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from assets.contracts import Judgement, RowGuard, Staged
from assets.sanctions.lists.us_ofac.legacy_csv import judge, stage
from tests.depth import examples
from tests.fuzz import staged_or_none
from tests.sanctions.conftest import info, refuses
from tests.told import told

N = "-0- "
SDN = (
    b'36,"AEROCARIBBEAN AIRLINES",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n'
    b'173,"LI, \'Ming\'","individual","SDNT] [SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"DOB 1970; nationality China."\r\n'
    b'306,"OCEAN STAR","vessel","IRAN",-0- ,"H3TQ","Cargo","1,000","900","Panama","OCEAN CO.","IMO 1."\r\n'
    b"\x1a"
)

ADD = b'36,25,-0- ,"Havana","Cuba",-0- \r\n173,129,"1 Road","Wuhan","China",-0- \r\n\x1a'
ALT = b'36,12,"aka","AERO-CARIBBEAN",-0- \r\n\x1a'
GUARD = RowGuard(0.95, 1.25, 0.01)


def line(native_id: object, name: str = '"ACME"', kind: str = N, columns: int = 12) -> bytes:
    return ",".join([str(native_id), name, kind, '"SDGT"', *[N] * (columns - 4)]).encode() + b"\r\n"


def many(n: int, mark: bytes = b"\x1a") -> bytes:
    return b"".join(line(i) for i in range(1, n + 1)) + mark


def reasons(staged: Staged) -> list[tuple[Any, ...]]:
    return staged.rejects.select("file", "row", "column", "value", "reason").rows()


def test_cells_are_kept_as_written_minus_zero_is_nothing_no_type_an_entity_and_supplementary_files_have_frames() -> None:
    staged = stage({"sdn.csv": SDN, "add.csv": b"\x1a\r\n"})
    first = staged.frames["listings"].row(0, named=True)
    assert first == dict.fromkeys(first) | {
        "row": 1, "native_id": "36", "name": "AEROCARIBBEAN AIRLINES", "party_type": "entity", "programs": "CUBA",
    }  # fmt: skip
    assert told(staged.frames["listings"], "native_id party_type programs tonnage vessel_flag").split(" / ")[1:] == [
        "173|person|SDNT] [SDGT|-|-", "306|vessel|IRAN|1,000|Panama",
    ]  # fmt: skip
    assert (set(staged.frames), staged.frames["addresses"].height) == ({"listings", "addresses"}, 0)
    staged = stage({"sdn.csv": SDN, "add.csv": ADD, "alt.csv": ALT})
    assert told(staged.frames["addresses"]) == "36|Havana, Cuba|Havana|CUB|Cuba|- / 173|1 Road, Wuhan, China|Wuhan|CHN|China|-"
    assert told(staged.frames["names"]) == "36|AERO-CARIBBEAN|aka|strong"
    assert staged.n_read == 3


HEADER = b"ent_num,SDN_Name,SDN_Type,Program,Title,Call_Sign,Vess_type,Tonnage,GRT,Vess_flag,Vess_owner,Remarks\r\n"
SAVED_AGAIN = {
    "LF": SDN.replace(b"\r\n", b"\n"), "no mark": SDN.removesuffix(b"\x1a"), "no end of line": SDN.removesuffix(b"\r\n\x1a"),
    "no quotes": SDN.replace(b'"SDNT] [SDGT"', b"SDNT] [SDGT").replace(b'"CUBA"', b"CUBA"), "BOM": b"\xef\xbb\xbf" + SDN,
    "no blank in -0-": SDN.replace(b"-0- ", b"-0-"), "blank cells": SDN.replace(b"-0- ", b""), "header": HEADER + SDN,
    "blank lines": SDN.replace(b"\r\n\x1a", b"\r\n\r\n\x1a\r\n"),
}  # fmt: skip


@pytest.mark.parametrize("saved_again", SAVED_AGAIN.values(), ids=SAVED_AGAIN)
def test_a_copy_that_was_saved_again_gives_the_same_rows(saved_again: bytes) -> None:
    staged = stage({"sdn.csv": saved_again})
    assert_frame_equal(staged.frames["listings"], stage({"sdn.csv": SDN}).frames["listings"])
    assert staged.rejects.height == 0


def test_text_beyond_ascii_is_read_and_a_copy_that_lost_its_last_bytes_within_a_null_is_reported_to_have_no_end() -> None:
    for encoding in ("utf-8", "cp1252"):
        data = SDN.decode().replace("OCEAN STAR", "OCÉAN ÉTOILE").encode(encoding)
        assert stage({"sdn.csv": data}).frames["listings"]["name"][2] == "OCÉAN ÉTOILE"
    # the copy of add.csv of 2019-01 ends in ``,-0``
    staged = stage({"sdn.csv": SDN, "add.csv": ADD.removesuffix(b"- \r\n\x1a")})
    assert told(staged.frames["addresses"], "country_raw note") == "Cuba|- / China|-"
    assert "rows may be missing" in judge(info(staged), None, GUARD).warnings[0]


def test_a_row_that_cannot_be_used_is_rejected_with_its_reason_and_is_no_removal() -> None:
    no_id = "the id is not a whole number above 0"
    for bad, expected in (
        (line(5, columns=11), ("sdn.csv", 4, None, '5,"ACME"', "11 columns where the layout has 12")),
        (line(5, columns=14), ("sdn.csv", 4, None, '5,"ACME"', "14 columns where the layout has 12")),
        (line(5, '"AC"ME'), ("sdn.csv", 4, None, '5,"AC"ME', "quotes do not match")),
        (line("5x"), ("sdn.csv", 4, "native_id", "5x", no_id)),
        (line(0), ("sdn.csv", 4, "native_id", "0", no_id)),
        (line(36), ("sdn.csv", 4, "native_id", "36", "the id stands in an earlier row")),
        (line(5, N), ("sdn.csv", 4, "name", "", "the name is empty")),
        (line(5, kind='"robot"'), ("sdn.csv", 4, "party_type", "robot", "the type is individual, vessel, aircraft or nothing")),
    ):
        staged = stage({"sdn.csv": SDN.replace(b"\x1a", bad + b"\x1a")})
        ((*where, value, reason),) = reasons(staged)
        assert (*where, value[: len(expected[3])], reason) == expected
        assert (staged.n_read, staged.frames["listings"].height) == (4, 3)
    staged = stage({"sdn.csv": SDN, "add.csv": ADD.replace(b"173", b"34489"), "alt.csv": ALT.replace(b"36", b"34111")})
    reason = "sdn.csv holds no readable row with this id"
    assert reasons(staged) == [("add.csv", 2, "native_id", "34489", reason), ("alt.csv", 1, "native_id", "34111", reason)]
    staged = stage({"sdn.csv": SDN, "alt.csv": ALT.replace(b"aka", b"xka")})
    assert reasons(staged) == [("alt.csv", 1, "kind", "xka", "the type of an alias is aka, fka or nka")]
    bad = line(7, columns=11) + line(8, N) + line("?") + line(36)
    facts = stage({"sdn.csv": SDN.replace(b"\x1a", bad + b"\x1a")}).facts
    assert (facts["unreadable_ids"], facts["n_illegible"]) == (["7", "8"], 1)
    judged = judge(info(stage({"sdn.csv": many(50, line("x") + b"\x1a")})), None, GUARD)
    assert "1 of 51 rows cannot be read" in judged.refusals[0]
    judged = judge(info(stage({"sdn.csv": many(500, line("x") + b"\x1a")})), None, GUARD)
    assert "no listing is taken as removed" in judged.warnings[0]


def test_a_file_that_is_not_the_whole_list_or_of_which_nobody_can_tell_what_it_is_is_quarantined() -> None:
    refuses(
        stage, ("the list itself .* is missing", {"alt.csv": ALT}), ("add.csv is empty", {"sdn.csv": SDN, "add.csv": b""}),
        ("cut in its last line", {"sdn.csv": SDN[:-20]}),
        ("add.csv is cut in its last line", {"sdn.csv": SDN, "add.csv": ADD[:-9]}),
        ("have 13 columns", {"sdn.csv": b"".join(line(i, columns=13) for i in range(1, 9)) + b"\x1a"}),
        ("have 11 columns", {"sdn.csv": b"".join(line(i, columns=11) for i in range(1, 9)) + b"\x1a"}),
        ("the same part of the list", {"sdn.csv": prim("x."), "other_sdn.csv": prim("y.")}),
        ("is no part of the list", {"sdn.csv": prim("x."), "notes.csv": b"hello\r\n"}),
        ("sdn_comments.csv is empty", {"sdn.csv": prim("x."), "sdn_comments.csv": b""}),
    )  # fmt: skip


@pytest.mark.trap("us_ofac_sdn", "fall-of-rows")
def test_a_file_that_lost_its_rows_or_its_end_is_refused_and_one_saved_again_is_not() -> None:
    def judged(now: dict[str, bytes], before: dict[str, bytes]) -> Judgement:
        return judge(info(stage(now)), info(stage(before)), GUARD)

    add = b"".join(b'1,%d,-0- ,-0- ,"Cuba",-0- \r\n' % i for i in range(100)) + b"\x1a"
    files = {"sdn.csv": many(100), "add.csv": add}
    for name in files:
        cut = files | {name: b"\r\n".join(files[name].split(b"\r\n")[:90]) + b"\r\n\x1a"}
        assert [r.split(":")[0] for r in judged(cut, files).refusals] == [name]
    refusals = judged({"sdn.csv": SDN, "alt.csv": b"\x1a"}, {"sdn.csv": SDN, "alt.csv": ALT}).refusals
    assert refusals == ("alt.csv: it holds no rows where the last accepted snapshot had 1",)
    # a download that is cut between two lines has whole lines only: the mark tells
    (refusal,) = judged({"sdn.csv": many(100)[: many(100).rindex(b"100,")]}, {"sdn.csv": many(100)}).refusals
    assert "looks cut" in refusal
    copy = judged({"sdn.csv": many(101, b"").replace(b"\r\n", b"\n")}, {"sdn.csv": many(100)})
    assert (copy.refusals, "saved again" in copy.warnings[0]) == ((), True)
    assert judge(info(stage({"sdn.csv": SDN})), None, GUARD).refusals == ()


def survives(files: dict[str, bytes]) -> None:
    staged = staged_or_none(stage, files)
    if staged is not None:
        listings = staged.frames["listings"]
        assert staged.facts["files"]["sdn.csv"]["n_rejected"] + listings.height == staged.n_read
        assert listings.filter(pl.col("native_id").is_duplicated() | pl.col("name").is_null()).height == 0
        judge(info(staged), None, GUARD)


CUT = st.tuples(st.integers(0, 900), st.integers(0, 20), st.sampled_from([b"", b'"', b",", b"\n", b"\r", b"\0", b"\xff", b"-0-"]))


@examples(200)
@given(
    st.lists(CUT, min_size=1, max_size=4),
    st.dictionaries(st.sampled_from(["sdn.csv", "x.csv", "add.csv", "cons_comments.csv"]), st.binary(max_size=120), max_size=3),
)
def test_mutated_and_arbitrary_files_are_quarantined_or_their_bad_rows_rejected(edits: Any, arbitrary: dict[str, bytes]) -> None:
    def mutated(data: bytes) -> bytes:
        for at, length, text in edits:
            at %= len(data) + 1
            data = data[:at] + text + data[at + length :]
        return data

    survives({"sdn.csv": mutated(SDN), "alt.csv": ALT})
    survives({"sdn.csv": SDN, "add.csv": mutated(ADD)})
    survives({"sdn.csv": prim("x" * 1000, None), "sdn_comments.csv": mutated(comments((1, "mber 1 (Iran)."), (2, "y.")))})
    survives(arbitrary)


ADDRESSES = b'1,25,-0- ,"Havana","Cuba",-0- \r\n1,26,-0- ,-0- ,-0- ,-0- \r\n2,27,"1 Road",-0- ,"undetermined","old"\r\n\x1a'


def prim(*remarks: str | None, program: str = "CMIC-EO13959") -> bytes:
    rows = (
        f'{n},"ACME {n}",-0- ,"{program}",{N},{N},{N},{N},{N},{N},{N},' + (N if text is None else f'"{text}"')
        for n, text in enumerate(remarks, 1)
    )
    return "".join(f"{row}\r\n" for row in rows).encode() + b"\x1a"


def comments(*rows: tuple[int, str]) -> bytes:
    return "".join(f'{native_id},"{text}"\r\n' for native_id, text in rows).encode() + b"\x1a"


@pytest.mark.parametrize(
    "names",
    [
        "sdn.csv add.csv alt.csv sdn_comments.csv", "cons_prim.csv cons_add.csv cons_alt.csv cons_comments.csv",
        "CONS_PRIM.CSV CONS_ADD.CSV CONS_ALT.CSV CONS_COMMENTS.CSV", "a.csv b.csv c.csv d.csv",
        "wm2025-12_cons_prim.csv wm2025-12_cons_add.csv wm2025-12_cons_alt.csv wm2025-12_cons_comments.csv",
        "wm2019-01_sdn.csv wm2019-01_add.csv wm2019-01_alt.csv whatever.csv",
    ],
)  # fmt: skip
def test_a_file_is_known_by_its_columns_whatever_its_name(names: str) -> None:
    data = (prim("Gender Male.", None), ADDRESSES, b'1,12,"aka","ACM",-0- \r\n\x1a', comments((2, "Gender Female.")))
    staged = stage(dict(zip(names.split(), data, strict=True)))
    assert set(staged.facts["files"]) == {"sdn.csv", "add.csv", "alt.csv", "comments.csv"}
    assert staged.frames["listings"]["remarks"].to_list() == ["Gender Male.", "Gender Female."]
    assert staged.frames["names"]["name"].to_list() == ["ACM"]


@pytest.mark.trap("us_ofac_sdn", "cut-remarks")
def test_comments_go_on_where_the_column_of_remarks_ends_and_without_them_cut_remarks_are_reported_once() -> None:
    # The word goes on without a blank, a new one after the blank that was lost with those behind the cell.
    inside, between = "x" * 998 + "Nu", "x" * 994 + "China"
    staged = stage({"sdn.csv": prim(inside, between + " ", "Gender Male."), "c.csv": comments((1, "mber 1."), (2, "(Iran)."))})
    assert staged.frames["listings"]["remarks"].to_list() == [f"{inside}mber 1.", f"{between} (Iran).", "Gender Male."]
    assert staged.facts["cut_ids"] == []
    staged = stage({"sdn.csv": prim("x" * 990 + "Government"), "c.csv": comments((1, " Gazette Number 1."))})
    assert staged.frames["listings"]["remarks"][0].endswith("Government Gazette Number 1.")
    staged = stage({"sdn.csv": prim("x."), "c.csv": comments((9, "y."))})
    assert told(staged.rejects, "file value reason") == "c.csv|9|sdn.csv holds no readable row with this id"
    staged = stage({"sdn.csv": prim("x" * 1000, "x" * 999 + ".", "Gender Male.")})
    assert staged.facts["cut_ids"] == ["1"]
    assert "remarks of 1 listings (1) are cut after 1,000 characters" in judge(info(staged), None, GUARD).warnings[0]
    assert judge(info(staged), info(staged), GUARD).warnings == ()


def test_addresses_are_one_line_unknown_countries_counted_and_a_listing_begins_on_the_day_that_cmic_remarks_state() -> None:
    staged = stage({"sdn.csv": prim(None, None), "add.csv": ADDRESSES})
    assert told(staged.frames["addresses"]) == "1|Havana, Cuba|Havana|CUB|Cuba|- / 2|1 Road, undetermined|-|-|undetermined|old"
    assert staged.facts["unknown_countries"] == {}
    staged = stage({"sdn.csv": prim(None, None), "add.csv": ADDRESSES.replace(b"Cuba", b"Atlantis")})
    assert staged.facts["unknown_countries"] == {"Atlantis": 1}
    assert "Atlantis" in judge(info(staged), None, GUARD).warnings[-1]
    text = "Effective Date (CMIC) 02 Aug 2021; Listing Date (CMIC) 03 Jun 2021."
    listings = stage({"cons_prim.csv": prim(text, None)}).frames["listings"]
    assert told(listings, "listed_on listed_on_basis") == "2021-06-03|source_field / -|source_field"
    text = "Listing Date (EO 14024 Directive 3): 24 Feb 2022."
    assert "listed_on" not in stage({"cons_prim.csv": prim(text, program="RUSSIA-EO14024")}).frames["listings"].columns
