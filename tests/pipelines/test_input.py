"""Texts that people hand in, in the encodings that their tools write."""

import codecs
from pathlib import Path

import pytest

from assets.errors import BilateralError
from pipelines.cli.input import as_text, lines_of, text_of

NAMES = ["Müller GmbH", "公安部", "Wáng"]


def lines(path: Path) -> list[str]:
    with lines_of(str(path)) as found:
        return list(found)


@pytest.mark.parametrize(
    "data",
    [
        "\n".join(NAMES).encode(),
        codecs.BOM_UTF8 + "\r\n".join(NAMES).encode(),
        "\n".join(NAMES).encode("utf-16"),
        codecs.BOM_UTF16_BE + "\r\n".join(NAMES).encode("utf-16-be"),
        "\n".join(["x" * 4, *NAMES]).encode("utf-16-le"),
        "\n".join(["x" * 4, *NAMES]).encode("utf-16-be"),
    ],
    ids=["utf-8", "utf-8 with its mark", "utf-16", "utf-16, big end first", "utf-16 without mark", "the same, big end first"],
)
def test_unicode_is_read_with_and_without_its_mark(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "names.txt").write_bytes(data)
    assert lines(tmp_path / "names.txt")[-3:] == NAMES


def test_a_line_that_is_not_utf_8_is_read_as_latin_1_and_that_is_said_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "names.txt").write_bytes("Wáng\n".encode() + "Müller\nJosé\n".encode("cp1252") + "公安部\n".encode())
    assert lines(tmp_path / "names.txt") == ["Wáng", "Müller", "José", "公安部"]
    warning = capsys.readouterr().err
    assert warning.count("not UTF-8") == 1
    assert "line 2" in warning


def test_files_that_are_no_text_or_not_there_are_named_and_queries_keep_their_lines(tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_bytes(codecs.BOM_UTF16_LE + b"a\0b")
    with pytest.raises(BilateralError, match="begins as UTF-16 and is none"):
        lines(tmp_path / "names.txt")
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(BilateralError, match="cannot be read"):
            lines(path)
    (tmp_path / "q.sql").write_bytes(codecs.BOM_UTF8 + b"SELECT 1 -- one\n+ 1")
    assert text_of(str(tmp_path / "q.sql")) == "SELECT 1 -- one\n+ 1"
    assert as_text(b"M\xfcller".decode("utf-8", "surrogateescape")) == "Müller"
    assert as_text("公安部") == "公安部"
