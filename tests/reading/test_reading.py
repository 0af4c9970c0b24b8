"""Bytes, tables, JSON, XML, pages and workbooks: what all domains read in one way, and what is refused before it is parsed."""

import calendar
import io
import json
import zipfile
from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import Quarantine
from assets.news.articles import read as articles
from assets.news.articles.feed_articles import UnreadableFeed, parsed_feed
from assets.news.articles.texts import text_of_markup
from assets.reading import months
from assets.reading.bytes import begins_as_markup, decode, read_text
from assets.reading.html import refuse_many_attributes
from assets.reading.json import read_json
from assets.reading.portals import frame_of
from assets.reading.rejects import reasons, split
from assets.reading.tables import by_width, cells_by_name, column_name, csv_rows, delimiter_of, frame_of_lines, lines_of
from assets.reading.workbooks import sheets
from assets.reading.xml import XmlFile, children, text_of, whole_document
from assets.sanctions.acts import us_ofac_recent_actions
from assets.sanctions.lists.us_dhs import uflpa
from tests.depth import examples
from tests.fuzz import HOSTILE_JSON
from tests.reading.workbook import old_workbook, workbook
from tests.told import told

KEPT = "What was good stands."
DASH = "Łódź – «1»"


def read_or_refused(read: Callable[[], object]) -> bool:
    """Whether something is read, or a refusal says what stands. Whatever else is raised is a fault."""
    try:
        read()
    except Quarantine as refusal:
        return str(refusal).endswith(KEPT)
    return True


# bytes ----------------------------------------------------------------------------------------------------------------


def test_text_in_utf_8_and_in_utf_16_is_read_without_its_mark_else_the_code_page_of_windows_is_guessed_refused_or_replaced() -> (
    None
):
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert decode(DASH.encode(encoding)) == DASH
        assert (begins_as_markup("\n <html>".encode(encoding)), begins_as_markup("a<b".encode(encoding))) == (True, False)
        with pytest.raises(Quarantine, match="is a web page or XML"):
            read_text("a.csv", "<html>".encode(encoding), KEPT)
    assert decode(b"caf\xe9 \x93x\x94") == "café “x”"
    with pytest.raises(UnicodeDecodeError):
        decode(b"caf\xe9", legacy=None)
    assert decode(DASH.encode("utf-16"), encoding="gb18030", legacy=None) == DASH
    assert decode("中".encode("gb18030"), encoding="gb18030", legacy=None) == "中"
    with pytest.raises(Quarantine, match=rf"a\.csv: from byte 1 on .*UTF-8 nor in UTF-16 nor in Windows-1252.*{KEPT}"):
        read_text("a.csv", b"x\x81", KEPT)
    assert read_text("a.csv", b"x\x81", KEPT, errors="replace") == "x\ufffd"
    assert decode(b"\xff\xfea", errors="replace") == "\ufffd"


# tables ---------------------------------------------------------------------------------------------------------------


def test_lines_end_as_any_system_ends_them_and_the_delimiter_is_the_one_most_often_in_the_first_line_that_is_not_empty() -> None:
    for end in ("\n", "\r\n", "\r"):
        assert csv_rows("a.csv", f'a,b{end}1,"x, y"{end}', KEPT) == [["a", "b"], ["1", "x, y"]]
    assert [delimiter_of("\r\na\tb,c\td\n,,,,"), delimiter_of("a"), delimiter_of("a|b|c;d", ",\t;|")] == ["\t", ",", "|"]


ROWS = [["1", "2"], ["3"]]


@pytest.mark.parametrize(
    ("read", "says"),
    [
        (
            lambda: csv_rows("a.csv", 'a,b\n1,"x', KEPT),
            r"a\.csv is cut or damaged at line 2: after 1 rows .*a quote is missing\. W",
        ),
        (lambda: csv_rows("a.csv", 'a,b\n1,2\na,b\n1,"x', KEPT), r"header stands in it a second time: two downloads"),
        (lambda: csv_rows("a.csv", f'a,b\n1,"{"x" * 131_073}"\n', KEPT), r"field larger than field limit \(131072\)"),
        (lambda: by_width("a.csv", ["a", "b"], ROWS, KEPT), "cut in its last line: its last row has 1 of 2 fields"),
        (
            lambda: by_width("a.csv", ["a", "b"], [["1", "2"], ["a", "b"]], KEPT),
            "second time, in row 2: two downloads in one file",
        ),
        (lambda: frame_of("a.csv", b"a,b\n1,2\na,b\n3,4\n", KEPT), "a second time, in row 2"),
        (
            lambda: cells_by_name("a.csv", "Data Value,data_value\n1,2\n", ("data_value",), KEPT),
            "data_value stands more than once",
        ),
    ],
    ids=["quote", "quote of two downloads", "field", "last row", "header twice", "header twice in a frame", "two of one name"],
)
def test_a_table_that_is_cut_or_two_downloads_in_one_is_refused_with_its_place(read: Callable[[], object], says: str) -> None:
    with pytest.raises(Quarantine, match=says):
        read()


