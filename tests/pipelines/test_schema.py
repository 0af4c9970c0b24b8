"""The declarations of sql/core and sql/meta are the one place where tables are described."""

import re
from datetime import date, datetime

import polars as pl
import pytest

from assets.errors import BilateralError
from assets.schema import (
    PACKED,
    SQL,
    WARNINGS,
    Newest,
    UsageWarning,
    declared,
    headers,
    table,
    usage_warnings,
    vocabularies,
    with_warnings,
)


def test_every_table_is_declared_in_its_file_with_typed_described_and_sortable_columns() -> None:
    columns = [(t, c) for t in declared().values() for c in t.columns]
    assert [f"{t.name}.{c.name}" for t, c in columns if len(c.comment) < 3 or len(t.comment) < 10] == []
    files = {f"{p.parent.name}.{p.stem}" for s in ("core", "meta") for p in (SQL / s).glob("*.sql")}
    assert files == set(declared())
    days = ("valid_from", "valid_to", "period_start", "period_end", "date")
    moments = re.compile(r"known_(?!basis)\w+|\w+_at")
    assert {c.type for _, c in columns if moments.fullmatch(c.name)} == {"TIMESTAMP"}
    assert {c.type for _, c in columns if c.name.endswith("_date") or c.name in days} == {"DATE"}
    assert all(set(t.order) <= set(t.polars) for t in declared().values())


def test_a_frame_is_put_into_declared_order_widened_or_reported() -> None:
    frame = pl.DataFrame({"note": ["n"], "program_raw": ["A"]})
    fitted = table("core.program_aliases").conform(frame)
    assert fitted.columns == ["program_raw", "program", "note"]
    assert fitted["program"].to_list() == [None]
    frame = pl.DataFrame({"actor_id": [1], "valid_from": ["2020"], "colour": ["red"]})
    with pytest.raises(BilateralError) as error:
        table("core.actors").conform(frame)
    text = str(error.value)
    assert "core.actors" in text
    assert "actor_id: expected String, found Int64" in text
    assert "valid_from: expected Date, found String" in text
    assert "colour: not a column" in text
    assert table("core.populations").conform(pl.DataFrame({"year": pl.Series([2020], dtype=pl.Int16)}))["year"].dtype == pl.Int32
    with pytest.raises(BilateralError, match="valid_from"):
        table("core.actors").conform(pl.DataFrame({"valid_from": [datetime(2020, 1, 1)]}))
    assert table("core.actors").conform(pl.DataFrame({"valid_from": [date(2020, 1, 1)]})).height == 1


def test_headers_are_read_from_the_head_alone_and_every_one_is_known() -> None:
    text = "-- A table.\n-- grain: a, b\n-- grain: c\nSELECT 1\n-- grain: d\n"
    assert headers(text, "grain") == ["a, b", "c"]
    assert headers(text, "calendar") == []
    # a misspelt header would be a check that is not there
    heads = {p: p.read_text(encoding="utf-8").split("CREATE", 1)[0] for f in ("core", "marts") for p in (SQL / f).glob("*.sql")}
    words = {
        (p.stem, word) for p, head in heads.items() for word in re.findall(r"^-- ([a-z]+(?: [a-z]+)?): ", head, re.MULTILINE)
    }
    assert [found for found in words if found[1] not in HEADS] == []
    for t in declared().values():
        if t.newest is not None:
            assert t.newest.column in t.polars, t.name
            assert t.newest.source is None or t.newest.source.startswith("'") or t.newest.source in t.polars, t.name
    assert table("core.populations").newest == Newest("year", "source")


HEADS = ("grain", "calendar", "stands once", "closes with", "vocabularies", "sorted by", "newest", *PACKED, "runs of", "warning")
HEADS += ("columns like",)


WARNED = """-- Things.
-- warning: early_release: it's too low.
-- warning: aggregation_hazard n: never add up.
CREATE TABLE core.things AS SELECT 1 AS n;
COMMENT ON TABLE core.things IS 'Things.';
COMMENT ON COLUMN core.things.n IS 'How many.';
"""


def test_usage_warnings_stand_at_the_end_of_their_comment_and_each_word_is_used() -> None:
    shown = with_warnings(WARNED, "things.sql")
    assert "COMMENT ON TABLE core.things IS 'Things. EARLY RELEASE: it''s too low.';" in shown
    assert "COMMENT ON COLUMN core.things.n IS 'How many. AGGREGATION HAZARD: never add up.';" in shown
    assert usage_warnings(WARNED, "things.sql") == (
        UsageWarning("early_release", None, "it's too low."),
        UsageWarning("aggregation_hazard", "n", "never add up."),
    )
    texts = {p: p.read_text(encoding="utf-8") for f in ("core", "marts", "macros", "meta") for p in (SQL / f).glob("*.sql")}
    used = {w.word for p, text in texts.items() for w in usage_warnings(text, p.name)}
    assert used == set(WARNINGS)
    capitals = [word.replace("_", " ").upper() for word in WARNINGS]
    assert [p.name for p, text in texts.items() if any(f"{s}:" in text for s in (*capitals, "WARNING"))] == []


def test_a_warning_or_vocabulary_that_is_none_is_refused() -> None:
    for wrong, message in (
        ("early_relaese: x", "things.sql: .* should be .* one of: aggregation_hazard, early_release"),
        ("early_release", "things.sql: .* should be"),
        ("early_release m: x", "things.sql: .* needs one comment to stand in, of m"),
    ):
        with pytest.raises(BilateralError, match=message):
            with_warnings(WARNED.replace("early_release: it's too low.", wrong), "things.sql")
    for name in ("core.no_table.kind", "core.events.no_column", "core.events.evidence"):
        with pytest.raises(BilateralError, match=f"{name}, which is no column with a vocabulary"):
            vocabularies(f"-- vocabularies: kind: {name}\nCREATE TABLE x", "x")
