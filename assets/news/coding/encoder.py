"""What a small neural encoder says of two parties in a sentence: whether one acts on the other, how, and whether it was done.

The encoder reads the sentence with every name masked: a marker for the party that is named first, one for the other, one for
all others. A class cannot hang on who the parties are. One reading answers for both directions.

It is one file (``encoder.onnx``: MiniLM of twelve layers, trained by ``benchmarks.training``, eight-bit weights and activations,
its vocabulary inside) that onnxruntime runs. The scales of the activations are constant, and sentences are read together only
where they are as long as each other: an answer does not depend, to the last bit, on what else was asked. What was read last is
kept: news repeat their sentences.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assets.actors.lookups import lookups
from assets.errors import BilateralError
from assets.news.coding.word_pieces import WordPieces

CODES_OF_KINDS = {
    "01/01": "010", "02/02": "020", "03/AGREE": "030", "04/CONSULT": "040", "05/SUPPORT": "050", "06/COOPERATE": "060",
    "07/AID": "070", "08/CONCEDE": "080", "08/RETREAT": "085", "09/ACCUSE": "090", "10/REQUEST": "100", "11/ACCUSE": "111",
    "12/REJECT": "120", "13/THREATEN": "130", "14/PROTEST": "141", "15/MOBILIZE": "150", "16/COERCE": "163",
    "16/SANCTION": "160", "17/ASSAULT": "1712", "17/COERCE": "170", "18/ASSAULT": "180", "19/ASSAULT": "190", "19/COERCE": "191",
    "20/ASSAULT": "200",
}  # fmt: skip
"""Root and PLOVER event of 2021 of all CAMEO codes, with the code of one of which no rule says more."""

DEFAULT_CODES = {
    "01": "010", "02": "020", "03": "030", "04": "040", "05": "050", "06": "060", "07": "070", "08": "080", "09": "090",
    "10": "100", "11": "111", "12": "120", "13": "130", "14": "141", "15": "150", "16": "160", "17": "170", "18": "180",
    "19": "190", "20": "200",
}  # fmt: skip
"""Code of a root where nothing says more."""

KINDS = tuple(CODES_OF_KINDS)


PAST, ONGOING, INTENDED, HYPOTHETICAL, DENIED = MODALITIES = ("past", "ongoing", "intended", "hypothetical", "denied")
"""Whether what is told was done."""


def kind_of(code: str) -> str:
    """Root and PLOVER event of a CAMEO code (``08/RETREAT``); twice the root where there is no PLOVER event."""
    return f"{code[:2]}/{_plover_events()[code] or code[:2]}"


@cache
def _plover_events() -> dict[str, str | None]:
    return {code: scale.plover_event for code, scale in lookups().cameo.items()}


# onnxruntime would look up a server of its maker, and leave a device id in the user's cache
os.putenv("ORT_DISABLE_TELEMETRY", "1")

FACTS = ("encoder.onnx",)
FILE = Path(__file__).with_name(FACTS[0])

FIRST, SECOND, OTHER = "[first]", "[second]", "[other]"
MARKERS = (FIRST, SECOND, OTHER)
"""What stands for names: of the party named first, of the second, of anyone else."""

BREAK = "\x1e"
"""Stands in a masked text between what was said before and the sentence that is read."""

LONGEST = 96
"""Tokens of the sentence that are read; of a longer one the part around the two parties."""

_PLACES = 512
"""Tokens that the encoder has places for, with what was said before: each sign of some scripts is one."""

KEPT = 20_000
"""Masked sentences whose reading is kept."""

TOGETHER = 8
"""Masked sentences that are read together."""

_LEAD = 24
"""Tokens before the first of the two parties that are kept of a longer sentence."""


@dataclass(frozen=True)
class Masked:
    """A sentence with its names masked: pieces of text and markers, in order.

    ``is_swapped``: the source of the pair is the party that is named second.
    """

    pieces: tuple[str, ...]
    is_swapped: bool


@dataclass(frozen=True)
class Reading:
    """What the encoder says of one direction.

    Attributes:
        chance: probability that it is an event.
        kinds: by root and PLOVER event (``16/SANCTION``) the probability of that class if it is one.
        acts: by the same the probability that such an act is told, whatever else is: two may be.
        codes: by kind the likeliest CAMEO code of that kind; a kind of which no code is known is not there.
        modality: the likeliest.
    """

    chance: float
    kinds: Mapping[str, float]
    acts: Mapping[str, float]
    codes: Mapping[str, str]
    modality: str


def masked(
    text: str,
    source: Sequence[tuple[int, int]],
    target: Sequence[tuple[int, int]],
    others: Sequence[tuple[int, int]] = (),
) -> Masked:
    """Mask the names of a sentence.

    Args:
        text: the sentence.
        source: places of the names of one party, offsets of characters; none where an earlier sentence named it.
        target: the same of the other party.
        others: the same of all others.

    Returns:
        The sentence in pieces. A party that it does not name stands before it. Where names overlap, the parties come first.
    """
    taken: list[tuple[int, int, str]] = []
    for spans, side in ((source, "s"), (target, "t"), (others, "o")):
        for start, end in spans:
            if end > start and all(end <= a or start >= b for a, b, _ in taken):
                taken.append((start, end, side))
    taken.sort()
    order = [side for _, _, side in taken if side != "o"]
    unnamed = [side for side in "st" if side not in order]
    first = (*unnamed, *order)[0]
    marker = {"o": OTHER, "s": FIRST if first == "s" else SECOND, "t": FIRST if first == "t" else SECOND}
    pieces: list[str] = [marker[side] for side in unnamed]
    at = 0
    for start, end, side in taken:
        pieces += [text[at:start], marker[side]]
        at = end
    pieces.append(text[at:])
    return Masked(tuple(p for p in pieces if p.strip()), first == "t")


class Tokens:
    """The vocabulary of the encoder: masked sentences to numbers."""

    def __init__(self, vocabulary: Sequence[str], markers: Sequence[int]) -> None:
        """Make a reader of words.

        Args:
            vocabulary: pieces of words in the order of their numbers (WordPiece, lower case).
            markers: numbers that stand for ``MARKERS``.
        """
        self._words = WordPieces(vocabulary)
        self._begin, self._end = (self._words.numbers[mark] for mark in ("[CLS]", "[SEP]"))
        self._markers = dict(zip(MARKERS, markers, strict=True))

    def of(self, pieces: Sequence[str]) -> tuple[list[int], int, int]:
        """Numbers of a masked sentence, and the place of each party in it: its first marker.

        Where something was said before, it stands before the sentence, and a party that the sentence does not name has its last
        marker there.
        """
        before: list[int] = []
        ids: list[int] = []
        for piece in pieces:
            for n, part in enumerate(piece.split(BREAK)):
                if n:
                    before, ids = [*ids, self._end], []
                if part in self._markers:
                    ids.append(self._markers[part])
                elif part:
                    ids += self._words.of(part)
        markers = [self._markers[m] for m in (FIRST, SECOND)]
        here = [ids.index(m) for m in markers if m in ids]
        room = LONGEST - 2
        if len(ids) > room:
            start = min(max(0, min(here, default=0) - _LEAD), len(ids) - room)
            if max(here, default=0) >= start + room:
                start = max(here) + 1 - room
            ids = ids[start : start + room]
        before = self._fitting(before, _PLACES - 2 - len(ids), [m for m in markers if m not in ids])
        first, second = (
            len(before) + ids.index(m) if m in ids else len(before) - 1 - before[::-1].index(m) if m in before else 0
            for m in markers
        )
        return [self._begin, *before, *ids, self._end], first + 1, second + 1

    @staticmethod
    def _fitting(before: list[int], room: int, wanted: Sequence[int]) -> list[int]:
        """The end of what was said before, or from the last marker of a party on that the sentence does not name, as it fits."""
        if len(before) <= room:
            return before
        last = [len(before) - 1 - before[::-1].index(m) for m in wanted if m in before]
        start = min(len(before) - room, *last) if last else len(before) - room
        return before[start : start + room]


class Encoder:
    """The encoder of one file. ``kinds`` are its classes, ``codes`` the CAMEO codes that it tells apart."""

    def __init__(self, path: Path) -> None:
        """Load the file.

        Raises:
            BilateralError: the file is damaged, or of another make.
        """
        import onnxruntime

        self._read: dict[tuple[str, ...], tuple[Reading, Reading]] = {}
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session: Any = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
            known = json.loads(self._session.get_modelmeta().custom_metadata_map["bilateral"])
            self.kinds, self.codes, self.modalities = (known[name] for name in ("kinds", "codes", "modalities"))
            self._tokens = Tokens(known["vocabulary"], known["markers"])
            self._codes_of = {k: [n for n, code in enumerate(self.codes) if kind_of(code) == k] for k in self.kinds}
        except Exception as error:  # onnxruntime's own errors share no base class
            raise BilateralError(
                f"the encoder of the event coder cannot be read from {path.name} ({type(error).__name__}: {str(error)[:200]}); "
                "restore the file"
            ) from error

    def read(self, pieces: Sequence[str]) -> tuple[Reading, Reading]:
        """Read a masked sentence: from the first party to the second, and from the second to the first."""
        known = self._read.get(tuple(pieces))
        if known is None:
            self.read_ahead([pieces])
            known = self._read[tuple(pieces)]
        return known

    def read_ahead(self, asked: Iterable[Sequence[str]]) -> None:
        """Read masked sentences that are still unread: those of one length together, which takes a third less time."""
        unread = [pieces for pieces in dict.fromkeys(map(tuple, asked)) if pieces not in self._read]
        if len(self._read) + len(unread) > KEPT:
            self._read.clear()
        by_length: dict[int, list[tuple[tuple[str, ...], list[int], tuple[int, int]]]] = {}
        for pieces in unread:
            ids, first, second = self._tokens.of(pieces)
            by_length.setdefault(len(ids), []).append((pieces, ids, (first, second)))
        for length, alike in by_length.items():
            for start in range(0, len(alike), TOGETHER):
                batch = alike[start : start + TOGETHER]
                feed = {
                    "ids": np.array([ids for _, ids, _ in batch], dtype=np.int64),
                    "places": np.array([places for _, _, places in batch], dtype=np.int64),
                    "mask": np.ones((len(batch), length), dtype=np.int64),
                }
                (logits,) = self._session.run(None, feed)
                for (pieces, _, _), rows in zip(batch, logits, strict=True):
                    there, back = (self._reading(row.astype(np.float64)) for row in rows)
                    self._read[pieces] = there, back

    def _reading(self, z: npt.NDArray[np.float64]) -> Reading:
        sizes = [1, len(self.kinds), len(self.codes), len(self.modalities)]
        (z_chance,), kinds, codes, modality, acts = np.split(z, np.cumsum(sizes))
        e = np.exp(kinds - kinds.max())
        chance, shares = float(1 / (1 + np.exp(-z_chance))), e / e.sum()
        told = 1 / (1 + np.exp(-acts)) if acts.size else chance * shares  # one that tells the main act alone
        return Reading(
            chance,
            dict(zip(self.kinds, shares.tolist(), strict=True)),
            dict(zip(self.kinds, told.tolist(), strict=True)),
            {k: self.codes[of[int(codes[of].argmax())]] for k, of in self._codes_of.items() if of},
            self.modalities[int(modality.argmax())],
        )


@cache
def encoder() -> Encoder:
    """The encoder of the project."""
    return Encoder(FILE)
