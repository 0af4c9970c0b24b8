"""``marts.party_names`` in a copy of the published file: a name that was folded for the file before is not folded again.

What is folded of a name follows from the name, the macros and ``core.transliterations`` alone; to fold takes half of the mart.
How often a word occurs follows from all names, and is counted anew.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from pipelines.publish.scripts import scripts

MART = "marts.party_names"
_FOLDED = re.compile(r"\nfolded AS \(\n(.*?)FROM best(.*?)\n\),\n", re.DOTALL)


def can_be_taken(same: Collection[str]) -> bool:
    """Whether names are folded as they were: by the same code, and by tables that are as they were.

    Args:
        same: full names of the tables that were made of the same by the same code.
    """
    fold = next(script for script in scripts("macros") if script.name == "distinctive_words")
    return set(same) >= fold.needs


def text_with_known(text: str) -> str:
    """The script of the mart, which takes what it can from the file before, attached as ``earlier``.

    Raises:
        ValueError: the text is not that of the mart.
    """
    found = _FOLDED.search(text)
    if found is None:
        raise ValueError("party_names.sql: expected names to be folded in a part named folded, from those of the part best")
    held = f"""
folded AS (
    SELECT name, any_value(words) AS words, any_value(letters) AS letters FROM earlier.{MART} GROUP BY name
    UNION ALL
{found[1]}FROM best WHERE name NOT IN (SELECT name FROM earlier.{MART}){found[2]}
),
"""
    return text[: found.start()] + held + text[found.end() :]
