"""The coder of this project: rules on grammar, with what becomes of them decided by small models.

What it does with a text:

1. ``assets.news.text.sentences`` cuts it; lines that occur twice and the furniture of pages are skipped (``pieces``).
2. ``assets.news.text.named_actors`` finds names; ``placed_actors`` places them on the words of the sentence.
3. ``parse`` reads the grammar of the sentences that may express an event between two parties.
4. ``clauses`` finds source, target and direction, ``frames`` code and modality; ``judgement`` joins that with what the linear
   models (``model``) and the encoder (``encoder``) say: whether it is an event, of which class, and how sure that is.
5. ``whole_text`` looks at each pair again in the light of what the rest of the text tells.
6. ``event_date`` chooses the date that belongs to the event, from those that ``date_phrases`` resolves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from hashlib import sha256
from itertools import islice
from pathlib import Path

from assets.actors.lookups import party_of
from assets.news.coding import event_date, judgement
from assets.news.coding.clauses import Clauses
from assets.news.coding.coreference import Discourse
from assets.news.coding.frame import DENIED
from assets.news.coding.given_pair import proposed_between
from assets.news.coding.interface import BATCH, Event, Text
from assets.news.coding.judgement import Judge, Judged, Settled
from assets.news.coding.parse import Sentence
from assets.news.coding.parse import sentences as parsed
from assets.news.coding.pieces import Piece, pieces_of
from assets.news.coding.placed_actors import PlacedActor, actors_in, without_place
from assets.news.coding.proposed import ProposedEvent
from assets.news.text import named_actors

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


_READERS = 2
"""Texts that are read side by side once they are parsed: the encoder, which takes most of the time, lets others run meanwhile."""


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
            while batch := list(islice(remaining, BATCH)):
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
        told: list[tuple[Piece, Judged]] = []
        by_itself: list[list[Settled]] = []
        for piece, sentence in read:
            actors = actors_in(sentence, piece.mentions, piece.start)
            clauses = Clauses(sentence, actors, discourse, earlier=piece.earlier)
            judged = self._judged(clauses)
            settled = self._settled(judged)
            given = [(one, code) for one, code in zip(judged.proposed, settled, strict=True) if code is not None]
            for one, (code, _) in given:
                discourse.sources[one.target.party] = without_place(one.source)
                discourse.deeds.append((without_place(one.source), code))
            remember(discourse, clauses, actors, [one for one, _ in given])
            told.append((piece, judged))
            by_itself.append(settled)
        found: dict[tuple[object, ...], Event] = {}
        for (piece, judged), of_sentence in zip(told, self._settled_in_text(told, by_itself), strict=True):
            for one, settled_one in zip(judged.proposed, of_sentence, strict=True):
                if settled_one is not None:
                    event = self._event(one, settled_one, judged.clauses, dated, piece, whole)
                    found.setdefault((*_same(event), event.event_date), event)
        return _without_undated_copies(_told_once_by_sentence(found.values()))

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
        when = dated.of(candidate, code, clauses.s, piece.start, piece.end, piece.number, is_title=piece.is_title)
        return _as_event(candidate, code, confidence, when, whole, piece.start, piece.end)

    def _judged(self, clauses: Clauses) -> Judged:
        """What a sentence may tell, judged where there is a judge."""
        judge = self._judge
        proposed = clauses.events(guess=judge is not None, pairs=judge is not None and judge.encoder is not None)
        return Judged(proposed, clauses) if judge is None else judge.judged(proposed, clauses)

    def _settled(self, judged: Judged) -> list[Settled]:
        """Code and confidence of each proposed event of a sentence; None where it is no event."""
        if self._judge is None:
            return [(candidate.code, 0.5) for candidate in judged.proposed]
        return self._judge.settled(judged)

    def _settled_in_text(self, told: Sequence[tuple[Piece, Judged]], by_itself: list[list[Settled]]) -> list[list[Settled]]:
        """The same for all sentences of a text, where what the others tell counts too."""
        if self._judge is None:
            return by_itself
        return self._judge.settled_in_text([judged for _, judged in told])

    def relation(self, text: Text, source: str, target: str) -> Event:
        """Give the one event between two parties that are named in the text by these strings.

        With a judge it is always one that PLOVER has a class for: who asks wants to know which.
        """
        whole = named_actors.document(text.text, text.title)
        candidate, clauses, start, end = proposed_between(text, source, target, self._own_actors)
        sentence = clauses.s
        code, confidence = (candidate.code, 0.5) if self._judge is None else self._judge.of_given(candidate, clauses)
        dated = event_date.Dating(whole, text.published)
        when = dated.of(candidate, code, sentence, start, end, 0, is_title=False)
        return _as_event(candidate, code, confidence, when, whole, start, end)


def _told_once_by_sentence(events: Iterable[Event]) -> list[Event]:
    """Of one act that a sentence tells as done and as planned (``to sanction a bank, freezing its funds``) keep the surer.

    An act that is denied stays beside the same one that is not: both are told.
    """
    surest: dict[tuple[object, ...], Event] = {}
    for event in events:
        *act, modality = _same(event)
        key = (*act, modality == DENIED, event.evidence_start, event.event_date)
        if key not in surest or event.confidence > surest[key].confidence:
            surest[key] = event
    return list(surest.values())


def _without_undated_copies(events: list[Event]) -> list[Event]:
    """Drop an event without a date where the text reports the same one with its date."""
    dated = {_same(e) for e in events if e.event_date is not None}
    return [e for e in events if e.event_date is not None or _same(e) not in dated]


def _same(event: Event) -> tuple[object, ...]:
    """What two events of one text that are one act share: a state and its ministries, an organisation and its bodies are one."""
    source = party_of(event.source_id or "", event.source_country_id)
    return source, party_of(event.target_id or "", event.target_country_id), event.cameo_code, event.modality


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
