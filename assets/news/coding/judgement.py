"""What is made of a proposed pair: whether it is an event, of which class, and how sure that is.

Three voices are joined: the rules (``ProposedEvent.frame``), the linear models over words and grammar (``model.Classifier``), and
the encoder (``encoder``), where its file is there. How much each counts, what confidence the sum is worth, and from where on
something is given was fitted by ``training.train`` on answers about sentences that the models had not seen; the numbers stand in
the card of the weights, once with the encoder and once without.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assets.news.coding import encoder as encoders
from assets.news.coding.cameo_moves import is_cooperative
from assets.news.coding.clauses import Clauses
from assets.news.coding.encoder import Encoder, Reading
from assets.news.coding.frame import DENIED, HYPOTHETICAL, INTENDED
from assets.news.coding.guesses import BACK, EARLIER, PAIR
from assets.news.coding.kinds import CODES_OF_KINDS, kind_of
from assets.news.coding.model import (
    CARD,
    DEFAULT_CODES,
    DOUBTFUL_RULES,
    FIRM_RULES,
    WEAK_RULES,
    WEIGHTS,
    Classifier,
    is_open,
    lexical_code,
    load,
    masked_as_told,
    unreadable,
)
from assets.news.coding.odds import FLOOR, logistic, logit
from assets.news.coding.outright import is_taking_off_a_list, names_what_is_done
from assets.news.coding.placed_actors import PlacedActor
from assets.news.coding.proposed import ProposedEvent
from assets.news.coding.whole_text import FEWEST, Features, Told, features

FIRM, PLAIN, DOUBTFUL, WEAK, GUESS = "firm", "plain", "doubtful", "weak", "guess"
STRENGTHS = (FIRM, PLAIN, DOUBTFUL, WEAK, GUESS, PAIR, BACK, EARLIER)
"""How much the rules know of a pair, from a sign put together of several words down to two names in one sentence, to the way
back of what they have read, and to a party that only earlier sentences name."""

MERE = (PAIR, BACK, EARLIER)
"""Strengths of pairs that only an encoder judges."""

WITHOUT_PLOVER = frozenset({"01", "02"})
"""Roots of statements and appeals, to which PLOVER has no event."""

_NOTHING = "01"
"""Root of a mere statement, which firm rules give to what was not done."""

_NOT_ITS_OWN = {"as_requested": frozenset({"02", "10"})}
"""By rule the roots that its words tell of the other party: what is done as requested is no request of who does it."""

_BEFORE_A_COURT = frozenset({"charge", "indict", "prosecute", "sue", "arraign"})
_LAWSUIT = "115"

CEILING_OF_INFERRED = 0.5
"""Confidence that an event with a party which the sentence does not name has at most."""

_LEAST_KIND = 0.15


@dataclass(frozen=True)
class Settings:
    """How the voices are joined; fitted out of fold, kept in the card of the weights.

    Attributes:
        words: exponent of the linear model's probabilities of roots.
        encoder: exponent of the encoder's; 0 where there is none.
        rule: what is added to the logarithm for the root that the rules name, by strength.
        event: weights of the logistic regression of being an event: ``base``, ``words`` and ``encoder`` (of the logits),
            ``inferred``, and one for each strength.
        confidence: from the logit of (event and root) to the share of right answers: ``base``, ``slope``, and by class.
        chance: least probability of being an event with which one is given.
        sign: least probability of its sign.
    """

    words: float = 1.0
    encoder: float = 0.0
    rule: Mapping[str, float] = field(default_factory=dict)
    event: Mapping[str, float] = field(default_factory=lambda: {"base": 0.0, "words": 1.0})
    confidence: Mapping[str, float] = field(default_factory=lambda: {"base": 0.0, "slope": 1.0})
    chance: float = 0.5
    sign: float = 0.5


@dataclass(frozen=True)
class Voices:
    """What the models say of one proposed pair, before they are joined; roots in the order of the classifier."""

    strength: str
    rule_root: str
    inferred: bool
    chance: float
    roots: npt.NDArray[np.float64]
    reading: Reading | None


@dataclass(frozen=True)
class Verdict:
    """A proposed pair, judged: its code, the chance that it is an event, that its root and its sign are right, its confidence."""

    code: str
    chance: float
    root: float
    sign: float
    confidence: float


@dataclass(frozen=True)
class Judged:
    """What a sentence may tell, with what the encoder says of each pair and the verdict; None where it has no chance.

    Neither of the two without a judge.
    """

    proposed: Sequence[ProposedEvent]
    clauses: Clauses
    readings: Sequence[Reading | None] = ()
    verdicts: Sequence[Verdict | None] = ()


Settled = tuple[str, float] | None
"""Code and confidence of what is given as an event; None of what is not."""


def strength_of(event: ProposedEvent) -> str:
    """How much the rules know of a proposed pair."""
    rule = event.frame.rule
    if not event.frame.code:
        return rule if rule in MERE else GUESS
    if rule in WEAK_RULES:
        return WEAK
    return FIRM if rule in FIRM_RULES else DOUBTFUL if rule in DOUBTFUL_RULES else PLAIN


class Judge:
    """Judges proposed pairs.

    Args:
        classifier: the linear models.
        encoder: None where there is no file of it.
        settings: how the voices are joined.
        alone: how they are joined without the encoder; with it, what rules have read can be kept against the encoder.
        across: how they are joined with it for pairs of which a sentence does not name both; None where as for all others.
        text: what the rest of a text counts (``event`` by the names of ``whole_text.features``); None where nothing.
    """

    def __init__(
        self,
        classifier: Classifier,
        encoder: Encoder | None,
        settings: Settings,
        alone: Settings | None = None,
        across: Settings | None = None,
        text: Settings | None = None,
    ) -> None:
        self.classifier = classifier
        self.encoder = encoder
        self.settings = settings
        self._across = settings if encoder is None or across is None else across
        self._text = None if encoder is None else text
        self._without = None if encoder is None or alone is None else Judge(classifier, None, alone)

    def settings_for(self, event: ProposedEvent) -> Settings:
        """How the voices are joined on a pair."""
        return self._across if is_open(event) else self.settings

    def readings(self, proposed: Sequence[ProposedEvent], clauses: Clauses) -> list[Reading | None]:
        """What the encoder says of each pair; a masked sentence is read once for both directions.

        Nothing of a party named before that the linear model gives no chance: most of these pairs are none.
        """
        if self.encoder is None:
            return [None] * len(proposed)
        known: dict[tuple[str, ...], tuple[Reading, Reading]] = {}
        found: list[Reading | None] = []
        for event in proposed:
            if strength_of(event) == EARLIER and self.classifier.chance(event, clauses) < _WORTH_READING:
                found.append(None)
                continue
            sentence = masked_as_told(event, clauses)
            if sentence.pieces not in known:
                known[sentence.pieces] = self.encoder.read(sentence.pieces)
            found.append(known[sentence.pieces][int(sentence.is_swapped)])
        return found

    def voices(self, event: ProposedEvent, clauses: Clauses, reading: Reading | None) -> Voices:
        """What the models say of a proposed pair."""
        rule = event.frame.code if event.frame.rule not in WEAK_RULES else ""
        return Voices(
            strength_of(event),
            rule[:2],
            event.inferred,
            self.classifier.chance(event, clauses),
            self.classifier.probabilities(event, clauses),
            reading,
        )

    def heard(self, proposed: Sequence[ProposedEvent], clauses: Clauses) -> list[Voices]:
        """What the models say of each proposed pair of a sentence."""
        return [self.voices(e, clauses, r) for e, r in zip(proposed, self.readings(proposed, clauses), strict=True)]

    def verdict(self, event: ProposedEvent, clauses: Clauses, reading: Reading | None, *, plover: bool = False) -> Verdict:
        """Judge a proposed pair; ``plover`` allows only roots that have a PLOVER event."""
        heard = self.voices(event, clauses, reading)
        settings = self.settings_for(event)
        p = joined(heard, self.classifier.roots, settings)
        barred = _NOT_ITS_OWN.get(event.frame.rule, frozenset()) | (WITHOUT_PLOVER if plover else frozenset())
        if barred:
            p = np.where([r in barred for r in self.classifier.roots], 0.0, p)
            p = p / p.sum()
        if not barred and is_taking_off_a_list(event, clauses):
            p = _almost_surely(_RELIEF, self.classifier.roots)
        root = self.classifier.roots[int(p.argmax())]
        if not plover and heard.strength == FIRM and heard.rule_root == _NOTHING:
            root = _NOTHING  # "refused to impose sanctions": models hear the words of what was not done
        elif heard.strength in _READ and names_what_is_done(event, clauses) and not barred:
            root = _of_a_measure(root, heard.rule_root)
        sign = float(sum(q for q, r in zip(p, self.classifier.roots, strict=True) if is_cooperative(r) == is_cooperative(root)))
        chance = chance_of(heard, settings)
        code = code_of(root, event, clauses, reading)
        of_root = float(p[self.classifier.roots.index(root)])
        confidence = confidence_of(chance * of_root, code, settings, inferred=_is_inferred(event))
        return Verdict(code, chance, of_root, sign, confidence)

    def kept(self, event: ProposedEvent, clauses: Clauses, reading: Reading | None) -> Verdict | None:
        """The verdict on an event that rules have read and the encoder would drop, where the other voices stand by the rules.

        The encoder reads a pair once a sentence. Of two things that a sentence tells of a pair, and of a noun far from the main
        verb, it hears the louder one.
        """
        if self._without is None or strength_of(event) not in _READ or reading is None:
            return None
        # of a sentence that names neither ("the institute was blacklisted") it has little to go by
        is_named = isinstance(event.source, PlacedActor) or isinstance(event.target, PlacedActor)
        found = self._without.verdict(event, clauses, None)
        least = _KEPT_READING if found.chance < _SURE else _KEPT_READING_OF_SURE
        if is_named and reading.chance < least:
            return None
        agree = found.code[:2] == event.frame.code[:2]
        if not agree or found.chance < _KEPT_CHANCE or found.sign < _KEPT_SIGN:
            return None
        return replace(
            found,
            chance=max(found.chance, self.settings_for(event).chance),
            sign=max(found.sign, self.settings_for(event).sign),
            confidence=min(found.confidence, CEILING_OF_INFERRED),
        )

    def accepts(self, verdict: Verdict, event: ProposedEvent, least: float | None = None) -> bool:
        """Whether a judged pair is given as an event; of a sign that rules have read too one need not be as sure."""
        is_read = strength_of(event) in _READ and verdict.code[:2] == event.frame.code[:2]
        settings = self.settings_for(event)
        if least is not None and not is_read and verdict.root < _LEAST_ROOT:
            return False
        is_sure = verdict.chance >= (settings.chance if least is None else least)
        return is_sure and verdict.sign >= (_KEPT_SIGN if is_read else settings.sign)

    def of_given(self, event: ProposedEvent, clauses: Clauses) -> tuple[str, float]:
        """Code and confidence of a pair that is given: always of a class of PLOVER."""
        (reading,) = self.readings([event], clauses)
        verdict = self.verdict(event, clauses, reading, plover=True)
        return verdict.code, round(verdict.confidence, 3)

    def judged(self, proposed: Sequence[ProposedEvent], clauses: Clauses) -> Judged:
        """Judge all that a sentence may tell."""
        read = self.readings(proposed, clauses)
        verdicts = [
            None if is_hopeless(event, reading) else self.verdict(event, clauses, reading)
            for event, reading in zip(proposed, read, strict=True)
        ]
        return Judged(proposed, clauses, read, verdicts)

    def settled(self, judged: Judged, least: float | None = None) -> list[Settled]:
        """Code and confidence of each proposed event; None where it is no event.

        The two directions of one meeting that the rules read are kept or dropped together, with one class. ``least`` is the
        least chance of a whole text, where its other sentences count.
        """
        proposed, verdicts = judged.proposed, judged.verdicts
        groups: dict[tuple[object, ...], list[int]] = {}
        for i, event in enumerate(proposed):
            alone = (i,) if strength_of(event) in MERE else ()
            groups.setdefault((event.trigger, frozenset((event.source.party, event.target.party)), *alone), []).append(i)
        decided: list[Settled] = [None] * len(proposed)
        for group in groups.values():
            best = max(group, key=lambda i: v.chance if (v := verdicts[i]) is not None else -1.0)
            one = verdicts[best]
            if one is not None and not self.accepts(one, proposed[best], least):
                one = None
            if one is None or (least is not None and _is_of_the_louder(one, proposed[best], proposed)):
                kept = ((i, self.kept(proposed[i], judged.clauses, judged.readings[i])) for i in group)
                best, one = next(((i, v) for i, v in kept if v is not None), (best, one))
            if one is None:
                continue
            for i in group:
                is_its_own = i == best or one.code != proposed[best].code
                decided[i] = (one.code if is_its_own else proposed[i].code, round(one.confidence, 3))
        return _with_the_others(proposed, decided, verdicts)

    def settled_in_text(self, text: Sequence[Judged]) -> list[list[Settled]]:
        """The same for the sentences of a text, in order, where what the others tell counts too."""
        told = [
            Told(n, event.source.party, event.target.party, verdict.chance, is_open(event))
            for n, one in enumerate(text)
            for event, verdict in zip(one.proposed, one.verdicts, strict=True)
            if verdict is not None
        ]
        if self._text is None or len({t.sentence for t in told}) < FEWEST:
            return [self.settled(one) for one in text]
        chances = iter([in_text(f, self._text) for f in features(told)])
        found = []
        for one in text:
            again = [
                None if v is None else _with_chance(v, next(chances), event, self._text)
                for event, v in zip(one.proposed, one.verdicts, strict=True)
            ]
            found.append(self.settled(replace(one, verdicts=again), self._text.chance))
        return found


def _is_of_the_louder(verdict: Verdict, event: ProposedEvent, proposed: Sequence[ProposedEvent]) -> bool:
    """Whether a verdict has another root than the rules where they read two deeds of the pair: it may be that of the other.

    What the rest of a text tells makes the pair likelier, and says nothing of which of the two.
    """
    pair = {event.source.party, event.target.party}
    read = {e.frame.code[:2] for e in proposed if strength_of(e) in _READ and {e.source.party, e.target.party} == pair}
    return len(read) > 1 and strength_of(event) in _READ and verdict.code[:2] != event.frame.code[:2]


def is_hopeless(event: ProposedEvent, reading: Reading | None) -> bool:
    """Whether nothing but the encoder speaks for a pair, and it gives it no chance."""
    return strength_of(event) in MERE and (reading is None or reading.chance < _HOPELESS)


def in_text(found: Features, settings: Settings) -> float:
    """Probability that a pair is an event, with what the rest of its text says of it."""
    return logistic(settings.event["base"] + sum(settings.event[name] * x for name, x in found.items()))


def _with_chance(verdict: Verdict, chance: float, event: ProposedEvent, settings: Settings) -> Verdict:
    confidence = confidence_of(chance * verdict.root, verdict.code, settings, inferred=_is_inferred(event))
    return replace(verdict, chance=chance, confidence=confidence)


def _is_inferred(event: ProposedEvent) -> bool:
    """Whether the sentence does not name both parties of an event, or not in so many words."""
    return event.inferred or is_open(event)


def _with_the_others(
    proposed: Sequence[ProposedEvent], decided: Sequence[Settled], verdicts: Sequence[Verdict | None]
) -> list[Settled]:
    """What was decided, with those that were dropped out of a row: ``Brazil, Argentina and Chile asked`` is told of all three."""
    found = list(decided)
    given = {
        (one.trigger, one.frame, side): settled[0]
        for one, settled in zip(proposed, decided, strict=True)
        if settled is not None and strength_of(one) in _READ
        for side in (("from", one.source.party), ("to", one.target.party))
    }
    for i, (one, verdict) in enumerate(zip(proposed, verdicts, strict=True)):
        if found[i] is None and verdict is not None and strength_of(one) in _READ:
            sides = (("from", one.source.party), ("to", one.target.party))
            code = next((c for side in sides if (c := given.get((one.trigger, one.frame, side)))), None)
            found[i] = None if code is None else (code, round(min(verdict.confidence, CEILING_OF_INFERRED), 3))
    return found


_READ = (FIRM, PLAIN, DOUBTFUL)
"""Strengths of what rules have read, from the surest; weaker ones are guesses."""

_KEPT_CHANCE, _KEPT_SIGN = 0.3, 0.5
"""What the other voices must give an event of the rules that the encoder would drop: so that the seed article is read whole."""

_KEPT_READING = 0.15
"""Chance that the encoder must give it: below, one in five of those that were kept was an event (sentences out of fold)."""

_LEAST_ROOT = 0.35
"""Probability that the class must have where the rest of a text speaks for a pair: that two act says not yet what they do."""

_WORTH_READING = 0.1
"""Chance that the linear model must give a pair with a party named before, for the encoder to read it; 0.02 finds no more."""

_SURE, _KEPT_READING_OF_SURE = 0.8, 0.05
"""Where the other voices are as sure as this, the encoder must give it no more: so that the seed article is read whole. Such
pairs are rare."""

_HOPELESS = 0.1
"""Chance that the encoder gives a mere pair below which nothing else is asked."""


def joined(heard: Voices, roots: Sequence[str], settings: Settings) -> npt.NDArray[np.float64]:
    """Probability of each root, of all voices together."""
    z = settings.words * np.log(np.maximum(heard.roots, FLOOR))
    if heard.reading is not None:
        z = z + settings.encoder * np.log([max(heard.reading.roots.get(r, 0.0), FLOOR) for r in roots])
    if heard.rule_root in roots:
        z[list(roots).index(heard.rule_root)] += settings.rule.get(heard.strength, 0.0)
    e = np.exp(z - z.max())
    total: npt.NDArray[np.float64] = e / e.sum()
    return total


def chance_of(heard: Voices, settings: Settings) -> float:
    """Probability that a pair is an event, of all voices together."""
    w = settings.event
    z = w.get("base", 0.0) + w.get("words", 0.0) * logit(heard.chance) + w.get(heard.strength, 0.0)
    z += w.get("inferred", 0.0) * heard.inferred
    if heard.reading is not None:
        z += w.get("encoder", 0.0) * logit(heard.reading.chance)
    return logistic(z)


def confidence_of(score: float, code: str, settings: Settings, *, inferred: bool) -> float:
    """The share of right answers (pair and class) among events with such a score and class."""
    w = settings.confidence
    found = logistic(w["base"] + w["slope"] * logit(score) + w.get(kind_of(code).split("/")[1], 0.0))
    return min(found, CEILING_OF_INFERRED) if inferred else found


_RELIEF = "08"

_STATED = 0.95
"""Probability of a root that words state by themselves."""


def _almost_surely(root: str, roots: Sequence[str]) -> npt.NDArray[np.float64]:
    return np.array([_STATED if r == root else (1 - _STATED) / (len(roots) - 1) for r in roots])


def _of_a_measure(root: str, named: str) -> str:
    """The root of a verb that is the name of a measure, whatever is said to be the reason for it; not where the sign differs."""
    return named if is_cooperative(named) == is_cooperative(root) else root


def code_of(root: str, event: ProposedEvent, clauses: Clauses, reading: Reading | None) -> str:
    """The code of a root: that of the rules, else of the word, where they agree with the root; else one for its kind."""
    rule = event.frame.code if event.frame.rule not in WEAK_RULES else ""
    kinds = {k: p for k, p in (reading.kinds if reading is not None else {}).items() if k[:2] == root}
    total = sum(kinds.values())

    def fits(code: str) -> bool:
        return code[:2] == root and (len(kinds) < 2 or kinds.get(kind_of(code), 0.0) >= _LEAST_KIND * total)

    if rule and fits(rule):
        return rule
    if event.frame.modality in (INTENDED, HYPOTHETICAL) and root == "04":
        return "036"
    known = lexical_code(event, clauses)
    if known and fits(known) and not (event.frame.modality == DENIED and not is_cooperative(root)):
        return known
    if root == _LAWSUIT[:2] and clauses.s.lemmas[event.trigger] in _BEFORE_A_COURT:
        return _LAWSUIT
    return CODES_OF_KINDS[max(kinds, key=lambda k: kinds[k])] if kinds else DEFAULT_CODES[root]


def read(weights: Path, card: Path, encoder: Encoder | None) -> Judge:
    """A judge from the files of the weights; its settings are those for the encoder, or for none.

    Raises:
        BilateralError: one of the files is missing or damaged, or the card is that of other weights.
    """
    classifier, known = load(weights, card)
    try:
        alone = Settings(**known["judgement"]["alone"])
        settings = alone if encoder is None else Settings(**known["judgement"]["with_encoder"])
        across, text = (None if encoder is None else Settings(**known["judgement"][name]) for name in ("across", "text"))
    except (KeyError, TypeError) as error:
        raise unreadable(error) from error
    return Judge(classifier, encoder, settings, alone, across, text)


@cache
def judge() -> Judge:
    """The judge of the project. Without the file of the encoder it says so, and goes on with rules and linear models."""
    encoder = encoders.encoder()
    if encoder is None:
        warnings.warn(
            f"the encoder of the event coder ({encoders.FILE.name}) is not there: events are coded by rules and linear models "
            "alone, which know fewer wordings",
            stacklevel=2,
        )
    return read(WEIGHTS, CARD, encoder)
