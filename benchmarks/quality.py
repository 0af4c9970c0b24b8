"""``python -m benchmarks.quality [--write]``: how well text is read, in Markdown; ``--write`` renews docs/quality.md.

Measured on two thirds of the project's held-out sentences and articles (never trained on; the other third served to fit
thresholds, see ``training/settings.py``), real headlines and official releases that readers labelled blind (where the folder of
real files is there), and on what was seen: the half of the PLOVER gold records, the seed article, the probes. How events are
matched stands in ``scoring.py``, how the gold is read in ``gold.py``. Numeric claims are measured by ``claims.py``.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from assets.actors import registry
from assets.actors.lookups import party_of
from assets.news.coding import encoder
from assets.news.coding.coder import EventCoder
from assets.news.coding.interface import Coder, Event, Text
from benchmarks import claims, gold, scoring, seed
from benchmarks.scoring import Coded, Expected, Item
from benchmarks.training import pairs
from benchmarks.training.settings import is_development

ROOT = Path(__file__).resolve().parents[1]
REAL = Path(os.environ.get("BILATERAL_REAL_DATA", ROOT.parent / "shared" / "data"))
LABELLED = pairs.LABELLED
PAGE = ROOT / "docs" / "quality.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
ARTICLES = 60
"""Held-out articles that are read, of those that no threshold was fitted on."""

HEADER = ["sentences", "counted", "n", "expected", "precision", "recall", "F1", "95 % interval"]


# --- what is measured on ----------------------------------------------------------------------------------------------


def labelled(path: Path) -> list[Item]:
    """Read sentences that the project labelled; events of organisations are left out."""
    return [labelled_item(row) for row in _rows(path)]


def held_out(name: str) -> list[Item]:
    """The sentences of a held-out file that no threshold was fitted on."""
    return [i for i in labelled(LABELLED / f"{name}.jsonl") if not is_development(i.id)]


def held_articles(*, organisations: bool = False) -> list[Item]:
    """Read the whole articles that neither the encoder nor a threshold was made with; what one tells twice is expected once."""
    files = sorted(LABELLED.glob("articles*.jsonl"))
    rows = [row for path in files for row in _rows(path) if row["part"] == "held" and not is_development(row["id"])]
    return [labelled_item(row, organisations=organisations) for row in rows][:ARTICLES]


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def labelled_item(row: dict[str, Any], *, organisations: bool = False) -> Item:
    expected = []
    for e in row["events"]:
        source, target = (party_of(e[side], None) if e[side] else None for side in ("source", "target"))
        pair = pair_of(source, target, organisations=organisations)
        if pair is None:
            continue
        codes = [e["cameo"], *e.get("cameo_also", ())]
        labels = [scoring.label(c) for c in codes]
        expected.append(
            Expected(
                *pair,
                scoring.label(e["cameo"]),
                frozenset(labels),
                frozenset(codes),
                modality=e["modality"],
                event_date=date.fromisoformat(e["event_date"]) if "event_date" in e else None,
                date_precision=e.get("date_precision"),
            )
        )
    return Item(row["id"], row["text"], _day(row["published"]), tuple(expected))


@cache
def _states() -> frozenset[str]:
    """Ids of states: an ``IMF`` has three letters too, and is none."""
    return frozenset(registry.actors().filter(kind="state")["actor_id"])


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def pair_of(source: str | None, target: str | None, *, organisations: bool = False) -> tuple[str, str] | None:
    """The two sides where an event is scored: different states, or organisations where they count too; never regions."""
    known = _parties() if organisations else _states()
    return (source, target) if source in known and target in known and source != target else None


@cache
def _parties() -> frozenset[str]:
    """Ids of states and organisations."""
    return frozenset(registry.actors().filter(pl.col("kind").is_in(["state", "organisation"]))["actor_id"])


def coded(event: Event, *, organisations: bool = False) -> Coded | None:
    """Return the event as it is scored: between two different countries, or organisations if wanted, else None."""
    source, target = (
        country if actor is None else party_of(actor, country)
        for actor, country in ((event.source_id, event.source_country_id), (event.target_id, event.target_country_id))
    )
    pair = pair_of(source, target, organisations=organisations)
    if pair is None:
        return None
    return Coded(
        *pair,
        event.cameo_code,
        event.confidence,
        event.modality,
        event.event_date,
        event.event_date_end,
        event.date_precision,
    )


def run(coder: Coder, items: Sequence[Item], *, organisations: bool = False) -> list[Item]:
    """Code the sentences, each a text of its own."""
    given = coder.code([Text(i.id, i.text, i.published) for i in items])
    return [
        replace(i, coded=tuple(c for e in events if (c := coded(e, organisations=organisations)) is not None))
        for i, (_, events) in zip(items, given, strict=True)
    ]


# --- the gold half: seen ------------------------------------------------------------------------------------------------


def gold_run(coder: Coder, path: Path) -> tuple[list[Item], list[tuple[gold.Record, str]]]:
    """The records as coded sentences, and the code given to each relation; the encoder was trained on them."""
    records = gold.records(path)
    relations = []
    for r in records:
        pair = next(((s.text, t.text) for s, t in r.pairs if s.text in r.text and t.text in r.text), None)
        if pair is not None:
            relations.append((r, coder.relation(Text(r.id, r.text), *pair).cameo_code))
    return run(coder, [gold.item(r) for r in records]), relations


Relation = tuple[str, str, str, str]
"""Expected class, coded class (the expected one where it is accepted), CAMEO code given, class of the older PLOVER or ''."""


def gold_relations(relations: Sequence[tuple[gold.Record, str]]) -> list[Relation]:
    """Return the relations of gold records with the code that each was given."""
    return [(r.plover, r.plover if r.accepts(c, scoring.label(c)) else scoring.label(c), c, r.old_class) for r, c in relations]


def labelled_relations(coder: Coder, path: Path) -> list[Relation]:
    """Return the labelled events that have a PLOVER class, each with the code given to its two sides."""
    found = []
    for row in _rows(path):
        if is_development(row["id"]):
            continue
        text = Text(row["id"], row["text"], _day(row["published"]))
        for e in row["events"]:
            if e["plover"] is None:
                continue
            code = coder.relation(text, e["source_text"], e["target_text"]).cameo_code
            accepted = {scoring.label(c) for c in (e["cameo"], *e.get("cameo_also", ()))}
            given = scoring.label(code)
            found.append((e["plover"], e["plover"] if given in accepted else given, code, ""))
    return found


def relation_rows(relations: Sequence[Relation]) -> list[list[object]]:
    """Score the class of relations whose two sides are given."""
    new = [(expected, given) for expected, given, _, _ in relations]
    old = [(name, gold.old_class(code) or code[:2]) for _, _, code, name in relations if name]
    quads = [(gold.QUAD[expected], scoring.quad(code)) for expected, _, code, _ in relations]
    rows: list[list[object]] = [
        ["relations", len(relations)],
        ["macro-F1 over the 16 classes of 2021", scoring.macro_f1(new)],
        ["accuracy over the 16 classes", scoring.accuracy(new)],
        ["accuracy over the four quads", scoring.accuracy(quads)],
        ["macro-F1 over the four quads", scoring.macro_f1((str(a), str(b)) for a, b in quads)],
        ["accuracy of conflict against cooperation", scoring.accuracy((a <= 2, b <= 2) for a, b in quads)],
    ]
    if old:
        rows.insert(2, ["macro-F1 over the 18 classes of the file", scoring.macro_f1(old)])
    return rows


# --- probes ------------------------------------------------------------------------------------------------------------


def probes(coder: Coder, path: Path) -> dict[str, tuple[int, int, int, int, list[str]]]:
    """Return by kind: probes passed, probes, pairs passed as a whole, pairs, and the texts that failed."""
    rows = _rows(path)
    items = run(coder, [Item(r["id"], r["text"], _day(r["published"]), ()) for r in rows])
    passed = {r["id"]: passes(r, i.coded) for r, i in zip(rows, items, strict=True)}
    result = {}
    for kind in dict.fromkeys(r["kind"] for r in rows):
        here = [r for r in rows if r["kind"] == kind]
        pairs: dict[int, list[bool]] = {}
        for r in here:
            pairs.setdefault(r["pair"], []).append(passed[r["id"]])
        failed = [r["text"] for r in here if not passed[r["id"]]]
        result[kind] = (len(here) - len(failed), len(here), sum(map(all, pairs.values())), len(pairs), failed)
    return result


def passes(probe: dict[str, Any], events: Sequence[Coded]) -> bool:
    """Say whether the events of a probe are as it wants.

    A probe of sign wants an event of this sign for the pair and none of the other sign. One of direction wants besides that
    no event of this sign goes the other way. One of date wants this date on the event.
    """
    there = [e for e in events if (e.source, e.target) == (probe["source"], probe["target"])]
    if "forbidden_sign" in probe:
        return all(e.sign != probe["forbidden_sign"] for e in there)
    wanted = [e for e in there if e.sign == probe["sign"]]
    if not wanted or any(e.sign not in (None, probe["sign"]) for e in there):
        return False
    if probe["kind"] == "direction":
        return all(e.sign != probe["sign"] for e in events if (e.source, e.target) == (probe["target"], probe["source"]))
    if probe["kind"] == "date":
        days = _day(probe["event_date"]), _day(probe["event_date_end"]), probe["date_precision"]
        return any((e.event_date, e.event_date_end, e.date_precision) == days for e in wanted)
    return True


# --- tables ------------------------------------------------------------------------------------------------------------


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a Markdown table; numbers with a fraction have two places."""

    def cell(value: object) -> str:
        return f"{value:.2f}" if isinstance(value, float) else str(value)

    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell(c) for c in line) + " |" for line in lines)


