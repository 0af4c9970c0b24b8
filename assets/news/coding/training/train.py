"""Training of the two small models of ``assets.news.coding.model``, and the coder out of fold.

    python -m assets.news.coding.training.train [--gold plover_gsr_dev_half.json]

Examples come from the sentences that this project labelled itself (``labelled/train-*.jsonl``) and, where the file is given,
from a half of the PLOVER gold records of the Open Event Data Alliance (CC BY-SA 4.0). The weights in the package were made
with both. Nothing is random: the same examples give the same weights. scikit-learn is needed here and nowhere else.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from assets.actors import registry
from assets.news.coding import judgement, model
from assets.news.coding.clauses import Clauses
from assets.news.coding.coder import remember
from assets.news.coding.coreference import Discourse
from assets.news.coding.encoder import Encoder
from assets.news.coding.given_pair import proposed_between
from assets.news.coding.interface import Text
from assets.news.coding.judgement import Judge, Settings
from assets.news.coding.kinds import KINDS, kind_of
from assets.news.coding.parse import sentences
from assets.news.coding.pieces import pieces_of
from assets.news.coding.placed_actors import actors_in, without_place
from assets.news.coding.proposed import ProposedEvent
from assets.news.coding.training import calibrate
from assets.news.text import phrase_roles

LABELLED = Path(__file__).with_name("labelled")

PLOVER_ROOTS = {
    "AGREE": "03", "CONSULT": "04", "SUPPORT": "05", "COOPERATE": "06", "AID": "07", "CONCEDE": "08", "RETREAT": "08",
    "INVESTIGATE": "09", "DEMAND": "10", "DISAPPROVE": "11", "REJECT": "12", "THREATEN": "13", "PROTEST": "14",
    "MOBILIZE": "15", "SANCTION": "16", "COERCE": "17", "ASSAULT": "18", "FIGHT": "19",
}  # fmt: skip
"""Events of the PLOVER gold records (an early vocabulary, one a root of CAMEO) to roots."""

_STATES = {"JAP": "JPN", "VTN": "VNM", "ITL": "ITA"}
"""Codes in the gold records that are not ISO 3166."""

STRENGTH_ROOT, STRENGTH_PAIR = 0.3, 0.1
"""Inverse strength of the penalty, chosen by cross-validation among 0.1, 0.3, 1 and 3."""

FOLDS, ENCODER_FOLDS = 3, 3
"""Parts of the sentences, of the linear models and of the encoder; of each, what models say that were trained on the others."""

WIRE = "train-wire"
"""How the names of the files of wire copy begin."""

ARTICLES = "articles"
"""Where the sentences of articles come from."""

WITH_ORGANISATIONS = (WIRE, ARTICLES, "train-codes", "train-signs", "train-ordinary")
"""How the names of the files begin in which acts of organisations are labelled as those of states are."""

MAIN_ACT_ALONE = ("plover", "train-within")
"""Where labels hold the main act of a sentence alone: what else it tells is no pair without an event."""

_LEAST = 2
"""Examples that must show a feature before it counts."""


@dataclass(frozen=True)
class Relation:
    """One labelled event: the parties as named in the text, their states (None where none), and the root of the code.

    ``kinds``: root and PLOVER event of the code and of those that are right as well; the first is that of the code.
    """

    source_text: str
    target_text: str
    source: str | None
    target: str | None
    root: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Example:
    """A sentence with all that it expresses."""

    id: str
    text: str
    published: date | None
    relations: tuple[Relation, ...]
    origin: str
    within: str = ""

    @property
    def drawn_by(self) -> str:
        """What settles its fold: the sentence, or the id of its article, whose sentences are read together."""
        return self.within or self.text

    def tells_of(self, event: ProposedEvent) -> bool:
        """Whether the labels say if a proposed pair is an event: of organisations those of the first sentences do not."""
        if self.origin == "train-within":
            return False  # acts within a state teach the class alone
        states_alone = event.source.country_id is not None and event.target.country_id is not None
        return states_alone or self.origin.startswith(WITH_ORGANISATIONS)

    def way_back(self, relation: Relation) -> tuple[str, ...]:
        """The kinds that are right of the same two parties the other way."""
        texts = (relation.target_text, relation.source_text)
        states = (relation.target, relation.source) if relation.target != relation.source else None
        return tuple(
            kind
            for r in self.relations
            if (r.source_text, r.target_text) == texts or (r.source, r.target) == states
            for kind in r.kinds
        )

    @property
    def kinds(self) -> dict[tuple[str, str], set[str]]:
        """Directed pairs of different parties, with all kinds that are right."""
        found: dict[tuple[str, str], set[str]] = {}
        for r in self.relations:
            if r.source is not None and r.target is not None and r.source != r.target:
                found.setdefault((r.source, r.target), set()).update(r.kinds)
        return found

    @property
    def dyads(self) -> dict[tuple[str, str], set[str]]:
        """Directed pairs of different states, with their roots."""
        found: dict[tuple[str, str], set[str]] = {}
        for r in self.relations:
            if r.source is not None and r.target is not None and r.source != r.target:
                found.setdefault((r.source, r.target), set()).add(r.root)
        return found


def read_labelled(path: Path) -> list[Example]:
    """Sentences that the project labelled, from a file of JSON lines."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        relations = tuple(
            Relation(e["source_text"], e["target_text"], e["source"], e["target"], e["cameo"][:2], _kinds(e))
            for e in one["events"]
        )
        day = date.fromisoformat(one["published"]) if one.get("published") else None
        found.append(Example(one["id"], one["text"], day, relations, path.stem))
    return found


