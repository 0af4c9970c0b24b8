"""Pairs that a sentence names and of which it tells nothing: constructions in a table, each with an example.

Two names near each other look like an event to whoever does not read the grammar between them. Each row says of a directed pair
that the grammar rules it out: the topic of talks is no party to them, of two that thank a third neither thanks the other, who
receives does not give. What a row fits is not proposed, whatever proposed it. A test runs the example of each row; how often each
row was right on the training sentences is told in ``docs/quality.md``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assets.news.coding import lexicon as lx
from assets.news.coding.coreference import Parties
from assets.news.coding.frame import ONGOING, PAST
from assets.news.coding.frames import Frames
from assets.news.coding.parse import Sentence
from assets.news.coding.placed_actors import PlacedActor, in_phrase
from assets.news.coding.proposed import ProposedEvent
from assets.news.coding.subject import Subjects


@dataclass(frozen=True)
class Pair:
    """A directed pair of parties that a sentence names, with what the rules have read of the sentence."""

    parties: Parties
    frames: Frames
    subjects: Subjects
    source: PlacedActor
    target: PlacedActor
    read: Sequence[ProposedEvent]

    @property
    def s(self) -> Sentence:
        """The sentence."""
        return self.parties.s

    @property
    def names(self) -> set[str]:
        """The two parties."""
        return {self.source.party, self.target.party}

    def times_named(self, actor: PlacedActor) -> int:
        """How often the sentence names a party."""
        return sum(a.party == actor.party for a in self.parties.actors)


@dataclass(frozen=True)
class Construction:
    """A line of the table: it fits a pair of which the sentence tells nothing.

    Attributes:
        example: a sentence in which it fits.
        nothing: the pair of the example that it rules out, source and target.
        told: a pair of which the example does tell; None where it tells of none.
        fits: whether the grammar rules a pair out so.
        is_stronger: it rules out what rules have read, too, and not guesses alone.
    """

    name: str
    example: str
    nothing: tuple[str, str]
    told: tuple[str, str] | None
    fits: Callable[[Pair], bool]
    is_stronger: bool = False


def ruled_out(pair: Pair, *, was_read: bool = False) -> Construction | None:
    """The first construction that rules a pair out, of a guess or of what rules have read."""
    return next((row for row in CONSTRUCTIONS if (row.is_stronger or not was_read) and row.fits(pair)), None)


# --- conditions -------------------------------------------------------------------------------------------------------

_DISCUSS = frozenset({"discuss", "debate"})
_TALK = frozenset({"talk", "speak", "confer", "consult", "meet", "note", "negotiate"})
_ON = frozenset({"on", "over", "about", "of", "regarding", "concerning"})
_PEERS = frozenset({"ally", "friend", "foe", "rival", "partner", "neighbour", "neighbor", "backer", "patron", "enemy"})
_LISTENERS = frozenset({"reporter", "journalist", "audience", "crowd", "congregation", "reader", "viewer", "listener"})
_NEAR = 3
"""Words between ``ally`` and the name of the one who is meant, at most."""

_TELL = frozenset({"tell", "say", "speak", "lecture", "address", "brief"})
_REPORT = frozenset({"say", "tell", "report", "claim", "announce"})
_SAID = frozenset({"02", "05", "10", "11", "12", "13"})
"""Roots of what is said of another."""

_OF_BOTH = frozenset({"about", "against", "as", "for", "in", "of", "on", "through", "to", "with"})
"""Prepositions after which two that are joined have one part."""

_TOGETHER = frozenset({"common", "joint", "jointly", "mutual", "other", "together"})


def _top(s: Sentence, i: int) -> int:
    """The first of the things that are joined by ``and``."""
    while s.deps[i] == "conj":
        i = s.heads[i]
    return i


def _either(fits: Callable[[Pair, PlacedActor, PlacedActor], bool]) -> Callable[[Pair], bool]:
    """A condition on one of the two, whichever way the act would go."""
    return lambda p: fits(p, p.source, p.target) or fits(p, p.target, p.source)


def _is_discussed(p: Pair, one: PlacedActor, other: PlacedActor) -> bool:
    """``one`` is what two or more discuss, ``other`` is among these."""
    s = p.s
    for v in range(len(s)):
        if s.lemmas[v] not in _DISCUSS or not s.is_verb(v) or one.start < s.starts[v] or p.frames.is_passive(v):
            continue
        who = {a.party for a in p.subjects.subject(v)}
        between = [i for i in range(v + 1, len(s)) if s.ends[i] <= one.start]
        cut = any(s.lemmas[i] in ("with", ":", ";") or s.tags[i] in ("VBD", "VBZ", "VBP", "MD") for i in between)
        if len(who) > 1 and one.party not in who and other.party in who and not cut:
            return True
    return False


def _is_talked_of(p: Pair, one: PlacedActor, _: PlacedActor) -> bool:
    """``one`` stands after ``on``, ``over`` or ``about`` below talks of two or more."""
    s = p.s
    top = _top(s, one.head)
    prep = s.heads[top]
    if s.deps[top] != "pobj" or s.lemmas[prep] not in _ON:
        return False
    word = s.heads[prep]
    if s.is_verb(word):
        if s.lemmas[word] not in _TALK or p.frames.is_passive(word):
            return False
        who = {a.party for a in p.subjects.subject(word)}
    elif s.lemmas[word] in lx.TALKS - lx.VISITS and s.lemmas[prep] != "of":
        verb = s.heads[word]
        who = {a.party for a in in_phrase(s, word, p.parties.actors)} - {one.party}
        who |= {a.party for a in p.subjects.subject(verb)} if s.is_verb(verb) else set()
    else:
        return False
    return len(who - {one.party}) > 1 and one.party not in who


def _of_one_mind(p: Pair) -> bool:
    """The two say the same of a third: ``A and B thanked C``."""
    said = {(t.trigger, t.source.party) for t in p.read if t.frame.code[:2] in _SAID and t.target.party not in p.names}
    both = [v for v, party in said if party == p.source.party and (v, p.target.party) in said]
    return any(_are_joined(p.s, v, p.source, p.target) and not _TOGETHER & set(p.s.lemmas) for v in both)


def _are_joined(s: Sentence, v: int, a: PlacedActor, b: PlacedActor) -> bool:
    noun = s.child(v, "nsubj")
    inside = set() if noun is None else set(s.subtree(noun))
    return a.head in inside and b.head in inside


def _receives(p: Pair) -> bool:
    """The target gives what the source receives: ``receive``, ``under fire from``."""
    return any(
        t.frame.rule in ("receive", "under") and (t.source.party, t.target.party) == (p.target.party, p.source.party)
        for t in p.read
    )


def _undergoes(p: Pair) -> bool:
    """The target stands after ``by`` and does what the source undergoes: ``A was accused by B``, and nothing else is told."""
    s = p.s
    top = _top(s, p.target.head)
    by = s.heads[top]
    if s.deps[top] != "pobj" or s.lemmas[by] != "by":
        return False
    v = s.heads[by]
    noun = s.child(v, "nsubjpass")
    verbs = [i for i in range(len(s)) if s.is_verb(i) and s.deps[i] not in ("aux", "auxpass") and i != v]
    return s.tags[v] == "VBN" and noun is not None and p.source.head in (noun, _top(s, noun)) and not verbs


def _is_peer(p: Pair, one: PlacedActor, other: PlacedActor) -> bool:
    """``one`` only says whose ally a third is: ``Syria's ally Lebanon``."""
    s = p.s
    i = _top(s, one.anchor)
    up = s.heads[i]
    if s.deps[i] != "poss" or (s.lemmas[up] not in _PEERS and not any(s.lemmas[c] in _PEERS for c in s.children[up])):
        return False
    meant = [a for a in p.parties.actors if a.party != one.party and abs(a.anchor - up) < _NEAR and a.start > one.start]
    return bool(meant) and other.party not in {a.party for a in meant} and p.times_named(one) == 1


