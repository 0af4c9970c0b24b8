"""What a word expresses of an event: its code, and whether it has happened."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from assets.news.coding.verb_words import VerbWords

PAST, ONGOING, INTENDED, HYPOTHETICAL, DENIED = "past", "ongoing", "intended", "hypothetical", "denied"


@dataclass(frozen=True)
class Frame:
    """What a word expresses: code, modality, and which words carry the sense.

    ``complement``: verb of the complement, where the event is about one (``urge`` ... ``release``). ``noun``: the object noun
    that gave the code together with a light verb. ``rule``: name of the rule, a feature of the classifier.
    """

    code: str
    modality: str
    rule: str
    complement: int | None = None
    noun: int | None = None


class FrameReader(VerbWords, ABC):
    """Reads the words of one sentence: what is around them, and what they express."""

    @abstractmethod
    def of(self, i: int) -> Frame | None:
        """What word ``i`` expresses; None where it is no event that the lexicon knows."""
