"""The class of a relation, and whether it is an event at all: two small linear models over words and grammar.

``features`` turns a pair of parties in a parsed sentence into names of features; ``Classifier`` holds weights for them: a
multinomial logistic regression over the roots of CAMEO (the code of the rules is one of its features), and a logistic
regression that distinguishes events from pairs that merely occur together. ``judgement`` joins them with the rules and the
encoder. ``train.py`` makes the weights; at run time they are plain arrays.
"""

from __future__ import annotations

import io
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assets.errors import BilateralError
from assets.news.coding import lexicon as lx
from assets.news.coding.clauses import Clauses
from assets.news.coding.encoder import BREAK, Masked, masked
from assets.news.coding.placed_actors import Actor, PlacedActor
from assets.news.coding.proposed import ProposedEvent

FACTS = ("weights.json", "weights.npz")
WEIGHTS = Path(__file__).with_name("weights.npz")
CARD = Path(__file__).with_name("weights.json")
"""Which weights these are, for people and for the loader."""

ROOTS = tuple(f"{n:02d}" for n in range(1, 21))
"""Classes: the roots of CAMEO."""

DEFAULT_CODES = {
    "01": "010", "02": "020", "03": "030", "04": "040", "05": "050", "06": "060", "07": "070", "08": "080", "09": "090",
    "10": "100", "11": "111", "12": "120", "13": "130", "14": "141", "15": "150", "16": "160", "17": "170", "18": "180",
    "19": "190", "20": "200",
}  # fmt: skip
"""Code of a root where no rule says more."""

WEAK_RULES = frozenset({"none", "noun_near"})
"""Rules that only name what is near the parties: their code is a feature and no more."""

FIRM_RULES = lx.words(
    "lift_sanctions impose_sanctions threaten_sanctions threaten refuse deny no_comment reject_claim agree agree_not sign_deal "
    "abandon_plan let deadline revoke_right grant_right leave_place opposed "
    "ceasefire break_ceasefire as_requested visit receive stop must bomb deny_thing lift_burden troops_leave phrase "
    "protest_note promise_ties"
)
"""Rules that put a sign together from several words, which single words cannot show: overruled only by near certainty."""

DOUBTFUL_RULES = lx.words("verb noun noun_pair intend consider decide send_troops take_ground criticism")
"""Rules that rest on one word, or on words that also mean the opposite: here the model must be sure of the sign."""

_CONTENT = frozenset({"NN", "VB", "JJ", "RB", "RP", "MD", "IN"})


def _stem(lemma: str) -> str:
    return lemma[:5]


