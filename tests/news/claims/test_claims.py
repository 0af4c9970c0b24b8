"""Claims in sentences: which number is one, of what, where, by whom and when; and how they come into the core table."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from assets import schema
from assets.contracts import StagedSnapshot
from assets.news.articles import read as articles
from assets.news.articles.fold import fold
from assets.news.claims.claim import Claim, claims_of
from assets.news.claims.claim_rules import RULES
from benchmarks import claims as labelled
from tests.told import told

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

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


def test_the_place_is_whose_dead_are_counted_that_of_the_headline_or_of_the_claim_before_or_none() -> None:
    rows = dict(line.split(" = ") for line in PLACES.strip().splitlines())
    assert {text: str(only(text).actor_id) for text in rows} == rows
    assert only("Overdoses killed 5,000 people.", title="US counts its dead").actor_id == "USA"
    told = claims_of("In the US, 107,941 people died of overdoses. Fentanyl was behind 68% of overdose deaths.", ON)
    assert [c.actor_id for c in told] == ["USA", "USA"]


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


def test_the_period_is_what_the_sentence_states() -> None:
    for text, period in (line.split(" = ") for line in PERIODS.strip().splitlines()):
        claim = only(text)
        assert f"{claim.period_from} {claim.period_to} {claim.period_basis}" == period, text
    unknown = only("US overdose deaths fell to 107,543 last year.", on=None)
    assert (unknown.period_from, unknown.period_basis) == (None, "not_read")


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


def test_listings_have_who_listed_whom_where_the_text_says_so() -> None:
    for text, listed in (line.split(" = ") for line in LISTINGS.strip().splitlines()):
        claim = only(text)
        assert f"{claim.source_id} {claim.target_id} {claim.list_id} {claim.party_type}" == listed, text


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


def staged(at: str, article: str) -> StagedSnapshot:
    found = articles.stage({"a.json": article.encode()})
    return StagedSnapshot(at, datetime.fromisoformat(at), True, found.facts, found.frames)


def test_claims_come_with_their_article_and_are_read_again_when_it_gets_its_date(fold_in_batches: Callable[..., Any]) -> None:
    text = '"title": "US counts its dead", "text": "More than 100,000 Americans died of overdoses last year."'
    undated = staged("2024-01-01", f"{{{text}}}")
    dated = staged("2024-02-01", f'{{{text}, "published": "2023-12-22"}}')
    before = fold_in_batches(fold, [undated]).all("claims").collect()
    assert told(before, "period_basis published_on") == "not_read|-"
    after = fold_in_batches(fold, [undated], [dated]).all("claims").collect()
    assert told(after, "period_basis period_to published_on") == "stated|2022-12-31|2023-12-22"
    assert schema.table("core.claims").conform(after).equals(after)


def test_an_article_in_another_language_is_not_read(fold_in_batches: Callable[..., Any]) -> None:
    german = staged("2024-01-01", '{"text": "28 individuals sanctioned by China.", "language": "de", "published": "2023-12-22"}')
    assert fold_in_batches(fold, [german]).all("claims").collect().is_empty()


def test_a_body_that_a_user_added_lists_for_its_state(tmp_path: Path) -> None:
    (tmp_path / "actors.csv").write_text(
        "actor_id,kind,name,country_id,sector,parent_id,valid_from,valid_to\nFRA.TRESOR,body,Direction du Tresor,FRA,GOV,FRA,,\n"
    )
    (tmp_path / "aliases.csv").write_text("scheme,alias,actor_id\nsurface,Direction du Tresor,FRA.TRESOR\n")
    text = "Direction du Tresor sanctioned 12 Russian firms."
    assert [c.source_id for c in claims_of(text, ON)] == [None]
    assert [(c.source_id, c.source_body_id) for c in claims_of(text, ON, own_actors=tmp_path)] == [("FRA", "FRA.TRESOR")]