def test_rows_of_another_width_are_set_apart_with_their_number_and_cells_come_by_the_names_of_the_header() -> None:
    found = by_width("a.csv", ["a", "b"], [["1", "2"], [], ["1"], ["1", "2", "3"], ["3", "4"]], KEPT)
    assert found.whole == [(1, ["1", "2"]), (5, ["3", "4"])]
    assert (found.ragged, found.n_blank) == ([(3, ["1"]), (4, ["1", "2", "3"])], 1)
    assert by_width("a.csv", ["a", "b"], ROWS, KEPT, may_be_cut=False).ragged == [(2, ["3"])], "a line break says it is whole"
    assert column_name("  Data  Value_") == column_name("data_value_")
    good, bad, n_read = cells_by_name("a.csv", "Name,Start Date\n A ,1\n\nB\nC,2\n", ("name", "start_date"), KEPT)
    assert good == [(1, {"name": "A", "start_date": "1"}), (3, {"name": "C", "start_date": "2"})]
    assert (bad, n_read) == ([("a.csv", 2, None, "B", "1 columns where the header has 2")], 3)
    # lines without quotation keep their quotes and may have empty cells behind them
    rows, rejects = frame_of_lines("a.tab", lines_of('"x\t NA \r\n1\t2\t\t\n3\n\0\t4'), ("a", "b"), ("NA",), KEPT)
    assert told(rows) == '1|"x|- / 2|1|2 / 4|�|4'
    assert told(rejects) == "a.tab|3|-|3|1 columns instead of 2"


@examples(100, usual=30)
@given(st.text(max_size=60), st.sampled_from(["utf-8", "utf-16", "cp1252"]))
def test_any_text_is_a_frame_or_a_refusal(text: str, encoding: str) -> None:
    assert read_or_refused(lambda: frame_of("a.csv", text.encode(encoding, "replace"), KEPT))


# JSON, rejects, months, XML -------------------------------------------------------------------------------------------


def test_numbers_of_a_table_of_text_stay_as_they_are_written_and_what_json_can_write_is_a_value_or_a_refusal() -> None:
    found = frame_of("a.json", b'[{"a": 12.50, "b": 123456789012345678901234567890}, {"b": null, "c": true}, 7]', KEPT)
    assert told(found.table) == "1|12.50|123456789012345678901234567890|- / 2|-|-|True"
    assert told(found.rejects) == "3|-|7|not an object with keys"
    for hostile in HOSTILE_JSON:
        text = json.dumps([{"a": hostile}])
        for read in (
            lambda text=text: read_json("a.json", text, KEPT),
            lambda text=text: frame_of("a.json", text.encode(), KEPT),
        ):
            assert read_or_refused(read), hostile


def test_the_first_check_that_does_not_hold_is_the_reason_and_null_does_not_hold() -> None:
    checks = (("a", pl.col("n") > 0, "not above 0"), ("a", pl.col("n").is_first_distinct(), pl.format("{} again", "a")))
    rows = pl.DataFrame({"row": [1, 2, 3, 4], "a": ["1", "-1", "x", "1"], "n": [1, -1, None, 1]})
    good, bad = split(rows, checks)
    assert told(good) == "1|1|1"
    assert told(reasons(bad, checks, pl.lit("f"))) == "f|2|a|-1|not above 0 / f|3|a|x|not above 0 / f|4|a|1|1 again"


def test_months_are_the_twelve_of_the_calendar_in_english_whole_or_shortened() -> None:
    assert list(months.NAMES) == list(calendar.month_name)[1:]
    for names, known in ((months.NAMES, months.BY_NAME), (months.SHORT, months.BY_SHORT)):
        assert [known[n.lower()] for n in names] == [*range(1, 13)]
    assert (months.BY_ANY["sept"], months.BY_ANY["may"], months.BY_ANY.get("juni")) == (9, 5, None)