def score_rows(name: str, items: Sequence[Item]) -> list[list[object]]:
    """Return a row for pairs and a row for pairs with class."""
    rows: list[list[object]] = []
    for what, measure in (("pair", scoring.dyads), ("pair and class", scoring.dyads_with_class)):
        counts = scoring.total(items, measure)
        low, high = scoring.interval(items, measure)
        rows.append(
            [name, what, len(items), counts.expected, counts.precision, counts.recall, counts.f1, f"{low:.2f} to {high:.2f}"]
        )
    return rows


def confusion_table(items: Sequence[Item]) -> str:
    """Return by class: expected, found with the right class, taken for other classes, not coded."""
    counted = scoring.confusion(items)
    rows = []
    for name in sorted({x for x, _ in counted}):
        here = Counter({c: n for (x, c), n in counted.items() if x == name})
        others = ", ".join(f"{c} {n}" for c, n in here.most_common() if c not in (name, "-"))
        rows.append([name, sum(here.values()), here[name], others or "none", here["-"]])
    return table(["class", "expected", "right", "taken for", "pair not coded"], rows)


def reliability_table(items: Sequence[Item]) -> str:
    """Return confidence against the share of right events."""
    bins = scoring.reliability(items)
    rows = [[f"{b.low:.1f} to {b.high:.1f}", b.n, b.confidence, b.right] for b in bins]
    return table(["confidence", "events", "mean confidence", "share right"], rows)


