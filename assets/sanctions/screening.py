"""Candidates for a name: the listed parties whose names are likest, ranked, below the threshold of an alarm too.

The macro ``find_parties`` answers yes or no by rules that anybody can follow in SQL. A person who screens wants the next
best parties as well: an alias is often spelt in a way that no rule foresees. Here every name is weighed, by five measures:

- which share of the asked words (by rarity) the name holds, and which share of the name was asked for; words are alike by slips
  of the pen (optimal string alignment), by their beginnings (Jaro-Winkler), by their consonants (another romanisation), and where
  two words are written as one;
- which share of the asked words the party's names hold together: an alias mixes parts of others;
- how rare the shared words are: two rare ones tell more than three common ones;
- how like the letters are, written without blanks.

Their weights were fitted to real aliases that were held out (``python -m benchmarks.screening fit``); ``docs/benchmarks.md`` says
how well that does. All names are weighed at once, by sparse matrices; nothing here reads a file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import scipy.sparse as sp
from rapidfuzz import process
from rapidfuzz.distance import OSA, Indel, JaroWinkler

from assets.sanctions.reading.names import consonants, distinctive_words

Numbers = npt.NDArray[Any]

WEIGHTS = np.array([2.0, 2.9, 2.4, 3.5, 6.0])
"""Of the measures in the order of ``MEASURES``."""
INTERCEPT = -13.5
MEASURES = ("share_of_asked", "share_of_name", "share_of_party", "rarity", "letters")
ALARM = 0.87
"""From this score on a candidate is an alarm: 9 of 1,000 names that nobody listed bears reach it among 35,000 listed names."""
SHORT = 5
"""Letters of a word that alone is itself or nothing."""
MOST = 10
"""So many parties a name where nothing else is said."""
_LOOKED_AT = 60
"""So many names, the best by their words, are compared letter by letter."""
_LIKE_BEGINNING, _LIKE_LETTERS, _SAME_WORD = 0.88, 0.6, 0.87
_SAME_CONSONANTS = 0.9
_AT_ONCE = 256
"""Words compared with the vocabulary at once: bounds the memory."""

_DIGIT = re.compile("[0-9]")


def distinct_words(name: str) -> list[str]:
    """The distinctive words of a name, each once, in order: as ``marts.party_names.words`` holds them."""
    return list(dict.fromkeys(distinctive_words(name)))


def _stands_alone(words: Sequence[str]) -> bool:
    """Whether a name is one short word, as acronyms are: a letter apart is another one (SMIC and SAIC)."""
    return len(words) == 1 and len(words[0]) <= SHORT


def _is_fuzzy(word: str) -> bool:
    """A short word or a number is itself or nothing."""
    return len(word) >= 3 and not _DIGIT.search(word)


def _incidence(rows: Sequence[int] | Numbers, columns: Sequence[int] | Numbers, shape: tuple[int, int]) -> sp.csr_matrix:
    made = sp.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)
    made.data[:] = 1
    return made


@dataclass(frozen=True)
class _Asked:
    """Names asked for, as matrices: ``holds`` names x words, ``weights`` of the words, ``like`` words x vocabulary."""

    words: list[list[str]]
    holds: sp.csr_matrix
    weights: Numbers
    like: sp.csr_matrix


class NameIndex:
    """The names of all listed parties, ready to be compared.

    Args:
        names: ``name_no``, ``party`` (what is one party: an id) and ``words`` (the distinctive words of the name, each once).
    """

    def __init__(self, names: pl.DataFrame) -> None:
        self.name_no = names["name_no"].to_numpy()
        self.words: list[list[str]] = names["words"].to_list()
        parties = names["party"].unique(maintain_order=True)
        number = pl.DataFrame({"party": parties, "no": range(len(parties))})
        self.party = names.select("party").join(number, on="party", how="left", maintain_order="left")["no"].to_numpy()
        self.n_parties = len(parties)
        held = names.select(pl.int_range(pl.len()).alias("row"), pl.col("words").alias("word")).explode("word").drop_nulls()
        vocabulary = held["word"].unique(maintain_order=True)
        self.vocabulary: list[str] = vocabulary.to_list()
        self.place = {word: at for at, word in enumerate(self.vocabulary)}
        rows = np.array([self.place[word] for word in held["word"].to_list()], dtype=np.int64)
        columns = held["row"].to_numpy()
        size = len(self.vocabulary)
        self.of_names = _incidence(rows, columns, (size, len(self.words)))
        self.of_parties = _incidence(rows, self.party[columns], (size, self.n_parties))
        self.n_names = np.asarray(self.of_names.sum(axis=1)).ravel()
        weights = self._weight(self.n_names)
        weights[[len(word) == 1 for word in self.vocabulary]] = 1.0
        self.weighted = (sp.diags(weights) @ self.of_names).tocsr()
        self.total = np.asarray(self.of_names.T @ weights).ravel()
        self._fuzzy = np.array([at for at, word in enumerate(self.vocabulary) if _is_fuzzy(word)], dtype=np.int64)
        self._fuzzy_words = [self.vocabulary[at] for at in self._fuzzy]
        self._by_sound: dict[str, list[int]] = {}
        for at, word in zip(self._fuzzy.tolist(), self._fuzzy_words, strict=True):
            self._by_sound.setdefault(consonants(word), []).append(at)
        self.letters = ["".join(words) for words in self.words]
        self.sorted_letters = ["".join(sorted(words)) for words in self.words]
        self._joined: dict[str, set[str]] = {}
        for words in self.words:
            for one, next_one in pairwise(words):
                if len(one) + len(next_one) >= 5:
                    self._joined.setdefault(one + next_one, set()).update((one, next_one))

    def _weight(self, n_names: Numbers) -> Numbers:
        """A rare word weighs much."""
        return np.log(1 + len(self.words) / np.maximum(n_names, 1)).astype(np.float32)

    def candidates(self, asked: Sequence[str], most: int = MOST) -> pl.DataFrame:
        """The likest parties of each name, best first.

        Args:
            asked: names in any script.
            most: parties a name, at most. Names of one party count once; parties of one score come in the order of the index.

        Returns:
            ``asked_no`` (from 1), ``name_no`` of the best name of the party, ``score`` (0 to 1), ``is_alarm``, ``reason``.
        """
        places, names, measures = self.measured(asked)
        score = 1 / (1 + np.exp(-(measures @ WEIGHTS + INTERCEPT)))
        words = [distinct_words(name) for name in asked]
        for i in np.flatnonzero(np.isin(places, [k for k, own in enumerate(words) if _stands_alone(own)])):
            if words[places[i]][0] not in self.words[names[i]]:
                score[i] = min(score[i], 0.99 * ALARM)
        found = (
            pl.DataFrame({"asked_no": places + 1, "at": names, "party": self.party[names], "score": score})
            .sort(["asked_no", "score", "at"], descending=[False, True, False])
            .unique(["asked_no", "party"], keep="first", maintain_order=True)
            .group_by("asked_no", maintain_order=True)
            .head(most)
        )
        reasons = [_reason(words[no - 1], self.words[at]) for no, at in found.select("asked_no", "at").iter_rows()]
        return found.select(
            pl.col("asked_no").cast(pl.Int64),
            pl.Series("name_no", self.name_no[found["at"].to_numpy()]),
            pl.col("score").round(6),
            (pl.col("score") >= ALARM).alias("is_alarm"),
            pl.Series("reason", reasons, dtype=pl.String),
        )

    def measured(self, asked: Sequence[str], *, looked_at: int = _LOOKED_AT) -> tuple[Numbers, Numbers, Numbers]:
        """The measures of the names that are worth a look.

        Returns:
            Place of the name asked (from 0), row of the index, and a column for each of ``MEASURES``.
        """
        nothing = np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, len(MEASURES)))
        if not self.vocabulary or not any(distinct_words(name) for name in asked):
            return nothing
        a = self._asked(asked)
        weights = sp.diags(a.weights)
        sharp = a.like.power(2)
        total = np.asarray(a.holds @ a.weights).ravel()
        of_name = _at_most_one(sharp @ self.of_names)
        of_party = _at_most_one(sharp @ self.of_parties)
        asked_in_name = (a.holds @ weights @ of_name).tocsr()
        asked_in_party = (a.holds @ weights @ of_party).tocsr()
        name_in_asked = (a.holds @ (sharp @ self.weighted)).tocsr()
        places, rows, shares = [], [], []
        for k in range(len(asked)):
            at = asked_in_name.indices[asked_in_name.indptr[k] : asked_in_name.indptr[k + 1]]
            if len(at) == 0:
                continue
            of_asked = asked_in_name.data[asked_in_name.indptr[k] : asked_in_name.indptr[k + 1]] / total[k]
            of_held = np.minimum(_row(name_in_asked, k)[at] / np.maximum(self.total[at], 0.1), 1)
            of_all = _row(asked_in_party, k)[self.party[at]] / total[k]
            promise = of_asked + of_held + 0.5 * of_all
            best = np.argpartition(-promise, looked_at)[:looked_at] if len(at) > looked_at else np.arange(len(at))
            places.append(np.full(len(best), k))
            rows.append(at[best])
            shared = np.minimum(of_asked[best] * total[k], 25) / 10
            shares.append(np.column_stack([of_asked[best], of_held[best], of_all[best], shared]))
        if not places:
            return nothing
        place, row = np.concatenate(places), np.concatenate(rows)
        return place, row, np.column_stack([np.concatenate(shares), self._like_letters(a.words, place, row)])

    def _like_letters(self, words: list[list[str]], place: Numbers, row: Numbers) -> Numbers:
        """How like the letters of two names are without their blanks, the words in their order or in that of the alphabet."""
        letters, ordered = ["".join(w) for w in words], ["".join(sorted(w)) for w in words]
        held, held_ordered = [self.letters[at] for at in row], [self.sorted_letters[at] for at in row]
        found = [
            process.cpdist([one[k] for k in place], other, scorer=scorer, dtype=np.float32)
            for one, other, scorer in (
                (letters, held, Indel.normalized_similarity),
                (ordered, held_ordered, Indel.normalized_similarity),
                (letters, held, JaroWinkler.similarity),
            )
        ]
        likest: Numbers = np.stack(found).max(axis=0)
        return likest

    def _asked(self, asked: Sequence[str]) -> _Asked:
        words = [distinct_words(name) for name in asked]
        place: dict[str, int] = {}
        rows, columns = [], []
        for k, own in enumerate(words):
            for word in own:
                rows.append(k)
                columns.append(place.setdefault(word, len(place)))
        # two words that the lists write as one (Ali Reza, Alireza)
        parts = []
        for own in words:
            for one, other in pairwise(own):
                if (whole := one + other) in self.place:
                    place.setdefault(whole, len(place))
                    parts += [(place[one], self.place[whole]), (place[other], self.place[whole])]
        like = self._like(list(place), parts)
        same = like.multiply(like >= _SAME_WORD).tocsr()
        same.data[:] = 1
        # the weight of a word is that of the commonest word that it may be; one in no name is the rarest of all
        commonest = same.multiply(self.n_names[None, :]).tocsr().max(axis=1).toarray().ravel()
        weights = np.where(commonest > 0, self._weight(commonest), math.log(1 + len(self.words))).astype(np.float32)
        weights[[len(word) == 1 for word in place]] = 1.0
        return _Asked(words, _incidence(rows, columns, (len(words), len(place))), weights, like)

    def _like(self, words: list[str], parts: list[tuple[int, int]]) -> sp.csr_matrix:
        """How like each word is to each of the vocabulary, 0 to 1; 0 where they are not alike."""
        found = [(i, at, 0.9) for i, at in parts]
        for i, word in enumerate(words):
            if (at := self.place.get(word)) is not None:
                found.append((i, at, 1.0))
            if len(word) >= 4 and not _DIGIT.search(word) and len(sound := consonants(word)) >= 3:
                found += [(i, at, _SAME_CONSONANTS) for at in self._by_sound.get(sound, ())]
            found += [(i, self.place[part], 0.9 if len(part) > 2 else 0.8) for part in sorted(self._joined.get(word, ()))]
        exact = np.array(found, dtype=np.float64).reshape(-1, 3)
        near = self._near(words, np.array([i for i, word in enumerate(words) if _is_fuzzy(word)], dtype=np.int64))
        every = np.concatenate([exact, near])
        order = np.lexsort((-every[:, 2], every[:, 1], every[:, 0]))
        every = every[order]
        first = np.ones(len(every), dtype=bool)
        first[1:] = (every[1:, :2] != every[:-1, :2]).any(axis=1)
        kept = every[first]
        rows, columns = kept[:, 0].astype(np.int64), kept[:, 1].astype(np.int64)
        return sp.csr_matrix((kept[:, 2].astype(np.float32), (rows, columns)), shape=(len(words), len(self.vocabulary)))

    def _near(self, words: list[str], which: Numbers) -> Numbers:
        """Rows of word, place in the vocabulary, likeness: words that slips of the pen or another ending tell apart."""
        found = [np.zeros((0, 3))]
        if len(self._fuzzy) == 0:
            return found[0]
        for begin in range(0, len(which), _AT_ONCE):
            part = which[begin : begin + _AT_ONCE]
            similar = process.cdist(
                [words[i] for i in part], self._fuzzy_words, scorer=JaroWinkler.similarity, score_cutoff=0.8, dtype=np.float32
            )
            x, y = np.nonzero(similar)
            beginning = similar[x, y]
            own, held = [words[part[i]] for i in x], [self._fuzzy_words[i] for i in y]
            slips = process.cpdist(own, held, scorer=OSA.normalized_similarity, dtype=np.float32)
            likeness = np.maximum(
                np.where(slips >= _LIKE_LETTERS, slips, 0), np.where(beginning >= _LIKE_BEGINNING, beginning - 0.03, 0)
            )
            kept = likeness > 0
            found.append(np.column_stack([part[x[kept]], self._fuzzy[y[kept]], likeness[kept]]))
        return np.concatenate(found)


def _at_most_one(matrix: sp.csr_matrix) -> sp.csr_matrix:
    made = matrix.tocsr()
    made.data = np.minimum(made.data, 1)
    return made


def _row(matrix: sp.csr_matrix, k: int) -> Numbers:
    """A row of a sparse matrix, written out."""
    full = np.zeros(matrix.shape[1], np.float32)
    full[matrix.indices[matrix.indptr[k] : matrix.indptr[k + 1]]] = matrix.data[matrix.indptr[k] : matrix.indptr[k + 1]]
    return full


def _reason(asked: list[str], held: list[str]) -> str:
    """What the two names have in common, in words."""
    same = [word for word in asked if word in held]
    like = []
    for word in asked:
        if word in same or not _is_fuzzy(word):
            continue
        other = max((w for w in held if _is_fuzzy(w)), key=lambda w: JaroWinkler.similarity(word, w), default=None)
        if other is not None and (JaroWinkler.similarity(word, other) >= 0.8 or consonants(word) == consonants(other)):
            like.append(f"{word} ~ {other}")
    said = [f"same words: {', '.join(same)}"] if same else []
    said += [f"like words: {', '.join(like)}"] if like else []
    return "; ".join(said) or "like letters"