def test_an_element_of_a_record_that_says_something_and_for_which_nobody_asked_is_named_with_its_parent() -> None:
    record = "<r><a>1</a><b x='2'/><c/><d> </d><e><a>3</a><f>4</f></e><n><a>5</a></n></r>"
    xml = XmlFile(io.BytesIO(f"<list>{record * 2}<other><a>6</a></other></list>".encode()), "a.xml", KEPT)
    for kind, element in xml.records("r", "other"):
        if kind == "r":
            assert (text_of(element, "a"), [text_of(e, "a") for e in children(element, "e")]) == ("1", ["3"])
    assert xml.unread() == {"e/f": 2, "n/a": 2, "r/b": 2}
    assert (xml.unread("b", "e/f"), xml.unread("n", "e")) == ({"n/a": 2}, {"r/b": 2})
    # what one file was asked says nothing of the next
    for asked, unread in (("a", {"r/b": 1}), ("b", {"r/a": 1})):
        xml = XmlFile(io.BytesIO(b"<list><r><a>1</a><b>2</b></r></list>"), "a.xml", KEPT)
        for _, element in xml.records("r"):
            text_of(element, asked)
        assert xml.unread() == unread


# pages with tags that would keep their parser busy for minutes, and workbooks that span more than any download --------------

MANY = "<p " + " ".join(f'a{n}="x"' for n in range(40_000)) + ">text</p>"
PAGE = f"<!doctype html><html><head><title>A</title></head><body>{MANY}</body></html>"


def test_an_article_a_list_or_a_feed_with_a_tag_of_forty_thousand_attributes_is_refused_in_words() -> None:
    """It took lxml 38 s, in one call that no deadline stops, and feedparser half a minute for 20,000."""
    found = articles.stage({"a.html": PAGE.encode()})
    assert found.frames["articles"].is_empty()
    (reason,) = found.rejects["reason"]
    assert "a tag <p> with 40,000 attributes: no page has so many" in reason
    for stage, file in ((uflpa.stage, "uflpa-entity-list.html"), (us_ofac_recent_actions.stage, "recent-actions.html")):
        with pytest.raises(Quarantine, match="40,000 attributes"):
            stage({file: PAGE.encode()})
    with pytest.raises(UnreadableFeed, match="40,000 attributes"):
        parsed_feed(f"<rss><channel><item>{MANY}</item></channel></rss>".encode())
    assert text_of_markup(MANY) == ""
    # XML has no such limit, since its parser looks names up
    assert len(whole_document("a.xml", MANY.encode(), "").attrib) == 40_000
    # the look counts as the parser does; a quote within a comment ends no tag
    for page in (
        f"<!-- <a x=' --> {MANY}",
        MANY.replace('"x"', '">"'),
        MANY.replace(" a", "/a"),
        f"<script>'<a '</script>{MANY}",
    ):
        with pytest.raises(ValueError, match="40,000 attributes"):
            refuse_many_attributes(page)
    for page in ("", "\0" * 9_000, "<" * 9_000, "<p " + "a='x' " * 9_000 + ">", f"<!-- {MANY} -->"):
        refuse_many_attributes(page)


NO_ENCODING = io.BytesIO()
with zipfile.ZipFile(NO_ENCODING, "w") as book:
    book.writestr("sheet1.xml", "<?xml version='1.0' encoding='UTF-18446744073709551616'?><sheetData/>")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        *(
            (workbook(rows), "a sheet of 17,179,869,184 cells")
            for rows in (
                '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
                "<row r='1'><c r='a1'><v>1</v></c></row><row r='1048576'><c r='xfd1048576'><v>1</v></c></row>",
                f'<row r="1">{"<c><v>1</v></c>" * 16_384}</row><row r="1048576"><c><v>1</v></c></row>',
            )
        ),
        (old_workbook(2, (0, 0), (65_535, 255)), "16,777,216 cells"),
        (old_workbook(2**31, (0, 0)), "memory allocation of [0-9]+ bytes failed"),
        (NO_ENCODING.getvalue(), "unknown encoding"),
    ],
)
def test_a_workbook_that_asks_for_more_memory_than_there_is_is_refused_and_ends_no_process(data: bytes, says: str) -> None:
    """1.4 kilobytes asked for 500 GB, and one flipped bit in an old one did: the process aborted, and every refresh with it."""
    with pytest.raises(Quarantine, match=says):
        list(sheets("a.xls" if data.startswith(b"\xd0") else "a.xlsx", data, ""))


def test_a_sheet_is_read_wherever_it_begins() -> None:
    rows = '<row r="1048575"><c r="XFC1048575"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    assert list(sheets("a.xlsx", workbook(rows), "")) == [("S", [("1", None), (None, "2")])]
    assert list(sheets("a.xls", old_workbook(2, (0, 0), (1, 1)), "")) == [("S", [("1", None), (None, "1")])]
