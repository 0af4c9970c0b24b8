"""Guards on bytes: what must not feed the tables, and that nothing else is refused."""

import time
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.ingest.guards import inspect
from pipelines.ingest.sources import FileSpec, Source
from tests.pipelines.examples import a_source


def source(max_bytes: int = 10_000_000, max_line_bytes: int = 1000, **files: FileSpec) -> Source:
    named = {name.replace("_", "."): spec for name, spec in files.items()} or {"a.csv": FileSpec()}
    return a_source(max_bytes=max_bytes, max_line_bytes=max_line_bytes, files=named)


def refusal(data: bytes, **spec: Any) -> str:
    """Why a file is refused; nothing where it is not."""
    return inspect({"a.csv": data}, source(a_csv=FileSpec(**spec))) or ""


PAGES = [
    b"<!DOCTYPE html><html>",
    b"<html>\n<head>",
    b"\xef\xbb\xbf<!doctype HTML>",
    b" \r\n\t<HTML lang='en'>",
    b"<!-- a comment -->\n<!-- another -->\n<html>",
    b"<!-- " + b"long " * 2000 + b"-->\n<html>",
    b"<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Strict//EN'>",
    "<html><body>".encode("utf-16"),
    b"<head><title>403 Forbidden</title></head>",
    b"<title>Request Rejected</title>",
    b"<script>location='/login'</script>",
    b"<!-- a comment that never ends",
]
ERRORS = [
    b"<?xml version='1.0' encoding='UTF-8'?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
    b"<Error><Code>NoSuchKey</Code></Error>",
    b'{"message": "Access Denied"}',
    b'{"error": true, "code": "query.soql", "message": "no such column"}',
    b'{"errorCode": "permission_denied", "data": {}}',
    b"Access Denied",
    b"403 Forbidden\n",
    b"HTTP Error 503: Service Unavailable",
]
TEXTS = [
    b"1,a\r\n2,b\r\n\x1a",
    b"Forbidden City reopens its gates after three years of repairs, state media said",
    b"404,NOT FOUND LTD,entity\n",
    b'{"title": "A message", "text": "..."}',
    b"<3 is not a tag",
    b"name,message\nerror,Access Denied\n",
]


def test_a_web_page_or_an_error_message_is_refused_where_text_was_expected_and_text_that_speaks_of_errors_is_not() -> None:
    assert [page for page in PAGES if "a web page (HTML) where text was expected" not in refusal(page)] == []
    assert [said for said in ERRORS if "an error message" not in refusal(said)] == []
    assert [text for text in TEXTS if refusal(text)] == []
    assert refusal(b"<!doctype html><p>News</p>", kind="html") == ""
    assert "an XML document where text was expected" in refusal(b"<?xml version='1.0'?><sdnList/>")
    for kind in ("xml", "json", "binary"):
        assert f"a web page (HTML) where {kind} was expected" in refusal(b"<!DOCTYPE html><html>", kind=kind)


def test_files_are_those_that_are_declared_required_and_small_enough() -> None:
    assert (refusal(b""), refusal(b"", may_be_empty=True)) == ("a.csv: 0 bytes", "")
    assert inspect({}, source()) == "nothing was served: no file at all"
    both = source(sdn_csv=FileSpec(), add_csv=FileSpec(required=False))
    assert inspect({"add.csv": b"1\n"}, both) == "sdn.csv: the file is missing from the snapshot, which has only add.csv"
    assert inspect({"sdn.csv": b"1\n"}, both) is None
    batch = source().model_copy(update={"files": {"*.txt": FileSpec(), "*.html": FileSpec(required=False, kind="html")}})
    assert inspect({"b.html": b"<html>"}, batch) == "*.txt: the snapshot has no such file, only b.html"
    assert inspect({"a.txt": b"x"}, batch) is None
    assert inspect({"a.csv": b"1\n", "notes.doc": b"x"}, source()) == "notes.doc: not a file of this source, which declares a.csv"
    two = source(max_bytes=10, a_csv=FileSpec(), b_csv=FileSpec())
    assert inspect({"a.csv": b"12345", "b.csv": b"12345"}, two) is None
    assert "11 bytes, more than the limit of 10" in (inspect({"a.csv": b"123456", "b.csv": b"12345"}, two) or "")


def test_a_line_of_the_limit_passes_and_a_longer_one_does_not_where_lines_mean_something() -> None:
    ok = b"x" * 1000
    assert refusal(ok + b"\n" + ok + b"\r\n" + ok) == ""
    assert "a line longer than 1,000 bytes" in refusal(b"a\n" + ok + b"x\nb\n")
    assert "a line longer than 1,000 bytes" in refusal(b"a\n" + ok + b"x")
    assert refusal(b"[" + b"1," * 1000 + b"1]", kind="json") == ""
    reason = inspect({"a.csv": b"1,a\n" + bytes(300_000_000)}, source(max_bytes=10**9, max_line_bytes=1_000_000))
    assert "a line longer than 1,000,000 bytes" in (reason or "")


def test_a_document_ends_in_its_closing_tag_and_json_in_the_pair_of_its_beginning_else_it_was_cut() -> None:
    for data in (b"<a><b/></a>", b"<a></a>\r\n\x1a", b"<a></a>\n<!-- made in a second -->\n"):
        assert refusal(data, kind="xml", closing_tag="</a>") == ""
    for data in (b"<a><b/>", b"<a></a", b"<a> <!-- </a> -->", b"-->"):
        assert "not whole: it does not end in </a>" in refusal(data, kind="xml", closing_tag="</a>")
    for data, is_whole in ((b"[1, 2]\n", True), (b"[1, 2", False), (b'{"a": 1}', True), (b'{"a": [1]', False)):
        assert (refusal(data, kind="json") == "") == is_whole
    assert "JSON that begins with {" in refusal(b'{"a":' * 5000, kind="json")
    began = time.process_time()
    refusal(b"<!--" * 1_000_000 + b"-->", kind="xml", closing_tag="</a>")
    assert time.process_time() - began < 1
    reason = inspect({f"{i}.doc": b"x" for i in range(100)}, source()) or ""
    assert reason.endswith("; and 96 more")


beginnings = st.sampled_from([b"", b"<html>", b"\xff\xfe", b"\xef\xbb\xbf", b"<?xml", b"<!--", b'{"error":', b"[", b"1,a\r\n"])


@given(
    beginnings,
    st.binary(max_size=300),
    st.sampled_from(["text", "html", "json", "xml", "binary"]),
    st.sampled_from(["a.csv", "b", "", "/", "\ud800"]),
)
@settings(max_examples=300, deadline=None)
def test_whatever_the_bytes_the_answer_is_a_reason_or_none(begin: bytes, rest: bytes, kind: Any, name: str) -> None:
    spec = FileSpec(kind=kind, closing_tag="</a>")
    reason = inspect({name: begin + rest}, source(a_csv=spec, max_line_bytes=50))
    assert reason is None or reason


@given(st.binary(max_size=400), st.integers(min_value=1, max_value=20))
@settings(max_examples=300, deadline=None)
def test_the_limit_on_lines_is_that_of_splitting_the_file(data: bytes, limit: int) -> None:
    lines = data.replace(b"\r", b"\n").split(b"\n")
    spec = FileSpec(kind="text", may_be_empty=True)
    is_refused = "a line longer" in (inspect({"a.csv": data}, source(a_csv=spec, max_line_bytes=limit)) or "")
    is_page = "expected" in refusal(data, may_be_empty=True) or "error" in refusal(data, may_be_empty=True)
    assert is_refused == (max(map(len, lines)) > limit and not is_page)