def class_reliability_table(items: Sequence[Item]) -> str:
    """Return by class that was given: how many, their mean confidence, and the share that were right."""
    given: dict[str, list[tuple[float, bool]]] = {}
    for item in items:
        for e in item.coded:
            given.setdefault(e.label, []).append((e.confidence, any(scoring.is_right(e, x) for x in item.expected)))
    rows = [
        [name, len(of), sum(c for c, _ in of) / len(of), sum(right for _, right in of) / len(of)]
        for name, of in sorted(given.items())
    ]
    return table(["class given", "events", "mean confidence", "share right"], rows)


def modality_and_dates(items: Sequence[Item]) -> list[list[object]]:
    """Return how often modality, and the day where one is labelled, are right among events found."""
    modal, dated = [], []
    for item in items:
        for x in item.expected:
            match = next((e for e in item.coded if scoring.is_right(e, x)), None)
            if match is None:
                continue
            modal.append((x.modality, match.modality))
            if x.event_date is not None:
                dated.append(((x.event_date, x.date_precision), (match.event_date, match.date_precision)))
    return [
        ["modality", len(modal), scoring.accuracy(modal)],
        ["date and its precision, where labelled", len(dated), scoring.accuracy(dated)],
    ]


def claims_table() -> str:
    """Return how many claims of the labelled sentences are read with all of their parts right."""
    labelled = claims.sentences()
    rows = []
    for part, name in {"": "all sentences", **claims.PARTS}.items():
        of = [s for s in labelled if part in ("", s.part)]
        m = claims.measure(of)
        silent = [s for s in of if not s.expected]
        false = sum(claims.measure([s]).n_found > 0 for s in silent)
        rows.append([name, m.n_sentences, m.n_expected, m.n_found, m.precision, m.recall, f"{false} of {len(silent)}"])
    header = ["claims in", "sentences", "expected", "found", "precision", "recall", "given one though there is none"]
    return table(header, rows)


