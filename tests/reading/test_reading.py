"""Bytes, tables, JSON and months: what all domains read in one way."""

import calendar
import io
import json
from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import Quarantine
from assets.reading import months
from assets.reading.bytes import begins_as_markup, decode, read_text
from assets.reading.json import read_json
from assets.reading.portals import frame_of
from assets.reading.rejects import reasons, split
from assets.reading.tables import by_width, cells_by_name, column_name, csv_rows, delimiter_of, frame_of_lines, lines_of
from assets.reading.xml import XmlFile, children, text_of
from tests.depth import examples
from tests.fuzz import HOSTILE_JSON
from tests.told import told

KEPT = "What was good stands."


def read_or_refused(read: Callable[[], object]) -> bool:
    """Whether something is read, or a refusal says what stands. Whatever else is raised is a fault."""
    try:
        read()
    except Quarantine as refusal:
        return str(refusal).endswith(KEPT)
    return True


DASH = "Łódź – «1»"


# bytes ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_in_utf_8_and_in_utf_16_is_read_without_its_mark_and_markup_known_by_its_first_sign(encoding: str) -> None:
    assert decode(DASH.encode(encoding)) == DASH
    assert begins_as_markup("\n <html>".encode(encoding))
    assert not begins_as_markup("a<b".encode(encoding))
    with pytest.raises(Quarantine, match="is a web page or XML"):
        read_text("a.csv", "<html>".encode(encoding), KEPT)


def test_what_is_no_utf_8_is_the_code_page_of_windows_unless_none_is_to_be_guessed_or_it_has_a_mark() -> None:
    assert decode(b"caf\xe9 \x93x\x94") == "café “x”"
    with pytest.raises(UnicodeDecodeError):
        decode(b"caf\xe9", legacy=None)
    assert decode(DASH.encode("utf-16"), encoding="gb18030", legacy=None) == DASH
    assert decode("中".encode("gb18030"), encoding="gb18030", legacy=None) == "中"


def test_bytes_that_are_text_in_no_encoding_are_refused_or_replaced_as_the_caller_says() -> None:
    with pytest.raises(Quarantine, match=rf"a\.csv: from byte 1 on .*UTF-8 nor in UTF-16 nor in Windows-1252.*{KEPT}"):
        read_text("a.csv", b"x\x81", KEPT)
    assert read_text("a.csv", b"x\x81", KEPT, errors="replace") == "x\ufffd"
    assert decode(b"\xff\xfea", errors="replace") == "\ufffd"


# tables ---------------------------------------------------------------------------------------------------------------


def test_the_delimiter_is_the_one_that_stands_most_often_in_the_first_line_that_is_not_empty() -> None:
    assert delimiter_of("\r\na\tb,c\td\n,,,,") == "\t"
    assert delimiter_of("a") == ","
    assert delimiter_of("a|b|c;d", ",\t;|") == "|"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_unix_windows_or_an_old_mac_ends_them(end: str) -> None:
    assert csv_rows("a.csv", f'a,b{end}1,"x, y"{end}', KEPT) == [["a", "b"], ["1", "x, y"]]


def test_a_quotation_that_does_not_close_is_refused_with_the_line_and_two_downloads_are_named() -> None:
    for text, said in (
        ('a,b\n1,"x', r"a\.csv is cut or damaged at line 2: after 1 rows .*cut or a quote is missing\. What"),
        ('a,b\n1,2\na,b\n1,"x', r"header stands in it a second time: two downloads"),
        (f'a,b\n1,"{"x" * 131_073}"\n', r"field larger than field limit \(131072\)"),
    ):
        with pytest.raises(Quarantine, match=said):
            csv_rows("a.csv", text, KEPT)


def test_rows_of_another_width_are_set_apart_with_their_number_and_blank_ones_are_counted() -> None:
    found = by_width("a.csv", ["a", "b"], [["1", "2"], [], ["1"], ["1", "2", "3"], ["3", "4"]], KEPT)
    assert found.whole == [(1, ["1", "2"]), (5, ["3", "4"])]
    assert found.ragged == [(3, ["1"]), (4, ["1", "2", "3"])]
    assert found.n_blank == 1


def test_a_last_row_that_is_too_short_is_a_cut_unless_a_line_break_says_otherwise() -> None:
    rows = [["1", "2"], ["3"]]
    with pytest.raises(Quarantine, match="cut in its last line: its last row has 1 of 2 fields"):
        by_width("a.csv", ["a", "b"], rows, KEPT)
    assert by_width("a.csv", ["a", "b"], rows, KEPT, may_be_cut=False).ragged == [(2, ["3"])]


def test_a_header_that_stands_twice_is_two_downloads_in_one_file() -> None:
    with pytest.raises(Quarantine, match="a second time, in row 2: two downloads in one file"):
        by_width("a.csv", ["a", "b"], [["1", "2"], ["a", "b"]], KEPT)
    with pytest.raises(Quarantine, match="a second time, in row 2"):
        frame_of("a.csv", b"a,b\n1,2\na,b\n3,4\n", KEPT)


