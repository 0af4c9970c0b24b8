"""What a text said before a sentence, for pairs of which the sentence names one party or none.

``Brazil condemned the raid``; ``The two sides will meet again in May``; ``It also froze the bank's accounts``. Whose raid it was
and who the two sides are stands in the news of the article, which is its first sentence, or in what was said just before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assets.news.coding.encoder import BREAK
from assets.news.coding.parties import Actor, actor_of, after_dateline
from assets.news.text.named_actors import Mention

LAST = 2
"""Sentences before one that are read with it, besides the first of the text."""

LONGEST = 220
"""Characters of each that are read."""

MOST_BEFORE = 5
"""Parties named before that are paired: those named last."""

MOST_HERE = 5
"""Parties of a sentence that are paired with those: what names more is a list."""


@dataclass(frozen=True)
class Earlier:
    """What was said before a sentence, with who is named in it, in the order of the text: offsets and the actor.

    ``speaker`` is who speaks the whole text, where somebody does.
    """

    text: str = ""
    named: tuple[tuple[int, int, Actor], ...] = ()
    speaker: Actor | None = None

    @property
    def shift(self) -> int:
        """Where the sentence begins in the text that is read with it."""
        return len(self.text) + len(BREAK)

    def parties(self) -> dict[str, Actor]:
        """By party the actor: the speaker, then those named last first."""
        found = {} if self.speaker is None else {self.speaker.party: self.speaker}
        for _, _, actor in reversed(self.named):
            found.setdefault(actor.party, actor)
        return found


NOTHING = Earlier()


def before(
    whole: str,
    spans: Sequence[tuple[int, int]],
    number: int,
    named: Mapping[int, Sequence[Mention]],
    lead: int,
    speaker: Actor | None = None,
) -> Earlier:
    """What a text said before one of its sentences.

    Args:
        whole: the text with its title.
        spans: where its sentences are.
        number: which of them is read.
        named: mentions by number of their sentence.
        lead: number of the first sentence below the title.
        speaker: who speaks the text.
    """
    chosen = sorted({lead, *range(number - LAST, number)} & set(range(lead, number)))
    text = ""
    found: list[tuple[int, int, Actor]] = []
    for n in chosen:
        start, end = spans[n]
        start += after_dateline(whole[start:end])
        words = whole[start:end].rstrip()[:LONGEST]
        shift = len(text) + bool(text) - start
        text = f"{text} {words}" if text else words
        found += [
            (m.char_start + shift, m.char_end + shift, actor_of(m))
            for m in named.get(n, ())
            if start <= m.char_start and m.char_end <= start + len(words)
        ]
    return Earlier(text, tuple(found), speaker)
