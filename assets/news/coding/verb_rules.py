"""What a verb of the lexicon means by itself: rules for those whose sense depends on what is around, the first that fits.

A verb that no rule is about has the code of the lexicon. Each rule has a sentence in which it is the one that fits; a test
runs every example.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assets.news.coding import lexicon as lx
from assets.news.coding.grammar import Grammar

Condition = Callable[[Grammar, int], bool]


@dataclass(frozen=True)
class VerbRule:
    """A line of the table: lemmas of the verb, what must hold around it, and the code; None where it then expresses nothing."""

    name: str
    code: str | None
    example: str
    lemmas: frozenset[str]
    when: tuple[Condition, ...] = ()

    def fits(self, frames: Grammar, v: int, lemma: str) -> bool:
        """Whether the rule says something of a verb."""
        return lemma in self.lemmas and all(holds(frames, v) for holds in self.when)


# --- conditions -------------------------------------------------------------------------------------------------------


def with_object_in(words: frozenset[str]) -> Condition:
    """An object of the verb is one of the words, or of one of them."""
    return lambda frames, v: any(frames.noun_in(n, words) for n in frames.objects(v))


def with_object_that_is(words: frozenset[str]) -> Condition:
    """An object of the verb is one of the words itself."""
    return lambda frames, v: any(frames.s.lemmas[n] in words for n in frames.objects(v))


def without(*deps: str) -> Condition:
    """No word below the verb has one of these relations to it."""
    return lambda frames, v: frames.s.child(v, *deps) is None


def has(*deps: str) -> Condition:
    """A word below the verb has one of these relations to it."""
    return lambda frames, v: frames.s.child(v, *deps) is not None


def with_for(frames: Grammar, v: int) -> bool:
    """``for`` is below the verb."""
    return any(frames.s.lemmas[c] == "for" for c in frames.s.children[v])


def hosts_arms(frames: Grammar, v: int) -> bool:
    """Weapons and troops of another are no guests: ``host Russian missiles``."""
    noun = frames.s.child(v, "dobj")
    return noun is not None and frames.noun_in(noun, lx.ARMS | lx.TROOPS)


def subject_in(words: frozenset[str]) -> Condition:
    """The subject is one of the words."""

    def holds(frames: Grammar, v: int) -> bool:
        subject = frames.s.child(v, "nsubj")
        return subject is not None and frames.s.lemmas[subject] in words

    return holds


def subject_is_no_crowd(frames: Grammar, v: int) -> bool:
    """The subject is not one of those who protest."""
    return not subject_in(lx.CROWDS)(frames, v)


def is_legal(frames: Grammar, v: int) -> bool:
    """Somebody is charged, with or over something."""
    s = frames.s
    return s.child(v, "dobj") is not None or any(s.lemmas[c] in ("with", "for", "over", "in") for c in s.children[v])


def subject_is_armed(frames: Grammar, v: int) -> bool:
    """The subject is of an armed force."""
    s = frames.s
    noun = s.child(v, "nsubj")
    if noun is None and s.deps[v] in ("xcomp", "conj"):
        noun = s.child(s.heads[v], "nsubj")
    return noun is not None and lx.SECTOR.get(s.lemmas[noun]) == "MIL"


def leaves_a_place(frames: Grammar, v: int) -> bool:
    """``withdrew from a province``: an army leaves, whoever is named; a company leaves a market."""
    s = frames.s
    subject = s.child(v, "nsubj")
    if subject is not None and lx.SECTOR.get(s.lemmas[subject]) not in (None, "GOV", "MIL"):
        return False
    return any(s.deps[n] == "pobj" and s.lemmas[n] in lx.PLACES for n in frames.objects(v)) or any(
        s.lemmas[j] in lx.PLACES and s.deps[j] == "pobj" for c in s.children[v] if s.deps[c] == "prep" for j in s.subtree(c)
    )


def denies_a_thing(frames: Grammar, v: int) -> bool:
    """``denied visas`` refuses, ``denied the charges`` denies."""
    s = frames.s
    noun = s.child(v, "dobj")
    return (
        noun is not None
        and s.tags[noun][:2] == "NN"
        and not s.lemmas[noun].endswith("ing")
        and not frames.topic(noun, lx.CLAIMS | lx.DENIED_ACTS)
    )


def object_is_person(frames: Grammar, v: int) -> bool:
    """Somebody is the object, or the subject of the passive."""
    s = frames.s
    noun = s.child(v, "dobj", "nsubjpass")
    return noun is not None and (s.tags[noun] in ("NNP", "NNPS") or lx.SECTOR.get(s.lemmas[noun]) in ("GOV", "LEG", "MIL"))


def by_bomb(frames: Grammar, v: int) -> bool:  # noqa: ARG001 all conditions have one signature
    """The killing is done with a bomb that is laid or carried, as states seldom do."""
    words = set(frames.s.lemmas)
    return bool(words & _CARRIED) and bool(words & _BOMBS)


def in_words(frames: Grammar, v: int) -> bool:
    """The attack is one of words."""
    return frames.topic(v, _SPEECHES)


def without_particle(frames: Grammar, v: int) -> bool:
    """The verb has no particle."""
    lemma, joined = frames.key(v)
    return joined == lemma


# --- the table --------------------------------------------------------------------------------------------------------

_w = lx.words
_CARRIED = _w("suicide roadside car truck")
_BOMBS = _w("bomb bombing explosion blast bomber")
_SPEECHES = _w("speech policy remark statement tweet comment")

VERB_RULES: tuple[VerbRule, ...] = (
    VerbRule("promise_aid", "033", "Norway offers aid to Malawi.",
        _w("pledge promise offer"), (with_object_in(lx.AID | lx.ARMS),)),
    # an order or a law is no treaty: what it does is in its own verb
    VerbRule("nothing", None, "The president of Chad signed a decree on Mali.", _w("sign"), (with_object_that_is(lx.LAWS),)),
    VerbRule("offer", "030", "Norway offers its services to Malawi.", _w("offer")),
    VerbRule("call_for", "020", "Chad called on Friday for calm.", _w("call ring phone"), (without("dobj"), with_for)),
    VerbRule("nothing", None, "The ministers of Chad called in Mali.", _w("call ring phone"), (without("dobj"),)),
    VerbRule("host_arms", "060", "Belarus hosts Russian missiles.", _w("host"), (hosts_arms,)),
    VerbRule("nothing", None, "The minister returned from Mali.", _w("return"), (without("dobj", "nsubjpass", "dative"),)),
    VerbRule("impose_sanctions", "163", "New sanctions hit Russia.", _w("hit"), (subject_in(lx.SANCTIONS),)),
    VerbRule("nothing", None, "The soldiers of Chad fired.",
        _w("fire charge order"), (without("dobj", "nsubjpass", "prep"),)),
    VerbRule("verb", "173", "The United States charged a Chinese firm.", _w("charge"), (is_legal,)),
    VerbRule("troops_leave", "0874", "French troops left Mali.",
        _w("leave withdraw pull_out quit exit depart"), (subject_is_armed,)),
    VerbRule("leave_place", "0874", "Armenia withdrew from the province.",
        _w("withdraw pull_out pull retreat depart"), (leaves_a_place,)),
    VerbRule("deny_thing", "120", "India denied landing rights to Qatar.", _w("deny"), (denies_a_thing,)),
    VerbRule("host", "043", "Chad welcomed the president of Mali.", _w("welcome"), (object_is_person,)),
    VerbRule("bomb", "183", "A suicide bomber killed soldiers from Chad.", _w("kill wound injure"), (by_bomb,)),
    VerbRule("verbal_attack", "111", "Chad attacked Mali in a speech.", _w("attack"), (in_words,)),
    VerbRule("strike", "190", "Israel struck Syria.", _w("strike"), (without_particle, has("dobj", "nsubjpass"))),
    VerbRule("block", "120", "Turkey blocked the plan of Sweden.", _w("block obstruct"), (subject_is_no_crowd,)),
    VerbRule("protest", "141", "Students protested against Chad.", _w("protest"), (subject_in(lx.CROWDS),)),
)  # fmt: skip


def verb_rule(frames: Grammar, v: int, lemma: str) -> VerbRule | None:
    """The first rule that fits; None where the verb has the code of the lexicon."""
    return next((rule for rule in VERB_RULES if rule.fits(frames, v, lemma)), None)
