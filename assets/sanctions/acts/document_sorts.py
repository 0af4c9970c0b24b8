"""What sort of act a document is, by its authority and the words of its title: rules in order, the first that fits counts.

Antidumping and countervailing duties, and the import cases of the International Trade Commission, are ``trade_remedy``: cases
that firms bring, by the hundred, and no acts between the states unless asked for. A notice in the Federal Register of the
sanctions that OFAC or the Department of State imposed is a ``notice``: it comes days or weeks after the act and states no day
of it outside its text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from assets.actors.registry import code_map


@dataclass(frozen=True)
class DocumentSort:
    """A rule: documents of these authorities whose title has these words are acts of this sort.

    ``effect`` is what the act does to the state that it is directed at; an act that ends or eases is distinguished by ``EASES``.
    ``example`` is a title for which it is the rule that fits.
    """

    authorities: tuple[str, ...]
    title: str
    sort: str
    effect: str | None
    example: str
    list_id: str | None = None


def _orders(*authorities: str) -> tuple[DocumentSort, ...]:
    """Rules on orders of the President and his offices."""
    return (
        DocumentSort(
            authorities, r"\bdut(?:y|ies)\b|\btariff|\bde minimis\b", "tariff", "imposed", "Imposing Duties on Goods of a State"
        ),
        DocumentSort(
            authorities, r"\binvestment", "investment_control", "imposed", "Addressing Investments in Certain Technologies"
        ),
        DocumentSort(
            authorities, r"\bmajor (?:illicit )?drug", "determination", "imposed", "Determination on Major Drug Transit States"
        ),
        DocumentSort(
            authorities,
            r"\bsanction|\bblocking\b|\bnational emergency\b|\bthreat posed\b",
            "program",
            "imposed",
            "Imposing Sanctions on Foreign Persons",
        ),
    )


SORTS = (
    DocumentSort(
        ("USA.COMMERCE", "USA.ITA", "USA.ITC", "USA.CBP", "USA.DHS"),
        r"\banti-?dumping\b|\bcountervailing\b|\bless[- ]than[- ](?:fair|normal)[- ]value\b|\bfive-year\b.*\breview"
        r"|\bsunset review|\bcircumvention\b|\bscope ruling|\bchanged circumstances review|\benforce and protect\b"
        r"|\bsection 337\b|\bcourt decision not in harmony\b",
        "trade_remedy",
        None,
        "Certain Steel Nails From the People's Republic of China: Final Results of Antidumping Duty Administrative Review",
    ),
    # titles name the goods and their origin, and not always the case
    DocumentSort(
        ("USA.ITC", "USA.COMMERCE", "USA.ITA"),
        r"\bfrom (?:the people's republic of )?china\b|\bcomponents (?:thereof|of the same)\b|\bproducts containing",
        "trade_remedy",
        None,
        "Glycine From China",
    ),
    DocumentSort(
        ("USA.OFAC", "USA.TREASURY", "USA.STATE"),
        r"^notice of .*\bsanctions? actions?\b",
        "notice",
        None,
        "Notice of OFAC Sanctions Actions",
        "us_ofac_sdn",
    ),
    DocumentSort(
        ("USA.BIS",),
        r"^(?!.*\badditions?\b)(?=.*\bremovals?\b).*\bentity list\b",
        "delisting",
        "eased",
        "Removal of an Entity From the Entity List",
        "us_bis_entity_list",
    ),
    DocumentSort(
        ("USA.BIS",), r"\bentity list\b", "listing", "imposed", "Additions of Entities to the Entity List", "us_bis_entity_list"
    ),
    DocumentSort(("USA.BIS",), r"\bunverified list\b", "listing", "imposed", "Revisions to the Unverified List", "us_bis_uvl"),
    DocumentSort(
        ("USA.BIS",),
        r"'military end[- ]user|\bmilitary end[- ]user \(meu\) list",
        "listing",
        "imposed",
        "Additions to the Military End-User (MEU) List",
        "us_bis_meu",
    ),
    DocumentSort(
        ("USA.BIS",), r"\bdenying export privileges\b", "listing", "imposed", "Order Denying Export Privileges", "us_bis_dpl"
    ),
    DocumentSort(
        ("USA.BIS",),
        r"export|controls?\b|license|commerce control",
        "export_control",
        "imposed",
        "Export Controls on Advanced Computing Items",
    ),
    DocumentSort(
        ("USA.OFAC", "USA.TREASURY"),
        r"^(?!.*\bdesignations\b)(?=.*\b(?:removals?|delistings?)\b)",
        "delisting",
        "eased",
        "Counter Narcotics Designation Removal",
        "us_ofac_sdn",
    ),
    DocumentSort(
        ("USA.OFAC", "USA.TREASURY"),
        r"\bsanctions actions?\b|\bblocking or unblocking\b|designations?\b",
        "listing",
        None,
        "Counter Terrorism Designations",
        "us_ofac_sdn",
    ),
    DocumentSort(
        ("USA.OFAC", "USA.TREASURY"), r"\bsanctions regulations\b", "program", None, "Illicit Drug Trade Sanctions Regulations"
    ),
    DocumentSort(
        ("USA.DEA",),
        r"\bschedul|\blist i chemical|\bcontrolled substances?\b|\bimmediate precursor",
        "scheduling",
        None,
        "Schedules of Controlled Substances: Placement in Schedule I",
    ),
    DocumentSort(
        ("USA.USTR",),
        r"\binitiation\b|\binvestigation:? (?:hearing|request)",
        "investigation",
        "imposed",
        "Initiation of Section 301 Investigation",
    ),
    DocumentSort(("USA.USTR",), r"\bexclusion", "tariff", "eased", "Notice of Product Exclusions"),
    DocumentSort(
        ("USA.USTR",),
        r"\bsection 301\b|\bnotice of (?:action|modification)\b",
        "tariff",
        "imposed",
        "Notice of Modification of Section 301 Action",
    ),
    DocumentSort(
        ("USA.DHS",),
        r"\buyghur forced labor prevention act entity list\b|\buflpa\b",
        "listing",
        "imposed",
        "Notice on the Addition of Entities to the UFLPA Entity List",
        "us_dhs_uflpa",
    ),
    DocumentSort(
        ("USA.STATE",),
        r"\bsanctions? actions?\b|\bimposition of\b.*\b(?:sanctions?|measures)\b|\bnonproliferation\b",
        "listing",
        "imposed",
        "Imposition of Nonproliferation Measures Against Foreign Persons",
    ),
    *_orders("USA.WHITE_HOUSE"),
)
EASES = re.compile(
    r"\bsuspension\b|\bsuspend|\bterminat|\brevok|\brevocation\b|\bunblocking\b|\breduc|\bwithdrawal\b", re.IGNORECASE
)
"""Words of a title by which an act eases what another imposed."""


def sort_of(authority_id: str, title: str) -> tuple[str, str | None, str | None]:
    """Sort, effect and list of a document; ``other`` where no rule fits."""
    for rule in SORTS:
        if authority_id in rule.authorities and re.search(rule.title, title, re.IGNORECASE):
            eased = rule.effect == "imposed" and EASES.search(title) is not None
            return rule.sort, "eased" if eased else rule.effect, rule.list_id
    return "other", None, None


@cache
def _names() -> re.Pattern[str]:
    """Names of countries, the longest first, as whole words; a name of few letters stands for other things too."""
    names = sorted((n for n in code_map("country_name") if len(n) > 3), key=lambda n: (-len(n), n))
    return re.compile(r"(?<![\w-])(" + "|".join(map(re.escape, names)) + r")(?![\w-])", re.IGNORECASE)


def names_of_states(text: str) -> list[str]:
    """The names of states in a text, as they stand there."""
    return [m.group(1) for m in _names().finditer(text)]


def states_named(*texts: str | None) -> list[str]:
    """States that a title or a summary names, except the United States, in order of their ids."""
    ids = code_map("country_name")
    found = {ids[m.group(1).casefold()] for t in texts if t for m in _names().finditer(t)}
    return sorted(found - {"USA"})