def speed(texts: Sequence[str]) -> str:
    """Say what the coder takes, alone in a new interpreter: the mean of two."""
    lines = "\n".join(map(json.dumps, texts))
    # what Python and the registry keep compiled is there from the second start on, as for whoever uses it every day
    keeping = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    asked = [sys.executable, "-m", "benchmarks.speed"]
    said = [
        json.loads(subprocess.run(asked, input=lines, check=True, capture_output=True, text=True, cwd=ROOT, env=keeping).stdout)
        for _ in range(3)
    ]
    usual = {name: statistics.median(one[name] for one in said[1:]) for name in said[0]}
    return (
        f"{usual['rate']:,.0f} sentences a second of processor time; {usual['first_s']:.1f} s of it from a new interpreter to "
        f"the first event; {usual['memory_mb']:,.0f} MB of memory at most."
    )


def false_alarms(items: Sequence[Item]) -> str:
    """Say of how many sentences without an event between states one was given."""
    silent = [i for i in items if not i.expected]
    return f"{sum(bool(i.coded) for i in silent)} of {len(silent)}"


def report() -> str:
    """Measure everything and return it as Markdown."""
    from benchmarks import headlines, quality_articles, quality_parts, releases

    coder = EventCoder()
    held, wire, codes, ordinary, titles = (
        run(coder, held_out(f"heldout{name}")) for name in ("", "-wire", "-codes", "-ordinary", "-titles")
    )
    parts = [f"Coder `{coder.name}`, version {coder.version}."]
    tags = {r["id"]: set(r["tags"]) for name in ("heldout", "heldout-wire") for r in _rows(LABELLED / f"{name}.jsonl")}
    plain, middle = ([i for i in wire if tag in tags[i.id]] for tag in ("plain", "body"))
    real, official = headlines.measured(coder, REAL), releases.measured(coder, REAL)
    articles = run(coder, held_articles())
    rows: list[list[object]] = []
    for name, items in (
        ("real headlines of 2022, read blind", real),
        ("official releases of 2021-22, read blind, whole", official),
        ("held-out wire copy", wire),
        ("of these, plain wording", plain),
        ("of these, from the middle of reports", middle),
        ("of these, headlines", [i for i in wire if "headline" in tags[i.id]]),
        ("held-out headlines of news sites", titles),
        ("held-out articles, whole", articles),
        ("held-out sentences by code", codes),
        ("held-out ordinary sentences", ordinary),
        ("held-out sentences", held),
    ):
        rows += score_rows(name, items) if items else []
    with_organisations = run(coder, held_articles(organisations=True), organisations=True)
    rows += score_rows("held-out articles, organisations as parties too", with_organisations)
    parts += ["### Who did what to whom: text that nobody saw who wrote code or labels to train on", table(HEADER, rows)]
    path = gold.file_of(REAL)
    relations: list[tuple[gold.Record, str]] = []
    records: list[Item] = []
    if path.exists():
        records, relations = gold_run(coder, path)
        seen = score_rows("gold half, between states", [i for i in records if i.expected])
        parts += ["### Who did what to whom: seen text", "The encoder was trained on it: an upper end.", table(HEADER, seen)]

    everyday = scoring.signs(i for i in held if "everyday" in tags[i.id])
    signs: list[list[object]] = [
        ["held-out wire copy", (s := scoring.signs(wire)).coded, s.wrong, f"{s.share:.1%}"],
        ["of these, plain wording", (s := scoring.signs(plain)).coded, s.wrong, f"{s.share:.1%}"],
        ["of these, from the middle of reports", (s := scoring.signs(middle)).coded, s.wrong, f"{s.share:.1%}"],
        ["held-out sentences by code", (s := scoring.signs(codes)).coded, s.wrong, f"{s.share:.1%}"],
        ["held-out headlines of news sites", (s := scoring.signs(titles)).coded, s.wrong, f"{s.share:.1%}"],
        ["real headlines of 2022", (s := scoring.signs(real)).coded, s.wrong, f"{s.share:.1%}"],
        ["held-out articles, whole", (s := scoring.signs(articles)).coded, s.wrong, f"{s.share:.1%}"],
        ["official releases", (s := scoring.signs(official)).coded, s.wrong, f"{s.share:.1%}"],
        ["held-out sentences", (s := scoring.signs(held)).coded, s.wrong, f"{s.share:.1%}"],
        ["of these, everyday wording", everyday.coded, everyday.wrong, f"{everyday.share:.1%}"],
    ]
    if records:
        signs.append(["gold half (seen)", (s := scoring.signs(records)).coded, s.wrong, f"{s.share:.1%}"])
    parts += ["### Wrong signs", table(["sentences", "events whose pair was expected", "wrong sign", "share"], signs)]
    parts.append(
        f"Sentences without an event between states that were given one: {false_alarms(wire)} of the wire copy "
        f"({false_alarms(plain)} of that in plain wording), {false_alarms(ordinary)} of the ordinary ones, "
        f"{false_alarms(titles)} of the headlines, {false_alarms(headlines.without_an_event(real))} of the real ones, "
        f"{false_alarms(held)} of the other held-out ones."
    )

    if official:
        given, hostile = releases.cooperation(official)
        parts.append(f"Of {given} cooperative pairs given of official releases {hostile} are hostile or none.")

    parts.append("### Class of a relation, source and target given")
    if relations:
        name = f"gold half, seen (both sides are named in {len(relations)} of {len(records)})"
        parts.append(table([name, "value"], relation_rows(gold_relations(relations))))
    for name, file in (
        ("held-out wire copy", "heldout-wire"),
        ("held-out sentences by code", "heldout-codes"),
        ("held-out sentences", "heldout"),
        ("held-out acts within a state", "heldout-within"),
    ):
        parts.append(table([name, "value"], relation_rows(labelled_relations(coder, LABELLED / f"{file}.jsonl"))))
    parts += [
        "### Modality and date of the events found, held-out sentences",
        table(["what", "n", "accuracy"], modality_and_dates(held)),
    ]

    dated = quality_articles.dates_in_articles(coder, LABELLED / "articles-wire.jsonl")
    columns = [
        "labels of dates",
        "the text",
        "events found",
        "same days",
        "days that meet",
        "unknown",
        "day of report",
        "other days",
    ]
    main = quality_articles.main_events(coder, LABELLED / "articles-wire.jsonl")
    columns_of_main = ["main events", "articles", "n", "pair found", "and class"]
    parts += ["### Main events of whole articles", table(columns_of_main, main)]
    parts += ["### Dates of events in whole articles", table(columns, dated)]

    text = seed.article(REAL)
    if text is not None:
        events = [e for _, found in coder.code([Text("seed", text, seed.PUBLISHED)]) for e in found]
        undated = [e for _, found in coder.code([Text("seed", text, None)]) for e in found]
        found = seed.found(events)
        wrong, invented = seed.forbidden(events, text), seed.resolved_without_publication(undated)
        parts += [
            "### Seed article",
            f"{sum(f for _, f, _ in found)} of {len(found)} events found, {sum(d for _, _, d in found)} with their date; "
            f"{len(wrong)} forbidden; {len(invented)} relative dates resolved where no publication date was given.",
            table(
                ["event", "found", "with its date"], [[w.name, "yes" if f else "no", "yes" if d else "no"] for w, f, d in found]
            ),
            *(f"- {line}" for line in [*wrong, *invented]),
        ]

    probed = probes(coder, LABELLED / "probes.jsonl")
    parts += [
        "### Probes",
        table(
            ["probes of", "passed", "of", "whole pairs", "of"],
            [[kind, ok, n, whole, pairs] for kind, (ok, n, whole, pairs, _) in probed.items()],
        ),
        "Failed:",
        "\n".join(f"- {kind}: {text}" for kind, (*_, failed) in probed.items() for text in failed) or "- none",
    ]
    parts += [
        "### Confusion, held-out wire copy",
        confusion_table(wire),
        "### Confusion, held-out sentences",
        confusion_table(held),
    ]
    parts.append("### What the confidence means")
    for name, items in (("Held-out wire copy", wire), ("Held-out sentences", held)):
        parts.append(f"{name}; mean distance {scoring.calibration_error(scoring.reliability(items)):.2f}.")
        parts.append(reliability_table(items))
    parts += ["By class, both sets of held-out sentences.", class_reliability_table([*wire, *held])]
    for name, items in (("Official releases", official), ("Real headlines", real), ("Held-out articles", articles)):
        if items:
            parts.append(f"{name}; mean distance {scoring.calibration_error(scoring.reliability(items)):.2f}.")
            parts.append(reliability_table(items))
    parts += ["### What each part adds", quality_parts.what_parts_add(), quality_parts.codes_and_dates()]
    parts += ["### Numeric claims", claims_table()]
    parts += ["### Speed", speed([i.text for i in held])]
    return "\n\n".join(parts)


def main() -> None:
    """Measure, print, and with ``--write`` put the result into docs/quality.md."""
    parser = argparse.ArgumentParser(description="Measure the event coder.")
    parser.add_argument("--write", action="store_true", help="renew the measured part of docs/quality.md")
    args = parser.parse_args()
    encoder.KEPT = 10**7  # what one table has read another need not read again
    measured = report()
    print(measured)
    if args.write:
        head, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
        _, tail = rest.split(END)
        PAGE.write_text(f"{head}{BEGIN}\n\n{measured}\n\n{END}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