def _hears_it(p: Pair, one: PlacedActor, _: PlacedActor) -> bool:
    """``one`` is where somebody is told something: ``told reporters in Madrid``."""
    s = p.s
    i = _top(s, one.anchor)
    prep = s.heads[i]
    if s.deps[i] != "pobj" or s.lemmas[prep] not in ("in", "at", "from", "outside"):
        return False
    above = s.heads[prep]
    verb = above if s.is_verb(above) else s.heads[above]
    heard = above in s.children[verb] and s.lemmas[above] in _LISTENERS
    heard |= any(s.deps[c] in ("dobj", "dative") and s.lemmas[c] in _LISTENERS for c in s.children[verb])
    return s.lemmas[verb] in _TELL and heard


def _noun_of_place(p: Pair, one: PlacedActor) -> str | None:
    """The noun that is ``in`` a party which is named for itself, by its lemma: ``a hotel in Algiers``; else None."""
    s = p.s
    i = _top(s, one.anchor)
    prep = s.heads[i]
    if one.head != one.anchor or s.deps[i] != "pobj" or s.lemmas[prep] != "in":
        return None
    noun = s.heads[prep]
    return s.lemmas[noun] if s.tags[noun][:2] == "NN" else None


def _is_place_of_thing(p: Pair) -> bool:
    """The source is where some thing is: ``a hotel in Algiers burned`` is no act of Algeria."""
    noun = _noun_of_place(p, p.source)
    return noun is not None and noun not in lx.NOUNS and noun not in lx.SECTOR


