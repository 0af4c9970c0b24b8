"""Words that say by themselves what is done, whatever models hear in the rest of the sentence."""

from __future__ import annotations

import re

from assets.news.coding.clauses import Clauses
from assets.news.coding.frame import DENIED, HYPOTHETICAL
from assets.news.coding.proposed import ProposedEvent


def is_taking_off_a_list(event: ProposedEvent, clauses: Clauses) -> bool:
    """Whether a verb takes somebody off a list on which nobody wants to be.

    To be taken off another (a ``white list``) is a loss, and the models hear the verb.
    """
    s = clauses.s
    takes = s.lemmas[event.trigger] in _TAKES_OFF and event.frame.modality not in (DENIED, HYPOTHETICAL)
    return takes and _OFF_A_LIST_OF_MEASURES.search(s.text, s.starts[event.trigger]) is not None


_TAKES_OFF = frozenset({"remove", "take", "strike", "delete", "drop", "cross", "scratch"})
_OFF_A_LIST_OF_MEASURES = re.compile(
    r"\b(?:from|off) (?:[\w'’.-]+ ){0,6}?(?:(?:entity|unverified|sanctions?|sdn|black|denied persons?|terror(?:ism|ists?)?"
    r"|military end[- ]users?)[ -]?list|specially designated|lists? of (?:[a-z-]+ ){0,3}(?:terror|sanction))",
    re.IGNORECASE,
)

_NAMES_OF_MEASURES = frozenset({"blacklist", "embargo"})
"""Verbs that say what is done by themselves."""

_NAMES_OF_DEEDS = frozenset({"pressure"})
"""Rules whose words do: who keeps up pressure demands, whatever the sentence says of the reason."""


def names_what_is_done(event: ProposedEvent, clauses: Clauses) -> bool:
    """Whether the trigger is the name of a measure or a deed: its class stands where models hear another of the same sign."""
    return clauses.s.lemmas[event.trigger] in _NAMES_OF_MEASURES or event.frame.rule in _NAMES_OF_DEEDS
