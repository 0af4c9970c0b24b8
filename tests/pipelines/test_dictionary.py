"""The data dictionary is what the SQL says, and so are the comments of the macros in the published file."""

import re
from pathlib import Path

import pytest

from assets.schema import SQL, declared
from pipelines.publish import macros
from tests.pipelines import table_docs as dictionary

MACROS = sorted((SQL / "macros").glob("*.sql"))


def test_the_written_dictionary_is_up_to_date() -> None:
    pages = [dictionary.INDEX, *dictionary.PAGES.glob("*.md")]
    written = {page: page.read_text(encoding="utf-8") for page in pages}
    assert written == dictionary.dictionary(), f"docs/tables is out of date; renew it with: {dictionary.COMMAND}"


@pytest.mark.parametrize("path", MACROS, ids=lambda p: p.stem)
def test_a_macros_comment_is_the_first_sentence_of_its_header(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = re.search(rf"^COMMENT ON MACRO (?:TABLE )?{path.stem} IS '(.+)';$", text, re.MULTILINE)
    assert found is not None, f"{path.name}: end it with COMMENT ON MACRO TABLE {path.stem} IS '<first sentence>';"
    assert found[1].replace("''", "'") == macros.header(text).first_sentence


def heads(**texts: str) -> dict[str, macros.Header]:
    body = "-- Example: FROM {0}();\nCREATE OR REPLACE MACRO {0}() AS TABLE SELECT 1;"
    return {name: macros.header(f"-- It is.\n{text}\n{body.format(name)}") for name, text in texts.items()}


def test_a_column_of_a_macro_means_what_its_header_says_or_what_it_means_where_it_comes_from() -> None:
    headers = heads(
        a="-- Result: the columns of core.t, then n, word.\n-- Column n: Number of\n-- things.\n-- Column word (x, y): A word.",
        b="-- Result: rows.\n-- As in: a",
    )
    assert headers["a"].lines == ("It is.", "Result: the columns of core.t, then n, word.")
    tables = {"core.t": {"id": macros.MacroColumn("The id."), "n": macros.MacroColumn("Another.")}}
    found = macros.meanings({"a": ["id", "n", "word"], "b": ["word", "id"]}, headers, tables)
    assert {column: given.description for column, given in found["a"].items()} == {
        "id": "The id.",
        "n": "Number of things.",
        "word": "A word.",
    }
    assert [(column, given.vocabulary) for column, given in found["b"].items()] == [("word", ("x", "y")), ("id", ())]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("-- Result: rows.", "a.sql: say what n means"),
        ("-- Result: rows.\n-- Column n: N.\n-- Column m: M.", "a.sql: there is no column m in what it gives"),
        ("-- Result: rows.\n-- As in: core.u", "core.u, which is no table and no macro"),
    ],
)
def test_a_column_of_a_macro_without_a_meaning_stops_the_build(header: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        macros.meanings({"a": ["n"]}, heads(a=header), {})


SAYS_ITSELF = {"person", "entity", "vessel", "aircraft"}
"""Words of vocabularies that say themselves what they mean, wherever they stand."""


def test_every_word_that_a_column_may_hold_stands_in_the_description_of_the_column() -> None:
    silent = [
        f"{name}.{column.name}: {word}"
        for name, table in declared().items()
        for column in table.columns
        for word in table.vocabulary(column.name)
        if word not in SAYS_ITSELF and not re.search(rf"(?<!\w){word}(?!\w)", column.comment)
    ]
    assert silent == []
