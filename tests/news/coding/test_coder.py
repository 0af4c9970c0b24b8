"""The coder on sentences made for one trait each: sign, direction, who acted, modality, and the traps of the news sources."""

from __future__ import annotations

import gzip
import json
import re
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.actors import registry
from assets.actors.lookups import lookups
from assets.news.articles import read as articles
from assets.news.coding import event_date
from assets.news.coding.coder import EventCoder
from assets.news.coding.interface import Event, Text, code_each
from tests.depth import DEEP, examples

DAY = date(2023, 12, 22)


@cache
def coder() -> EventCoder:
    return EventCoder()


def events(text: str, published: date | None = DAY, title: str | None = None) -> list[Event]:
    (_, found), *_ = coder().code([Text("x", text, published, title)])
    return found


def events_between(text: str, source: str, target: str) -> list[Event]:
    return [e for e in events(text) if (e.source_country_id, e.target_country_id) == (source, target)]


def is_conflict(event: Event) -> bool:
    return event.cameo_code >= "09"


VERBS_OF_LIFTING = ("lifted", "removed", "eased", "waived")


@pytest.mark.parametrize("verb", VERBS_OF_LIFTING)
@pytest.mark.parametrize("measure", ["sanctions on", "tariffs on", "the embargo on"])
def test_sign_lifting_a_measure_is_cooperation(verb: str, measure: str) -> None:
    found = events_between(f"The United States {verb} {measure} Chinese steel on Friday.", "USA", "CHN")
    assert found
    assert not any(is_conflict(e) for e in found)


@pytest.mark.parametrize(
    "text",
    [
        "The US removed the Chinese firm from a trade blacklist on Friday.",
        "The United States took a Chinese bank off its blacklist.",
    ],
)
def test_sign_taking_from_a_blacklist_is_cooperation_and_no_expulsion(text: str) -> None:
    assert [e.cameo_code for e in events_between(text, "USA", "CHN")] == ["085"]


@pytest.mark.parametrize("verb", ["imposed sanctions on", "slapped tariffs on", "announced an embargo against", "blacklisted"])
def test_sign_imposing_a_measure_is_conflict(verb: str) -> None:
    assert [e.cameo_code for e in events_between(f"The United States {verb} Chinese companies on Friday.", "USA", "CHN")] == [
        "163"
    ]


@pytest.mark.parametrize("verb", ["refused to lift sanctions on", "declined to meet", "rejected talks with"])
def test_sign_refusing_cooperation_is_rejection(verb: str) -> None:
    found = events_between(f"India {verb} Russia.", "IND", "RUS")
    assert [e.cameo_code[:2] for e in found] == ["12"]


def test_a_threat_of_sanctions_is_not_the_sanctions() -> None:
    (found,) = events_between("The United States threatened to impose sanctions on Turkey.", "USA", "TUR")
    assert found.cameo_code == "1312"


def test_who_denies_an_accusation_did_not_do_it() -> None:
    assert not [e for e in events_between("Russia denied attacking Georgia.", "RUS", "GEO") if e.cameo_code[:2] in ("18", "19")]


@pytest.mark.parametrize(
    "text",
    [
        "Huawei was blacklisted by the United States.",
        "Chinese firms have been sanctioned by Washington.",
        "China faces sanctions from the United States.",
    ],
)
def test_the_passive_keeps_the_direction(text: str) -> None:
    assert events_between(text, "USA", "CHN")
    assert not events_between(text, "CHN", "USA")


@pytest.mark.parametrize(
    ("text", "source", "target", "root"),
    [
        ("Nancy Pelosi's visit to Taiwan angered many.", "USA", "TWN", "04"),
        ("Russia's invasion of Ukraine shocked the world.", "RUS", "UKR", "19"),
        ("Washington's embargo against Cuba has cost billions.", "USA", "CUB", "16"),
    ],
)
def test_nominal_events_are_events(text: str, source: str, target: str, root: str) -> None:
    assert [e.cameo_code[:2] for e in events_between(text, source, target)] == [root]