def _kinds(event: Mapping[str, Any]) -> tuple[str, ...]:
    codes = (event["cameo"], *event.get("cameo_also", ()))
    return tuple(dict.fromkeys(kind_of(code if len(code) > 2 else model.DEFAULT_CODES[code]) for code in codes))


def _kinds_of_gold(event: str) -> tuple[str, ...]:
    """All kinds that a class of the older PLOVER may be."""
    if event in ("CONCEDE", "RETREAT"):
        return (f"08/{event}",)
    return tuple(k for k in KINDS if k[:2] == PLOVER_ROOTS[event] or (event == "FIGHT" and k[:2] == "20"))


def training_sentences() -> list[Example]:
    """All sentences for training, in the order of their ids: which file one is in changes no weight."""
    found = [e for path in sorted(LABELLED.glob("train-*.jsonl")) for e in read_labelled(path)]
    return sorted(found, key=lambda e: e.id)


def read_plover(path: Path) -> list[Example]:
    """The PLOVER gold records. Where no target is given, the parties named as source are each other's."""
    states = set(registry.actors().filter(kind="state")["actor_id"])

    def parties(one: dict[str, Any], side: str) -> list[tuple[str, str | None]]:
        given = one.get(side) or []
        given = given if isinstance(given, list) else [given]
        found = []
        for y in given:
            code = _STATES.get(y["code"], y["code"])
            found.append((y["actorText"].split("..")[0].strip(), code if code in states else None))
        return found

    found = []
    for one in json.loads(path.read_text(encoding="utf-8")):
        root = PLOVER_ROOTS.get(one["event"])
        if root is None:
            continue
        kinds = _kinds_of_gold(one["event"])
        sources, targets = parties(one, "source"), parties(one, "target")
        joint = not targets
        relations = tuple(
            Relation(a, b, c, d, root, kinds)
            for a, c in sources
            for b, d in (sources if joint else targets)
            if not joint or (a, c) != (b, d)
        )
        if not relations and sources:
            relations = (Relation(sources[0][0], "", sources[0][1], None, root, kinds),)
        elif not relations and targets:
            relations = (Relation("", targets[0][0], None, targets[0][1], root, kinds),)
        found.append(Example(one["id"], one["text"].strip(), None, relations, "plover"))
    return found


@dataclass
class Prepared:
    """An example as the models see it: relations with their features, and pairs with theirs."""

    example: Example
    relations: list[tuple[list[str], str]] = field(default_factory=list)
    proposed: list[tuple[ProposedEvent, Clauses]] = field(default_factory=list)
    between: list[tuple[ProposedEvent, Clauses, Relation]] = field(default_factory=list)


def prepare(examples: Sequence[Example]) -> list[Prepared]:
    """Parse the examples and let the rules read them."""
    found = []
    for example, sentence in zip(examples, sentences(e.text for e in examples), strict=True):
        one = Prepared(example)
        named = phrase_roles.parties_of(example.text, example.published)
        clauses = Clauses(sentence, actors_in(sentence, named, 0))
        one.proposed = [(event, clauses) for event in clauses.events(guess=True, pairs=True)]
        for r in example.relations:
            event, around, _, _ = proposed_between(
                Text(example.id, example.text, example.published), r.source_text or r.target_text, r.target_text or r.source_text
            )
            one.between.append((event, around, r))
            one.relations.append((model.features(event, around), r.root))
        _add_proposed(one)
        found.append(one)
    return found


