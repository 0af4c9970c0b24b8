"""The coder of this project: every ordered pair of the parties of a sentence, read by an encoder.

What it does with a text:

1. ``assets.news.text.sentences`` cuts it; lines that occur twice and the furniture of pages are skipped (``pieces``).
2. ``assets.news.text.named_actors`` finds names, ``parties`` whom ``we`` stands for, and makes them parties.
3. ``pairs`` masks the names, pair by pair, with what was said before where the sentence does not name both.
4. ``encoder`` says of each pair whether it is an event, its class, code and modality; ``judgement`` what of that is given.
5. ``event_date`` chooses the date that belongs to the event, ``pairs.reporter_of`` who reports it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path

from assets.actors.lookups import lookups, party_of
from assets.news.coding import event_date, judgement
from assets.news.coding.encoder import DENIED
from assets.news.coding.interface import Event, Text, in_batches
from assets.news.coding.judgement import Judge, Verdict
from assets.news.coding.pairs import Pair, pair, pairs_in, reporter_of
from assets.news.coding.parties import Actor, actors_in
from assets.news.coding.pieces import LONGEST, NOTHING, Piece, pieces_of
from assets.news.text import named_actors, phrase_roles, sentences

FOLDER = Path(__file__).parent
_NOT_OF_THE_CODER = frozenset({"fold.py", "jsonl.py"})
"""What carries events elsewhere and changes none."""


def files_of_the_coder() -> list[Path]:
    """Code, settings and weights: what decides which events a text gives. Not the actors, which are data of their own."""
    own = [p for pattern in ("*.py", "settings.json", "encoder.onnx") for p in FOLDER.glob(pattern)]
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
    """The version of the coder of this project: another one wherever code, settings or weights are."""
    return version_of(files_of_the_coder())


Asked = tuple[Piece, list[Actor], list[Pair]]
"""A sentence, whom it names, and the pairs of which is asked whether it tells something of them."""


class EventCoder:
    """The coder of this project. Stateless between texts; the encoder is loaded meanwhile."""

    name = "bilateral"

    def __init__(self, judge: Judge | None = None, *, own_actors: Path | None = None) -> None:
        """Make a coder.

        Args:
            judge: another judge than that of the project, as an evaluation needs.
            own_actors: folder of actors that the user added.
        """
        self._own_actors = own_actors
        self._variant = "" if judge is None else "-other-weights"
        # both leave Python's lock to others while they work: names are loaded meanwhile
        beside = ThreadPoolExecutor(1)
        self._judge_to_come = beside.submit(lambda: judge or judgement.judge())
        self._version_to_come = beside.submit(coder_version)
        beside.shutdown(wait=False)

    @property
    def version(self) -> str:
        """The version of the coder, and what else than its own is in this one."""
        return self._version_to_come.result() + self._variant

    def code(self, texts: Iterable[Text]) -> Iterator[tuple[Text, list[Event]]]:
        """Give the events of each text, in order."""
        for together in in_batches(texts):
            asked = [self._asked(text) for text in together]
            judge = self._judge_to_come.result() if any(asked) else None
            if judge is not None:
                judge.encoder.read_ahead(pair.pieces for of_text in asked for _, _, pairs in of_text for pair in pairs)
            for text, of_text in zip(together, asked, strict=True):
                yield text, [] if judge is None else self._events(text, of_text, judge)

    def _asked(self, text: Text) -> list[Asked]:
        found = []
        for piece in pieces_of(text, self._own_actors):
            actors = actors_in(piece.words, piece.mentions, piece.start)
            found.append((piece, actors, pairs_in(piece.words, actors, piece.earlier)))
        return found

    def _events(self, text: Text, asked: Sequence[Asked], judge: Judge) -> list[Event]:
        if not asked:
            return []
        judged = judge.in_text([pairs for _, _, pairs in asked], text_kind(text))
        dating = event_date.Dating(named_actors.document(text.text, text.title), text.published)
        in_title: dict[tuple[object, ...], Event] = {}
        below: dict[tuple[object, ...], Event] = {}
        for (piece, actors, _), told in zip(asked, judged, strict=True):
            found = in_title if piece.is_title else below
            for of_pair, verdict in told:
                event = _event(of_pair, verdict, piece, dating, actors)
                found.setdefault((*_same(event), event.event_date), event)
        # a title says in short what a sentence below says whole, with its day
        told_below = {_same(e) for e in below.values()}
        of_title = [e for e in in_title.values() if _same(e) not in told_below]
        found_once = _told_once_by_sentence([*of_title, *below.values()])
        return _without_undated_copies(_of_one_sign(found_once) if text.speaker is not None else found_once)

    def relation(self, text: Text, source: str, target: str) -> Event:
        """Give the one event between two parties that are named in the text by these strings.

        It is always one that PLOVER has a class for: who asks wants to know which.
        """
        whole = named_actors.document(text.text, text.title)
        pair, start, end = given(text, source, target, self._own_actors)
        dating = event_date.Dating(whole, text.published)
        piece = Piece(whole[start:end], 0, start, end, [], is_title=False)
        return _event(pair, self._judge_to_come.result().given(pair), piece, dating, [])


def text_kind(text: Text) -> str:
    """Of which kind a text is, as far as its length does not decide."""
    if text.speaker is not None:
        return judgement.RELEASE
    return judgement.SENTENCE if text.text.rstrip().endswith(_STOPS) else judgement.HEADLINE


_STOPS = (".", "!", "?", "”", '"', "’", "'", ")", "。")


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


CLEARLY = 0.1
"""How much surer a text's hostile act between two must be, that a cooperative one is not given."""


