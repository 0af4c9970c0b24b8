"""What rules ask of the grammar of a sentence; ``verb_words.VerbWords`` answers."""

from __future__ import annotations

from typing import Protocol

from assets.news.coding.parse import Sentence


class Grammar(Protocol):
    """The words of a sentence around a verb or noun."""

    s: Sentence

    def key(self, v: int) -> tuple[str, str]:
        """Lemma of a verb alone, and with its particle."""
        ...

    def objects(self, v: int) -> list[int]:
        """Object nouns of a verb."""
        ...

    def is_negated(self, v: int) -> bool:
        """Whether a verb is denied."""
        ...

    def noun_in(self, noun: int, words: frozenset[str]) -> bool:
        """Whether a noun, or one that it is ``of``, is one of the words."""
        ...

    def topic(self, i: int, words: frozenset[str]) -> bool:
        """Whether a word below ``i``, or ``i``, is one of the words."""
        ...

    def is_for_press(self, n: int) -> bool:
        """Whether a conference is one for the press."""
        ...