def _is_place_of_act(p: Pair) -> bool:
    """The target is where an act between others took place: ``talks in Oslo``."""
    return _noun_of_place(p, p.target) in lx.TALKS - lx.VISITS


def _only_reports(p: Pair) -> bool:
    """The source says what the target did, to others or to itself: ``A bombed B, C says`` is no act of C."""
    s = p.s
    noun = _top(s, p.source.head)
    v = s.heads[noun]
    if s.deps[noun] != "nsubj" or s.lemmas[v] not in _REPORT:
        return False
    spoken = set(s.subtree(v)) - {v} if s.heads[v] == v else set(range(len(s))) - {v}
    if any(t.source.party == p.source.party for t in p.read):
        return False
    return any(
        t.source.party == p.target.party and t.trigger in spoken and s.is_verb(t.trigger) and t.frame.modality in (PAST, ONGOING)
        for t in p.read
    )


def _is_place_of_meeting(p: Pair, one: PlacedActor, _: PlacedActor) -> bool:
    """``one`` is where several met: ``Mali and its rebels meet in Algiers``, ``met for talks in Oslo``."""
    s = p.s
    i = _top(s, one.anchor)
    prep = s.heads[i]
    if one.head != one.anchor or s.deps[i] != "pobj" or s.lemmas[prep] not in ("in", "at"):
        return False
    verb = s.heads[prep]
    noun = s.child(verb, "nsubj") if s.lemmas[verb] in _TALK and s.is_verb(verb) else None
    return noun is not None and any(s.deps[c] == "conj" for c in s.children[noun]) and s.child(verb, "dobj") is None


_MISHAPS = frozenset({"bombing", "blast", "explosion", "shooting", "crash", "earthquake", "quake", "flood"})
"""What befalls people in a place, whose doer the name before it does not tell; ``Israel raid`` does."""


def _is_place_of_mishap(p: Pair, one: PlacedActor, _: PlacedActor) -> bool:
    """``one`` is where something befell the other: ``two engineers killed in Somalia bombing``."""
    s = p.s
    noun = s.heads[one.anchor]
    is_before_it = one.head == one.anchor and s.deps[one.anchor] in ("compound", "nmod") and s.lemmas[noun] in _MISHAPS
    return is_before_it and s.deps[noun] == "pobj" and s.lemmas[s.heads[noun]] == "in"


def _joined(p: Pair) -> int | None:
    """The first of the things that the two are joined with by ``and``; None where they are not."""
    one, other = _top(p.s, p.source.head), _top(p.s, p.target.head)
    return one if one == other and p.source.head != p.target.head else None


def _are_together(s: Sentence) -> bool:
    """Whether a sentence has words of what two do with each other: ``joint``, deals, talks, exercises, common works."""
    if not _TOGETHER.isdisjoint(s.lemmas) or any(lemma in lx.DEALS | lx.TALKS | lx.EXERCISES for lemma in s.lemmas):
        return True
    codes = (lx.VERBS.get(x, "") if s.is_verb(i) else lx.NOUNS.get(x, "") for i, x in enumerate(s.lemmas))
    return any(code[:2] in ("04", "06") or code == "057" for code in codes)


