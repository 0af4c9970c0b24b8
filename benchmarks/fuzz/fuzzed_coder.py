"""Damaged texts at the event coder and the finder of actors: events whose evidence stands in the text, or a said error."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from collections.abc import Iterator
from pathlib import Path

from assets.news.coding.jsonl import code_lines
from assets.news.text.named_actors import document, mentions_of
from benchmarks.fuzz.damage import TOKENS, damaged
from benchmarks.fuzz.tries import Tries
from tests.real_files import FOLDER

_LABELLED = Path(__file__).resolve().parents[1] / "training" / "labelled"
_HEADLINES = FOLDER / "news" / "headlines" / "headlines_until_2022-06.csv.gz"
_BATCH = 32
_NOISE = (
    *map(chr, range(0x20)), *"\x7f\x85\xa0\xad\u0301\u200b\u200d\u2028\u2029\u202e\ufeff\ufffd\ufffe\ud800\udfff",
    *"\U0001f600\U0010ffffİßﬁⅧ٣’“„…—:;[", "１２", "?!", "()", "''",
)  # fmt: skip
"""Signs that nobody means: control characters, marks without a letter, halves of a pair, letters that grow in capitals."""
_SCRIPTS = (
    "中国外交部周二谴责美国的制裁。", "美國總統星期五訪問北京", "日本は中国に抗議した。", "한국은 일본을 비난했다.",
    "Россия осудила санкции.",
    "أدانت الصين العقوبات", "ישראל גינתה את איראן", "भारत ने निंदा की", "ประเทศไทยประณาม", "La Chine condamne les USA", "Ελλάδα",
)  # fmt: skip
_LONG = 60_000


def texts() -> list[str]:
    """Sentences with events, of all kinds that are labelled for training; and real headlines, where their file is there."""
    lines = [line for file in sorted(_LABELLED.glob("*.jsonl")) for line in file.read_text(encoding="utf-8").splitlines()]
    known = [json.loads(line)["text"] for line in lines]
    if _HEADLINES.exists():
        headlines = csv.DictReader(io.StringIO(gzip.decompress(_HEADLINES.read_bytes()).decode("utf-8")))
        known += [row["title"] for row in headlines if row["title"]]
    return known


def damaged_text(chance: random.Random, all_texts: list[str]) -> str:
    """A text with words moved, dropped, repeated or foreign, signs in words, cut, repeated at length, or damaged by the byte."""
    words = " ".join(chance.sample(all_texts, chance.choice((1, 1, 2, 4)))).split(" ")
    for _ in range(chance.choice((1, 2, 4, 10))):
        at, other = chance.randrange(len(words)), chance.randrange(len(words))
        match chance.randrange(10):
            case 0:
                words[at], words[other] = words[other], words[at]
            case 1 if len(words) > 1:
                del words[at]
            case 2:
                words[at : at + 1] = words[at : at + 3] * 2
            case 3:
                words.insert(at, chance.choice(TOKENS).decode("utf-8", "replace")[:400])
            case 4:
                words[at] = words[at].upper() if chance.random() < 0.5 else words[at].lower()
            case 5:
                words.insert(at, chance.choice(chance.choice(all_texts).split(" ")))
            case 6:
                words.insert(at, chance.choice(_SCRIPTS))
            case 7:
                del words[at + 1 :]
            case _:
                place = chance.randint(0, len(words[at]))
                words[at] = words[at][:place] + chance.choice(_NOISE) * chance.choice((1, 1, 1, 30)) + words[at][place:]
    text = " ".join(words)
    if chance.random() < 0.002:
        text = (text + chance.choice(("", " ", "\n", ". "))) * (_LONG // max(1, len(text)))
    return (
        text if chance.random() < 0.8 else damaged(chance, text.encode(errors="replace"), ()).decode("utf-8", "replace")[:3_000]
    )


def try_coder(seed: int, n: int) -> Iterator[Tries]:
    """``n`` texts, coded in batches; half of them also looked through for actors, a tenth asked for the relation of two words."""
    known = texts()
    coded, found = Tries("coder: events"), Tries("coder: actors")
    for start in range(0, n, _BATCH):
        batch = [_line(seed, number, known) for number in range(start, min(n, start + _BATCH))]
        with coded.one(f"coder, seed {seed}, tries from {start}"):
            _code(coded, batch, f"seed {seed}")
        coded.n += len(batch) - 1
        for number, record in enumerate(batch[::2]):
            with found.one(f"actors, seed {seed}, try {start + 2 * number}"):
                text = record["text"]
                for mention in mentions_of(text, None, None):
                    assert mention.surface == text[mention.char_start : mention.char_end], "a mention is not in its place"
                found.outcomes["read"] += 1
    yield from (coded, found)


def _line(seed: int, number: int, known: list[str]) -> dict[str, str]:
    chance = random.Random(f"{seed}/coder/{number}")
    record = {"id": str(number), "text": damaged_text(chance, known)}
    if chance.random() < 0.7:
        record["published"] = chance.choice(("2023-11-16", "1900-01-01", "9999-12-31", "0001-01-01"))
    if chance.random() < 0.2:
        record["title"] = damaged_text(chance, known)[:400]
    if chance.random() < 0.1 and record["text"].split():
        record |= {"source": chance.choice(record["text"].split()), "target": chance.choice(record["text"].split())}
    return record


def _code(tries: Tries, batch: list[dict[str, str]], seed: str) -> None:
    of = {record["id"]: _whole(record) for record in batch}
    for line in code_lines(json.dumps(record) for record in batch):
        said = json.loads(line.json)
        if line.is_error:
            if "coder failed" in said["error"]:
                tries.fail(said["error"].partition("(")[2][:80], f"{seed}, try {said['id']}", of[said["id"]][:300])
            else:
                tries.outcomes["a said error"] += 1
            continue
        tries.outcomes["events"] += 1
        start, end = said["evidence_start"], said["evidence_end"]
        if said["evidence"] is not None and start is not None and of[said["id"]][start:end] != said["evidence"]:
            tries.fail("evidence is not where it is said to be", f"{seed}, try {said['id']}", of[said["id"]][:300])


def _whole(record: dict[str, str]) -> str:
    """The string that offsets count in: a blank title is none."""
    return document(record["text"], record["title"] if record.get("title", "").strip() else None)
