"""What a word tells of an event: its code, and whether it has happened."""

from __future__ import annotations

from dataclasses import dataclass

PAST, ONGOING, INTENDED, HYPOTHETICAL, DENIED = "past", "ongoing", "intended", "hypothetical", "denied"


@dataclass(frozen=True)
class Frame:
    """What a word tells: code, modality, and which words carry the sense.

    ``complement``: verb of the complement, where the event is about one (``urge`` ... ``release``). ``noun``: the object noun
    that gave the code together with a light verb. ``rule``: name of the rule, a feature of the classifier.
    """

    code: str
    modality: str
    rule: str
    complement: int | None = None
    noun: int | None = None