def features(event: ProposedEvent, clauses: Clauses) -> list[str]:
    """Names of the features of a pair: what the rules say, the words that express it, the grammar between the two, sectors."""
    s, frames = clauses.s, clauses.frames
    frame, v = event.frame, event.trigger
    lemma, joined = frames.key(v)
    code = frame.code
    found = [
        "bias",
        f"rule={frame.rule}",
        f"mod={frame.modality}",
        f"root={code[:2]}",
        f"code={code[:3]}",
        f"rr={frame.rule}|{code[:2]}",
        f"mr={frame.modality}|{code[:2]}",
        f"v={lemma}",
        f"vj={joined}",
        f"vs={_stem(lemma)}",
        f"vtag={s.tags[v][:2]}",
        f"ss={event.source.sector}",
        f"ts={event.target.sector}",
        f"lex={lx.VERBS.get(joined, lx.VERBS.get(lemma, lx.NOUNS.get(lemma, '')))[:2]}",
        f"neg={frames.is_negated(v)}",
        f"pass={frames.is_passive(v)}",
    ]
    aux = frames.auxiliaries(v)
    found += [f"aux={a}" for a in aux & (lx.FUTURE | lx.OBLIGATION | lx.POSSIBILITY | {"would"})]
    if frame.noun is not None:
        found += [f"n={s.lemmas[frame.noun]}", f"vn={lemma}|{s.lemmas[frame.noun]}"]
    if frame.complement is not None:
        c = frame.complement
        found += [f"c={s.lemmas[c]}", f"cs={_stem(s.lemmas[c])}", f"clex={lx.VERBS.get(s.lemmas[c], '')[:2]}"]
    warm = sum(lemma in lx.WARM for lemma in s.lemmas)
    cold = sum(lemma in lx.COLD for lemma in s.lemmas)
    found += [f"tone={'warm' if warm > cold else 'cold' if cold > warm else 'none'}"]
    found += [f"warm={min(warm, 3)}", f"cold={min(cold, 3)}"]
    if not code:
        found.append(f"guess_tone={warm > cold}|{cold > warm}")
    hidden = _words_of(clauses, event)
    below = set(s.subtree(v))
    path = _path(clauses, _head(event.source), _head(event.target))
    for i in range(len(s)):
        if i in hidden or s.tags[i][:2] not in _CONTENT or s.lemmas[i] in lx.STOP_WORDS:
            continue
        word = s.lemmas[i]
        found.append(f"w={word}")
        found.append(f"st={_stem(word)}")
        if i in below and i != v:
            found.append(f"b={_stem(word)}")
        known = lx.VERBS.get(word) if s.is_verb(i) else lx.NOUNS.get(word)
        if known is not None:
            found.append(f"k={known[:2]}")
        if i in path:
            found += [f"p={word}", f"pk={known[:2] if known is not None else ''}"]
    found += [f"d={d}" for d in _path_of_deps(clauses, event, path)]
    for c in s.children[v]:
        if c not in hidden and s.deps[c] in ("dobj", "attr", "acomp", "prt", "xcomp", "ccomp", "nsubjpass"):
            found += [f"{s.deps[c]}={s.lemmas[c]}", f"vo={lemma}|{s.lemmas[c]}"]
        if s.deps[c] in ("prep", "agent"):
            found.append(f"vp={lemma}|{s.lemmas[c]}")
    return found


def pair_features(event: ProposedEvent, clauses: Clauses) -> list[str]:
    """Features that distinguish an event from two parties that merely occur in one sentence: its grammar and its words.

    An actor that an earlier sentence named has no grammar here, and so no features of it.
    """
    s, frames = clauses.s, clauses.frames
    frame, v = event.frame, event.trigger
    source, target = _head(event.source), _head(event.target)
    path = _path(clauses, source, target)
    lemma, _ = frames.key(v)
    return [
        "bias",
        f"rule={frame.rule}",
        f"root={frame.code[:2]}",
        f"rr={frame.rule}|{frame.code[:2]}",
        f"mod={frame.modality}",
        f"v={lemma}",
        f"dep={_dep(clauses, v)}",
        *([] if source is None else [f"sdep={s.deps[source]}"]),
        *([] if target is None else [f"tdep={s.deps[target]}", f"tup={_preposition(clauses, target)}"]),
        *([] if source is None or target is None else _between(clauses, source, target, path)),
        f"inf={event.source.inferred}|{event.target.inferred}",
        f"ss={event.source.sector}",
        f"ts={event.target.sector}",
        f"n={min(len(_candidates(event, clauses)), 4)}",
        f"rep={event.reporter is not None and event.reporter.party in (event.source.party, event.target.party)}",
        *(f"d={d}" for d in _path_of_deps(clauses, event, path)),
        *_words_around(clauses, event, path, source, target),
        *(_named_before(event, clauses) if is_open(event) else ()),
    ]