def test_two_columns_of_one_name_are_refused_since_which_one_counts_cannot_be_told() -> None:
    assert column_name("  Data  Value_") == column_name("data_value_")
    with pytest.raises(Quarantine, match="in its header data_value stands more than once"):
        cells_by_name("a.csv", "Data Value,data_value\n1,2\n", ("data_value",), KEPT)


def test_cells_come_by_the_names_of_the_header_and_ragged_rows_as_rejects() -> None:
    good, bad, n_read = cells_by_name("a.csv", "Name,Start Date\n A ,1\n\nB\nC,2\n", ("name", "start_date"), KEPT)
    assert good == [(1, {"name": "A", "start_date": "1"}), (3, {"name": "C", "start_date": "2"})]
    assert bad == [("a.csv", 2, None, "B", "1 columns where the header has 2")]
    assert n_read == 3


def test_lines_without_quotation_keep_their_quotes_and_may_have_empty_cells_behind_them() -> None:
    rows, bad = frame_of_lines("a.tab", lines_of('"x\t NA \r\n1\t2\t\t\n3\n\0\t4'), ("a", "b"), ("NA",), KEPT)
    assert told(rows) == '1|"x|- / 2|1|2 / 4|�|4'
    assert told(bad) == "a.tab|3|-|3|1 columns instead of 2"


@examples(100, usual=30)
@given(st.text(max_size=60), st.sampled_from(["utf-8", "utf-16", "cp1252"]))
def test_any_text_is_a_frame_or_a_refusal(text: str, encoding: str) -> None:
    assert read_or_refused(lambda: frame_of("a.csv", text.encode(encoding, "replace"), KEPT))


# JSON -----------------------------------------------------------------------------------------------------------------


def test_numbers_of_a_table_of_text_stay_as_they_are_written() -> None:
    found = frame_of("a.json", b'[{"a": 12.50, "b": 123456789012345678901234567890}, {"b": null, "c": true}, 7]', KEPT)
    assert told(found.table) == "1|12.50|123456789012345678901234567890|- / 2|-|-|True"
    assert told(found.rejects) == "3|-|7|not an object with keys"


@pytest.mark.parametrize("hostile", HOSTILE_JSON, ids=repr)
def test_what_json_can_write_is_a_value_that_a_table_can_hold_or_a_refusal(hostile: object) -> None:
    text = json.dumps([{"a": hostile}])
    assert read_or_refused(lambda: read_json("a.json", text, KEPT))
    assert read_or_refused(lambda: frame_of("a.json", text.encode(), KEPT))


# the rest -------------------------------------------------------------------------------------------------------------


def test_the_first_check_that_does_not_hold_is_the_reason_and_null_does_not_hold() -> None:
    checks = (("a", pl.col("n") > 0, "not above 0"), ("a", pl.col("n").is_first_distinct(), pl.format("{} again", "a")))
    rows = pl.DataFrame({"row": [1, 2, 3, 4], "a": ["1", "-1", "x", "1"], "n": [1, -1, None, 1]})
    good, bad = split(rows, checks)
    assert told(good) == "1|1|1"
    assert told(reasons(bad, checks, pl.lit("f"))) == "f|2|a|-1|not above 0 / f|3|a|x|not above 0 / f|4|a|1|1 again"


def test_months_are_the_twelve_of_the_calendar_in_english_whole_or_shortened() -> None:
    assert list(months.NAMES) == list(calendar.month_name)[1:]
    assert (
        [months.BY_NAME[n.lower()] for n in months.NAMES] == [months.BY_SHORT[n.lower()] for n in months.SHORT] == [*range(1, 13)]
    )
    assert (months.BY_ANY["sept"], months.BY_ANY["may"], months.BY_ANY.get("juni")) == (9, 5, None)


def test_an_element_of_a_record_that_says_something_and_for_which_nobody_asked_is_named_with_its_parent() -> None:
    record = "<r><a>1</a><b x='2'/><c/><d> </d><e><a>3</a><f>4</f></e><n><a>5</a></n></r>"
    xml = XmlFile(io.BytesIO(f"<list>{record * 2}<other><a>6</a></other></list>".encode()), "a.xml", KEPT)
    for kind, element in xml.records("r", "other"):
        if kind == "r":
            assert text_of(element, "a") == "1"
            assert [text_of(e, "a") for e in children(element, "e")] == ["3"]
    assert xml.unread() == {"e/f": 2, "n/a": 2, "r/b": 2}
    assert xml.unread("b", "e/f") == {"n/a": 2}
    assert xml.unread("n", "e") == {"r/b": 2}


def test_what_one_file_was_asked_says_nothing_of_the_next() -> None:
    for asked, unread in (("a", {"r/b": 1}), ("b", {"r/a": 1})):
        xml = XmlFile(io.BytesIO(b"<list><r><a>1</a><b>2</b></r></list>"), "a.xml", KEPT)
        for _, element in xml.records("r"):
            text_of(element, asked)
        assert xml.unread() == unread
