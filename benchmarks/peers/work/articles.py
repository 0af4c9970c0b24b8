"""Headlines, of which some are copies, to clusters by MinHash of the same size: 160 values in 16 bands of 10."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path
from typing import Any

from measured import Timer, report


def _titles(folder: Path) -> list[str]:
    found: list[str] = json.loads((folder / "titles.json").read_text(encoding="utf-8"))
    return found


def ours(folder: Path) -> dict[str, Any]:
    clusters, pl = importlib.import_module("assets.news.articles.clusters"), importlib.import_module("polars")
    titles = _titles(folder)
    timer = Timer()
    rows = pl.DataFrame({"article_id": [f"{i:032x}" for i in range(len(titles))], "words": titles})
    known = pl.DataFrame(schema={"article_id": pl.String, "cluster_id": pl.String, "buckets": pl.List(pl.UInt64)})
    found = clusters.clustered(rows, known)
    return {**timer.took(), "n_clusters": found["cluster_id"].n_unique()}


def datasketch(folder: Path) -> dict[str, Any]:
    sketch = importlib.import_module("datasketch")
    titles = _titles(folder)
    word = re.compile(r"[^\W_]+")
    timer = Timer()
    index = sketch.MinHashLSH(num_perm=160, params=(16, 10))
    clusters: dict[int, int] = {}
    for number, title in enumerate(titles):
        words = word.findall(title.casefold()) or [title]
        runs = [" ".join(run) for run in zip(words, words[1:], words[2:], strict=False)] or [" ".join(words)]
        made = sketch.MinHash(num_perm=160)
        made.update_batch([run.encode() for run in runs])
        like = index.query(made)
        clusters[number] = min((clusters[other] for other in like), default=number)
        if not like:
            index.insert(number, made)
    return {**timer.took(), "n_clusters": len(set(clusters.values()))}


if __name__ == "__main__":
    report({"ours": ours, "datasketch": datasketch})