def _named_before(event: ProposedEvent, clauses: Clauses) -> list[str]:
    """Features of a pair that its sentence does not name both.

    How near and how often the one whom it does not name was named before, and its words that may stand for somebody.
    """
    s, before = clauses.s, clauses.earlier
    last_first = list(before.parties())
    first_first = list(dict.fromkeys(a.party for _, _, a in before.named))
    first_of_last = next((a.party for start, _, a in before.named if start >= before.last), "")
    top = next((i for i in range(len(s)) if s.heads[i] == i), 0)
    subject = s.child(top, "nsubj", "nsubjpass")
    by = "" if subject is None else s.lemmas[subject] if s.tags[subject] == "PRP" else s.tags[subject][:3]
    if subject is not None and any(a.head == subject for a in clauses.actors):
        by = "named"
    lemma = s.lemmas[top]
    thing = s.child(top, "dobj", "pobj")
    found = [
        f"by={by}",
        f"top={lemma}",
        f"does={lemma}|{by}",
        f"thing={'' if thing is None else s.lemmas[thing]}",
        f"toplex={lx.VERBS.get(lemma, '')[:2]}|{by}",
        f"here={min(len(clauses.actors), 3)}",
    ]
    found += [f"for={w}" for w in s.lemmas if w in _STAND_FOR]
    for side, actor in (("s", event.source), ("t", event.target)):
        if isinstance(actor, PlacedActor):
            is_subject = subject is not None and actor.head == subject
            found += [f"{side}subject={is_subject}", f"{side}dep={s.deps[actor.head]}|{s.lemmas[s.heads[actor.head]]}"]
            continue
        near = last_first.index(actor.party) if actor.party in last_first else 9
        far = first_first.index(actor.party) if actor.party in first_first else 9
        often = min(sum(a.party == actor.party for _, _, a in before.named), 3)
        is_first_of_last = actor.party == first_of_last
        found += [
            f"{side}near={near}|{by}",
            f"{side}far={far}|{by}",
            f"{side}often={often}",
            f"{side}last={is_first_of_last}|{by}",
        ]
        found += [f"{side}near={near}|{w}" for w in {*s.lemmas} & _STAND_FOR]
        found += [
            f"{side}top={lemma}|{by}",
            f"{side}place={near}|{far}|{len(last_first)}",
            f"{side}lex={lx.VERBS.get(lemma, '')[:2]}",
        ]
    return found


_STAND_FOR = lx.words(
    "it its they them their he him his she her both two each other side country neighbour neighbor the this that"
)
"""Words that may stand for a party named before."""


def _candidates(event: ProposedEvent, clauses: Clauses) -> set[str]:
    """The parties that a sentence names, without a third who only reports the event: what is said of two is told of two."""
    parties = {a.party for a in clauses.actors}
    if event.reporter is not None and event.reporter.party not in (event.source.party, event.target.party):
        parties.discard(event.reporter.party)
    return parties


def _dep(clauses: Clauses, i: int) -> str:
    """The relation of a word to the one above it; what somebody says stands by itself, as if nobody said it."""
    s = clauses.s
    return "ROOT" if s.deps[i] == "ccomp" and s.lemmas[s.heads[i]] in lx.SAY else s.deps[i]


def _words_around(
    clauses: Clauses, event: ProposedEvent, path: Collection[int], source: int | None, target: int | None
) -> list[str]:
    """The words of the sentence by where they stand (before, between or after the two), and the years that it names."""
    s = clauses.s
    hidden = _words_of(clauses, event)
    found = [f"year={word[:2]}" for word in s.words if len(word) == 4 and word.isdigit() and word[0] in "12"]
    for i in range(len(s)):
        if i in hidden or s.tags[i][:2] not in _CONTENT or s.lemmas[i] in lx.STOP_WORDS:
            continue
        found += [f"w={s.lemmas[i]}", f"st={_stem(s.lemmas[i])}"]
        if source is None or target is None:
            continue
        place = "before" if i < min(source, target) else "after" if i > max(source, target) else "between"
        found.append(f"{place}={s.lemmas[i]}")
        if i in path:
            found.append(f"p={s.lemmas[i]}")
    if source is not None and target is not None:
        lemma, _ = clauses.frames.key(event.trigger)
        found += [f"order={source < target}", f"vst={lemma}|{s.deps[source]}|{s.deps[target]}"]
    return found


def _words_of(clauses: Clauses, event: ProposedEvent) -> set[int]:
    """Words of all names in the sentence: a class must not hang on who the parties are."""
    s = clauses.s
    spans = [(a.start, a.end) for a in (*clauses.actors, event.source, event.target) if isinstance(a, PlacedActor)]
    return {i for i in range(len(s)) if any(s.starts[i] < end and s.ends[i] > start for start, end in spans)}


