"""Whom the words of a sentence stand for: names, pronouns, and nouns that refer back to a party named before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from assets.news.coding import lexicon as lx
from assets.news.coding.parse import Sentence
from assets.news.coding.placed_actors import Actor, PlacedActor, in_phrase, without_place


@dataclass
class Discourse:
    """What earlier sentences of a text leave: the last one who acted, the last pair, who bore which words, and who did what.

    Actors are kept without their place, which means nothing in another sentence.
    """

    subject: Actor | None = None
    pair: tuple[Actor, Actor] | None = None
    named: dict[str, Actor] = field(default_factory=dict)
    sources: dict[str, Actor] = field(default_factory=dict)
    deeds: list[tuple[Actor, str]] = field(default_factory=list)

    def saw(self, sentence: Sentence, actors: Sequence[PlacedActor]) -> None:
        """Take in the actors of a sentence after it was read."""
        for a in actors:
            for word in sentence.text[a.start : a.end].lower().split():
                if word in lx.ANAPHORA:
                    self.named[word] = without_place(a)
            if sentence.lemmas[a.head] in lx.ANAPHORA:
                self.named[sentence.lemmas[a.head]] = without_place(a)
        states: dict[str, Actor] = {}
        for a in actors:
            if a.country_id is not None:
                states.setdefault(a.country_id, without_place(a))
        if len(states) == 2:
            one, other = states.values()
            self.pair = (one, other)


OTHER_ONE = frozenset({"counterpart", "enemy", "foe", "guest", "host", "neighbor", "neighbour", "opponent", "rival", "visitor"})
"""Nouns that, with ``his`` or ``its``, stand for the other one of two."""


class Parties:
    """The parties of one sentence.

    ``speakers`` are those behind the colon of ``Peace is near: Finnish minister``; ``actors`` all others that are more than
    a topic.
    """

    def __init__(self, sentence: Sentence, actors: Sequence[PlacedActor], discourse: Discourse) -> None:
        self.s = sentence
        tail = set() if sentence.speaker is None else set(sentence.subtree(sentence.speaker))
        self.speakers = [a for a in actors if a.head in tail or a.anchor in tail]
        self.actors = [a for a in actors if a not in self.speakers and not self._is_topic(a)]
        self.discourse = discourse
        self._linked = self._links()

    def _is_topic(self, actor: PlacedActor) -> bool:
        """Whether a state only names what is spoken of: ``Ukraine crisis``, ``war in Ukraine``, ``Japan-bound``."""
        s = self.s
        i = actor.anchor
        if (
            s.deps[i] == "pobj"
            and s.lemmas[s.heads[i]] in ("in", "over")
            and s.lemmas[s.heads[s.heads[i]]] in lx.TOPICS | {"war"}
        ):
            return True
        if s.text[actor.end :].startswith(("-bound", "-listed", "-born")):
            return True
        while s.deps[i] in ("compound", "amod", "nmod", "conj") and s.heads[i] != i:
            i = s.heads[i]
        return i != actor.anchor and s.lemmas[i] in lx.TOPICS

    def _links(self) -> dict[int, list[PlacedActor]]:
        """Parties named side by side at the beginning of a headline (``China, US to resume talks``), by place of each."""
        s = self.s
        found: dict[int, list[PlacedActor]] = {}
        for one, other in pairwise(self.actors):
            between = s.text[one.end : other.start].strip()
            if between in (",", "and", "&", ", and") and one.party != other.party and (one.start < 5 or one.start in found):
                group = found.get(one.start, [one])
                group.append(other)
                found[one.start] = found[other.start] = group
        return found

    def actors_of(self, noun: int) -> Sequence[Actor]:
        """The actors that a noun phrase or pronoun stands for or is about."""
        s = self.s
        lemma = s.lemmas[noun]
        if s.tags[noun] in ("PRP", "PRP$") or lemma in lx.PRONOUNS:
            return self.of_pronoun(noun)
        if s.tags[noun] in ("WDT", "WP"):
            verb = s.heads[noun]
            if s.deps[verb] == "relcl":
                return self.actors_of(s.heads[verb])
            return []
        found = in_phrase(s, noun, self.actors)
        if found:
            more = [b for a in found for b in self._linked.get(a.start, ()) if b not in found]
            return [*found, *dict.fromkeys(more)]
        if self.is_pair(noun) and self.discourse.pair is not None:
            return [replace(a, inferred=True) for a in self.discourse.pair]
        if lemma in OTHER_ONE:
            return self._other_one(noun)
        whose = next((c for c in s.children[noun] if s.tags[c] == "PRP$"), None)
        if whose is not None and lx.SECTOR.get(lemma) in ("GOV", "MIL", "LEG"):
            return self.of_pronoun(whose)  # "its president", "their army"
        if lemma in self.discourse.named and any(s.lemmas[c] in ("the", "this", "that", "its") for c in s.children[noun]):
            return [replace(self.discourse.named[lemma], inferred=True)]
        return []

    def _other_one(self, noun: int) -> Sequence[Actor]:
        """Whom ``his neighbour`` means: the only other state of the sentence, else the other one of the pair last mentioned."""
        s = self.s
        whose = next((c for c in s.children[noun] if s.tags[c] == "PRP$"), None)
        owners = [] if whose is None else self.of_pronoun(whose)
        if len({a.party for a in owners}) != 1:
            return []
        named = {a.party: a for a in self.actors if a.country_id is not None and a.party != owners[0].party}
        if not named and self.discourse.pair is not None and owners[0].party in {a.party for a in self.discourse.pair}:
            return [replace(a, inferred=True) for a in self.discourse.pair if a.party != owners[0].party]
        return [replace(a, inferred=True) for a in named.values()] if len(named) == 1 else []

    def is_pair(self, noun: int) -> bool:
        """Whether a noun stands for the pair last mentioned: ``the two sides``, ``both``."""
        s = self.s
        if s.lemmas[noun] in ("both", "two") and s.deps[noun] in ("nsubj", "nsubjpass", "dobj", "pobj", "dative"):
            return s.lemmas[noun] == "both" or any(s.lemmas[c] == "the" for c in s.children[noun])
        return (
            s.lemmas[noun] in lx.PAIR_NOUNS
            and s.tags[noun] == "NNS"
            and any(s.lemmas[c] in ("two", "both") for c in s.children[noun])
        )

    def of_pronoun(self, noun: int) -> Sequence[Actor]:
        """The last one who acted: in this sentence the subject of a verb before it, else of an earlier sentence."""
        s = self.s
        if s.lemmas[noun] in ("we", "us", "our", "i", "you", "my", "your"):
            return []
        verb = s.heads[noun]
        for up in s.ancestors(verb):
            if s.is_verb(up) or s.deps[up] == "ROOT":
                subject = s.child(up, "nsubj", "nsubjpass")
                if subject is not None and subject != noun and s.tags[subject] not in ("PRP", "WDT", "WP"):
                    found = in_phrase(s, subject, self.actors)
                    if found:
                        return [replace(a, inferred=True) for a in found]
        before = [i for i in range(noun) if s.deps[i] in ("nsubj", "nsubjpass") and s.tags[i] not in ("PRP", "WDT", "WP")]
        for i in before:
            found = in_phrase(s, i, self.actors)
            if found:
                return [replace(a, inferred=True) for a in found]
        return [replace(self.discourse.subject, inferred=True)] if self.discourse.subject is not None else []

    def under(self, i: int, *prepositions: str) -> Sequence[Actor]:
        """Actors after one of the prepositions below a word."""
        s = self.s
        for c in s.children[i]:
            if s.deps[c] in ("prep", "agent", "dative") and s.lemmas[c] in prepositions:
                for p in s.children[c]:
                    if s.deps[p] == "pobj":
                        found = self.actors_of(p)
                        if found:
                            return found
        return []