@pytest.mark.parametrize(
    "text",
    [
        "Uganda invaded Rwanda, says Kenya",
    ],
)
def test_a_third_who_reports_makes_an_act_no_less_sure(text: str) -> None:
    found = events(text)
    assert {(e.source_country_id, e.target_country_id) for e in found} == {("UGA", "RWA")}
    assert min(e.confidence for e in found) > 0.5


@pytest.mark.parametrize(
    "text", ["Peru and Chile both depend on the same river.", "There was no meeting between the Peruvian and Chilean presidents."]
)
def test_where_nothing_happened_nobody_is_asked(text: str) -> None:
    assert not events(text)


@pytest.mark.parametrize("text", ["If China attacks Taiwan, markets will fall.", "China might attack Taiwan."])
def test_conditionals_are_no_facts(text: str) -> None:
    assert all(e.modality in ("hypothetical", "intended") or e.cameo_code[:2] == "13" for e in events(text))


@pytest.mark.parametrize(
    "text",
    [
        "China and Japan held talks on Monday.",
        "Talks between China and Japan resumed on Monday.",
        "China met with Japan on Monday.",
    ],
)
def test_reciprocal_events_come_in_pairs(text: str) -> None:
    assert {(e.source_country_id, e.target_country_id) for e in events(text)} == {("CHN", "JPN"), ("JPN", "CHN")}


HEADLINES = {
    "commas join those who act": ("Cambodia, Laos trade blame over temple", "LAO", "KHM", "ACCUSE"),
    "a surname is no verb": ("Blinken to visit Beijing next week", "USA", "CHN", "AGREE"),
    "the speaker stands behind the colon": ("Estonia must pay its share: Finnish minister", "FIN", "EST", "REQUEST"),
    "urged is a passive": ("Peru urged to return relics: Bolivian official", "BOL", "PER", None),
    "lifts is a verb": ("Portugal lifts ban on Angolan coffee imports", "PRT", "AGO", "RETREAT"),
    "sanctions is a verb": ("Russia sanctions Icelandic lawmakers over aid", "RUS", "ISL", "COERCE"),
    "fields in a row": ("China halts climate, military talks with US", "CHN", "USA", "SANCTION"),
    "what is announced is no threat": ("Latvia to shut two Belarusian consulates", "LVA", "BLR", "SANCTION"),
    "ties are vowed in peace": ("Malawi vows closer ties with Qatar", "MWI", "QAT", "AGREE"),
    "to strike an airport is an attack": ("Israel strikes airport in northern Syria", "ISR", "SYR", "ASSAULT"),
    "presidents of two states": ("Presidents of Togo and Benin meet in Lagos", "BEN", "TGO", "CONSULT"),
    "the wanted man is not the receiver": ("Albania extradites Korean trader to Italy", "ALB", "ITA", "COOPERATE"),
    "a decision is no promise": ("Swiss decide to freeze Libyan assets", "CHE", "LBY", "COERCE"),
    "barbs are no goods": ("Chile trades barbs with Bolivia over river", "CHL", "BOL", "ACCUSE"),
    "a noun with an infinitive looks ahead": ("Turkish foreign minister to visit Ghana", "TUR", "GHA", "AGREE"),
    "a guest without a verb": ("French president in Kazakhstan, uranium on agenda", "FRA", "KAZ", "CONSULT"),
}


@pytest.mark.parametrize(
    ("text", "source", "target", "label"),
    HEADLINES.values(),
    ids=HEADLINES,
)
def test_headlines_are_read_as_sentences(text: str, source: str, target: str, label: str | None) -> None:
    classes = dict(registry.cameo_codes().select("cameo_code", "plover_event").iter_rows())
    assert label in [classes[e.cameo_code] for e in events_between(text, source, target)]


@pytest.mark.parametrize(
    "text",
    [
        "Brazil strongly condemns mosque bombing in Bangladesh",
        "Malaysian firms hit record number of Danish patents",
        "Swiss stocks rally over Brazilian data",
        "Storms hit Peru, Chile",
        "China's exports to Vietnam grew 12 percent in May",
    ],
)
def test_what_is_said_to_nobody_has_no_target(text: str) -> None:
    assert [e for e in events(text) if e.source_country_id != e.target_country_id] == []


