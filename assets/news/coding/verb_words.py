"""The words around a verb: its particle, auxiliaries, negation and voice, its complement and its objects."""

from __future__ import annotations

from assets.news.coding import lexicon as lx
from assets.news.coding.parse import Sentence

_OBJECT_PREPOSITIONS = frozenset({"on", "with", "from", "to", "of", "for", "in", "into", "over", "against", "under", "off", "at"})


class VerbWords:
    """Reads what is around the words of one sentence."""

    def __init__(self, sentence: Sentence) -> None:
        self.s = sentence

    def key(self, v: int) -> tuple[str, str]:
        """Lemma of a verb alone, and with its particle (``call_off``), the lemma again where it has none."""
        s = self.s
        lemma = s.lemmas[v]
        if s.tags[v].startswith("NN") and lemma.endswith("s"):
            lemma = lemma[:-1]
        particle = s.child(v, "prt")
        if particle is None and v + 1 < len(s) and s.tags[v + 1] == "RP":
            particle = v + 1  # "hands over four captives"
        if particle is not None:
            joined = f"{lemma}_{s.lemmas[particle]}"
            if particle + 1 < len(s) and f"{joined}_{s.lemmas[particle + 1]}" in lx.VERBS:
                joined = f"{joined}_{s.lemmas[particle + 1]}"
            return lemma, joined
        for c in s.children[v]:
            if s.deps[c] in ("prep", "advmod") and c == v + 1:
                joined = f"{lemma}_{s.lemmas[c]}"
                if joined in lx.VERBS or joined in lx.JOINED:
                    return lemma, joined
                if s.deps[c] == "prep" and c + 1 < len(s) and f"{joined}_{s.lemmas[c + 1]}" in lx.VERBS:
                    return lemma, f"{joined}_{s.lemmas[c + 1]}"
        return lemma, lemma

    def is_in(self, v: int, words: frozenset[str]) -> bool:
        """Whether a verb, with its particle or without, is one of the words."""
        lemma, joined = self.key(v)
        return joined in words or (joined == lemma and lemma in words)

    def auxiliaries(self, v: int) -> set[str]:
        """Lemmas of the auxiliaries of a verb, in small letters."""
        s = self.s
        found = {s.lemmas[c] for c in s.children[v] if s.deps[c] in ("aux", "auxpass")} | {
            s.words[c].lower() for c in s.children[v] if s.deps[c] == "aux"
        }
        if not found and s.deps[v] == "conj" and s.is_verb(s.heads[v]) and s.child(v, "nsubj", "nsubjpass") is None:
            return self.auxiliaries(s.heads[v]) - {"be"}
        return found

    def is_negated(self, v: int) -> bool:
        """Whether ``not``, ``never``, ``no longer`` or ``no`` before its object denies the verb."""
        s = self.s
        for c in s.children[v]:
            if s.deps[c] == "neg" or (
                s.deps[c] == "advmod" and (s.lemmas[c] in ("never", "hardly", "neither") or s.words[c].lower() == "longer")
            ):
                return True
            if s.deps[c] in ("nsubj", "nsubjpass") and any(
                s.lemmas[d] in ("neither", "no") and s.deps[d] in ("det", "preconj", "cc", "neg") for d in s.children[c]
            ):
                return True
            if s.deps[c] in ("dobj", "attr") and any(s.deps[d] in ("det", "neg") and s.lemmas[d] == "no" for d in s.children[c]):
                return True
        return False

    def is_passive(self, v: int) -> bool:
        """Whether the verb is in the passive voice."""
        s = self.s
        if s.child(v, "nsubjpass", "auxpass") is not None:
            return True
        if s.tags[v] not in ("VBN", "VBD"):
            return False
        if v + 1 < len(s) and s.tags[v + 1] == "TO" and s.lemmas[v] in lx.URGED and s.child(v, "dobj", "aux") is None:
            return True
        if s.deps[v] in ("acl",) and s.tags[v] == "VBN":
            return True
        if s.child(v, "agent") is not None:
            return True
        if s.lemmas[v] == "warn" and s.text[-1:].isalnum() and v + 1 < len(s) and s.lemmas[v + 1] in ("of", "over", "about"):
            # headlines are in the present tense: what is in the past tense was done to the subject
            return True
        next_is_place = v + 1 < len(s) and (s.tags[v + 1] == "IN" or s.lemmas[v + 1] == "dead")
        if s.lemmas[v] in lx.SUFFERED and next_is_place and s.child(v, "dobj", "aux") is None:
            # "two Turks killed in Somalia bombing"
            return True
        if s.lemmas[v] in lx.CONCLUDE and s.child(v, "dobj", "aux") is None:
            # "Kyrgyzstan says ceasefire reached with Tajikistan"
            noun = s.child(v, "nsubj")
            return noun is not None and s.lemmas[noun] in lx.DEALS
        if s.deps[v] == "conj" and s.tags[v] == "VBN" and s.child(v, "nsubj", "dobj", "aux") is None:
            return self.is_passive(s.heads[v])
        return False

    def complement(self, v: int) -> int | None:
        """The verb of the complement: ``to``-infinitive, ``that``-clause, or gerund after a preposition."""
        s = self.s
        for c in s.children[v]:
            if s.deps[c] in ("xcomp", "ccomp") and (s.is_verb(c) or s.tags[c][:2] in ("JJ", "NN")) and c > v:
                return c
        for c in s.children[v]:
            if s.deps[c] == "prep":
                inner = s.child(c, "pcomp")
                if inner is not None and s.is_verb(inner):
                    return inner
        for c in s.children[v]:
            # "agreed on Friday to release": parsers often take the infinitive for a purpose
            if s.deps[c] == "advcl" and c > v and s.tags[c] == "VB" and any(s.tags[d] == "TO" for d in s.children[c]):
                return c
            if s.deps[c] in ("dobj",):
                inner = s.child(c, "acl")
                if inner is not None and s.tags[inner] == "VB":
                    return inner
        return None

    def objects(self, v: int) -> list[int]:
        """Object nouns of a verb, the subject of a passive among them, with those joined by ``and``.

        Those of its prepositions ``on``, ``with``, ``from``, ``to``, ``of``, ``for``, ``in``, ``into`` come after.
        """
        s = self.s
        passive = self.is_passive(v)
        first = [c for c in s.children[v] if s.deps[c] in ("dobj", "nsubjpass", "attr", "oprd", "dative")]
        if passive and not first and s.child(v, "nsubj") is not None:
            first = [c for c in s.children[v] if s.deps[c] == "nsubj"]
        if passive and not first and s.deps[v] == "acl":
            first = [s.heads[v]]
        if passive and not first and s.deps[v] == "conj":
            first = [c for c in s.children[s.heads[v]] if s.deps[c] == "nsubjpass"]
        found = []
        for c in first:
            found += [c, *self._joined(c)]
        for c in s.children[v]:
            if s.deps[c] == "prep" and s.lemmas[c] in _OBJECT_PREPOSITIONS:
                for p in s.children[c]:
                    if s.deps[p] == "pobj":
                        found += [p, *self._joined(p)]
        return found

    def _joined(self, i: int) -> list[int]:
        found = []
        for c in self.s.children[i]:
            if self.s.deps[c] in ("conj", "appos") and not self.s.is_verb(c):
                found += [c, *self._joined(c)]
        return found

    def noun_in(self, noun: int, words: frozenset[str]) -> bool:
        """Whether a noun is one of the words, or one that it is ``of`` (``a range of exchanges``)."""
        s = self.s
        if s.lemmas[noun] in words:
            return True
        if s.lemmas[noun] in lx.MEASURES:
            of = next((c for c in s.children[noun] if s.lemmas[c] in ("of", "for")), None)
            inner = s.child(of, "pobj") if of is not None else None
            return inner is not None and self.noun_in(inner, words)
        return False

    def is_for_press(self, n: int) -> bool:
        """Whether a conference is one for the press: who holds it meets nobody."""
        return any(self.s.deps[c] == "compound" and self.s.lemmas[c] in ("press", "news") for c in self.s.children[n])

    def topic(self, i: int, words: frozenset[str]) -> bool:
        """Whether any word below ``i`` is one of the words."""
        return any(self.s.lemmas[j] in words for j in self.s.subtree(i))
