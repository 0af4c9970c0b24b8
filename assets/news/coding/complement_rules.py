"""What a verb means with the verb of its complement: rules in a table, the first that fits counts.

To refuse, to threaten, to promise something is not to do it: the code is made from that of the complement by the algebra of
``cameo_moves``. Each rule has a sentence in which it is the one that fits; a test runs every example.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from assets.news.coding import lexicon as lx
from assets.news.coding.cameo_moves import appeal_for, demand_for, intent_to, is_cooperative, refusal_of, threat_of
from assets.news.coding.grammar import Grammar


@dataclass(frozen=True)
class VerbAndComplement:
    """A verb and the verb of its complement.

    ``code``: that of the complement, None where it expresses no event. ``lemma``: of the verb. ``key``: the verb as given in
    lists, with its particle.
    """

    frames: Grammar
    v: int
    inner: int
    code: str | None
    lemma: str
    key: str


Condition = Callable[[VerbAndComplement], bool]
Move = Callable[[VerbAndComplement], str]


@dataclass(frozen=True)
class ComplementRule:
    """A line of the table; what is None says nothing.

    ``verbs``: the verb with its particle is one of them; ``lemmas``: with whatever particle. ``when``: all hold. ``move``
    makes the code. Without a ``move`` the event of the complement is taken over with the ``modality`` (None where the
    complement expresses no event): ``plans to sanction``.
    """

    name: str
    example: str
    verbs: frozenset[str] | None = None
    lemmas: frozenset[str] | None = None
    when: tuple[Condition, ...] = ()
    move: Move | None = None
    modality: str = "past"

    def is_about(self, key: str, lemma: str) -> bool:
        """Whether the rule says something of a verb, with its particle and alone."""
        return (self.verbs is None or key in self.verbs) and (self.lemmas is None or lemma in self.lemmas)

    def fits(self, pair: VerbAndComplement) -> bool:
        """Whether the rule, which is about the verb, says something of a verb and its complement."""
        return all(holds(pair) for holds in self.when)


# --- conditions -------------------------------------------------------------------------------------------------------


def tells_event(pair: VerbAndComplement) -> bool:
    """The complement expresses an event."""
    return pair.code is not None


def no_event(pair: VerbAndComplement) -> bool:
    """The complement expresses no event."""
    return pair.code is None


def is_conflict(pair: VerbAndComplement) -> bool:
    """The complement expresses a conflict."""
    return pair.code is not None and not is_cooperative(pair.code)


def no_conflict(pair: VerbAndComplement) -> bool:
    """The complement expresses cooperation, or nothing."""
    return not is_conflict(pair)


def is_act_of_conflict(pair: VerbAndComplement) -> bool:
    """The complement expresses a conflict other than an investigation or a refusal."""
    return pair.code is not None and is_conflict(pair) and pair.code[:2] not in ("09", "12")


def is_denied(pair: VerbAndComplement) -> bool:
    """The complement is negated: ``agreed not to``."""
    return pair.frames.is_negated(pair.inner)


def is_denied_or_conflict(pair: VerbAndComplement) -> bool:
    """The complement is negated, or expresses a conflict."""
    return is_denied(pair) or is_conflict(pair)


def is_affirmed(pair: VerbAndComplement) -> bool:
    """The verb is not negated."""
    return not pair.frames.is_negated(pair.v)


def is_negated(pair: VerbAndComplement) -> bool:
    """The verb is negated."""
    return pair.frames.is_negated(pair.v)


def wants_other_to(pair: VerbAndComplement) -> bool:
    """The complement is an infinitive with a subject of its own: ``expects Iraq to pay``."""
    s = pair.frames.s
    return s.tags[pair.inner] == "VB" and s.child(pair.inner, "nsubj", "nsubjpass") is not None and has_to(pair)


def has_to(pair: VerbAndComplement) -> bool:
    """The complement has ``to``."""
    s = pair.frames.s
    return any(s.tags[c] == "TO" for c in s.children[pair.inner])


def is_gerund(pair: VerbAndComplement) -> bool:
    """The complement is a gerund: ``stopped bombing``."""
    return pair.frames.s.tags[pair.inner] == "VBG"


def is_speech(pair: VerbAndComplement) -> bool:
    """The complement is about speaking: ``declined to comment``."""
    return pair.frames.s.lemmas[pair.inner] in _SPEECH


def besides(words: frozenset[str]) -> Condition:
    """The verb is not one of the words."""
    return lambda pair: pair.lemma not in words


# --- moves ------------------------------------------------------------------------------------------------------------


def always(code: str) -> Move:
    """This code, whatever the complement expresses."""
    return lambda _: code


def demanded(pair: VerbAndComplement) -> str:
    """The demand for what the complement expresses."""
    return demand_for(pair.code or "100")


def demanded_or_pressed(pair: VerbAndComplement) -> str:
    """The demand for the cooperation that the complement expresses, else a demand without more."""
    return demand_for(pair.code) if pair.code is not None and is_cooperative(pair.code) else "100"


def asked(pair: VerbAndComplement) -> str:
    """The appeal for what the complement expresses."""
    return appeal_for(pair.code or "020")


def threatened(pair: VerbAndComplement) -> str:
    """The threat of what the complement expresses."""
    return threat_of(pair.code or "130")


def refused(pair: VerbAndComplement) -> str:
    """The refusal of what the complement expresses."""
    return "120" if pair.code is None else refusal_of(pair.code)


def intended(pair: VerbAndComplement) -> str:
    """The intent of what the complement expresses."""
    return intent_to(pair.code or "030")


def forborne(pair: VerbAndComplement) -> str:
    """The promise not to do what the complement expresses."""
    return "120" if pair.code is None or is_cooperative(pair.code) else "0356"


def vowed(pair: VerbAndComplement) -> str:
    """``vowed to retaliate`` threatens, ``pledged to crack down`` on its own makers promises."""
    code = pair.code or "130"
    hostile = pair.lemma in ("vow", "swear") or code[:2] in ("18", "19", "20", "13")
    return threat_of(code) if hostile else "030"


def ended(pair: VerbAndComplement) -> str:
    """The end of what the complement expresses."""
    root = (pair.code or "")[:2]
    if is_conflict(pair):
        return "087" if root in ("19", "18", "15") else "080"
    return {"07": "162", "04": "164"}.get(root, "160")


# --- the table --------------------------------------------------------------------------------------------------------

_w = lx.words
_SPEECH = _w("comment say speak elaborate answer discuss disclose name")
_CONSIDER = _w("consider mull weigh contemplate hope wish want")

COMPLEMENT_RULES: tuple[ComplementRule, ...] = (
    ComplementRule("demand", "Kuwait expects Iraq to pay its debts.",
        lemmas=_w("expect need"), when=(is_affirmed, wants_other_to), move=demanded_or_pressed),
    ComplementRule("threaten", "Turkey threatened to invade Syria.", verbs=lx.THREATEN, move=threatened),
    ComplementRule("no_comment", "Turkey declined to comment on Syria.",
        verbs=lx.REFUSE, when=(besides(_w("deny")), is_speech), move=always("011")),
    ComplementRule("refuse", "Turkey refused to sign a treaty with Syria.",
        verbs=lx.REFUSE, when=(besides(_w("deny")),), move=refused),
    ComplementRule("deny", "Turkey denied attacking Syria.", lemmas=lx.DENY, move=always("016")),
    ComplementRule("agree_not", "Turkey agreed not to attack Syria.",
        verbs=lx.AGREE, when=(besides(_w("accept")), is_denied), move=forborne),
    ComplementRule("decide", "Switzerland decided to freeze Libyan assets.",
        verbs=lx.AGREE, lemmas=_w("decide"), modality="intended"),
    ComplementRule("agree_conflict", "Iran vowed to attack Israel.",
        verbs=lx.AGREE, when=(besides(_w("accept")), is_act_of_conflict), move=vowed),
    ComplementRule("agree", "Norway agreed to finance a school in Malawi.",
        verbs=lx.AGREE, when=(besides(_w("accept")),), move=intended),
    ComplementRule("accuse", "Peru accused Chile of attacking its fishermen.",
        lemmas=_w("accuse suspect blame charge"), when=(tells_event,), move=always("112")),
    ComplementRule("demand", "Peru told Chile not to attack its fishermen.",
        verbs=lx.DEMAND, when=(has_to, is_denied_or_conflict), move=always("100")),
    ComplementRule("demand", "Peru told Chile to release the fishermen.",
        verbs=lx.DEMAND, when=(has_to,), move=demanded),
    ComplementRule("demand", "Peru demanded that Chile never attack its fishermen.",
        verbs=lx.DEMAND, when=(besides(_w("tell")), is_denied_or_conflict), move=always("100")),
    ComplementRule("demand", "Peru demanded that Chile release the fishermen.",
        verbs=lx.DEMAND, when=(besides(_w("tell")),), move=demanded),
    ComplementRule("urge", "Peru urged Chile not to attack its fishermen.",
        verbs=lx.URGE, when=(is_denied_or_conflict,), move=always("020")),
    ComplementRule("urge", "Peru urged Chile to release the fishermen.", verbs=lx.URGE, move=asked),
    ComplementRule("stop", "Turkey stopped bombing Syria.", verbs=lx.STOP, when=(tells_event, is_gerund), move=ended),
    ComplementRule("consider", "Peru considers sanctioning Chile.",
        lemmas=_CONSIDER, when=(tells_event,), modality="hypothetical"),
    ComplementRule("intend", "Peru plans to sanction Chile.", verbs=lx.INTEND, when=(tells_event,), modality="intended"),
    ComplementRule("start", "Turkey began bombing Syria.", verbs=lx.START, when=(tells_event,), modality="ongoing"),
    ComplementRule("permit", "Peru allowed Chilean ships to dock.",
        verbs=lx.PERMIT, when=(is_affirmed,), move=always("080")),
    ComplementRule("permit", "Peru did not allow Chilean ships to dock.",
        verbs=lx.PERMIT, when=(is_negated,), move=always("120")),
)  # fmt: skip


@lru_cache(maxsize=8192)
def _rules_about(key: str, lemma: str) -> tuple[ComplementRule, ...]:
    return tuple(rule for rule in COMPLEMENT_RULES if rule.is_about(key, lemma))


def complement_rule(pair: VerbAndComplement) -> ComplementRule | None:
    """The first rule that fits; None where none does."""
    return next((rule for rule in _rules_about(pair.key, pair.lemma) if rule.fits(pair)), None)
