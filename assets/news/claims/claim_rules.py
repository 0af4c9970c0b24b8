"""What is claimed of a quantity: rules in a table, each with a sentence that it reads; the first that fits a quantity counts.

A rule is a pattern over a sentence in which every quantity stands as one sign (``slotted``): ``{C}`` a count, ``{P}`` a share,
``{W}`` a weight. The other names in braces are the phrases below. A test runs every example.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from assets.news.claims.quantities import Quantity

_SIGNS = {"C": 0xE100, "P": 0xE200, "W": 0xE300}
"""The first sign of each kind, in the private area of Unicode; the signs after it are the further quantities of a sentence."""
_PER_KIND = 0x100
_FILL = chr(0xE000)
"""What fills a quantity up to its length, so that offsets in the slotted sentence are those in the sentence."""

DRUGS = {
    r"fentanyl|synthetic opioids?": "T40.4",
    r"cocaine": "T40.5",
    r"meth|methamphetamines?|psychostimulants?": "T43.6",
    r"heroin": "T40.1",
    r"opioids?": "T40.0-T40.4,T40.6",
}
"""Words for a class of drugs and its label in ``core.overdose_observations``. Most deaths with T40.4 are of fentanyl."""
SEIZED = {
    r"fentanyl": "Fentanyl",
    r"cocaine": "Cocaine",
    r"meth|methamphetamines?": "Methamphetamine",
    r"heroin": "Heroin",
    r"marijuana|cannabis": "Marijuana",
    r"ketamine": "Ketamine",
    r"ecstasy|mdma": "Ecstasy",
}
"""Words for a drug and its name in ``core.drug_seizures``."""
LISTS = {
    r"unreliable entit(?:y|ies) list": "cn_mofcom",
    r"unverified list": "us_bis_uvl",
    r"military end[- ]users?": "us_bis_meu",
    r"entity list": "us_bis_entity_list",
    r"specially designated|sdn list": "us_ofac_sdn",
    r"forced labou?r|uflpa": "us_dhs_uflpa",
}
"""Words for a list and its id, the narrower before the wider; the list need not be held."""
LISTS_OF_BODIES = {
    "USA.TREASURY": "us_ofac_sdn",
    "USA.OFAC": "us_ofac_sdn",
    "USA.COMMERCE": "us_bis_entity_list",
    "USA.BIS": "us_bis_entity_list",
}
"""The list on which a body puts whom it sanctions, where the text names the body and no list."""

PERSONS = r"people|persons|individuals|officials|nationals|citizens|members|lawmakers|diplomats|executives|oligarchs|traffickers"
ENTITIES = r"companies|firms|businesses|banks|organi[sz]ations|subsidiaries|corporations|enterprises"
_DEMONYMS = r"americans|russians|iranians|canadians|europeans|britons"
_WORD = r"[^\s,;:\ue000-\ue3ff]+"
_DRUG = r"(?:fentanyl|synthetic opioids?|cocaine|meth(?:amphetamines?)?|psychostimulants?|heroin|opioids?)"
_WITH_DRUG = (
    rf"(?:illicit |illegal |illicitly made |the drug |the synthetic opioid )?{_DRUG}"
    rf"(?:,? (?:such as|like|including|mainly|mostly|primarily) {_DRUG}"
    rf"| and other (?:{_WORD} )?(?:opioids|psychostimulants|drugs))?"
)
_LIMITED = r"(?:deaths|fatalities)"
PHRASES = {
    "WORD": _WORD,
    "DRUG_WORD": _DRUG,
    "PEOPLE": r"(?:(?:more|other|u\.?s\.?|american|canadian) )?(?:people|persons|americans|canadians|residents|citizens|lives)",
    "DRUG": rf"(?P<drug>{_WITH_DRUG})",
    "SEIZED": rf"(?:illicit |illegal |suspected |pure |powdered )?(?P<seized>{'|'.join(SEIZED)})\b",
    "DEATHS": (
        rf"(?P<deaths>(?:{_DRUG}[- ](?:related |involved )?)?(?:drug[- ])?(?:overdose|poisoning)[- ](?:related )?{_LIMITED}"
        rf"|drug[- ](?:related )?{_LIMITED}|{_DRUG}(?:[- ]related)? {_LIMITED}"
        rf"|(?<!-)(?:fatal|lethal|deadly) (?:{_DRUG} |drug )?overdoses"
        rf"|{_LIMITED} (?:involving|from|due to|caused by|linked to|tied to|attributed to|related to|by) "
        rf"(?:{_WITH_DRUG}|(?:an? )?(?:{_DRUG} |drug )?overdoses?))"
    ),
    "OVERDOSES": (
        rf"(?:an? )?(?:suspected |accidental |unintentional )?(?:(?P<deaths>(?:synthetic )?{_DRUG}) |drug |fatal )?"
        r"overdos(?:es|e|ing)\b"
    ),
    "DIED": r"(?:(?:have |had )?died|die|dead|lost their lives|perished)",
    "PARTIES": (
        r"(?P<parties>{C}"
        rf"(?: {_WORD}){{0,4}}? (?:{PERSONS}|{ENTITIES}|{_DEMONYMS}|entities|parties|targets|vessels|ships|tankers|aircraft)\b"
        r"(?:(?:,? and|,| or)(?: (?P<n2>[\ue100-\ue1ff]))?\ue000*"
        rf"(?: {_WORD}){{0,3}}? (?:{PERSONS}|{ENTITIES}|entities|vessels|ships|tankers|aircraft)\b)?)"
    ),
    "LIST": (
        r"(?P<list>(?:(?:unreliable )?entit(?:y|ies) list|unverified list|blacklists?|sanctions? lists?|export[- ]control lists?"
        r"|specially designated nationals|sdn list|restricted(?: trade)? list|restricted entity list|military end[- ]user list"
        r"|lists? of))"
    ),
    "BEEN": r"(?:(?:were|was|are|have been|has been|had been|being) )?",
    "HIGH": r"(?:an? )?(?:new )?(?:record )?(?:high )?(?:of )?",
    "RISE": (
        r"(?:rose|risen|rises?|climb(?:ed|s)?|increase[ds]?|jump(?:ed|s)?|soar(?:ed|s)?|surge[ds]?|grew|grown|spike[ds]?"
        r"|edged up|were up|went up)"
    ),
    "FALL": (
        r"(?:fell|fallen|falls?|drop(?:ped|s)?|decline[ds]?|decrease[ds]?|plunge[ds]?|plummet(?:ed|s)?|dip(?:ped|s)?"
        r"|slip(?:ped|s)?|edged down|were down|went down)"
    ),
    "REACHED": (
        r"(?:hits?|reach(?:ed|es)?|top(?:ped|s)?|surpass(?:ed|es)?|exceed(?:ed|s)?|pass(?:ed|es)?|cross(?:ed|es)?|totall?ed"
        r"|stood at|came to)"
    ),
    "OF_ALL": r"(?:[\ue100-\ue1ff]\ue000* )?",
    "COMMAS": r"(?:[^\s;:\ue000-\ue3ff]+ ){0,6}?",
}
"""Phrases by the names that patterns use."""

_UNREAL = re.compile(
    r"\b(?:could|may|might|would|will|shall|should|must|(?:expected|projected|forecast|set|likely|due|able) to"
    r"|(?:plan|plans|planned|planning|want|wants|aim|aims|aimed|aiming|hope|hopes|hoped|hoping|seek|seeks|vow|vows|vowed"
    r"|pledge|pledges|pledged|threaten|threatens|threatened|say|says) to"
    r"|urg(?:es?|ed|ing)|calls? (?:for|on)|called (?:for|on)|ask(?:s|ed)?|demand(?:s|ed)?|propos(?:es?|ed)|if|unless|whether"
    r"|target of|goal of|not|never|no longer|denied|denies|n[’']t|nonfatal|non-fatal)\b"
)
"""Words for what has not happened; written small, so that May the month is none of them."""
_PART = re.compile(
    r"\b(?:among|aged?|ages|under \d+|under the age|younger|older|teen\w*|adolescents?|children|youths?|veterans?"
    r"|soldiers|inmates|prisoners"
    r"|pregnant|women|men|(?:black|white) (?:people|americans|residents)|hispanic|latino|native|indigenous|homeless|prescription"
    r"|nonfatal|non-fatal)\b",
    re.IGNORECASE,
)
"""Words for a part of those who died: what is held counts all of them."""
_BEFORE = 60
"""So many characters before a match are searched for them, within the sentence's part."""
_BEHIND = 25
"""So many characters after a match are searched for a part of those who died, and for days and weeks."""
_OTHER_UNIT = re.compile(r"\b(?:(?:every|each|per|a) (?:single )?(?:day|week|month|hour)|daily|weekly|monthly)\b", re.IGNORECASE)
_BY_YEAR = re.compile(r"\bby (?:the end of )?(?:20\d\d)\b")