def masked_pair(event: ProposedEvent, clauses: Clauses) -> Masked:
    """The sentence as the encoder reads it: source, target and all others masked, wherever they are named.

    Where it does not name both, what was said before it is read with it.
    """
    is_told_before = bool(clauses.earlier.text) and is_open(event)
    shift = clauses.earlier.shift if is_told_before else 0
    known: list[tuple[int, int, Actor]] = [(a.start + shift, a.end + shift, a) for a in clauses.named]
    if is_told_before:
        known = [*known, *clauses.earlier.named]

    def places(actor: Actor) -> list[tuple[int, int]]:
        own = [(actor.start + shift, actor.end + shift)] if isinstance(actor, PlacedActor) else []
        return own + [(start, end) for start, end, a in known if actor.party and a.party == actor.party]

    text = f"{clauses.earlier.text}{BREAK}{clauses.s.text}" if is_told_before else clauses.s.text
    return masked(text, places(event.source), places(event.target), [(start, end) for start, end, _ in known])


def is_open(event: ProposedEvent) -> bool:
    """Whether the sentence that tells an event does not name both of its parties."""
    return not (isinstance(event.source, PlacedActor) and isinstance(event.target, PlacedActor))


def masked_as_told(event: ProposedEvent, clauses: Clauses) -> Masked:
    """The same of the clause that a third tells, where one does: what is said is read as if nobody said it."""
    whole = masked_pair(event, clauses)
    span = _told_by_a_third(event, clauses)
    if span is None:
        return whole
    start, end = span

    def inside(actor: Actor) -> list[tuple[int, int]]:
        named = [a for a in clauses.named if actor.party and a.party == actor.party]
        own = [actor] if isinstance(actor, PlacedActor) else []
        return [(a.start - start, a.end - start) for a in (*own, *named) if start <= a.start and a.end <= end]

    source, target = inside(event.source), inside(event.target)
    if not (source and target):
        return whole
    rest = [(a.start - start, a.end - start) for a in clauses.named if start <= a.start and a.end <= end]
    return masked(clauses.s.text[start:end], source, target, rest)


def _told_by_a_third(event: ProposedEvent, clauses: Clauses) -> tuple[int, int] | None:
    """Where the clause of an event stands that a third party says, in characters; None where none does."""
    s, reporter = clauses.s, event.reporter
    if reporter is None or reporter.party in (event.source.party, event.target.party):
        return None
    for i in (event.trigger, *s.ancestors(event.trigger)):
        if s.deps[i] == "ccomp" and s.lemmas[s.heads[i]] in lx.SAY:
            words = [w for w in s.subtree(i) if s.lemmas[w] != "that" or s.deps[w] != "mark"]
            return s.starts[min(words)], s.ends[max(words)]
    return None


def _head(actor: Actor) -> int | None:
    """The word that heads the phrase of an actor; None where an earlier sentence named it."""
    return actor.head if isinstance(actor, PlacedActor) else None


def _preposition(clauses: Clauses, noun: int) -> str:
    s = clauses.s
    return s.lemmas[s.heads[noun]] if s.deps[noun] == "pobj" else ""


def _between(clauses: Clauses, source: int, target: int, path: Collection[int]) -> list[str]:
    s = clauses.s
    gap = target - source
    return [
        f"st={s.deps[source]}|{s.deps[target]}",
        f"path={min(len(path), 8)}",
        f"gap={'back' if gap < 0 else 'near' if gap < 6 else 'mid' if gap < 14 else 'far'}",
    ]


def _path(clauses: Clauses, one: int | None, other: int | None) -> set[int]:
    """The words between two in the tree, without these; none where one of them is in an earlier sentence."""
    s = clauses.s
    if one is None or other is None:
        return set()
    up = [one, *s.ancestors(one)]
    down = [other, *s.ancestors(other)]
    shared = next((i for i in up if i in down), None)
    if shared is None:
        return set()
    return set(up[: up.index(shared) + 1]) | set(down[: down.index(shared)]) - {one, other}


def _path_of_deps(clauses: Clauses, event: ProposedEvent, path: Iterable[int]) -> list[str]:
    s = clauses.s

    def deps(top: int | None) -> list[str]:
        return [] if top is None else [_dep(clauses, i) for i in (top, *s.ancestors(top)) if i in path or i == top][:4]

    up, down = deps(_head(event.source)), deps(_head(event.target))
    return ["^" + ">".join(up), "v" + "<".join(down), "^" + ">".join(up[:2]) + "v" + "<".join(down[:2])]