def _is_done_to_both(p: Pair) -> bool:
    """The two are objects of one verb or preposition: ``aid for Chad and Niger`` is no act between these."""
    s = p.s
    first = _joined(p)
    if first is None:
        return False
    up = s.heads[first]
    if s.deps[first] == "pobj" and s.lemmas[up] in _OF_BOTH:
        return s.lemmas[up] != "with" or not _are_together(s)
    return s.deps[first] == "dobj"


def _both_do(p: Pair) -> bool:
    """The two stand after ``by``: ``was recognised by Nepal and Iraq``, but for what is done together."""
    s = p.s
    first = _joined(p)
    return first is not None and s.deps[first] == "pobj" and s.lemmas[s.heads[first]] == "by" and not _are_together(s)


def _are_many(p: Pair) -> bool:
    """Three or more do one thing: ``Poland, Hungary and Romania waited``."""
    s = p.s
    first = _joined(p)
    if first is None or s.deps[first] not in ("nsubj", "nsubjpass") or _are_together(s):
        return False
    return len({a.party for a in p.parties.actors if _top(s, a.head) == first}) > 2


def is_asked(s: Sentence, i: int) -> bool:
    """Whether a word is part of a question within the sentence, outside quotes: ``Cairo to blame? Hardly``."""
    end = s.text.find("?", s.starts[i])
    return end >= 0 and s.text.count('"', 0, end) % 2 == 0 and not re.search(r"[.:;!] ", s.text[s.starts[i] : end])


CONSTRUCTIONS: tuple[Construction, ...] = (
    Construction(
        "topic of discussion",
        "Chilean, Peruvian FMs discuss border trade, Venezuela",
        ("CHL", "VEN"),
        ("CHL", "PER"),
        _either(_is_discussed),
    ),
    Construction(
        "topic of talks",
        "Seoul and Tokyo held talks on North Korea.",
        ("KOR", "PRK"),
        ("KOR", "JPN"),
        _either(_is_talked_of),
    ),
    Construction(
        "of one mind",
        "Bolivia and Peru thanked Chile.",
        ("BOL", "PER"),
        ("PER", "CHL"),
        _of_one_mind,
    ),
    Construction("receiver", "Britain drew criticism from China.", ("GBR", "CHN"), ("CHN", "GBR"), _receives),
    Construction("passive with its doer", "Qatar was accused by Bahrain.", ("QAT", "BHR"), ("BHR", "QAT"), _undergoes),
    Construction("ally", "Syria's ally Lebanon criticised Qatar.", ("SYR", "QAT"), ("LBN", "QAT"), _either(_is_peer), True),
    Construction(
        "audience",
        "The Danish premier told reporters in Madrid that Poland was right.",
        ("DNK", "ESP"),
        None,
        _either(_hears_it),
    ),
    Construction(
        "place of a thing", "The oldest hotel in Algeria has more Libyans than beds.", ("DZA", "LBY"), None, _is_place_of_thing
    ),
    Construction(
        "place of talks",
        "Israeli and Syrian officers met for talks in Cyprus.",
        ("ISR", "CYP"),
        ("ISR", "SYR"),
        _is_place_of_act,
    ),
    Construction(
        "place of a mishap",
        "Two Turkish engineers killed in Somalia bombing.",
        ("SOM", "TUR"),
        None,
        _either(_is_place_of_mishap),
    ),
    Construction(
        "place of a meeting",
        "Mali and Tuareg rebels met in Algiers.",
        ("MLI", "DZA"),
        None,
        _either(_is_place_of_meeting),
        True,
    ),
    Construction(
        "reporter",
        "Fiji bombed Tonga, Samoa says.",
        ("WSM", "FJI"),
        ("FJI", "TON"),
        _only_reports,
    ),
    Construction(
        "done to both",
        "Kuwait sent tents to Chad and Niger.",
        ("TCD", "NER"),
        ("KWT", "TCD"),
        _is_done_to_both,
    ),
    Construction(
        "both do it",
        "The outrage in Laos was deplored by Nepal and Iraq.",
        ("NPL", "IRQ"),
        None,
        _both_do,
    ),
    Construction("many do it", "Poland, Hungary and Romania waited.", ("POL", "HUN"), None, _are_many),
)