def _of_one_sign(events: list[Event]) -> list[Event]:
    """Drop cooperation between two of whom an official text tells, more surely, that one is hostile to the other.

    A release condemns Russia and thanks its allies: "we will work with our partners" is read with Russia, whom it named before.
    """
    hostile: dict[frozenset[str], float] = {}
    for e in events:
        if not _is_cooperation(e):
            hostile[_dyad(e)] = max(hostile.get(_dyad(e), 0.0), e.confidence)
    return [e for e in events if not _is_cooperation(e) or e.confidence > hostile.get(_dyad(e), 0.0) - CLEARLY]


def _is_cooperation(event: Event) -> bool:
    return lookups().cameo[event.cameo_code].quad_schrodt <= 2


def _dyad(event: Event) -> frozenset[str]:
    source, target, *_ = _same(event)
    return frozenset((str(source), str(target)))


def _without_undated_copies(events: list[Event]) -> list[Event]:
    """Drop an event without a date where the text reports the same one with its date."""
    dated = {_same(e) for e in events if e.event_date is not None}
    return [e for e in events if e.event_date is not None or _same(e) not in dated]


def _same(event: Event) -> tuple[object, ...]:
    """What two events of one text that are one act share: a state and its ministries, an organisation and its bodies are one."""
    source = party_of(event.source_id or "", event.source_country_id)
    return source, party_of(event.target_id or "", event.target_country_id), event.cameo_code, event.modality


def _event(pair: Pair, verdict: Verdict, piece: Piece, dating: event_date.Dating, actors: list[Actor]) -> Event:
    when = dating.of(piece, max(pair.source.start, pair.target.start), verdict.code, verdict.modality)
    reporter = reporter_of(pair, piece.words, actors)
    return Event(
        event_date=when.first,
        event_date_end=when.end,
        date_precision=when.precision,
        source_id=pair.source.actor_id or None,
        source_country_id=pair.source.country_id,
        source_sector=pair.source.sector,
        target_id=pair.target.actor_id or None,
        target_country_id=pair.target.country_id,
        target_sector=pair.target.sector,
        cameo_code=verdict.code,
        modality=verdict.modality,
        confidence=verdict.confidence,
        reporter_id=None if reporter is None else reporter.actor_id,
        evidence=piece.words,
        evidence_start=piece.start,
        evidence_end=piece.end,
    )


def given(text: Text, source: str, target: str, own_actors: Path | None = None) -> tuple[Pair, int, int]:
    """The pair with the first sentence that names both (else the beginning of the text), and where that begins and ends."""
    whole = named_actors.document(text.text, text.title)
    start, end = _span_with(text, whole, source, target)
    sentence = whole[start:end]
    found = named_actors.mentions_of(text.text, text.published, text.title, own_actors=own_actors)
    named = actors_in(sentence, [m for m in phrase_roles.with_roles(whole, found) if start <= m.char_start < end], start)
    one, other = (_placed(sentence, words, named, party) for words, party in ((source, "source"), (target, "target")))
    rest = [a for a in named if not (_overlap(a, one) or _overlap(a, other))]
    read = pair(sentence, rest, NOTHING, one, other)
    return replace(read, source=_own(one, own_actors), target=_own(other, own_actors)), start, end


def _overlap(one: Actor, other: Actor) -> bool:
    return one.start < other.end and other.start < one.end


def _find(whole: str, words: str) -> int:
    at = whole.find(words)
    return at if at >= 0 else whole.lower().find(words.lower())


def _span_with(text: Text, whole: str, source: str, target: str) -> tuple[int, int]:
    shift = 0 if text.title is None else len(text.title) + 1
    for start, end in sentences.spans(text.text):
        words = whole[start + shift : end + shift]
        if _find(words, source) >= 0 and _find(words, target) >= 0 and end - start <= LONGEST:
            return start + shift, end + shift
    return 0, min(len(whole), LONGEST)


def _placed(sentence: str, words: str, named: Sequence[Actor], party: str) -> Actor:
    """An actor for a string of the text, as a party of its own, so that the two are always different ones."""
    at = _find(sentence, words) if words else -1
    first, last = (at, at + len(words)) if at >= 0 else (0, 0)
    known = next((a for a in reversed(named) if a.start < last and a.end > first), None)
    if known is None:
        return Actor("", party, None, 0.0, first, last)
    return replace(known, country_id=party, start=first, end=last)


def _own(actor: Actor, own_actors: Path | None) -> Actor:
    """The actor with its own state again."""
    return replace(actor, country_id=_countries(own_actors).get(actor.actor_id) if actor.actor_id else None)


@cache
def _countries(own_actors: Path | None) -> dict[str, str | None]:
    return {actor: known.country_id for actor, known in lookups(own_actors).actors.items()}