def _add_proposed(one: Prepared) -> None:
    dyads = one.example.dyads
    for event, clauses in one.proposed:
        roots = dyads.get((event.source.party, event.target.party), set())
        if len(roots) == 1:
            one.relations.append((model.features(event, clauses), next(iter(roots))))


def training_articles() -> list[dict[str, Any]]:
    """All articles for training, in the order of their ids."""
    found = [
        json.loads(line) for path in sorted(LABELLED.glob("articles*.jsonl")) for line in path.read_text("utf-8").splitlines()
    ]
    return sorted((a for a in found if a["part"] == "train"), key=lambda a: str(a["id"]))


def prepare_articles(articles: Sequence[Mapping[str, Any]]) -> list[Prepared]:
    """The sentences of articles as the coder reads them one after the other, where each remembers what is labelled before it."""
    found = []
    for article in articles:
        day = date.fromisoformat(article["published"])
        text = Text(article["id"], article["text"], day)
        pieces = pieces_of(text, None)
        discourse = Discourse()
        read = sentences(article["text"][p.start : p.end] for p in pieces)
        for piece, sentence in zip(pieces, read, strict=True):
            inside = {n for n, (start, _) in enumerate(article["sentences"]) if piece.start <= start < piece.end}
            relations = tuple(
                Relation(e["source_text"], e["target_text"], e["source"], e["target"], e["cameo"][:2], _kinds(e))
                for e in article["events"]
                if e["sentence"] in inside
            )
            example = Example(f"{article['id']}:{piece.number}", sentence.text, day, relations, ARTICLES, article["id"])
            actors = actors_in(sentence, piece.mentions, piece.start)
            clauses = Clauses(sentence, actors, discourse, earlier=piece.earlier)
            proposed = clauses.events(guess=True, pairs=True)
            one = Prepared(example, proposed=[(event, clauses) for event in proposed])
            _add_proposed(one)
            found.append(one)
            told = [(t, roots) for t in proposed if (roots := example.dyads.get((t.source.party, t.target.party)))]
            for t, roots in told:
                discourse.sources[t.target.party] = without_place(t.source)
                discourse.deeds.append((without_place(t.source), min(roots)))
            remember(discourse, clauses, actors, [t for t, _ in told])
    return found


def fit(prepared: Sequence[Prepared]) -> model.Classifier:
    """Train both linear models on prepared examples."""
    rows = [row for p in prepared for row in p.relations]
    roots = sorted({root for _, root in rows})
    root_index, matrix = _matrix([names for names, _ in rows])
    root_weights = _weights(matrix, np.array([roots.index(root) for _, root in rows]), STRENGTH_ROOT)
    pairs = [
        (model.pair_features(event, clauses), (event.source.party, event.target.party) in p.example.dyads)
        for p in prepared
        for event, clauses in p.proposed
        if p.example.tells_of(event)
    ]
    pair_index, matrix = _matrix([names for names, _ in pairs])
    pair_weights = _weights(matrix, np.array([int(is_event) for _, is_event in pairs]), STRENGTH_PAIR)[:, -1]
    return model.Classifier(root_index, root_weights, roots, pair_index, pair_weights)


def _matrix(rows: Sequence[Sequence[str]]) -> tuple[dict[str, int], Any]:
    from scipy.sparse import csr_matrix

    counts = Counter(name for row in rows for name in set(row))
    index = {name: i for i, name in enumerate(sorted(n for n, count in counts.items() if count >= _LEAST))}
    columns = [sorted({index[n] for n in row if n in index}) for row in rows]
    indptr = np.cumsum([0, *(len(c) for c in columns)])
    indices = np.concatenate([np.array(c, dtype=np.int64) for c in columns]) if columns else np.array([], dtype=np.int64)
    return index, csr_matrix((np.ones(len(indices)), indices, indptr), shape=(len(rows), len(index)))


def _weights(matrix: Any, classes: Any, strength: float) -> Any:
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=strength, max_iter=1000, fit_intercept=False, tol=1e-5).fit(matrix, classes)
    return fitted.coef_.T.astype(np.float32)


def fold_of(text: str, folds: int = FOLDS) -> int:
    """The fold of a sentence, by its text: the same whatever else is in the set."""
    return int.from_bytes(sha256(text.encode()).digest()[:4], "big") % folds


