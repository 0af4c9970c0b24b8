"""OFAC's legacy files under any name: which file is which, comments that go on, addresses, and the days of the CMIC list."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.contracts import RowGuard
from assets.errors import Quarantine
from assets.sanctions.lists.us_ofac.legacy_csv import judge, stage
from tests.fuzz import staged_or_none
from tests.sanctions.conftest import info
from tests.told import told

N = "-0- "
GUARD = RowGuard(0.95, 1.25, 0.01)
ADD = b'1,25,-0- ,"Havana","Cuba",-0- \r\n1,26,-0- ,-0- ,-0- ,-0- \r\n2,27,"1 Road",-0- ,"undetermined","old"\r\n\x1a'
ALT = b'1,12,"aka","ACM",-0- \r\n\x1a'


def prim(*remarks: str | None, program: str = "CMIC-EO13959") -> bytes:
    rows = []
    for native_id, text in enumerate(remarks, 1):
        last = N if text is None else f'"{text}"'
        rows.append(f'{native_id},"ACME {native_id}",-0- ,"{program}",{N},{N},{N},{N},{N},{N},{N},{last}\r\n')
    return "".join(rows).encode() + b"\x1a"


def comments(*rows: tuple[int, str]) -> bytes:
    return "".join(f'{native_id},"{text}"\r\n' for native_id, text in rows).encode() + b"\x1a"


@pytest.mark.parametrize(
    "names",
    [
        ("sdn.csv", "add.csv", "alt.csv", "sdn_comments.csv"),
        ("cons_prim.csv", "cons_add.csv", "cons_alt.csv", "cons_comments.csv"),
        ("CONS_PRIM.CSV", "CONS_ADD.CSV", "CONS_ALT.CSV", "CONS_COMMENTS.CSV"),
        ("wm2025-12_cons_prim.csv", "wm2025-12_cons_add.csv", "wm2025-12_cons_alt.csv", "wm2025-12_cons_comments.csv"),
        ("wm2019-01_sdn.csv", "wm2019-01_add.csv", "wm2019-01_alt.csv", "whatever.csv"),
        ("a.csv", "b.csv", "c.csv", "d.csv"),
    ],
)
def test_a_file_is_known_by_its_columns_whatever_its_name(names: tuple[str, ...]) -> None:
    data = (prim("Gender Male.", None), ADD, ALT, comments((2, "Gender Female.")))
    staged = stage(dict(zip(names, data, strict=True)))
    assert set(staged.facts["files"]) == {"sdn.csv", "add.csv", "alt.csv", "comments.csv"}
    assert staged.frames["listings"]["remarks"].to_list() == ["Gender Male.", "Gender Female."]
    assert staged.frames["names"]["name"].to_list() == ["ACM"]


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"sdn.csv": prim("x."), "other_sdn.csv": prim("y.")}, "the same part of the list"),
        ({"sdn.csv": prim("x."), "notes.csv": b"hello\r\n"}, "is no part of the list"),
        ({"sdn.csv": prim("x."), "sdn_comments.csv": b""}, "sdn_comments.csv is empty"),
        ({"alt.csv": ALT}, "is missing"),
    ],
)
def test_files_of_which_nobody_can_tell_what_they_are_are_quarantined(files: dict[str, bytes], reason: str) -> None:
    with pytest.raises(Quarantine, match=reason):
        stage(files)


def test_comments_go_on_where_the_column_of_remarks_ends() -> None:
    # The word goes on without a blank, a new one after the blank that was lost with those behind the cell.
    inside, between = "x" * 998 + "Nu", "x" * 994 + "China"
    assert (len(inside), len(between)) == (1000, 999)
    staged = stage({"sdn.csv": prim(inside, between + " ", "Gender Male."), "c.csv": comments((1, "mber 1."), (2, "(Iran)."))})
    whole = staged.frames["listings"]["remarks"].to_list()
    assert whole == [f"{inside}mber 1.", f"{between} (Iran).", "Gender Male."]
    assert staged.facts["cut_ids"] == []
    staged = stage({"sdn.csv": prim("x" * 990 + "Government"), "c.csv": comments((1, " Gazette Number 1."))})
    assert staged.frames["listings"]["remarks"][0].endswith("Government Gazette Number 1.")
    staged = stage({"sdn.csv": prim("x."), "c.csv": comments((9, "y."))})
    assert told(staged.rejects, "file value reason") == "c.csv|9|sdn.csv holds no readable row with this id"


@pytest.mark.trap("us_ofac_sdn", "cut-remarks")
def test_remarks_that_are_cut_without_comments_are_reported_once() -> None:
    staged = stage({"sdn.csv": prim("x" * 1000, "x" * 999 + ".", "Gender Male.")})
    assert staged.facts["cut_ids"] == ["1"]
    assert "remarks of 1 listings (1) are cut after 1,000 characters" in judge(info(staged), None, GUARD).warnings[0]
    assert judge(info(staged), info(staged), GUARD).warnings == ()


def test_addresses_are_one_line_and_countries_that_nobody_knows_counted() -> None:
    staged = stage({"sdn.csv": prim(None, None), "add.csv": ADD})
    assert told(staged.frames["addresses"]) == "1|Havana, Cuba|Havana|CUB|Cuba|- / 2|1 Road, undetermined|-|-|undetermined|old"
    assert staged.facts["unknown_countries"] == {}
    staged = stage({"sdn.csv": prim(None, None), "add.csv": ADD.replace(b"Cuba", b"Atlantis")})
    assert staged.facts["unknown_countries"] == {"Atlantis": 1}
    assert "Atlantis" in judge(info(staged), None, GUARD).warnings[-1]


def test_a_company_of_the_cmic_list_is_listed_on_the_day_that_its_remarks_state_and_no_other() -> None:
    text = "Effective Date (CMIC) 02 Aug 2021; Listing Date (CMIC) 03 Jun 2021."
    listings = stage({"cons_prim.csv": prim(text, None)}).frames["listings"]
    assert told(listings, "listed_on listed_on_basis") == "2021-06-03|source_field / -|source_field"
    text = "Listing Date (EO 14024 Directive 3): 24 Feb 2022."
    assert "listed_on" not in stage({"cons_prim.csv": prim(text, program="RUSSIA-EO14024")}).frames["listings"].columns


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["sdn.csv", "x.csv", "add.csv", "cons_comments.csv"]), st.binary(max_size=120), max_size=3),
    st.lists(st.tuples(st.integers(0, 200), st.sampled_from([b"", b'"', b",", b"\n", b"\x00", b"\xff", b"\x1a"])), max_size=3),
)
def test_arbitrary_files_under_any_names_are_quarantined_or_rejected(
    files: dict[str, bytes], edits: list[tuple[int, bytes]]
) -> None:
    mutated = comments((1, "mber 1 (Iran)."), (2, "y."))
    for at, text in edits:
        mutated = mutated[: at % len(mutated)] + text + mutated[at % len(mutated) :]
    for given_files in (files, {"sdn.csv": prim("x" * 1000, None), "sdn_comments.csv": mutated}):
        staged = staged_or_none(stage, given_files)
        if staged is None:
            continue
        judge(info(staged), None, GUARD)