def test_what_two_discuss_is_no_party() -> None:
    pairs = {(e.source_country_id, e.target_country_id) for e in events("Chilean, Peruvian FMs discuss border trade, Venezuela")}
    assert pairs == {("CHL", "PER"), ("PER", "CHL")}


def test_capitals_stand_for_their_states() -> None:
    assert events_between("Beijing briefed Washington on the plan.", "CHN", "USA")


@pytest.mark.parametrize(
    ("party", "sector"),
    [("Chinese manufacturers", "BUS"), ("Chinese officials", "GOV"), ("Chinese troops", "MIL"), ("Chinese students", "EDU")],
)
def test_the_head_noun_gives_the_sector(party: str, sector: str) -> None:
    assert [e.target_sector for e in events_between(f"The United States criticized {party}.", "USA", "CHN")] == [sector]


def test_without_a_date_no_relative_date_is_resolved() -> None:
    found = events("China imposed tariffs on Australia last Monday.", published=None)
    assert [(e.event_date, e.date_precision) for e in found] == [(None, "unknown")]


def test_without_a_date_a_stated_year_is_known() -> None:
    found = events("China imposed tariffs on Australia in May 2020.", published=None)
    assert [(e.event_date, e.date_precision) for e in found] == [(date(2020, 5, 1), "month")]


def test_no_event_is_dated_after_the_report() -> None:
    assert all(e.event_date is None or e.event_date <= DAY for e in events("The US will impose tariffs on China on January 3."))


def test_a_caption_printed_twice_is_one_event() -> None:
    caption = "US sanctions Chinese firms over chip exports"
    assert len(events_between(f"{caption}\n\n{caption}\n", "USA", "CHN")) == 1


@pytest.mark.parametrize("line", ["02:23", "Related posts", "Leave a Comment", "South China Morning Post"])
def test_boilerplate_is_not_news(line: str) -> None:
    assert events(f"{line}\n\n{line}") == []


def test_what_a_title_says_again_has_the_sentence_of_the_text_as_its_evidence() -> None:
    text = "Kenya expelled Chad's ambassador on Thursday after a row over a border post."
    assert [e.evidence for e in events(text, title="Kenya expels Chad's ambassador")] == [text]
    assert [e.evidence for e in events(f"Kenya expels Chad's ambassador\n\n{text}")] == [text]


def test_republic_of_china_is_taiwan_and_a_party_of_its_own() -> None:
    assert events_between("China threatened Taiwan with force.", "CHN", "TWN")


def test_evidence_is_what_stands_in_the_text() -> None:
    title, text = "China bans US beef", "China banned US beef on Monday. Brazil was glad."
    whole = f"{title}\n{text}"
    found = events(text, title=title)
    assert found
    assert all(whole[e.evidence_start : e.evidence_end] == e.evidence for e in found)


def test_the_two_sides_are_the_pair_last_named() -> None:
    text = "China and the US met on Monday. The two sides are maintaining close communication on the matter."
    found = [e for e in events(text) if e.evidence.startswith("The two sides")]
    assert {(e.source_country_id, e.target_country_id) for e in found} == {("CHN", "USA"), ("USA", "CHN")}


LONG = "On Monday, in a long statement read out in front of many journalists,"
CARRIED = {
    "it": (f"{LONG} China condemned Japan.", "It sanctioned South Korea too.", {("CHN", "KOR", "16")}),
    "he": (f"{LONG} the minister of Chile met Peru.", "He thanked Brazil.", {("CHL", "BRA", "05")}),
    "two": (
        f"{LONG} China and Japan signed a pact.",
        "The two sides met in Geneva.",
        {("CHN", "JPN", "04"), ("JPN", "CHN", "04")},
    ),
    "noun": (f"{LONG} the Chinese foreign ministry met Japan.", "Peru criticized the ministry.", {("PER", "CHN", "11")}),
}


