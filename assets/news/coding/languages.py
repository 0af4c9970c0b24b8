"""Which language a text is in, and one coder for all that are coded: English by an encoder, Chinese by a lexicon.

The language is told by letters and, among languages in Latin letters, by their commonest words. What is neither English nor
Chinese is not coded, and ``not_coded`` says so in words. A short text in Latin letters is English unless it surely is not:
``No deals, no pacts, no coalition with SNP`` is no Portuguese because it says ``no`` three times.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from assets.news.coding.chinese import chinese_coder as chinese
from assets.news.coding.coder import version_of
from assets.news.coding.interface import Coder, Event, Text, in_batches
from assets.news.text.named_actors import document, mentions_of

CHINESE = "bilateral-lexicon-zh"
"""The coder of events from texts in Chinese, as it stands in the column ``coder``."""

_SCRIPTS = {
    "zh": r"[\u3400-\u9fff]",
    "ja": r"[\u3040-\u30ff]",
    "ko": r"[\uac00-\ud7af]",
    "Cyrillic letters": r"[\u0400-\u04ff]",
    "Arabic letters": r"[\u0600-\u06ff]",
    "Hebrew letters": r"[\u0590-\u05ff]",
    "Devanagari": r"[\u0900-\u097f]",
    "Thai letters": r"[\u0e00-\u0e7f]",
    "Greek letters": r"[\u0370-\u03ff]",
}
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+")
_COMMON = {
    "en": "the of and to in is that for on with as was by at from has have it are be said its after over will not",
    "fr": "le la les des et du une est dans pour que qui sur avec au par ont sont pas ce aux",
    "de": "der die das und den von zu mit ist im dem des nicht ein eine auf für sich auch hat",
    "es": "el los las del y en que por con una para su se al ha como más sus",
    "pt": "os da do das dos e em que não uma com para no na por ao foi",
    "it": "il di che del della e per una con sono nel alla gli dei le più si ha",
    "tr": "ve bir bu için ile da de olarak daha",
    "id": "yang dan di untuk dengan dari pada ini itu dalam tidak",
    "vi": "và của là có được trong cho với các không",
}
_COMMON_WORDS = {language: frozenset(words.split()) for language, words in _COMMON.items()}
_NAMES = {
    "ja": "Japanese", "ko": "Korean", "fr": "French", "de": "German", "es": "Spanish", "pt": "Portuguese", "it": "Italian",
    "tr": "Turkish", "id": "Indonesian", "vi": "Vietnamese",
}  # fmt: skip
_ENOUGH = 3
"""Different common words of another language, and twice as many as English ones, before a Latin text is not English."""

_SHORT = 20
"""Words below which a text in Latin letters that has an English common word of its own is English."""


def language_of(text: str) -> str:
    """The language of a text as ISO 639-1 where it can be told, else the name of its script; ``en`` where nothing tells."""
    n_letters = len(_LETTER.findall(text))
    counts = {name: len(re.findall(pattern, text)) for name, pattern in _SCRIPTS.items()}
    if counts["ja"] * 10 > counts["zh"] + counts["ja"] > n_letters / 2:
        return "ja"
    script = max(counts, key=lambda name: counts[name])
    if counts[script] * 2 > n_letters:
        return script
    words = [w.lower() for w in _WORD.findall(text)]
    different = set(words)
    common = {language: len(different & known) for language, known in _COMMON_WORDS.items()}
    likeliest = max(common, key=lambda language: common[language])
    its_own = _COMMON_WORDS["en"] - _COMMON_WORDS[likeliest]
    if len(words) < _SHORT and not its_own.isdisjoint(different):
        return "en"
    return likeliest if common[likeliest] >= max(_ENOUGH, 2 * common["en"]) else "en"


def not_coded(text: Text) -> str | None:
    """In words that a text is in a language that is not coded; None where it is coded."""
    language = language_of(document(text.text, text.title))
    if language in ("en", "zh"):
        return None
    return f"the text is in {_NAMES.get(language, language)}; English and Chinese are coded, so it has no events"


class ByLanguage:
    """A coder that codes English by another one and Chinese by the lexicon."""

    def __init__(self, english: Coder, own_actors: Path | None = None) -> None:
        """Make a coder.

        Args:
            english: codes texts in English, and those whose language nothing tells.
            own_actors: folder of actors that the user added.
        """
        self._english = english
        self._own_actors = own_actors
        self.name = english.name

    @property
    def version(self) -> str:
        """That of the coder for English: Chinese has its own."""
        return self._english.version

    def code(self, texts: Iterable[Text]) -> Iterator[tuple[Text, list[Event]]]:
        """Give the events of each text, in order; none where the language is not coded."""
        for together in in_batches(texts):
            languages = [language_of(document(text.text, text.title)) for text in together]
            english = iter(self._english.code([t for t, of in zip(together, languages, strict=True) if of == "en"]))
            for text, language in zip(together, languages, strict=True):
                yield next(english) if language == "en" else (text, self._chinese(text) if language == "zh" else [])

    def relation(self, text: Text, source: str, target: str) -> Event:
        """Give the one event between two parties that are named in the text by these strings."""
        if language_of(document(text.text, text.title)) != "zh":
            return self._english.relation(text, source, target)
        sides = [_side(name, text, self._own_actors) for name in (source, target)]
        for event in self._chinese(text):
            if [event.source_country_id or event.source_id, event.target_country_id or event.target_id] == sides:
                return event
        return self._english.relation(text, source, target)

    def _chinese(self, text: Text) -> list[Event]:
        whole = document(text.text, text.title)
        return [_event(whole, found) for found in chinese.events_in(whole, text.published, self._own_actors)]


def _side(name: str, text: Text, own_actors: Path | None) -> str | None:
    found = mentions_of(name, text.published, own_actors=own_actors)
    return (found[0].country_id or found[0].actor_id) if found else None


def _event(whole: str, found: chinese.Found) -> Event:
    when = found.when.when if found.when is not None else None
    return Event(
        event_date=when.first if when is not None else None,
        event_date_end=when.end if when is not None else None,
        date_precision=when.precision if when is not None else "unknown",
        source_id=found.source.actor_id,
        source_country_id=found.source.country_id,
        source_sector=found.source.sector,
        target_id=found.target.actor_id,
        target_country_id=found.target.country_id,
        target_sector=found.target.sector,
        cameo_code=found.code,
        modality=found.modality,
        confidence=chinese.CONFIDENCE,
        reporter_id=None,
        evidence=whole[found.start : found.end],
        evidence_start=found.start,
        evidence_end=found.end,
        language="zh",
    )


def chinese_version() -> str:
    """The version of the lexicon and the rules for Chinese."""
    folder = Path(chinese.__file__).parent
    return version_of(sorted(p for pattern in ("*.py", "*.csv") for p in folder.glob(pattern)))
