"""The interface of event coders, and the coder of this project: rules on grammar, with the class decided by a small model.

A coder takes texts and gives, text by text, the events that they express: who did what to whom, when, how real it is, who says
so, where in the text, and how sure the coder is. Another coder is another class with the two methods of ``Coder``; the
evaluation, the command line and the fold take any.

What the coder of this project does with a text:

1. ``assets.news.text.sentences`` cuts it; lines that occur twice, clock times and the furniture of pages are skipped.
2. ``assets.news.text.named_actors`` finds names; ``placed_actors`` places them on the words of the sentence.
3. ``parse`` reads the grammar of the sentences that may express an event between two parties.
4. ``clauses`` finds source, target and direction, ``frames`` code and modality; ``judgement`` joins that with what the linear
   models (``model``) and the encoder (``encoder``) say: whether it is an event, of which class, and how sure that is.
5. ``event_date`` chooses the date that belongs to the event, from those that ``date_phrases`` resolves.
"""

from __future__ import annotations

import re
import traceback
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from assets.actors.lookups import lookups
from assets.errors import BilateralError
from assets.news.coding import event_date, judgement
from assets.news.coding import lexicon as lx
from assets.news.coding.clauses import Clauses
from assets.news.coding.coreference import Discourse
from assets.news.coding.earlier import NOTHING, Earlier, before
from assets.news.coding.frame import PAST, Frame
from assets.news.coding.judgement import Judge
from assets.news.coding.parse import LONGEST, Sentence
from assets.news.coding.parse import sentences as parsed
from assets.news.coding.placed_actors import PlacedActor, actors_in, without_place
from assets.news.coding.proposed import ProposedEvent
from assets.news.text import named_actors, phrase_roles, sentences

FOLDER = Path(__file__).parent
_NOT_OF_THE_CODER = frozenset({"fold.py", "jsonl.py"})
"""What carries events elsewhere and changes none."""


def files_of_the_coder() -> list[Path]:
    """Rules, lexicon and weights: what decides which events a text gives. Not the actors, which are data of their own."""
    own = [p for pattern in ("*.py", "*.csv", "weights.*", "encoder.onnx") for p in FOLDER.glob(pattern)]
    text = Path(named_actors.__file__).parent
    of_text = [text / name for name in ("named_actors.py", "phrase_roles.py", "sentences.py")]
    found = [*(p for p in own if p.name not in _NOT_OF_THE_CODER), *of_text]
    return sorted(found, key=lambda p: p.name)


