"""Reading the record of Federal Register rules."""

import pytest

from assets.contracts import Staged
from assets.sanctions.lists.us_bis.entity_list import RULES, stage
from pipelines.util.deadline import deadline
from tests.sanctions.conftest import holds, refuses
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


def test_a_row_is_one_rule_entity_and_destination_said_once_and_the_citation_stands_for_an_unconfirmed_number() -> None:
    staged = read(ADD, REMOVE)
    assert staged.frames["rules"].schema == RULES
    assert (
        told(staged.frames["rules"], "row action effective_date announced_date party_type country_id url")
        == "1|add|2020-06-05|2020-05-22|entity|CHN|- / 2|remove|2023-11-16|-|entity|CHN|-"
    )
    assert (staged.n_read, staged.rejects.height) == (2, 0)
    holds(read(ADD, ADD), "rejects row column value reason: 2|-|2020-10869, ifs, add, CHN|row 1 says the same")
    cited = ADD.replace("2020-10869", "")
    holds(
        read(cited, cited, REMOVE.replace("88 FR 80112", "")),
        "rules document_number citation: -|85 FR 34503 / 2023-25557|-",
        "rejects row column value reason: 2|-|85 FR 34503, ifs, add, CHN|row 1 says the same",
    )


DAYS = "2020-06-05,2020-06-05"
BAD = [
    (ADD.replace("2020-10869,85 FR 34503", ","), "document_number|must be given where the citation is blank"),
    (ADD.replace("Institute of Forensic Science", " "), "name|must be given"), ("1,2,3\n", "-|3 columns where the header has 13"),
    (ADD.replace(",ifs,", ",IFS!,"), "entity_key|must be small letters, digits and single hyphens"),
    (ADD.replace(",add,", ",suspend,"), "action|must be add, remove or modify"),
    (ADD.replace(",,China", ",robot,China"),
     "party_type|must be one of person, entity, vessel, aircraft, or blank for an entity"),
    (ADD.replace("China", "Atlantis"), "country|is no country that the registry of actors knows"),
    (ADD.replace(DAYS, "05.06.20,2020-06-05"), "publication_date|must be a day as YYYY-MM-DD"),
    (ADD.replace(DAYS, "2020-06-05,2020-06-31"), "effective_date|is no day of the calendar"),
    (ADD.replace(DAYS, "2020-06-05,"), "effective_date|must be a day as YYYY-MM-DD"),
    (ADD.replace(DAYS, "2020-06-05,2021-06-30"), "effective_date|must not be more than a year after publication"),
    (ADD.replace(DAYS, "2020-06-05,0020-06-05"), "effective_date|must not be before 1997-02-03, when the list began"),
    (ADD.replace("2020-05-22", "2020-06-22"), "announced_date|must not be after publication"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "reason"), BAD, ids=[reason for _, reason in BAD])
def test_a_row_that_cannot_be_read_is_rejected_with_its_reason(line: str, reason: str) -> None:
    staged = read(line, REMOVE)
    holds(staged, f"rejects row column reason: 1|{reason}")
    assert (staged.n_read, staged.frames["rules"].height) == (2, 1)


@pytest.mark.trap("us_bis_entity_list", "contradicting-rule")
def test_rows_that_contradict_the_record_are_rejected_and_a_file_that_is_not_the_record_is_quarantined() -> None:
    again = ADD.replace("2020-10869", "2021-1").replace(DAYS, "2021-06-05,2021-06-05")
    elsewhere = REMOVE.replace("China", "Iran")
    early = REMOVE.replace("2023-25557", "2023-2").replace("2023-11-16", "2020-01-01")
    back = ADD.replace("2020-10869", "2024-1").replace(DAYS, "2024-01-05,2023-11-01")
    twice = REMOVE.replace("2023-25557", "2023-3").replace("2023-11-17", "2023-12-17")
    holds(
        read(ADD, again, elsewhere, early, REMOVE, back, twice),
        "rejects row reason: 2|adds an entity to a destination under which it is listed already / "
        "3|removes an entity from a destination under which it is not listed / "
        "4|removes an entity before the day from which it is listed / "
        "6|takes effect before the day on which an earlier rule removed the entity / "
        "7|is about an entity that an earlier rule removed",
    )
    # each name was counted among all: a million columns took hours of processor time
    with deadline(20):
        refuses(stage, ("other columns than the record of rules", {"rules.csv": b"a," * 200_000 + b"a\n"}))
    refuses(
        lambda text: stage({"rules.csv": text.encode() if isinstance(text, str) else text}),
        ("not UTF-8", "Café".encode("cp1252")), ("missing: action; unknown: act", HEADER.replace("action", "act") + ADD),
        ("twice: name", HEADER.replace("url", "name") + ADD), ("cut in its last line", HEADER + ADD + REMOVE[:60]),
        ("cut or a quote is missing", HEADER + ADD + '"2023-25557'),
    )  # fmt: skip
