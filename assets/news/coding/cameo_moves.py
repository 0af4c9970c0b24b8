"""CAMEO codes from CAMEO codes: the code of intending, threatening, asking for, demanding or refusing what another says.

By the codebook of CAMEO (1.1b3): 03 repeats 04 to 08 as intents, 02 as appeals, 10 as demands, 12 as refusals; 13 repeats
conflicts as threats. The tables give the most exact code that there is.
"""

from __future__ import annotations

from functools import cache

from assets.actors.lookups import lookups


@cache
def known_codes() -> frozenset[str]:
    """All CAMEO codes of the registry."""
    return frozenset(lookups().cameo)


def _known(code: str) -> str:
    while code not in known_codes():
        code = code[:-1]
    return code if len(code) > 2 else next(c for c in (code + "0", code) if c in known_codes())


def is_cooperative(code: str) -> bool:
    """Whether the root of the code is one of cooperation (01-08)."""
    return code < "09"


_INTENT = {"01": "030", "02": "030", "03": "030", "04": "036", "05": "032", "06": "031", "07": "033", "08": "035"}


def intent_to(code: str) -> str:
    """The code of expressing the intent to do what ``code`` says (03x for cooperation, 13x for conflict)."""
    root, rest = code[:2], code[2:]
    if root == "06":
        return _known("031" + rest[:1].replace("0", "")) if rest[:1] in "1234" else "031"
    if root == "07":
        return _known("033" + rest[:1].replace("0", "")) if rest[:1] in "123" else "033"
    if code[:3] == "045":
        return "039"
    if code[:3] == "057":
        return "030"
    if code[:3] == "085":
        return "0354"
    if code[:3] == "084":
        return "0353"
    if code[:3] == "087":
        return "0356"
    if code[:3] == "081":
        return "0351"
    return _INTENT[root] if root in _INTENT else threat_of(code)


def threat_of(code: str) -> str:
    """The code of threatening to do what ``code`` says."""
    root = code[:2]
    if root == "16":
        if code[:3] == "162":
            return "1311"
        if code[:3] == "163":
            return "1312"
        return "134" if code[:3] == "164" else "136" if code[:3] == "166" else "1313"
    if root == "14":
        return "133"
    if root == "17":
        return "137" if code[:3] == "175" else "132"
    if root in ("15", "18", "19", "20"):
        return "138" if code[:3] not in ("191", "192") else {"191": "1381", "192": "1382"}[code[:3]]
    return "130"


_APPEAL = {"03": "022", "04": "026", "05": "022", "06": "021", "07": "023", "08": "025"}
_DEMAND = {"03": "102", "04": "106", "05": "102", "06": "101", "07": "103", "08": "105"}
_REFUSAL = {"03": "120", "04": "125", "05": "120", "06": "121", "07": "122", "08": "124"}


def appeal_for(code: str) -> str:
    """The code of asking for what ``code`` says."""
    if code[:3] in ("085",):
        return "0254"
    if code[:3] == "084":
        return "0253"
    if code[:3] == "087":
        return "0256"
    return _APPEAL.get(code[:2], "020")


def demand_for(code: str) -> str:
    """The code of demanding what ``code`` says."""
    if code[:3] == "085":
        return "1054"
    if code[:3] == "084":
        return "1053"
    if code[:3] == "087":
        return "1056"
    return _DEMAND.get(code[:2], "100")


def refusal_of(code: str) -> str:
    """The code of refusing to do what ``code`` says; to refuse a conflict is no conflict, and CAMEO has no code but 010."""
    if not is_cooperative(code):
        return "010"
    if code[:3] == "085":
        return "1244"
    if code[:3] == "084":
        return "1243"
    return _REFUSAL.get(code[:2], "120")