@pytest.mark.parametrize(("before", "text", "wanted"), CARRIED.values(), ids=CARRIED)
def test_an_actor_of_an_earlier_sentence_has_no_place_in_a_shorter_one(
    before: str, text: str, wanted: set[tuple[str, str, str]]
) -> None:
    found = [e for e in events(f"{before} {text}") if e.evidence == text]
    assert wanted <= {(e.source_country_id or "", e.target_country_id or "", e.cameo_code[:2]) for e in found}


def test_a_text_on_which_a_coder_fails_costs_its_own_events_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    real = event_date.Dating.of

    def failing(self: event_date.Dating, *args: Any, **named: Any) -> Any:
        if "Peru" in self.whole:
            raise IndexError("list index out of range")
        return real(self, *args, **named)

    monkeypatch.setattr(event_date.Dating, "of", failing)
    texts = [Text(n, t, DAY) for n, t in enumerate(["China condemned Japan.", "Peru thanked Chile.", "Iran bombed Iraq."])]
    found = list(code_each(coder(), texts))
    assert [(c.text.id, len(c.events), c.problem is None) for c in found] == [(0, 1, True), (1, 0, False), (2, 1, True)]
    assert found[1].problem is not None
    assert "IndexError in test_coder.py, failing: list index out of range" in found[1].problem


def test_a_long_text_is_given_before_the_next_is_read() -> None:
    """Else a feed of long releases shows no progress for minutes."""
    read: list[int] = []
    long = "China condemned Japan. " + "It rained in the hills. " * 300
    texts = (read.append(n) or Text(n, long, DAY) for n in range(3))  # type: ignore[func-returns-value]
    assert len(next(code_each(coder(), texts)).events) == 1
    assert read == [0]


def test_a_relation_is_exactly_one_event_with_its_parties() -> None:
    text = Text("x", "Turkey closed the strait, and Greece protested to Turkey.", DAY)
    found = coder().relation(text, "Greece", "Turkey")
    assert (found.source_country_id, found.target_country_id, found.cameo_code[:2]) == ("GRC", "TUR", "11")


@pytest.mark.parametrize(("source", "target"), [("the rebels", "the army"), ("nobody", "Turkey"), ("", " ")])
def test_a_relation_of_strings_that_name_no_actor_is_still_one_event(source: str, target: str) -> None:
    found = coder().relation(Text("x", "In Turkey the rebels attacked the army.", DAY), source, target)
    assert found.cameo_code in lookups().cameo


def test_actors_of_events_are_in_the_registry() -> None:
    known = set(registry.actors()["actor_id"])
    found = events("Biden met Xi in California. The Pentagon accused the Chinese navy of harassment.")
    assert {e.source_id for e in found} | {e.target_id for e in found} <= known


PIECES = [
    "China",
    "the US",
    " said ",
    " attacked ",
    " it",
    ". ",
    "\n",
    ", ",
    "Taiwan",
    " sanctions on ",
    "“",
    "talks",
    " 🙂",
    "’s ",
    "02:23",
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=14).map("".join), st.none() | st.dates())
@examples(60)
def test_any_text_gives_events_that_hold_together(text: str, published: date | None) -> None:
    for e in events(text, published):
        assert text[e.evidence_start : e.evidence_end] == e.evidence
        assert e.cameo_code in lookups().cameo
        assert 0 <= e.confidence <= 1
        assert (e.event_date is None) == (e.date_precision == "unknown")
        assert e.event_date is None or published is None or e.event_date <= published


SENTENCES = [
    row["text"]
    for path in sorted((Path(__file__).parents[3] / "benchmarks" / "training" / "labelled").glob("*.jsonl"))
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()[::5])
]
LINKS = [" ", "\n\n", ", and ", "; ", " It said that ", " The two sides met. ", " They ", ": ", " who "]