def version_of(files: Iterable[Path]) -> str:
    """Twelve digits of a hash over the names and bytes of files."""
    total = sha256()
    for path in files:
        total.update(f"{path.name}\n{sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()[:12]


@cache
def coder_version() -> str:
    """The version of the coder of this project: another one wherever rules, lexicon or weights are."""
    return version_of(files_of_the_coder())


@dataclass(frozen=True)
class Text:
    """A text to code. ``published`` is the day of publication, None where unknown: it is never guessed.

    ``id`` is whatever the caller knows the text by.
    """

    id: Any
    text: str
    published: date | None = None
    title: str | None = None


@dataclass(frozen=True)
class Event:
    """One event, directed. Columns as in ``core.events``; offsets count in title, line break, text.

    ``reporter_id`` is the actor that the text names as its source, if it names one. ``evidence`` is the sentence.
    """

    event_date: date | None
    event_date_end: date | None
    date_precision: str
    source_id: str | None
    source_country_id: str | None
    source_sector: str | None
    target_id: str | None
    target_country_id: str | None
    target_sector: str | None
    cameo_code: str
    modality: str
    confidence: float
    reporter_id: str | None
    evidence: str
    evidence_start: int
    evidence_end: int
    language: str = "en"


class Coder(Protocol):
    """What a coder of events offers. ``name`` and ``version`` go into the columns ``coder`` and ``coder_version``."""

    @property
    def name(self) -> str:
        """The name of the coder."""
        ...

    @property
    def version(self) -> str:
        """Another one wherever events may be others."""
        ...

    def code(self, texts: Iterable[Text]) -> Iterator[tuple[Text, list[Event]]]:
        """Give the events of each text, in the order of the texts; the same texts give the same events."""
        ...

    def relation(self, text: Text, source: str, target: str) -> Event:
        """Give the one event between two parties that are named in the text by these strings."""
        ...


_READERS = 2
"""Texts that are read side by side once they are parsed: the encoder, which takes most of the time, lets others run meanwhile."""

_BATCH = 128
"""Texts that are parsed together: enough for the parser to work in batches, little enough to stream."""


@dataclass(frozen=True)
class Coded:
    """A text with its events; ``problem`` says why there are none where the coder failed on it, None where it did not."""

    text: Text
    events: list[Event]
    problem: str | None = None


def code_each(coder: Coder, texts: Iterable[Text]) -> Iterator[Coded]:
    """Code texts so that one on which the coder fails costs its own events and no others.

    A batch that raises is coded again text by text. What is no fault of a text is raised: a model that is not installed, a
    file that cannot be read, a mistake in the user's own actors, memory that runs out.
    """
    remaining = iter(texts)
    while batch := list(islice(remaining, _BATCH)):
        try:
            coded = [Coded(text, events) for text, events in coder.code(batch)]
        except _NOT_OF_THE_TEXT:
            raise
        except Exception:
            coded = [_coded_alone(coder, text) for text in batch]
        yield from coded


def _coded_alone(coder: Coder, text: Text) -> Coded:
    try:
        ((_, events),) = coder.code([text])
    except _NOT_OF_THE_TEXT:
        raise
    except Exception as fault:
        return Coded(text, [], failure(fault))
    return Coded(text, events)


def relation_or_failure(coder: Coder, text: Text, source: str, target: str) -> Event | str:
    """The one event between two parties named in a text, or in words why the coder failed on it."""
    try:
        return coder.relation(text, source, target)
    except _NOT_OF_THE_TEXT:
        raise
    except Exception as fault:
        return failure(fault)


def failure(fault: Exception) -> str:
    """In words that the coder failed, with the place in its code that a report of the fault needs."""
    place = traceback.extract_tb(fault.__traceback__)[-1:]
    where = "".join(f" in {Path(p.filename).name}, {p.name}" for p in place)
    said = f": {fault}" if str(fault) else ""
    return f"the event coder failed on this text ({type(fault).__name__}{where}{said}); please report it with the text"


_NOT_OF_THE_TEXT = (BilateralError, ImportError, OSError, MemoryError)

_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?")
_FURNITURE = frozenset({"related posts", "leave a comment", "advertisement", "read more", "share this", "most popular"})


@dataclass
class Piece:
    """A sentence of a text with its mentions, and what was said before it."""

    number: int
    start: int
    end: int
    mentions: list[named_actors.Mention]
    is_title: bool
    earlier: Earlier = NOTHING


class RuleCoder:
    """The coder of this project. Stateless between texts; the language model is loaded at the first text."""

    name = "bilateral"

    def __init__(self, judge: Judge | None = None, *, rules_only: bool = False, own_actors: Path | None = None) -> None:
        """Make a coder.

        Args:
            judge: another judge than that of the project, as an evaluation out of fold needs.
            rules_only: leave the models out.
            own_actors: folder of actors that the user added.
        """
        self._own_actors = own_actors
        self._variant = "-rules" if rules_only else "" if judge is None else "-other-weights"
        # both leave Python's lock to others while they work: names and grammar are loaded meanwhile
        beside = ThreadPoolExecutor(1)
        self._judge_to_come = beside.submit(lambda: None if rules_only else judge or judgement.judge())
        self._version_to_come = beside.submit(coder_version)
        beside.shutdown(wait=False)

    @property
    def version(self) -> str:
        """The version of the coder, and what else than its own is in this one."""
        return self._version_to_come.result() + self._variant

    @property
    def _judge(self) -> Judge | None:
        return self._judge_to_come.result()

    def code(self, texts: Iterable[Text]) -> Iterator[tuple[Text, list[Event]]]:
        """Give the events of each text, in order."""
        remaining = iter(texts)
        with ThreadPoolExecutor(_READERS) as readers:
            while batch := list(islice(remaining, _BATCH)):
                pieces = [pieces_of(text, self._own_actors) for text in batch]
                wholes = [named_actors.document(text.text, text.title) for text in batch]
                todo = [(n, p) for n, found in enumerate(pieces) for p in found]
                read = parsed(wholes[n][p.start : p.end] for n, p in todo)
                by_text: list[list[tuple[Piece, Sentence]]] = [[] for _ in batch]
                for (n, piece), sentence in zip(todo, read, strict=True):
                    by_text[n].append((piece, sentence))
                yield from zip(batch, readers.map(self._events, batch, wholes, by_text), strict=True)

    def _events(self, text: Text, whole: str, read: Sequence[tuple[Piece, Sentence]]) -> list[Event]:
        discourse = Discourse()
        dated = event_date.Dating(whole, text.published)
        found: dict[tuple[object, ...], Event] = {}
        for piece, sentence in read:
            actors = actors_in(sentence, piece.mentions, piece.start)
            clauses = Clauses(sentence, actors, discourse, earlier=piece.earlier)
            candidate = []
            proposed = self._proposed(clauses)
            for one, settled in zip(proposed, self.settled(proposed, clauses), strict=True):
                if settled is None:
                    continue
                candidate.append(one)
                event = self._event(one, settled, clauses, dated, piece, whole)
                key = (
                    event.source_country_id or event.source_id,
                    event.target_country_id or event.target_id,
                    event.cameo_code,
                    event.event_date,
                    event.modality,
                )
                if key not in found:
                    found[key] = event
                discourse.sources[one.target.party] = without_place(one.source)
                discourse.deeds.append((without_place(one.source), settled[0]))
            remember(discourse, clauses, actors, candidate)
        return _without_undated_copies(list(found.values()))

    def _event(
        self,
        candidate: ProposedEvent,
        settled: tuple[str, float],
        clauses: Clauses,
        dated: event_date.Dating,
        piece: Piece,
        whole: str,
    ) -> Event:
        code, confidence = settled
        when = dated.of(candidate, clauses.s, piece.start, piece.end, piece.number, is_title=piece.is_title)
        return _as_event(candidate, code, confidence, when, whole, piece.start, piece.end)

    def _proposed(self, clauses: Clauses) -> list[ProposedEvent]:
        judge = self._judge
        return clauses.events(guess=judge is not None, pairs=judge is not None and judge.encoder is not None)

    def settled(self, proposed: Sequence[ProposedEvent], clauses: Clauses) -> list[tuple[str, float] | None]:
        """Code and confidence of each proposed event; None where it is no event."""
        if self._judge is None:
            return [(candidate.code, 0.5) for candidate in proposed]
        return self._judge.settled(proposed, clauses)

    def relation(self, text: Text, source: str, target: str) -> Event:
        """Give the one event between two parties that are named in the text by these strings.

        With a judge it is always one that PLOVER has a class for: who asks wants to know which.
        """
        whole = named_actors.document(text.text, text.title)
        candidate, clauses, start, end = proposed_between(text, source, target, self._own_actors)
        sentence = clauses.s
        code, confidence = (candidate.code, 0.5) if self._judge is None else self._judge.of_given(candidate, clauses)
        dated = event_date.Dating(whole, text.published)
        when = dated.of(candidate, sentence, start, end, 0, is_title=False)
        return _as_event(candidate, code, confidence, when, whole, start, end)


def _without_undated_copies(events: list[Event]) -> list[Event]:
    """Drop an event without a date where the text reports the same one with its date."""

    def same(e: Event) -> tuple[object, ...]:
        return (e.source_country_id or e.source_id, e.target_country_id or e.target_id, e.cameo_code, e.modality)

    dated = {same(e) for e in events if e.event_date is not None}
    return [e for e in events if e.event_date is not None or same(e) not in dated]


def proposed_between(
    text: Text, source: str, target: str, own_actors: Path | None = None
) -> tuple[ProposedEvent, Clauses, int, int]:
    """What the rules say of two parties named in a text, with the sentence and its place, before any model is asked."""
    whole = named_actors.document(text.text, text.title)
    start, end = _span_with(text, whole, source, target)
    sentence = next(parsed([whole[start:end]]))
    named = named_actors.mentions_of(text.text, text.published, text.title, own_actors=own_actors)
    one = _placed(sentence, whole, start, end, source, named, "source")
    other = _placed(sentence, whole, start, end, target, named, "target")
    rest = [a for a in actors_in(sentence, _inside(named, start, end), start) if not (_overlap(a, one) or _overlap(a, other))]
    clauses = Clauses(sentence, [one, other], bystanders=rest)
    candidate = _relation(clauses, one, other)
    return replace(candidate, source=_own(one, own_actors), target=_own(other, own_actors)), clauses, start, end


def _inside(named: Sequence[named_actors.Mention], start: int, end: int) -> list[named_actors.Mention]:
    return [m for m in named if m.char_start >= start and m.char_end <= end]


def _overlap(one: PlacedActor, other: PlacedActor) -> bool:
    return one.start < other.end and other.start < one.end


def pieces_of(text: Text, own_actors: Path | None) -> list[Piece]:
    """The sentences of a text that may express an event, each once."""
    whole = named_actors.document(text.text, text.title)
    named = phrase_roles.parties_of(text.text, text.published, text.title, own_actors=own_actors)
    shift = 0 if text.title is None else len(text.title) + 1
    spans = [(s + shift, e + shift) for s, e in sentences.spans(text.text)]
    if text.title is not None:
        spans = [(0, len(text.title)), *spans]
    found, seen = [], set()
    starts = [s for s, _ in spans]
    first = 0 if text.title is None else 1
    inside: dict[int, list[named_actors.Mention]] = {}
    for m in named:
        inside.setdefault(bisect_right(starts, m.char_start) - 1, []).append(m)
    for number, (start, end) in enumerate(spans):
        words = whole[start:end].strip()
        if len(words) < 8 or len(words) > LONGEST or words in seen:
            continue
        seen.add(words)
        if _CLOCK.fullmatch(words) or words.lower() in _FURNITURE:
            continue
        here = inside.get(number, [])
        earlier = before(whole, spans, number, inside, first)
        parties = {m.party for m in here} | set(earlier.parties())
        if len(parties) < 2:
            continue
        lead = len(whole[start:end]) - len(whole[start:end].lstrip())
        found.append(
            Piece(
                number,
                start + lead,
                start + lead + len(words),
                here,
                is_title=text.title is not None and number == 0,
                earlier=earlier,
            )
        )
    return found


def remember(discourse: Discourse, clauses: Clauses, actors: Sequence[PlacedActor], candidate: Sequence[ProposedEvent]) -> None:
    """Take in what a sentence leaves for those after it: its actors, and who acted last."""
    discourse.saw(clauses.s, actors)
    subjects = [t.source for t in candidate if not t.source.inferred]
    if subjects:
        discourse.subject = without_place(subjects[-1])
        return
    s = clauses.s
    for i in range(len(s)):
        if s.deps[i] in ("nsubj", "nsubjpass") and s.tags[i] not in ("PRP", "WDT", "WP"):
            found = [a for a in actors if a.head == i]
            if found:
                discourse.subject = without_place(found[0])
                return


def _as_event(
    candidate: ProposedEvent, code: str, confidence: float, when: event_date.When, whole: str, start: int, end: int
) -> Event:
    return Event(
        event_date=when.first,
        event_date_end=when.end,
        date_precision=when.precision,
        source_id=candidate.source.actor_id or None,
        source_country_id=candidate.source.country_id,
        source_sector=candidate.source.sector,
        target_id=candidate.target.actor_id or None,
        target_country_id=candidate.target.country_id,
        target_sector=candidate.target.sector,
        cameo_code=code,
        modality=candidate.frame.modality,
        confidence=round(confidence, 3),
        reporter_id=candidate.reporter.actor_id if candidate.reporter is not None else None,
        evidence=whole[start:end],
        evidence_start=start,
        evidence_end=end,
    )


def _find(whole: str, words: str, start: int = 0) -> int:
    at = whole.find(words, start)
    return at if at >= 0 else whole.lower().find(words.lower(), start)


def _span_with(text: Text, whole: str, source: str, target: str) -> tuple[int, int]:
    """The first sentence that holds both strings, else as much of the text as is parsed."""
    shift = 0 if text.title is None else len(text.title) + 1
    for start, end in sentences.spans(text.text):
        words = whole[start + shift : end + shift]
        if _find(words, source) >= 0 and _find(words, target) >= 0 and end - start <= LONGEST:
            return start + shift, end + shift
    return 0, min(len(whole), LONGEST)


def _placed(
    sentence: Sentence, whole: str, start: int, end: int, words: str, named: Sequence[named_actors.Mention], party: str
) -> PlacedActor:
    """An actor for a string of the text: the words that it covers, and whom the gazetteer knows in it."""
    at = _find(whole[start:end], words)
    first, last = (at, at + len(words)) if at >= 0 else (0, 0)
    known = next((m for m in reversed(named) if m.char_start - start < last and m.char_end - start > first), None)
    mention = named_actors.Mention(
        0, first, max(last, first + 1), words, known.actor_id if known is not None else "", party,
        known.sector if known is not None else None, known.confidence if known is not None else 0.5,
    )  # fmt: skip
    found = actors_in(sentence, [mention], 0)
    if not found:
        return PlacedActor(
            actor_id=mention.actor_id,
            country_id=party,
            sector=mention.sector,
            confidence=0.0,
            head=0,
            anchor=0,
            start=first,
            end=last,
        )
    return replace(found[0], inferred=known is not None)


def _own(actor: PlacedActor, own_actors: Path | None) -> PlacedActor:
    """The actor with its own state again, which was left out so that the two are always different parties."""
    if not actor.actor_id:
        return replace(actor, country_id=None, inferred=False)
    return replace(actor, country_id=_countries(own_actors).get(actor.actor_id), inferred=False)


@cache
def _countries(own_actors: Path | None) -> dict[str, str | None]:
    return {actor: known.country_id for actor, known in lookups(own_actors).actors.items()}


def _relation(clauses: Clauses, one: PlacedActor, other: PlacedActor) -> ProposedEvent:
    """What the rules say of a given pair: the event between the two, else the event nearest to them, else a statement."""
    candidate = clauses.events()
    for t in candidate:
        if t.source.party == one.party and t.target.party == other.party:
            return t
    for t in candidate:
        if t.source.party == other.party and t.target.party == one.party:
            return replace(t, source=one, target=other)
    s = clauses.s
    candidates = [i for i in (one.head, *s.ancestors(one.head), other.head, *s.ancestors(other.head)) if s.is_verb(i)]
    candidates += [i for i in range(len(s)) if s.is_verb(i)]
    for i in candidates:
        frame = clauses.frames.of(i)
        if frame is not None:
            return ProposedEvent(i, one, other, frame)
    for i in range(len(s)):
        if s.tags[i][:2] == "NN" and s.lemmas[i] in lx.NOUNS:
            return ProposedEvent(i, one, other, Frame(lx.NOUNS[s.lemmas[i]], PAST, "noun_near"))
    root = next((i for i in range(len(s)) if s.heads[i] == i), 0)
    return ProposedEvent(root, one, other, Frame("010", PAST, "none"))
