"""Words that events are expressed with: ``lexicon.csv``, and ``phrases.csv`` for verbs with a word below them.

Written for this project from the definitions of the CAMEO codebook. ``lexicon.csv`` holds one word a line, sorted: the table
that the word belongs to; the CAMEO code (tables ``verb``, ``noun``, ``under``), sector (``sector``) or verb (``act_noun``) that
it stands for there; and where it comes from: the definitions of the codebook, the training sentences, or headlines that were
read. A word is a lemma, or lemma and particle joined by ``_`` (``call_off``). It is in a table once, under the sense that
news between states uses most. What an object or a complement changes (``lift`` + ``sanctions``, ``refuse to`` + a verb) is put
together by the rules of ``object_rules``, ``complement_rules`` and ``frames``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

FACTS = ("lexicon.csv", "phrases.csv")
FILE, PHRASES_FILE = (Path(__file__).with_name(name) for name in FACTS)
ORIGINS = frozenset({"codebook", "sentences", "headlines"})
_COLUMNS = ["table", "code", "word", "origin"]


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


def read_tables(lines: Iterable[str]) -> dict[str, dict[str, str]]:
    """Words with their codes (empty where a table has none), by table.

    Raises:
        ValueError: a line does not fit: it is out of order, its word is in the table already, or its origin is unknown.
    """
    rows = csv.reader(lines)
    if next(rows, None) != _COLUMNS:
        raise ValueError(f"the first line must be {','.join(_COLUMNS)}")
    found: dict[str, dict[str, str]] = {}
    before: list[str] = []
    for number, row in enumerate(rows, start=2):
        if len(row) != len(_COLUMNS) or not row[0] or not row[2] or row[3] not in ORIGINS:
            raise ValueError(f"line {number}: expected a table, a code or nothing, a word and one of {sorted(ORIGINS)}: {row}")
        table, code, word, _ = row
        known = found.setdefault(table, {})
        if word in known:
            raise ValueError(f"line {number}: {word} is in {table} already ({known[word] or 'without a code'})")
        if row[:3] <= before:
            raise ValueError(f"line {number}: {word} is out of order; the lines are sorted by table, code and word")
        known[word] = code
        before = row[:3]
    return found


def read_phrases(lines: Iterable[str]) -> tuple[tuple[frozenset[str], frozenset[str], str], ...]:
    """Verbs, words below them, and the code of the two together, in the order of the lines: the first that fits counts."""
    return tuple((words(row["verbs"]), words(row["words"]), row["code"]) for row in csv.DictReader(lines))


_TABLES = read_tables(FILE.read_text(encoding="utf-8").splitlines())


def _codes(table: str) -> dict[str, str]:
    return _TABLES.pop(table)


def _set(table: str) -> frozenset[str]:
    return frozenset(_TABLES.pop(table))


VERBS = _codes("verb")
"""Verbs and their CAMEO codes."""

NOUNS = _codes("noun")
"""Nouns of acts and their CAMEO codes."""

NOMINAL = _codes("act_noun")
"""Nouns of acts and the verbs that they stand for."""

UNDER = _codes("under")
"""``under pressure from``: who is under it is the target."""

SECTOR = _codes("sector")
"""Nouns that stand for people or bodies of a state, and the CAMEO sector of each;
empty where they stand for people without one.
"""

PEOPLE_IN = frozenset({"CVL", "EDU", "LAB", "AGR", "OPP", "REB", "REF", "MED"})
"""Sectors of nouns that belong to the state that they are in (``demonstrators in Baghdad``)."""

PHRASES = read_phrases(PHRASES_FILE.read_text(encoding="utf-8").splitlines())
"""Set phrases: a verb with one of the words below it."""

WARM = _set("warm")
"""Words of cooperation, for what the lexicon has no code for."""

COLD = _set("cold")
"""Words of conflict, likewise."""

STATIVE = _set("stative")
"""Verbs of states of affairs, which express no event between their subject and object."""

LEVELS = _set("levels")
"""What figures and goods hit, without harm to anybody."""

MARKETS = _set("markets")
"""Words of exchanges."""

SPORT = _set("sport")
"""Words of games."""

SPORT_VERBS = _set("sport_verbs")
"""Verbs of games that are also verbs of war and of meetings."""

CROWD_ACTS = _set("crowd_acts")
"""What crowds do; done by citizens of another state it is protest and not an act of that state."""

IMPOSE = _set("impose")
"""Verbs that bring a measure into force, with a noun of ``sanctions`` or ``restrictions``."""

LIFT = _set("lift")
"""Verbs that end a measure, with such a noun."""

HALT = _set("halt")
"""Verbs that end or interrupt what was going on."""

HOLD = _set("hold")
"""Verbs of meetings and exercises."""

GIVE = _set("give")
"""Verbs of giving."""

MAKE = _set("make")
"""Verbs of acts that are made: a visit, a call."""

EXPRESS = _set("express")
"""Verbs whose object is what is said: ``lodge`` a protest."""

SIGN = _set("sign")
"""Verbs that bring an agreement about."""

BUILD = _set("build")
"""Verbs that better relations."""

BREAK = _set("break")
"""Verbs that break an agreement."""

SEND = _set("send")
"""Verbs that move forces towards somebody."""

PULL = _set("pull")
"""Verbs that move forces or envoys away."""

LAUNCH = _set("launch")
"""Verbs that begin an attack or an investigation."""

SANCTIONS = _set("sanctions")
RESTRICTIONS = _set("restrictions")
EMERGENCY = _set("emergency")
TALKS = _set("talks")
VISITS = _set("visits")
AID = _set("aid")
ARMS = _set("arms")
HUMANITARIAN = _set("humanitarian")
TIES = _set("ties")
TRADE = _set("trade")
DEALS = _set("deals")
CEASEFIRE = _set("ceasefire")
CRITICISM = _set("criticism")
PROTEST_NOTES = _set("protest_notes")
LAWSUITS = _set("lawsuits")
PRAISE = _set("praise")
CONDOLENCE = _set("condolence")
HOPE = _set("hope")
APOLOGY = _set("apology")
THREATS = _set("threats")
REQUESTS = _set("requests")
TROOPS = _set("troops")
EXERCISES = _set("exercises")
ATTACKS = _set("attacks")
INVESTIGATIONS = _set("investigations")
ENVOYS = _set("envoys")
PRISONERS = _set("prisoners")
MISSIONS = _set("missions")
PRESSURE = _set("pressure")
FRONTIERS = _set("frontiers")
LEGAL = _set("legal")
ECONOMIC = _set("economic")
MILITARY = _set("military")
RECEIVE = _set("receive")
"""Verbs whose subject is the one to whom it was done: ``drew criticism from``."""

SAY = _set("say")
"""Verbs of reported speech: who says it is not who acts."""

ANNOUNCE = _set("announce")
AGREE = _set("agree")
URGE = _set("urge")
DEMAND = _set("demand")
REFUSE = _set("refuse")
THREATEN = _set("threaten")
STOP = _set("stop")
INTEND = _set("intend")
DENY = _set("deny")
START = _set("start")
PERMIT = _set("permit")
OBJECT_CONTROL = _set("object_control")
"""Verbs whose object does what their complement expresses (``urged China to release``, ``accused the US of restoring``)."""

RECIPROCAL_VERBS = _set("reciprocal_verbs")
FUTURE = _set("future")
"""Auxiliaries of what is to come."""

OBLIGATION = _set("obligation")
"""Auxiliaries of what must or should be."""

POSSIBILITY = _set("possibility")
"""Auxiliaries of what may be."""

CONDITION = _set("condition")
"""Words that make what follows conditional."""

PAIR_NOUNS = _set("pair_nouns")
"""``the two sides``, ``both countries``: the pair last mentioned."""

ANAPHORA = _set("anaphora")
"""Nouns that, with ``the`` and no name, stand for the one last named with such a word."""

CROWDS = _set("crowds")
"""Who protests where others attack."""

CONCLUDE = _set("conclude")
"""Verbs that are a passive where a deal is their subject: ``ceasefire reached``."""

URGED = _set("urged")
"""Verbs that are a passive before ``to``: ``Peru urged to return relics``."""

JOINED = _set("joined")
"""Verbs with a particle that the tables of codes do not hold."""

MEASURES = _set("measures")
"""Nouns that only count or frame the one after ``of``: ``a range of exchanges``."""

ACTS_OF_LIFTING = _set("acts_of_lifting")
ADMINISTRATIVE = _set("administrative")
UNWILLING = _set("unwilling")
SCORNFUL = _set("scornful")
ANGRY = _set("angry")
PLANS = _set("plans")
MAKES_PLANS = _set("makes_plans")
CONDEMN = _set("condemn")
OUTRAGES = _set("outrages")
TIMES = _set("times")
RIGHTS = _set("rights")
PLACES = _set("places")
NO_GIFTS = _set("no_gifts")
"""What is given without being aid."""

DENIED_ACTS = _set("denied_acts")
BURDENS = _set("burdens")
TRAFFIC = _set("traffic")
APPROVE = _set("approve")
ROUNDS = _set("rounds")
DELEGATES = _set("delegates")
UNWELCOME = _set("unwelcome")
LETTERS = _set("letters")
COMPLIMENTS = _set("compliments")
TAKEN = _set("taken")
DISASTERS = _set("disasters")
SUFFERED = _set("suffered")
"""Verbs that are a passive before a place: ``two Turks killed in Somalia``."""

GUARDED = _set("guarded")
SALES = _set("sales")
LAWS = _set("laws")
GIVING = _set("giving")
CLAIMS = _set("claims")
NEGOTIATIONS = _set("negotiations")
PRONOUNS = _set("pronouns")
"""Pronouns that stand for a party."""

ASIDE = _set("aside")
"""Prepositions that lead away from the target of a verb."""

TOPICS = _set("topics")
RESCUERS = _set("rescuers")
RESCUE = _set("rescue")
ARRIVES = _set("arrives")
MAKING = _set("making")
TERRITORY = _set("territory")
CHANGES = _set("changes")
ENDS = _set("ends")
VIOLENT = _set("violent")
BLOCKING = _set("blocking")
AGAINST_EACH_OTHER = _set("against_each_other")
NO_STATES = _set("no_states")
"""Names that end or sound like those of states and are none, or are demonyms that the endings do not show."""

FIELDS = _set("fields")
"""Fields of policy in a row: ``halts climate, military talks``."""

SPEAKERS = _set("speakers")
"""Words, besides those of ``sector``, for one who speaks before or behind a colon."""

STOP_WORDS = _set("stop_words")
"""Words that are no feature of the model."""


if _TABLES:
    raise ValueError(f"lexicon.csv holds tables that nothing reads: {sorted(_TABLES)}")

RECEIVED: tuple[tuple[frozenset[str], str], ...] = (
    (SANCTIONS - {"measure", "list", "measures"}, "163"),
    (THREATS, "130"),
    (words("veto"), "129"),
    (PRAISE | words("approval endorsement recognition"), "051"),
    (CRITICISM | words("rebuke censure scorn flak backlash"), "111"),
    (PROTEST_NOTES, "114"),
    (words("lawsuit suit"), "115"),
    (words("apology"), "055"),
    (words("request appeal call plea invitation"), "020"),
    (words("demand pressure ultimatum"), "100"),
    (words("investigation probe inquiry"), "090"),
    (words("attack strike fire shelling raid invasion bombardment"), "190"),
    (ARMS - {"intelligence", "gun", "arm"}, "072"),
    (words("intelligence information evidence"), "064"),
    (
        AID - {"support", "bus", "yuan", "euro", "million", "billion", "gas"} | words("gift document vessel boat ship"),
        "070",
    ),
)
"""What is received, and the code of giving it."""
