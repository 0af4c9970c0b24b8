"""Splitting text into sentences, the same way every time: no model, a few rules that news text in English and Chinese needs.

The spans tile the text: nothing is lost between them, so a character always lies in exactly one sentence.
"""

from __future__ import annotations

import re

_BREAK = re.compile(
    r"""
      (?P<end>[.!?…]+["'”’)\]»]*)(?P<gap>\s+)    # a full stop with what closes after it, and white space
    | [。！？]+["”’」』）]*\s*                     # Chinese: no white space is needed
    | (?P<lines>\n\s*)                            # a line break without any of these
    """,
    re.VERBOSE,
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LAST_WORD = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]+$")
_NEXT_WORD = re.compile(r"[\"'“‘(\[«]*([^\W\d_]+)")

_TITLES = _words(
    "Mr Mrs Ms Mx Dr Prof Gen Sen Rep Gov Lt Col Sgt Capt Cmdr Maj Adm Amb Rev Hon Pres St Mt Messrs vs cf approx e.g i.e"
)
"""Abbreviations that never end a sentence: a name or an object follows."""

_MAY_END = _words(
    "U.S U.K U.N E.U U.S.A U.A.E P.R.C R.O.C D.C L.A N.Y a.m p.m Inc Corp Co Ltd Bros Jr Sr Ph.D etc al No Nos Art Sec Fig "
    "Dept Univ Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun"
)
"""Abbreviations that end a sentence only where the next word is one that begins sentences."""

_BEGINNERS = _words(
    "A An The This That These Those It Its He She They We I You His Her Their Our My But And Or So Yet If When While Although "
    "However Meanwhile Since As At In On For From With Under After Before During Both Such Some Many Most No Not There Then "
    "What Who Why How Where Earlier Later Asked"
)


def spans(text: str) -> list[tuple[int, int]]:
    """Return ``(start, end)`` of the sentences of ``text``, in order; together they are the whole text.

    White space after a sentence belongs to it. A line break ends a sentence, unless the next line goes on in lower case
    (text with hard line breaks); an empty line always does.
    """
    found, start = [], 0
    for match in _BREAK.finditer(text):
        end = match.end()
        if end < len(text) and _ends_sentence(text, match):
            found.append((start, end))
            start = end
    if start < len(text):
        found.append((start, len(text)))
    return found


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    gap = match["lines"] or match["gap"]
    if gap is None or gap.count("\n") > 1:
        return True
    following = text[match.end()]
    if following.islower():
        return False
    if "\n" in gap or match["end"][0] != ".":
        return True
    word = _LAST_WORD.search(text, max(0, match.start() - 12), match.start())
    if word is None:
        return True
    last = word[0]
    if last in _TITLES or (len(last) == 1 and last.isupper()):
        return False
    if last in _MAY_END or "." in last:
        beginner = _NEXT_WORD.match(text, match.end())
        return beginner is not None and beginner[1] in _BEGINNERS
    return True