def out_of_fold(prepared: Sequence[Prepared], folds: int = FOLDS) -> Iterable[tuple[Prepared, model.Classifier]]:
    """Each example with a classifier that has not seen it."""
    for k in range(folds):
        inside = [p for p in prepared if fold_of(p.example.drawn_by, folds) == k]
        if inside:
            classifier = fit([p for p in prepared if fold_of(p.example.drawn_by, folds) != k])
            for p in inside:
                yield p, classifier


def observed_out_of_fold(
    pairs: Iterable[tuple[Prepared, model.Classifier]], encoders: Sequence[Encoder] = ()
) -> list[calibrate.Observed]:
    """What models that have not seen a sentence say of its pairs, with what these are.

    Args:
        pairs: examples, each with a classifier that has not seen it.
        encoders: trained without a fold each; sentences of a fold for which there is none are left out. None at all for a coder
            without an encoder.
    """
    by_fold = {e.left_out: e for e in encoders}
    found = []
    read: Counter[str] = Counter()
    for p, classifier in pairs:
        within = p.example.within, read[p.example.within]
        read[p.example.within] += 1
        encoder = by_fold.get(fold_of(p.example.drawn_by, ENCODER_FOLDS))
        if encoders and encoder is None:
            continue
        judge = Judge(classifier, encoder, Settings())
        is_wire = p.example.origin.startswith((WIRE, ARTICLES))
        for event, clauses, r in p.between:
            (heard,) = judge.heard([event], clauses)
            found.append(calibrate.Observed(event, clauses, heard, frozenset(r.kinds), True, p.example.text, is_wire))
        if p.example.origin in MAIN_ACT_ALONE or not p.proposed:
            continue
        clauses = p.proposed[0][1]
        asked = [
            event
            for event, _ in p.proposed
            if p.example.tells_of(event) and (encoder is not None or event.frame.rule not in judgement.MERE)
        ]
        kinds = p.example.kinds
        for event, heard in zip(asked, judge.heard(asked, clauses), strict=True):
            if encoder is not None and heard.reading is None:
                continue
            right = frozenset(kinds.get((event.source.party, event.target.party), ()))
            found.append(calibrate.Observed(event, clauses, heard, right, False, p.example.text, is_wire, within))
    return found


def settings_of(observed: Sequence[calibrate.Observed], roots: Sequence[str]) -> tuple[Settings, Settings]:
    """How the voices are joined with an encoder: for pairs that their sentence names, and for those that it does not both."""
    named, opened = ([o for o in observed if model.is_open(o.event) == is_open] for is_open in (False, True))
    return calibrate.settings(named, roots), calibrate.settings(opened, roots, calibrate.PRECISION_ACROSS)


def judgements(prepared: Sequence[Prepared], encoders: Sequence[Encoder]) -> dict[str, Any]:
    """The settings of the judge with and without an encoder, as the card of the weights holds them."""
    pairs = list(out_of_fold(prepared))
    roots = pairs[0][1].roots
    found = {"alone": asdict(calibrate.settings(observed_out_of_fold(pairs), roots))}
    if encoders:
        observed = observed_out_of_fold(pairs, encoders)
        within, across = settings_of(observed, roots)
        text = calibrate.settings_of_texts(observed, roots, within, across)
        found |= {"with_encoder": asdict(within), "across": asdict(across), "text": asdict(text)}
    return found


def main() -> None:
    """Train on everything and write the weights; print what was used."""
    parser = argparse.ArgumentParser(description="Train the event coder's linear models, and fit how all voices are joined.")
    parser.add_argument("--gold", type=Path, help="file of PLOVER gold records (CC BY-SA 4.0)")
    parser.add_argument("--encoders", type=Path, nargs="*", default=[], help="encoders without a fold, of finetune")
    args = parser.parse_args()
    examples = training_sentences()
    if args.gold is not None:
        examples += read_plover(args.gold)
    articles = training_articles()
    prepared = prepare(examples) + prepare_articles(articles)
    joint = judgements(prepared, [Encoder(path) for path in args.encoders])
    classifier = fit(prepared)
    about = {
        "sentences": len(examples),
        "articles": len(articles),
        "with_gold_half": args.gold is not None,
        "command": "python -m assets.news.coding.training.train"
        + (" --gold FILE" if args.gold is not None else "")
        + (" --encoders FILE..." if args.encoders else ""),
        "folds_of_encoders": len(args.encoders),
        "judgement": joint,
    }
    model.save(classifier, about, model.WEIGHTS, model.CARD)
    read = f"{len(examples):,} sentences and {len(articles):,} articles"
    print(f"{read}, {len(classifier.root_index):,} and {len(classifier.pair_index):,} features")


if __name__ == "__main__":
    main()