def slotted(sentence: str, quantities: Sequence[Quantity]) -> str:
    """The sentence with each quantity as one sign of its kind, filled up to its length."""
    parts, at = [], 0
    for i, q in enumerate(quantities[:_PER_KIND]):
        parts += [sentence[at : q.start], chr(_SIGNS[q.kind] + i), _FILL * (q.end - q.start - 1)]
        at = q.end
    return "".join(parts) + sentence[at:]


@dataclass(frozen=True)
class ClaimRule:
    """A line of the table.

    ``sign``: -1 where the number is a fall. ``example``: a sentence in which it is the rule that reads the claim.
    """

    name: str
    measure: str
    pattern: str
    example: str
    sign: int = 1

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern with its phrases put in."""
        text = self.pattern
        for name, phrase in PHRASES.items():
            text = text.replace(f"{{{name}}}", phrase)
        text = re.sub(r"\{GAP(\d+)\}", lambda m: f"(?:{_WORD} ){{0,{m[1]}}}?", text)
        for kind, first in _SIGNS.items():
            sign = f"[{chr(first)}-{chr(first + _PER_KIND - 1)}]"
            text = text.replace(f"{{{kind}}}", f"(?P<n>{sign}){_FILL}*")
        return re.compile(rf"(?<!\w)(?:{text})", re.IGNORECASE)


@dataclass(frozen=True)
class Match:
    """A rule that fits, with the quantities that it reads (one, or two that add up) and what it caught."""

    rule: ClaimRule
    quantities: tuple[int, ...]
    found: re.Match[str]

    def group(self, name: str) -> str | None:
        """The text of a group, None where the rule has none of the name."""
        return self.found.groupdict().get(name)


DEATHS, SHARE, CHANGE = "overdose_deaths", "overdose_deaths_share", "overdose_deaths_change"
SEIZURES, ADDED, REMOVED, IN_FORCE = "drugs_seized", "listings_added", "listings_removed", "listings_in_force"

RULES: tuple[ClaimRule, ...] = (
    # --- change, before what a rise comes to
    ClaimRule(
        "deaths_rose_by", CHANGE, r"{DEATHS} {GAP6}{RISE}(?: by)? {P}", "Overdose deaths in Ohio rose by 15 percent in 2021."
    ),
    ClaimRule("deaths_fell_by", CHANGE, r"{DEATHS} {GAP6}{FALL}(?: by)? {P}", "US overdose deaths fell 3% last year.", sign=-1),
    ClaimRule(
        "rise_in_deaths",
        CHANGE,
        r"{P} (?:rise|increase|jump|surge) in {GAP3}{DEATHS}",
        "A 15 percent rise in overdose deaths was reported.",
    ),
    ClaimRule(
        "fall_in_deaths",
        CHANGE,
        r"{P} (?:fall|drop|decline|decrease) in {GAP3}{DEATHS}",
        "A 3% drop in overdose deaths was reported.",
        sign=-1,
    ),
    # --- shares
    ClaimRule(
        "drug_in_share",
        SHARE,
        r"{DRUG}\b[^.;\ue100-\ue3ff]{0,160}?\b(?:account\w* for|involved in|responsible for|behind|blamed for|linked to|"
        r"implicated in|present in|found in|detected in|caus(?:es|ed|ing)|play\w* (?:a|some) (?:role|part) in|figure[sd]? "
        r"in|contribut\w+ to|mak(?:es|ing) up) {P}(?: of)? {GAP5}{OF_ALL}{GAP2}{DEATHS}",
        "Fentanyl, a painkiller, accounts for more than two-thirds of drug-related deaths in the country.",
    ),
    ClaimRule(
        "share_with_drug",
        SHARE,
        r"{P}(?: of)? {GAP5}{OF_ALL}{GAP2}{DEATHS}[^.;\ue100-\ue3ff]{0,60}? (?:involv(?:e|ed|es|ing)|(?:are|were|was|is) (?:\w+ "
        r")?(?:caused by|linked to|attributed to|tied to|due to|blamed on|from)|caused by|due to|linked to) {GAP3}{DRUG}",
        "Two out of three overdose deaths in America are caused by fentanyl.",
    ),
    # --- deaths
    ClaimRule(
        "died_of_overdoses",
        DEATHS,
        r"{C} {PEOPLE} {GAP6}{DIED} {GAP2}(?:of|from|due to|by|in|after) {OVERDOSES}",
        "More than 100,000 Americans died of overdoses last year.",
    ),
    ClaimRule(
        "killed_by_overdoses",
        DEATHS,
        r"{C} {PEOPLE} {GAP4}(?:were|was|have been) killed by {OVERDOSES}",
        "Nearly 108,000 Americans were killed by overdoses in 2021.",
    ),
    ClaimRule(
        "overdoses_killed",
        DEATHS,
        r"(?<!-)(?:(?P<deaths>(?:synthetic )?{DRUG_WORD}) )?overdoses (?:have |had )?(?:killed|kill|claimed|took|cost) "
        r"(?:the lives of )?{C}",
        "Overdoses claimed 106,699 lives in 2021.",
    ),
    ClaimRule(
        "drug_killed",
        DEATHS,
        r"{DRUG} (?:alone )?(?:has |have |had |now )?(?:killed|kills|kill|claimed|claims) (?:the lives of )?{C} {PEOPLE}",
        "Fentanyl kills more than 70,000 Americans a year.",
    ),
    ClaimRule(
        "drug_in_deaths",
        DEATHS,
        r"{DRUG} {GAP3}(?:involved in|responsible for|behind|caused|accounted for|linked to) {C} {GAP2}(?:overdose |drug "
        r")?deaths",
        "Cocaine was involved in nearly 16,000 overdose deaths.",
    ),
    ClaimRule(
        "deaths_rose_to",
        DEATHS,
        r"{DEATHS} {GAP8}(?:{REACHED}|(?:{RISE}|{FALL}) {GAP2}to) {HIGH}{C}",
        "CDC: US overdose deaths hit record 107,000 last year.",
    ),
    ClaimRule(
        "deaths_changed_and_came_to",
        DEATHS,
        r"{DEATHS} {GAP6}(?:{RISE}|{FALL})(?: by)? [\ue200-\ue2ff]\ue000*,? {COMMAS}to {HIGH}{C}",
        "U.S. overdose deaths rose 15 percent in 2021 to more than 100,000.",
    ),
    ClaimRule(
        "number_who_died",
        DEATHS,
        r"number of {PEOPLE} (?:who )?(?:have )?(?:died|dying|killed) (?:of|from|by) {OVERDOSES} {GAP4}"
        r"(?:{REACHED}|(?:{RISE}|{FALL}) {GAP2}to) {HIGH}{C}",
        "The number of Americans who died of drug overdoses fell to 107,543 in 2023.",
    ),
    ClaimRule(
        "deaths_with_drug",
        DEATHS,
        r"{C} of (?:the|those|these|all) {OF_ALL}{GAP3}(?:overdose |drug )?deaths {GAP4}"
        r"(?:involved|were caused by|were linked to) {DRUG}",
        "About 75,000 of the nearly 110,000 US overdose deaths in 2022 involved synthetic opioids.",
    ),
    ClaimRule(
        "died_of_drug",
        DEATHS,
        r"{C} {PEOPLE} {GAP6}{DIED} {GAP2}(?:of|from|due to|after taking) {DRUG}\b",
        "Every year about 70,000 Americans die from fentanyl.",
    ),
    ClaimRule("number_of_deaths", DEATHS, r"{C} (?:{WORD} )?{DEATHS}", "There were 111,355 overdose deaths in the US."),
    # --- seizures
    ClaimRule(
        "seized_weight",
        SEIZURES,
        r"(?:seiz(?:e|ed|es|ing)|confiscat(?:ed|es)|intercept(?:ed|s)|stopped|caught) {GAP2}{W} of {SEIZED}",
        "CBP seized 27,000 pounds of fentanyl in fiscal year 2023.",
    ),
    ClaimRule(
        "weight_was_seized",
        SEIZURES,
        r"{W} of {SEIZED} {BEEN}(?:seized|confiscated|intercepted|stopped|caught)",
        "More than 14,000 pounds of fentanyl were seized by US border officers.",
    ),
    # --- lists: what is taken off before what is put on
    ClaimRule(
        "took_off_list",
        REMOVED,
        r"(?:remov(?:ed|es|ing)|took|takes|taking|dropped|drops|deleted|struck) {PARTIES} {GAP5}(?:from|off) {GAP5}{LIST}",
        "The US removed 27 Chinese companies from its Unverified List.",
    ),
    ClaimRule(
        "was_taken_off_list",
        REMOVED,
        r"{PARTIES} {BEEN}(?:removed|taken|dropped|deleted|struck) (?:from|off) {GAP5}{LIST}",
        "Eight Chinese firms were removed from the Entity List.",
    ),
    ClaimRule(
        "lifted_sanctions_on",
        REMOVED,
        r"(?:lift(?:ed|s|ing)|eas(?:ed|es)|drop(?:ped|s)|waiv(?:ed|es)) {GAP2}sanctions (?:on|against|from) {PARTIES}",
        "Washington lifted sanctions on three Iranian officials.",
    ),
    ClaimRule(
        "is_on_list",
        IN_FORCE,
        r"{PARTIES} (?:are|were|remain|stand) (?:now |still |currently )?(?:on|under) {GAP4}(?:{LIST}|sanctions)",
        "More than 600 Chinese companies are on the US Entity List.",
    ),
    ClaimRule(
        "put_on_list",
        ADDED,
        r"(?:add(?:ed|s|ing)|put(?:s|ting)?|plac(?:ed|es|ing)|list(?:ed|s|ing)) {PARTIES} {GAP10}(?:to|on|onto|under|in) "
        r"{GAP5}{LIST}",
        "China slams U.S. for putting 5 Chinese firms on trade blacklist.",
    ),
    ClaimRule(
        "was_put_on_list",
        ADDED,
        r"{PARTIES} {BEEN}(?:added|put|placed) (?:to|on|onto) {GAP5}{LIST}",
        "Three dozen Chinese companies were added to the US Entity List.",
    ),
    ClaimRule(
        "imposed_sanctions_on",
        ADDED,
        r"(?:impos(?:ed|es|ing)|announc(?:ed|es|ing)|slapp?(?:ed|s|ing)|lev(?:ied|ies)|unveil(?:ed|s)|issu(?:ed|es)|"
        r"introduc(?:ed|es)) {GAP3}sanctions (?:on|against|targeting) {PARTIES}",
        "Russia imposes personal sanctions against 154 members of UK House of Lords.",
    ),
    ClaimRule(
        "hit_with_sanctions",
        ADDED,
        r"(?:hit|hits|slapped|target(?:ed|s)) {PARTIES} {GAP5}with {GAP3}sanctions",
        "The United States hit 10 Iranian companies with sanctions.",
    ),
    ClaimRule(
        "sanctioned",
        ADDED,
        r"(?:sanctioned|sanctions|sanctioning|blacklisted|blacklists|blacklisting|designated|designates|designating) "
        r"{PARTIES}",
        "Iran blacklists 24 U.S. individuals for illicit activities.",
    ),
    ClaimRule(
        "was_sanctioned",
        ADDED,
        r"{PARTIES} {BEEN}(?:sanctioned|blacklisted|designated)\b",
        "24 Americans sanctioned by Iran as nuclear deal talks stall.",
    ),
)
"""The table."""


def matches(sentence: str, quantities: Sequence[Quantity]) -> Iterator[Match]:
    """Give for each quantity the first rule that reads a claim of it, unless the sentence says that it has not happened."""
    slots = slotted(sentence, quantities)
    taken: set[int] = set()
    for rule in RULES:
        for found in rule.compiled.finditer(slots):
            read = tuple(_index(found[g]) for g in ("n", "n2") if found.groupdict().get(g))
            if taken.isdisjoint(read):
                taken |= set(read)
                if not _is_other(rule, slots, found, quantities[read[-1]]):
                    yield Match(rule, read, found)


def _index(sign: str) -> int:
    return (ord(sign) - 0xE100) % _PER_KIND


def _is_other(rule: ClaimRule, slots: str, found: re.Match[str], quantity: Quantity) -> bool:
    """Whether it is said as a plan, a fear, a wish or not at all, of a part of the dead, or of another time than a year."""
    before = re.split(r"[;:]|, (?:and|but|while) ", slots[max(0, found.start() - _BEFORE) : found.start()])[-1]
    until = max(quantity.end, found.end())
    if _UNREAL.search(before + slots[found.start() : until]) or _BY_YEAR.search(slots, found.end()):
        return True
    if "parties" in found.re.groupindex:
        return False
    # a share of the deaths with one drug is none of all deaths
    if rule.measure == SHARE and label_of(found["deaths"], DRUGS) is not None:
        return True
    behind = slots[until : until + _BEHIND]
    return (
        _PART.search(before + slots[found.start() : until] + behind) is not None
        or _OTHER_UNIT.search(slots[quantity.end : until] + behind) is not None
    )


def label_of(words: str | None, table: dict[str, str]) -> str | None:
    """The label of the first word of a text that a table knows."""
    if words is None:
        return None
    hits = [
        (m.start(), label) for pattern, label in table.items() if (m := re.search(rf"\b(?:{pattern})\b", words, re.IGNORECASE))
    ]
    return min(hits, key=lambda hit: hit[0])[1] if hits else None