@st.composite
def mixed(draw: st.DrawFn) -> str:
    """Sentences one after the other, some cut, some with words taken out or exchanged."""
    parts = []
    for sentence in draw(st.lists(st.sampled_from(SENTENCES), min_size=2, max_size=4)):
        words = sentence.split(" ")
        kind = draw(st.sampled_from(["whole", "cut", "without", "exchanged"]))
        i = draw(st.integers(0, len(words) - 1))
        if kind == "cut":
            words = words[: i + 1]
        elif kind == "without":
            words = words[:i] + words[i + 1 :]
        elif kind == "exchanged":
            words[i] = draw(st.sampled_from(["it", "they", "its", "the ministry", "both countries", "China", ",", "who"]))
        parts += [" ".join(words), draw(st.sampled_from(LINKS))]
    return "".join(parts)


@given(st.lists(mixed(), min_size=1, max_size=4))
@examples(60, usual=3)
def test_sentences_changed_and_put_together_never_fail(texts: list[str]) -> None:
    for coded in code_each(coder(), [Text(n, t, DAY) for n, t in enumerate(texts)]):
        assert coded.problem is None
        assert all(coded.text.text[e.evidence_start : e.evidence_end] == e.evidence for e in coded.events)


TRACKER_DAY = re.compile(r"^((?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, [A-Z][a-z]+ \d+, 20\d\d)\s*$", re.MULTILINE)


@pytest.mark.real_data
def test_no_day_of_the_tracker_fails(real_data: Path) -> None:
    path = real_data / "news/tracker/us_china_tracker_2025-01_2025-09.txt.gz"
    _, *parts = TRACKER_DAY.split(gzip.decompress(path.read_bytes()).decode())
    texts = [
        Text(day, body.strip(), datetime.strptime(day, "%A, %B %d, %Y").replace(tzinfo=UTC).date())
        for day, body in zip(parts[::2], parts[1::2], strict=True)
    ]
    assert len(texts) == 187
    # a page takes half a second: one in four of them where a change waits for it
    coded = list(code_each(coder(), texts[:: 1 if DEEP else 4]))
    assert [(c.text.id, c.problem) for c in coded if c.problem is not None] == []
    assert sum(len(c.events) for c in coded) / len(coded) > 2_000 / 187


def test_the_same_text_gives_the_same_events_in_any_company() -> None:
    texts = [
        Text(str(n), t, DAY) for n, t in enumerate(["China met Japan.", "The US bombed Iran on Monday.", "Peru thanked Chile."])
    ]
    together = {t.id: found for t, found in coder().code(texts)}
    alone = {t.id: next(iter(coder().code([t])))[1] for t in reversed(texts)}
    assert together == alone


@pytest.fixture(scope="module")
def seed_events(real_data: Path) -> list[Event]:
    data = (real_data / "news/articles/000_466c3d37c6bb4997.txt").read_bytes()
    row = articles.stage({"a.txt": data}).frames["articles"].row(0, named=True)
    return events(row["text"], DAY, row["title"])


@pytest.mark.real_data
def test_seed_removal_from_the_blacklist_is_no_material_conflict(seed_events: list[Event]) -> None:
    of_removal = [e for e in seed_events if "trade blacklist" in e.evidence and e.source_country_id == "USA"]
    assert "085" in [e.cameo_code for e in of_removal]
    assert not any(e.cameo_code >= "14" for e in of_removal)


@pytest.mark.real_data
def test_seed_headline_on_a_crackdown_is_no_conflict_with_the_us(seed_events: list[Event]) -> None:
    from_china = [e for e in seed_events if (e.source_country_id, e.target_country_id) == ("CHN", "USA")]
    assert not [e for e in from_china if e.cameo_code[:2] in ("17", "18", "19")]
    assert not [e for e in from_china if e.evidence.startswith("China cracks down") and is_conflict(e)]


@pytest.mark.real_data
def test_seed_mexico_is_no_target(seed_events: list[Event]) -> None:
    assert not [e for e in seed_events if "MEX" in (e.source_country_id, e.target_country_id)]


@pytest.mark.real_data
def test_seed_the_caption_printed_twice_is_one_event(seed_events: list[Event]) -> None:
    assert len([e for e in seed_events if e.evidence.startswith("US charges Chinese manufacturers")]) == 1


@pytest.mark.real_data
def test_seed_no_event_comes_after_the_article(seed_events: list[Event]) -> None:
    assert all(e.event_date is None or e.event_date <= DAY for e in seed_events)
