"""Reading the record of Federal Register rules."""

from typing import Any

import pytest

from assets.contracts import Staged
from assets.errors import Quarantine
from assets.sanctions.lists.us_bis.entity_list import RULES, stage
from pipelines.util.deadline import deadline
from tests.told import told

HEADER = (
    "document_number,citation,publication_date,effective_date,announced_date,action,entity_key,name,aliases,party_type,"
    "country,reason,url\n"
)
ADD = (
    "2020-10869,85 FR 34503,2020-06-05,2020-06-05,2020-05-22,add,ifs,Institute of Forensic Science,IFS; Forensic Institute,,"
    "China,,\n"
)
REMOVE = "2023-25557,88 FR 80112,2023-11-17,2023-11-16,,remove,ifs,Institute of Forensic Science,,entity,China,,\n"
VALID = (HEADER + ADD + REMOVE).encode()


def read(*lines: str) -> Staged:
    return stage({"rules.csv": (HEADER + "".join(lines)).encode()})


def reasons(staged: Staged) -> list[tuple[Any, ...]]:
    return staged.rejects.select("row", "column", "value", "reason").rows()


def test_a_row_is_one_rule_entity_and_destination() -> None:
    staged = read(ADD, REMOVE)
    assert staged.frames["rules"].schema == RULES
    assert (
        told(staged.frames["rules"], "row action effective_date announced_date party_type country_id url")
        == "1|add|2020-06-05|2020-05-22|entity|CHN|- / 2|remove|2023-11-16|-|entity|CHN|-"
    )
    assert (staged.n_read, staged.rejects.height) == (2, 0)


def test_a_line_of_as_many_columns_as_signs_is_refused_before_long() -> None:
    """Each name was counted among all: a million columns took hours of processor time."""
    with deadline(20), pytest.raises(Quarantine, match="other columns than the record of rules"):
        stage({"rules.csv": b"a," * 200_000 + b"a\n"})


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        (ADD.replace("2020-10869,85 FR 34503", ","), "document_number", "must be given where the citation is blank"),
        (ADD.replace("Institute of Forensic Science", " "), "name", "must be given"),
        (ADD.replace(",ifs,", ",IFS!,"), "entity_key", "must be small letters, digits and single hyphens"),
        (ADD.replace(",add,", ",suspend,"), "action", "must be add, remove or modify"),
        (
            ADD.replace(",,China", ",robot,China"),
            "party_type",
            "must be one of person, entity, vessel, aircraft, or blank for an entity",
        ),
        (ADD.replace("China", "Atlantis"), "country", "is no country that the registry of actors knows"),
        (ADD.replace("2020-06-05,2020-06-05", "05.06.20,2020-06-05"), "publication_date", "must be a day as YYYY-MM-DD"),
        (ADD.replace("2020-06-05,2020-06-05", "2020-06-05,2020-06-31"), "effective_date", "is no day of the calendar"),
        (ADD.replace("2020-06-05,2020-06-05", "2020-06-05,"), "effective_date", "must be a day as YYYY-MM-DD"),
        (
            ADD.replace("2020-06-05,2020-06-05", "2020-06-05,2021-06-30"), "effective_date",
            "must not be more than a year after publication",
        ),
        (
            ADD.replace("2020-06-05,2020-06-05", "2020-06-05,0020-06-05"), "effective_date",
            "must not be before 1997-02-03, when the list began",
        ),
        (ADD.replace("2020-05-22", "2020-06-22"), "announced_date", "must not be after publication"),
        ("1,2,3\n", None, "3 columns where the header has 13"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_read_is_rejected_with_its_reason(line: str, column: str | None, reason: str) -> None:
    staged = read(line, REMOVE)
    assert [(row, c, why) for row, c, _, why in reasons(staged)] == [(1, column, reason)]
    assert (staged.n_read, staged.frames["rules"].height) == (2, 1)


def test_rows_say_a_thing_once_and_the_citation_stands_for_an_unconfirmed_number() -> None:
    assert reasons(read(ADD, ADD)) == [(2, None, "2020-10869, ifs, add, CHN", "row 1 says the same")]
    cited = ADD.replace("2020-10869", "")
    staged = read(cited, cited, REMOVE.replace("88 FR 80112", ""))
    assert told(staged.frames["rules"], "document_number citation") == "-|85 FR 34503 / 2023-25557|-"
    assert reasons(staged) == [(2, None, "85 FR 34503, ifs, add, CHN", "row 1 says the same")]


@pytest.mark.trap("us_bis_entity_list", "contradicting-rule")
def test_rows_that_contradict_the_record_are_rejected() -> None:
    again = ADD.replace("2020-10869", "2021-1").replace("2020-06-05,2020-06-05", "2021-06-05,2021-06-05")
    elsewhere = REMOVE.replace("China", "Iran")
    early = REMOVE.replace("2023-25557", "2023-2").replace("2023-11-16", "2020-01-01")
    back = ADD.replace("2020-10869", "2024-1").replace("2020-06-05,2020-06-05", "2024-01-05,2023-11-01")
    twice = REMOVE.replace("2023-25557", "2023-3").replace("2023-11-17", "2023-12-17")
    assert [(row, why) for row, _, _, why in reasons(read(ADD, again, elsewhere, early, REMOVE, back, twice))] == [
        (2, "adds an entity to a destination under which it is listed already"),
        (3, "removes an entity from a destination under which it is not listed"),
        (4, "removes an entity before the day from which it is listed"),
        (6, "takes effect before the day on which an earlier rule removed the entity"),
        (7, "is about an entity that an earlier rule removed"),
    ]


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"rules.csv": "Café".encode("cp1252")}, "not UTF-8"),
        ({"rules.csv": (HEADER.replace("action", "act") + ADD).encode()}, "missing: action; unknown: act"),
        ({"rules.csv": (HEADER.replace("url", "name") + ADD).encode()}, "twice: name"),
        ({"rules.csv": (HEADER + ADD + REMOVE[:60]).encode()}, "cut in its last line"),
        ({"rules.csv": (HEADER + ADD + '"2023-25557').encode()}, "cut or a quote is missing"),
    ],
)
def test_a_file_that_is_not_the_record_is_quarantined(files: dict[str, bytes], reason: str) -> None:
    with pytest.raises(Quarantine, match=reason):
        stage(files)
