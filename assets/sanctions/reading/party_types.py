"""Parties of lists that do not say whether they are persons: a cautious reading of the name."""

from __future__ import annotations

import re

MIXED = frozenset({"DPL", "DTC"})
"""Lists of orders against persons and their firms; in the others nearly all parties are entities."""
_FIRM = re.compile(
    r"""\b(?:inc|incorporated|llc|llp|lp|ltd|limited|co|company|corp|corporation|gmbh|ag|kg|sa|sl|sarl|srl|bv|nv|plc|
    pte|pty|pvt|fz[ec]|fzco|oy|ab|as|jsc|pjsc|ooo|oao|zao|sdn|bhd|group|holdings?|international|intl|industr\w+|enterprises?|
    trading|traders|airlines?|airways?|aviation|air|aero\w*|shipping|logistics|cargo|systems?|services?|solutions?|tech\w*|
    electron\w+|engineering|manufactur\w+|products?|supply|supplies|equipment|instruments?|computers?|consult\w+|institute|
    university|academy|school|college|laborator\w+|center|centre|bureau|ministry|agency|department|bank|capital|investments?|
    partners(?:hip)?|associates|association|foundation|society|organi[sz]ation|corporate|import\w*|export\w*|general|office|
    factory|plant|works|club|shop|store|aerospace|defen[cs]e|security|energy|oil|gas|petro\w*|chemicals?|medical|optics?|
    fibers?|motors?|machinery|tools?|materials?|metals?|precision|research|analog|contracting|construction)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_WORD = re.compile(r"[^\W\d_][\w'’.-]*")


def is_like_a_person(name: str) -> bool:
    """Whether a name is two to seven words of letters, without a word of firms."""
    if _FIRM.search(name.replace(".", "")) is not None or re.search(r"[\d&/@]", name):
        return False
    words = re.sub(r"\([^)]*\)|[,\"]", " ", name).split()
    return 2 <= len(words) <= 7 and all(_WORD.fullmatch(w) for w in words)


def party_type_of(name: str, code: str) -> str:
    """``person`` or ``entity`` where the list leaves it open: on a mixed list what is named like a person; all else an entity."""
    return "person" if code in MIXED and is_like_a_person(name) else "entity"
