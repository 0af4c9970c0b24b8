"""What an article claims in numbers: of each claim the measure, the number, the place or the parties, and the period.

One sentence at a time. What a sentence does not say is not guessed: a claim without a place has that of the headline, if it
names one state alone, else that of the claim before it, else none; a claim without a period has none, and it is for whoever
judges it to say which one they take.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from assets import schema
from assets.actors.lookups import lookups
from assets.news.claims import claim_rules as rules
from assets.news.claims.claim_rules import Match
from assets.news.claims.quantities import Quantity, quantities
from assets.news.coding.date_phrases import DateMention, resolve
from assets.news.coding.fold import is_english
from assets.news.text import sentences
from assets.news.text.named_actors import Mention, document, mentions_of

UNITS = {
    rules.DEATHS: "deaths",
    rules.SHARE: "share",
    rules.CHANGE: "share",
    rules.SEIZURES: "pounds",
    rules.ADDED: "listings",
    rules.REMOVED: "listings",
    rules.IN_FORCE: "listings",
}
"""The unit of each measure."""
_WORTH_READING = re.compile(
    r"overdos|poisoning deaths|drug[- ](?:related )?deaths|fentanyl|opioid|cocaine|heroin|meth|cannabis|marijuana|sanction"
    r"|designat|list",
    re.IGNORECASE,
)
"""A word without which no rule reads a sentence: most sentences are left at that."""
_BEHIND = 40
"""So many characters after a claim who acted may still be named: ``were seized last month by CBP``."""
_LISTS = frozenset({rules.ADDED, rules.REMOVED, rules.IN_FORCE})
_NATIONALS = re.compile(r"(?:ans|ians|ese|men|ons|ish)$")
_IN = re.compile(r"\b(?:in|across|throughout|within|nationwide in)\s+(?:the\s+)?$", re.IGNORECASE)
_BY = re.compile(r"\s(?:by|at)\s(?:the\s)?$", re.IGNORECASE)
_OF = re.compile(r"\s(?:(?:based |headquartered |located |with headquarters )?in|of|from)\s(?:the\s)?$", re.IGNORECASE)
_REPORTS = re.compile(r"\s(?:saw|sees|recorded|records|reported|reports|had|counted|registered|suffered|lost)\b")
_FISCAL = re.compile(
    r"\b(?:(?P<last>last|the past|the previous) )?(?:fiscal(?: year)?|FY) ?(?P<year>20\d\d|\d\d\b)?", re.IGNORECASE
)
_MANY_YEARS = re.compile(
    r"\b(?:since|over|in|during|for)(?: the)?(?: (?:past|last|previous))? (?:\w+ ){0,2}(?:years|decades?|months|(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_UNKNOWN_PLACE = re.compile(
    r"\b(?:[Ii]n|[Aa]cross|[Tt]hroughout)\s+(?:the\s+)?(?P<name>[A-Z][a-z]+(?:\s[A-Z][a-z]+)*)"
    r"|\b(?:[Ii]n|[Aa]cross|[Tt]hroughout)\s+(?:the|its|this|our)\s+(?:city|county|state|province|region|town|district|borough|territory)\b"
    r"|\b(?:worldwide|globally|around the world|statewide|citywide)\b"
)
"""A place that is no state or jurisdiction that is known, or none of their size; of names, those that are not mentions."""
_TIMES = frozenset(
    (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
        "Spring", "Summer", "Autumn", "Fall", "Winter",
    )
)  # fmt: skip
_SMALLER = re.compile(r"\s(?:County|City|Valley|Metro|Island)\b")
_SO_FAR = re.compile(
    r"\b(?:since|so far|to date|already|altogether|in total|over the (?:past|last)|this year|last year)\b", re.IGNORECASE
)
_UNNAMED = {
    r"Treasury(?: Department)?|SDN|Specially Designated|OFAC": ("USA", "USA.TREASURY"),
    r"Border Patrol": ("USA", "USA.CBP"),
    r"[Uu]nreliable [Ee]ntity [Ll]ist": ("CHN", None),
    r"[Ee]ntity [Ll]ist": ("USA", None),
}
"""Words that say who acted where no actor is found: bodies that go by half their name, and lists that one state alone has."""
_SINCE = re.compile(r"\bsince\s(?:\w+\s)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Claim:
    """A claim: the columns of ``core.claims`` that the text alone gives.

    ``period_from`` and ``period_to`` are its first and last day.
    """

    sentence: int
    char_start: int
    char_end: int
    surface: str
    evidence: str
    rule: str
    measure: str
    drug: str | None
    comparator: str
    number: float
    number_to: float | None
    low: float | None
    high: float | None
    unit: str
    actor_id: str | None
    source_id: str | None
    source_body_id: str | None
    target_id: str | None
    list_id: str | None
    party_type: str | None
    period_from: date | None
    period_to: date | None
    period_basis: str


def claims_of(text: str, on: date | None, title: str | None = None, own_actors: Path | None = None) -> list[Claim]:
    """Return the claims of a text, in order.

    Args:
        text: body of the article.
        on: day of publication; None where unknown: ``last year`` is then no period.
        title: headline, if there is one; it is sentence 0.
        own_actors: folder of actors that the user added.

    Returns:
        Claims; offsets count in title, line break, text, as those of mentions do.
    """
    whole = document(text, title)
    shift = 0 if title is None else len(title) + 1
    spans = [(start + shift, end + shift) for start, end in sentences.spans(text)]
    if title is not None:
        spans.insert(0, (0, len(title)))
    place_of_title: str | None = None
    last_place: str | None = None
    found: list[Claim] = []
    for number, (start, end) in enumerate(spans):
        sentence = whole[start:end].rstrip()
        if _WORTH_READING.search(sentence) is None:
            continue
        if number and title is not None and place_of_title is None:
            place_of_title = _only_place(_named(title, on, own_actors)) or ""
        found += _in_sentence(sentence, number, start, on, place_of_title or last_place, own_actors)
        last_place = next((c.actor_id for c in reversed(found) if c.actor_id is not None), None)
    return found


def _named(text: str, on: date | None, own_actors: Path | None) -> list[Mention]:
    """The actors that a text names, without cities: the dead of a city are not those of its state."""
    return [m for m in mentions_of(text, on, own_actors=own_actors) if m.surface not in lookups().places]


def _in_sentence(
    sentence: str, number: int, start: int, on: date | None, place_of_title: str | None, own_actors: Path | None
) -> Iterable[Claim]:
    amounts = quantities(sentence)
    if not amounts:
        return []
    matched = sorted(rules.matches(sentence, amounts), key=lambda m: amounts[m.quantities[0]].start)
    if not matched:
        return []
    named = _named(sentence, on, own_actors)
    dates = resolve(sentence, on)
    return [_claim(sentence, number, start, m, amounts, named, dates, on, place_of_title) for m in matched]


def _claim(
    sentence: str,
    number: int,
    start: int,
    match: Match,
    amounts: Sequence[Quantity],
    named: Sequence[Mention],
    dates: Sequence[DateMention],
    on: date | None,
    place_of_title: str | None,
) -> Claim:
    measure, read = match.rule.measure, [amounts[i] for i in match.quantities]
    amount = read[0] if len(read) == 1 else _added_up(read)
    low, high = amount.admits()
    value, value_to = amount.number, amount.number_to
    if match.rule.sign < 0:
        value, value_to = -value, None if value_to is None else -value_to
        low, high = None if high is None else -high, None if low is None else -low
    drug = actor = source = body = target = list_id = party_type = None
    if measure in _LISTS:
        source, body = _who(sentence, match, named)
        target = _whom(sentence, match, named, source)
        list_id = rules.label_of(match.group("list"), rules.LISTS) or rules.LISTS_OF_BODIES.get(body or "")
        party_type = _party_type(match.group("parties") or "")
    elif measure == rules.SEIZURES:
        drug = rules.label_of(match.group("seized"), rules.SEIZED)
        actor, body = _who(sentence, match, named)
        actor = actor or _only_place(named) or place_of_title
    else:
        words = match.group("drug") or match.group("deaths")
        drug = rules.label_of(words, rules.DRUGS) or "all"
        actor = _where(sentence, match, amount, named)
        actor = (place_of_title if actor is None else actor) or None
    first, last, basis = _period(sentence, amount, dates, on, is_list=measure in _LISTS)
    return Claim(
        sentence=number,
        char_start=start + amount.start,
        char_end=start + amount.end,
        surface=sentence[amount.start : amount.end],
        evidence=sentence,
        rule=match.rule.name,
        measure=measure,
        drug=drug,
        comparator=amount.comparator,
        number=value,
        number_to=value_to,
        low=low,
        high=high,
        unit=UNITS[measure],
        actor_id=actor,
        source_id=source,
        source_body_id=body,
        target_id=target,
        list_id=list_id,
        party_type=party_type,
        period_from=first,
        period_to=last,
        period_basis=basis,
    )


def _added_up(read: Sequence[Quantity]) -> Quantity:
    """Two counts that add up (``17 individuals and 78 companies``), limited as the first is."""
    first, last = read[0], read[-1]
    return Quantity(first.start, last.end, "C", first.comparator, first.number + last.number, None, max(first.step, last.step))


# --- who and where ------------------------------------------------------------------------------------------------------


def _state(mention: Mention) -> str:
    return mention.party


def _place(mention: Mention) -> str:
    """The place that a mention names: a subdivision itself, of all else the state."""
    return mention.actor_id if re.fullmatch(r"[A-Z]{2}-[A-Z0-9]+(?:-[A-Z]+)?", mention.actor_id) else _state(mention)


def _only_place(named: Sequence[Mention]) -> str | None:
    places = {_place(m) for m in named}
    return places.pop() if len(places) == 1 else None


def _where(sentence: str, match: Match, amount: Quantity, named: Sequence[Mention]) -> str | None:
    """The place whose deaths are counted.

    In this order: whose people are counted (``100,000 Americans``), whose deaths (``US overdose deaths``), what stands after
    ``in``, who ``recorded`` them; else the one place that the sentence names. The empty text where it names a place that is not
    known: then none must be taken from elsewhere.
    """
    deaths = match.found.span("deaths") if match.group("deaths") else (-1, -1)
    for m in named:
        if m.char_start == amount.end + 1 and _NATIONALS.search(m.surface):
            return _state(m)
    for m in named:
        if sentence[m.char_end : max(deaths[0], m.char_end)] in (" ", "'s ", "’s "):
            return _place(m)
    if any(_SMALLER.match(sentence, m.char_end) for m in named) or _names_unknown_place(sentence, named):
        return ""
    inside = [m for m in named if _IN.search(sentence, 0, m.char_start) and not _NATIONALS.search(m.surface)]
    if inside:
        return _place(min(inside, key=lambda m: min(abs(m.char_start - amount.end), abs(amount.start - m.char_end))))
    for m in named:
        if _REPORTS.match(sentence, m.char_end):
            return _place(m)
    return _only_place(named)


def _names_unknown_place(sentence: str, named: Sequence[Mention]) -> bool:
    def is_known(name: re.Match[str]) -> bool:
        if name["name"] is None:
            return False
        first, last = name.span("name")
        return name["name"].split()[0] in _TIMES or any(m.char_start < last and first < m.char_end for m in named)

    return not all(is_known(m) for m in _UNKNOWN_PLACE.finditer(sentence))


def _who(sentence: str, match: Match, named: Sequence[Mention]) -> tuple[str | None, str | None]:
    """Who acted: the state or organisation, and the body where the text names one."""
    start, end = match.found.start(), match.found.end()
    parties = match.found.span("parties") if match.group("parties") else match.found.span("n")
    outside = [m for m in named if not parties[0] <= m.char_start < parties[1]]
    after = [
        m for m in outside if m.char_start >= parties[1] and _BY.search(sentence, 0, m.char_start) and m.char_start < end + 40
    ]
    listed = match.found.start("list") if match.group("list") else -1
    owner = [m for m in outside if listed > 0 and parties[1] <= m.char_start < listed]
    before = [m for m in outside if m.char_end <= max(start, parties[0])]
    # a body that acts is told from a name within what it wrote: "the State Department released the Hong Kong report and ..."
    actors = [m for m in before if "." in m.actor_id] or before
    chosen = next(iter(after), None) or (actors[-1] if actors and start < parties[0] else None)
    chosen = chosen or next(iter(owner), None) or (actors[-1] if actors else None)
    if chosen is None:
        words = sentence[: max(end, parties[1])]
        return next((who for pattern, who in _UNNAMED.items() if re.search(rf"\b(?:{pattern})\b", words)), (None, None))
    return _state(chosen), chosen.actor_id if "." in chosen.actor_id else None


def _whom(sentence: str, match: Match, named: Sequence[Mention], source: str | None) -> str | None:
    """The state of the parties: it stands among their words (``5 Chinese firms``) or right after (``in China``)."""
    first, last = match.found.span("parties")
    inside = [m for m in named if first <= m.char_start < last]
    after = [m for m in named if last <= m.char_start <= last + _BEHIND and _OF.fullmatch(sentence, last, m.char_start)]
    chosen = next(iter([*inside, *after]), None)
    return None if chosen is None or _state(chosen) == source else _state(chosen)


def _party_type(parties: str) -> str | None:
    """person, entity or vessel where the words are of one kind alone; entities may be anybody, as lists use the word."""
    kinds = {
        "person": rf"\b(?:{rules.PERSONS})\b",
        "entity": rf"\b(?:{rules.ENTITIES})\b",
        "vessel": r"\b(?:vessels|ships|tankers)\b",
        "any": r"\b(?:entities|parties|targets|\w+(?:ans|ons))\b",
    }
    said = [kind for kind, words in kinds.items() if re.search(words, parties, re.IGNORECASE)]
    return said[0] if len(said) == 1 and said != ["any"] else None


# --- when ---------------------------------------------------------------------------------------------------------------


def _period(
    sentence: str, amount: Quantity, dates: Sequence[DateMention], on: date | None, *, is_list: bool
) -> tuple[date | None, date | None, str]:
    """First and last day of the period, and where it comes from: stated, none, or not_read (a period that is no year)."""
    fiscal = _FISCAL.search(sentence)
    if fiscal is not None:
        year = _fiscal_year(fiscal, on)
        return (None, None, "not_read") if year is None else (date(year - 1, 10, 1), date(year, 9, 30), "stated")
    usable = [
        (d, d.event_date, d.event_date_end - timedelta(days=1))
        for d in dates
        if d.event_date is not None and d.event_date_end is not None
    ]
    if is_list:
        # changes of a list are counted by the day: a text of a month, a year or all that came so far is not compared
        days = [(d, first, last) for d, first, last in usable if d.precision == "day"]
        if _SO_FAR.search(sentence) or (dates and not days):
            return None, None, "not_read"
        usable = days
    if usable:
        nearest, first, last = min(
            usable, key=lambda d: (min(abs(d[0].start - amount.end), abs(amount.start - d[0].end)), d[0].start)
        )
        said = sentence[nearest.start : nearest.end].lower()
        if not is_list and ("since" in said or _SINCE.search(sentence, 0, nearest.start)):
            return None, None, "not_read"
        return first, last, "stated"
    if dates or _MANY_YEARS.search(sentence):
        return None, None, "not_read"
    return None, None, "none"


def _fiscal_year(found: re.Match[str], on: date | None) -> int | None:
    """The fiscal year of the United States, which begins in October of the year before."""
    if found["year"]:
        year = int(found["year"])
        return year if year > 100 else 2000 + year
    if found["last"] is None or on is None:
        return None
    return on.year if on.month >= 10 else on.year - 1


def claims_in(articles: pl.DataFrame, own_actors: Path | None = None) -> pl.DataFrame:
    """Find the claims of articles.

    Args:
        articles: rows of ``core.articles``. English ones alone are read. An article without a day of publication is read
            without one.
        own_actors: folder of actors that the user added.

    Returns:
        Rows of ``core.claims``.
    """
    columns = ("article_id", "text", "title", pl.col("published_at").dt.date().alias("day"), "known_from")
    rows = [
        {"article_id": article, "published_on": day, "known_from": known_from, **asdict(claim)}
        for article, text, title, day, known_from in articles.filter(is_english()).select(columns).iter_rows()
        for claim in claims_of(text or "", day, title, own_actors)
    ]
    table = schema.table("core.claims")
    return table.conform(pl.DataFrame(rows, schema=table.polars, orient="row")) if rows else table.empty()
