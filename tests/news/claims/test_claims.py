"""Quantities and claims in sentences: which number is one, of what, where, by whom and when; and the core table of claims."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from assets import schema
from assets.news.articles import read as articles
from assets.news.articles.fold import fold
from assets.news.claims.claim import Claim, claims_of
from assets.news.claims.claim_rules import RULES
from assets.news.claims.quantities import quantities
from benchmarks import claims as labelled
from tests.news.conftest import folded, snapshot
from tests.told import told

ON = date(2024, 5, 20)


def only(text: str, on: date | None = ON, title: str | None = None) -> Claim:
    (claim,) = claims_of(text, on, title)
    return claim


def test_every_rule_reads_its_own_example() -> None:
    assert [r.name for r in RULES if r.name not in [claim.rule for claim in claims_of(r.example, ON)]] == []
    assert len({r.name for r in RULES}) == len({r.example for r in RULES}) == len(RULES)


def test_the_labelled_sentences_are_read_with_a_precision_of_nine_tenths_and_most_are_found() -> None:
    sentences = labelled.sentences()
    assert sum(bool(s.expected) and s.kind == "claim" for s in sentences) >= 40
    assert sum(s.kind != "claim" for s in sentences) >= 40
    for part in labelled.PARTS:
        found = labelled.measure([s for s in sentences if s.part == part])
        assert found.precision >= 0.9
        assert found.recall >= 0.9


def test_a_claim_is_found_where_it_stands_and_keeps_its_sentence() -> None:
    text, title = "Fentanyl is a drug. Fentanyl is behind more than two-thirds of US overdose deaths. Why?", "Talks"
    claim = only(text, title=title)
    assert f"{title}\n{text}"[claim.char_start : claim.char_end] == claim.surface == "more than two-thirds"
    assert (claim.sentence, claim.evidence) == (2, "Fentanyl is behind more than two-thirds of US overdose deaths.")
    assert claims_of("Fentanyl is in more than two-thirds of US overdose deaths.", ON) == []


PLACES = """
More than 100,000 Americans died of overdoses. = USA
China's fentanyl is behind the deaths of many; more than 100,000 Americans died of overdoses. = USA
Ohio overdose deaths rose to 5,000. = US-OH
Overdose deaths in West Virginia rose to 1,400, US officials said. = US-WV
Canada recorded 7,300 overdose deaths. = CAN
In San Francisco, 806 people died of overdoses, US officials said. = None
Ohio County saw 30 overdose deaths. = None
Overdoses killed 500,000 people worldwide, the US said. = None
Overdoses killed 5,000 people. = None
"""


PERIODS = """
US overdose deaths fell to 107,543 last year. = 2023-01-01 2023-12-31 stated
US overdose deaths hit 70,000 in the 12 months to September 2018. = 2017-10-01 2018-09-30 stated
CBP seized 27,000 pounds of fentanyl in FY23. = 2022-10-01 2023-09-30 stated
CBP seized 27,000 pounds of fentanyl last fiscal year. = 2022-10-01 2023-09-30 stated
Overdoses have killed 1,000,000 Americans since 1999. = None None not_read
Fentanyl kills 70,000 Americans a year. = None None none
The US sanctioned 28 Chinese firms on Tuesday. = 2024-05-14 2024-05-14 stated
Since October, the US has sanctioned 45 Chinese firms. = None None not_read
The US sanctioned 45 Chinese firms in 2022. = None None not_read
The US sanctioned 45 Chinese firms. = None None none
"""


LISTINGS = """
China sanctioned 11 US lawmakers. = CHN USA None person
11 US firms were sanctioned by China. = CHN USA None entity
China slams U.S. for putting 5 Chinese firms on trade blacklist. = USA CHN None entity
The Treasury sanctioned 28 individuals and entities. = USA None us_ofac_sdn None
The US Commerce Department added 37 Chinese entities to the Entity List. = USA CHN us_bis_entity_list None
China added 11 US firms to its unreliable entity list. = CHN USA cn_mofcom entity
The EU imposed sanctions on four Chinese officials. = EU CHN None person
Five tankers were blacklisted. = None None None vessel
"""


READ: dict[str, tuple[str, Callable[[Claim], object]]] = {
    "place": (PLACES, lambda c: c.actor_id),
    "period": (PERIODS, lambda c: f"{c.period_from} {c.period_to} {c.period_basis}"),
    "listing": (LISTINGS, lambda c: f"{c.source_id} {c.target_id} {c.list_id} {c.party_type}"),
}


@pytest.mark.parametrize(("table", "read"), READ.values(), ids=READ)
def test_the_place_is_whose_dead_are_counted_the_period_what_is_stated_and_a_listing_has_who_listed_whom(
    table: str, read: Callable[[Claim], object]
) -> None:
    rows = dict(line.split(" = ") for line in table.strip().splitlines())
    assert {text: str(read(only(text))) for text in rows} == rows


def test_the_place_may_be_that_of_the_headline_or_of_the_claim_before_and_a_period_needs_the_day() -> None:
    assert only("Overdoses killed 5,000 people.", title="US counts its dead").actor_id == "USA"
    claims = claims_of("In the US, 107,941 people died of overdoses. Fentanyl was behind 68% of overdose deaths.", ON)
    assert [c.actor_id for c in claims] == ["USA", "USA"]
    unknown = only("US overdose deaths fell to 107,543 last year.", on=None)
    assert (unknown.period_from, unknown.period_basis) == (None, "not_read")


def test_what_is_counted_apart_is_added_up_and_a_fall_and_its_bounds_are_below_0() -> None:
    claim = only("The US designated seven entities and six individuals in China.")
    assert (claim.number, claim.low, claim.high, claim.surface) == (13, 12.5, 13.5, "seven entities and six")
    claim = only("US overdose deaths fell by more than a quarter of their number last year.")
    assert (claim.number, claim.low, claim.high) == (-0.25, None, -0.25)


NO_CLAIMS = """
US overdose deaths could reach 165,000.
The US plans to sanction 20 Chinese firms.
The US said it would impose sanctions on 20 Chinese firms.
The US did not add 20 Chinese firms to its blacklist.
If nothing is done, overdoses will kill 120,000 Americans.
Overdoses kill 300 Americans a day.
US overdose deaths among teens rose to 1,500.
Some 12,000 Americans aged 65 and older died of overdoses.
Prescription opioid deaths in the US fell to 12,000.
Fentanyl was behind 80% of US opioid deaths.
US traffic deaths fell to 42,795.
Agents seized fentanyl worth 27,000 dollars.
The 28 firms deny it.
"""


def test_plans_fears_denials_parts_and_other_measures_are_no_claims() -> None:
    assert {text: claims_of(text, ON) for text in NO_CLAIMS.strip().splitlines() if claims_of(text, ON)} == {}


def test_claims_come_with_their_article_in_english_and_are_read_again_when_it_gets_its_date() -> None:
    text = '"title": "US counts its dead", "text": "More than 100,000 Americans died of overdoses last year."'
    german = '{"text": "28 individuals sanctioned by China.", "language": "de", "published": "2023-12-22"}'
    undated, dated, other = (
        snapshot(articles.stage({"a.json": article.encode()}), str(month), datetime(2024, month, 1))
        for month, article in enumerate((f"{{{text}}}", f'{{{text}, "published": "2023-12-22"}}', german), start=1)
    )
    assert folded(fold, [undated]).told("claims", "period_basis published_on") == "not_read|-"
    after = folded(fold, [undated], [dated]).rows("claims")
    assert told(after, "period_basis period_to published_on") == "stated|2022-12-31|2023-12-22"
    assert schema.table("core.claims").conform(after).equals(after)
    assert folded(fold, [other]).rows("claims").is_empty()


def test_a_body_that_a_user_added_lists_for_its_state(tmp_path: Path) -> None:
    (tmp_path / "actors.csv").write_text(
        "actor_id,kind,name,country_id,sector,parent_id,valid_from,valid_to\nFRA.TRESOR,body,Direction du Tresor,FRA,GOV,FRA,,\n"
    )
    (tmp_path / "aliases.csv").write_text("scheme,alias,actor_id\nsurface,Direction du Tresor,FRA.TRESOR\n")
    text = "Direction du Tresor sanctioned 12 Russian firms."
    assert [c.source_id for c in claims_of(text, ON)] == [None]
    assert [(c.source_id, c.source_body_id) for c in claims_of(text, ON, own_actors=tmp_path)] == [("FRA", "FRA.TRESOR")]


QUANTITIES = """
[more than 109,000] people = C more_than 109000
[at least 12] firms = C at_least 12
[fewer than twenty-one] firms = C less_than 21
[up to 1.2 million] people = C at_most 1200000
[some one hundred thousand] people = C about 100000
[between 105,000 and 110,000] people = C between 105000 110000
topped [100,000] for the first time = C more_than 100000
hit a record [107,000] last year = C exactly 107000
[three dozen] firms = C exactly 36
[nearly 70 %] of deaths = P nearly 0.7
[75.4 per cent] of deaths = P exactly 0.754
[10 to 15 percent] of deaths = P between 0.1 0.15
[more than two-thirds] of deaths = P more_than 0.667
[a quarter] of deaths = P exactly 0.25
[two out of three] deaths = P exactly 0.667
[seven in 10] deaths = P exactly 0.7
[27,000 pounds] of it = W exactly 27000
[about 1.5 tons] of it = W about 3000
[2 tonnes] of it = W exactly 4409.245
"""


def quantities_in(text: str) -> list[str]:
    return [
        f"{text[: q.start]}[{text[q.start : q.end]}]{text[q.end :]} = {q.kind} {q.comparator} {round(q.number, 3):.10g}"
        + (f" {q.number_to:.10g}" if q.number_to is not None else "")
        for q in quantities(text)
    ]


def test_a_quantity_is_read_with_its_limit_and_its_unit() -> None:
    for row in QUANTITIES.strip().splitlines():
        assert quantities_in(row.replace("[", "").replace("]", "").partition(" = ")[0]) == [row]


def test_money_names_ordinals_ages_years_and_spans_of_time_are_no_quantities() -> None:
    words = (
        "$3m of it|US$40 million|25 million euros|COVID-19|the 6th package|an 18-year-old|in 2021|a 90-day reprieve|12 years|"
        "three times|two milligrams|five percentage points"
    )
    assert {text: quantities_in(text) for text in words.split("|") if quantities_in(text)} == {}
    assert [q.number for q in quantities("24 firms and 30 persons")] == [24, 30]
    assert [q.number for q in quantities("slipped in 2023 to 107,500")] == [107500]


def test_what_a_quantity_admits_follows_from_its_limit_and_its_last_digit() -> None:
    for text, low, high in (
        ("107,000 deaths", 106500, 107500), ("107,941 deaths", 107940.5, 107941.5), ("100,000 deaths", 95000, 105000),
        ("10 firms", 9.5, 10.5), ("about 100,000 deaths", 95000, 105000), ("nearly 70% of it", 0.665, 0.7),
        ("70% of it", 0.695, 0.705), ("more than 100,000 deaths", 100000, None), ("no more than 100 deaths", None, 100),
        ("100,000 to 110,000 deaths", 100000, 110000),
    ):  # fmt: skip
        (found,) = quantities(text)
        assert found.admits() == tuple(limit if limit is None else pytest.approx(limit) for limit in (low, high)), text
