"""Texts made to keep a parser busy for ever, and JSON that no table can hold."""

import json
from collections.abc import Callable

import pytest

from assets.contracts import Stage
from assets.errors import Quarantine
from assets.news.articles.stated import as_written
from assets.sanctions.lists.us_bis import denied_persons
from assets.sanctions.lists.us_dod import section_1260h
from assets.sanctions.lists.us_ofac import ns_cmic
from assets.sanctions.reading.printed_party import read_party
from pipelines.util.deadline import OutOfTime, deadline

LONG = 40_000
"""Characters: what is linear takes some tenths of a second, what is quadratic minutes of processor time."""
GENEROUS_S = 20.0


def denied(name: str) -> object:
    header = (
        "Name,Street_Address,City,State,Country,Postal_Code,Effective_Date,Expiration_Date,Standard_Order,Last_Update,Action,"
        "FR_Citation"
    )
    row = f'"{name}",1 ROAD,X,,CN,,03/16/2020,12/13/2028,Y,2020-03-20,FR NOTICE ADDED,85 F.R. 16054 3/20/2020'
    return denied_persons.stage({"dpl.csv": f"{header}\n{row}\n".encode()})


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (read_party, "A" + ",or  " * 40 + "x"), (read_party, "A" + ", and " * 40 + ",x"),
        (read_party, "A" + ", and " * (LONG // 6) + "x"), (read_party, "A" + "," * LONG + "x"),
        (read_party, "A" + ", Ltd." * (LONG // 6) + ", x"), (lambda t: as_written(t, None), "x" + " " * LONG + "x"),
        (lambda t: as_written(t, None), "published" + " " * LONG), (denied, "A" + " " * LONG + "B"),
        (denied, "A" + "(" * LONG + "B"),
    ],
)  # fmt: skip
def test_a_text_without_end_is_read_to_its_end(read: Callable[[str], object], text: str) -> None:
    try:
        with deadline(GENEROUS_S):
            read(text)
    except OutOfTime:
        pytest.fail("more than linear time")


def transcribed(value: object) -> dict[str, object]:
    return {"list_id": "x", "source_file": "x", "count": 1, "entities": [{"name": "A", "country": "China", "notes": value}]}


@pytest.mark.parametrize("stage", [section_1260h.stage, ns_cmic.stage])
def test_half_of_a_character_is_a_reason(stage: Stage) -> None:
    content = json.dumps(transcribed("\ud800")).encode()
    with pytest.raises(Quarantine, match=r"lone surrogates.*last good list stands"):
        stage({"x.json": content})