class Classifier:
    """Weights and what is done with them; ``roots`` are the classes, in the order of the columns of ``root_weights``."""

    def __init__(
        self,
        root_index: dict[str, int],
        root_weights: npt.NDArray[np.float32],
        roots: Sequence[str],
        pair_index: dict[str, int],
        pair_weights: npt.NDArray[np.float32],
    ) -> None:
        self.root_index = root_index
        self.root_weights = root_weights
        self.roots = list(roots)
        self.pair_index = pair_index
        self.pair_weights = pair_weights

    def probabilities(self, event: ProposedEvent, clauses: Clauses) -> npt.NDArray[np.float64]:
        """Probability of each root, in the order of ``roots``."""
        known = sorted({self.root_index[f] for f in features(event, clauses) if f in self.root_index})
        z = self.root_weights[known].sum(axis=0, dtype=np.float64)
        z -= z.max()
        e: npt.NDArray[np.float64] = np.exp(z)
        e /= e.sum()
        return e

    def chance(self, event: ProposedEvent, clauses: Clauses) -> float:
        """Probability that the pair is an event at all."""
        known = sorted({self.pair_index[f] for f in pair_features(event, clauses) if f in self.pair_index})
        return float(1 / (1 + np.exp(-self.pair_weights[known].sum(dtype=np.float64))))


def lexical_code(event: ProposedEvent, clauses: Clauses) -> str:
    """The code of the word that expresses it, by itself, whatever is around it; empty where the lexicon does not know it."""
    lemma, joined = clauses.frames.key(event.trigger)
    table = lx.VERBS if clauses.s.is_verb(event.trigger) else lx.NOUNS
    return table.get(joined) or table.get(lemma) or ""


def load(weights: Path, card: Path) -> tuple[Classifier, dict[str, Any]]:
    """Read weights with their card.

    Args:
        weights: arrays ``root_weights`` and ``pair_weights``, the names of their rows (``root_features``, ``pair_features``)
            and columns (``roots``).
        card: JSON with ``weights_sha256``, and what else belongs to the weights.

    Returns:
        The models, and all that the card says.

    Raises:
        BilateralError: one of the files is missing or damaged, or the card is that of other weights.
    """
    try:
        data = weights.read_bytes()
        known: dict[str, Any] = json.loads(card.read_text(encoding="utf-8"))
        expected = known["weights_sha256"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise unreadable(error) from error
    found = sha256(data).hexdigest()
    if found != expected:
        raise BilateralError(
            f"{card.name} is the card of other weights than {weights.name} ({expected[:12]}, not {found[:12]}); {_MEND}"
        )
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        read = Classifier(
            {str(name): i for i, name in enumerate(arrays["root_features"])},
            arrays["root_weights"].astype(np.float32),
            [str(root) for root in arrays["roots"]],
            {str(name): i for i, name in enumerate(arrays["pair_features"])},
            arrays["pair_weights"].astype(np.float32),
        )
    return read, known


def unreadable(error: Exception) -> BilateralError:
    """What to say of weights or a card that cannot be read."""
    return BilateralError(f"the weights of the event coder cannot be read ({error}); {_MEND}")


def save(classifier: Classifier, about: Mapping[str, Any], weights: Path, card: Path) -> None:
    """Write weights and their card, the same bytes for the same weights.

    Args:
        classifier: its weights.
        about: what else the card says: how the voices are joined, and for people where the weights come from.
        weights: file of arrays.
        card: file of the card.
    """
    np.savez_compressed(
        weights,
        roots=np.array(classifier.roots),
        root_features=np.array(list(classifier.root_index)),
        root_weights=classifier.root_weights.astype(np.float16),
        pair_features=np.array(list(classifier.pair_index)),
        pair_weights=classifier.pair_weights.astype(np.float16),
    )
    content = {
        "weights_sha256": sha256(weights.read_bytes()).hexdigest(),
        "features": {"root": len(classifier.root_index), "pair": len(classifier.pair_index)},
        **about,
    }
    card.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


_MEND = "restore both files of one version, or make them again: python -m assets.news.coding.training.train"
