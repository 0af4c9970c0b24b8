"""Copies of one text: articles whose words are nearly the same share a cluster, by MinHash over runs of three words.

A text falls into ``BANDS`` buckets; two texts that share ``ROWS`` MinHash values of a band share its bucket. At a Jaccard
similarity of 0.9 of their runs of words, two texts share one with a probability of 0.999, at 0.8 of 0.84, at 0.5 of 0.02.

Headlines are so short that one word may be all the difference: those whose numbers, months or days differ share no bucket.

The first article of a bucket owns it. A later article belongs to the cluster of the owner with which it shares most buckets,
else it begins one. So an article's cluster is decided when it comes and never changes, and folding all articles gives the same
as folding them batch by batch. An article keeps the buckets that it owns: copies keep hardly any.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from zlib import crc32

import numpy as np
import polars as pl
from rensa import RMinHash

from assets.reading.months import BY_NAME

BANDS = 16
ROWS = 10
SHINGLE = 3
"""Words in a run. In Chinese, Japanese and Korean a character is a word."""
SEED = 20231116
_CHUNK = 20_000

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")


def words_of(text: str) -> list[str]:
    """Return the words of a text in small letters; the text itself where it has none."""
    return _WORD.findall(text.casefold()) or [text.strip()]


def shingles(words: list[str]) -> list[str]:
    """Return the runs of words; the words together where there are few."""
    if len(words) < SHINGLE:
        return [" ".join(words)]
    return [" ".join(run) for run in zip(words, words[1:], words[2:], strict=False)]


_FIGURES = frozenset(
    (
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", *BY_NAME,
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    )
)  # fmt: skip
_SHORT = 30


def figures(words: list[str]) -> str:
    """Return the numbers, months and days of a headline: two headlines that differ in these are about two things.

    In a whole article a copy may round a number; there nothing is asked of them.
    """
    return " ".join(w for w in words if w in _FIGURES or w[:1].isdigit()) if len(words) < _SHORT else ""


def buckets_of(texts: Sequence[str]) -> np.ndarray:
    """Return the buckets of texts: unsigned 64-bit integers, ``len(texts)`` x ``BANDS``, the same on every machine."""
    found = np.empty((len(texts), BANDS), dtype=np.uint64)
    for start in range(0, len(texts), _CHUNK):
        part = [words_of(text) for text in texts[start : start + _CHUNK]]
        runs = [shingles(words) for words in part]
        digests = RMinHash.digest_matrix_from_token_sets(runs, num_perm=BANDS * ROWS, seed=SEED).to_rows()
        values = np.asarray(digests, dtype=np.uint64).reshape(len(part), BANDS, ROWS)
        # FNV-1a over the values of a band, begun with its number and the figures: equal values in two bands are two buckets
        number_hashes = np.array([crc32(figures(words).encode()) for words in part], dtype=np.uint64)
        mixed = (
            np.uint64(14695981039346656037)
            ^ np.arange(1, BANDS + 1, dtype=np.uint64)[None, :]
            ^ (number_hashes << np.uint64(8))[:, None]
        )
        for row in range(ROWS):
            mixed = (mixed ^ values[:, :, row]) * np.uint64(1099511628211)
        found[start : start + _CHUNK] = mixed ^ (mixed >> np.uint64(29))
    return found


def clustered(articles: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Give each new article its cluster.

    Args:
        articles: new ones in the order in which they came: ``article_id`` (each once), ``words`` (what is compared).
        known: earlier ones: ``article_id``, ``cluster_id``, ``buckets`` (those that they own).

    Returns:
        ``article_id``, ``cluster_id`` (the id of the first article of the cluster) and ``buckets``, in the given order.
    """
    ids = articles["article_id"].to_list()
    n = len(ids)
    flat = buckets_of(articles["words"].to_list()).ravel()
    distinct, first, place = np.unique(flat, return_index=True, return_inverse=True)
    owner = first // BANDS
    held = _held(known, distinct)
    owner_of = np.where(held >= 0, n + held, owner)[place].reshape(n, BANDS)
    names = [*ids, *known["article_id"].to_list()]
    cluster: list[str] = list(ids)
    clusters_held = known["cluster_id"].to_list()
    for i in np.flatnonzero((owner_of != np.arange(n)[:, None]).any(axis=1)).tolist():
        shared = Counter(o for o in owner_of[i].tolist() if o != i)
        best = min(shared, key=lambda o: (-shared[o], names[o]))
        cluster[i] = cluster[best] if best < n else clusters_held[best - n]
    owned = np.flatnonzero((owner_of == np.arange(n)[:, None]).ravel() & (np.arange(flat.size) == first[place]))
    own = (
        pl.DataFrame({"_i": owned // BANDS, "buckets": flat[owned]}, schema={"_i": pl.Int64, "buckets": pl.UInt64})
        .group_by("_i", maintain_order=True)
        .agg("buckets")
    )
    return (
        pl.DataFrame({"article_id": ids, "cluster_id": cluster}, schema={"article_id": pl.String, "cluster_id": pl.String})
        .with_row_index("_i")
        .with_columns(pl.col("_i").cast(pl.Int64))
        .join(own, on="_i", how="left", maintain_order="left")
        .drop("_i")
    )


def _held(known: pl.DataFrame, distinct: np.ndarray) -> np.ndarray:
    """For each bucket of the new articles the row of the known one that owns it, or -1."""
    found = np.full(distinct.size, -1, dtype=np.int64)
    if known.is_empty() or not distinct.size:
        return found
    owners = known.select(pl.int_range(pl.len()).alias("row"), "buckets").explode("buckets").drop_nulls()
    buckets = owners["buckets"].to_numpy()
    at = np.searchsorted(distinct, buckets)
    at[at == distinct.size] = 0
    match = distinct[at] == buckets
    found[at[match]] = owners["row"].to_numpy()[match]
    return found
