"""The SQL files that a build runs, each after those whose tables or macros it names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter

from assets.schema import SQL, UsageWarning, headers, names_in, usage_warnings, vocabularies, with_warnings


@dataclass(frozen=True)
class Script:
    """A file of ``sql/marts``, ``sql/macros`` or ``sql/derive`` in the order in which it can run."""

    name: str
    text: str
    needs: frozenset[str]
    is_of_tables_alone: bool = False
    """Whether it depends on tables of core and marts alone: not on the day, and not on what ``meta`` says of this build."""
    path: str = ""
    """Folder and name."""
    after: frozenset[str] = frozenset()
    """The same of those that must have been run before it."""

    @property
    def warnings(self) -> tuple[UsageWarning, ...]:
        """What a reader of it must not overlook."""
        return usage_warnings(self.text, self.name)

    @property
    def vocabularies(self) -> dict[str, tuple[str, ...]]:
        """The words that its columns may hold."""
        return vocabularies(self.text, self.name)

    @property
    def grain(self) -> tuple[str, ...]:
        """The columns that identify a row, from the line ``-- grain: a, b``; empty where there is none."""
        return next(map(names_in, headers(self.text, "grain")), ())

    @property
    def empty_without(self) -> tuple[str, ...]:
        """Core tables of which each must have rows for it to have any, from the line ``-- empty without: core.a, core.b``."""
        return next(map(names_in, headers(self.text, "empty without")), ())

    @property
    def writes(self) -> tuple[str, ...]:
        """The core tables to which it adds rows, or whose rows it changes (those of ``sql/derive`` do)."""
        return tuple(dict.fromkeys(re.findall(r"\b(?:UPDATE|INSERT INTO) (core\.\w+)", self.text)))

    def sets(self, table: str) -> frozenset[str]:
        """The columns of a core table that it changes, where it does no more to it; none where it adds rows."""
        updates = re.findall(rf"\bUPDATE {re.escape(table)}\b[^;]*?\bSET\b(.*?)\bFROM\b", self.text, re.DOTALL)
        if not updates or re.search(rf"\bINSERT INTO {re.escape(table)}\b", self.text):
            return frozenset()
        return frozenset(re.findall(r"(\w+)\s*=", " ".join(updates)))


FOLDERS = ("macros", "derive", "marts")
"""Folders of ``sql`` whose files are run by a build, after the declarations."""


@cache
def with_folders() -> tuple[tuple[str, Script], ...]:
    """Folder and script of all files of a build, each after those whose tables or macros it names."""
    texts = {(folder, p.stem): p.read_text(encoding="utf-8") for folder in FOLDERS for p in sorted((SQL / folder).glob("*.sql"))}
    # neither comments nor texts name what is needed
    bodies = {key: re.sub(r"--.*|'(?:[^']|'')*'", "", text) for key, text in texts.items()}
    # DuckDB looks up what a macro names when the macro is made
    called = {key: {("macros", name) for name in re.findall(r"\b(\w+)\s*\(", text)} for key, text in bodies.items()}
    read = {key: {("marts", name) for name in re.findall(r"\bmarts\.(\w+)\b", text)} for key, text in bodies.items()}
    before = {key: ((called[key] | read[key]) & texts.keys()) - {key} for key in texts}
    derived = {key for key in texts if key[0] == "derive"}
    after = {k: v | derived if k[0] == "marts" else v for k, v in before.items()}
    order = list(TopologicalSorter(after).static_order())
    needs: dict[tuple[str, str], frozenset[str]] = {}
    alone: dict[tuple[str, str], bool] = {}
    for key in order:
        alone[key] = not depends_on_more(bodies[key]) and all(alone[o] for o in before[key] if o[0] == "macros")
        named = frozenset(re.findall(r"\b(?:core|marts)\.\w+", bodies[key]))
        # what a macro reads, its caller reads
        needs[key] = named.union(*(needs[o] for o in before[key] if o[0] == "macros")) - {".".join(key)}
    shown = {key: with_warnings(text, f"sql/{key[0]}/{key[1]}.sql") for key, text in texts.items()}
    paths = {key: frozenset(map("/".join, after[key])) for key in order}
    return tuple((key[0], Script(key[1], shown[key], needs[key], alone[key], "/".join(key), paths[key])) for key in order)


_MORE = re.compile(
    r"\bmeta\.|\b(?:current_date|current_time|current_timestamp|localtime|localtimestamp)\b"
    r"|\b(?:now|today|get_current_\w+|transaction_timestamp|random|uuid|gen_random_uuid|nextval)\s*\(",
    re.IGNORECASE,
)


def depends_on_more(query: str) -> bool:
    """Whether SQL asks for more than tables of core and marts: ``meta``, the clock, chance."""
    return _MORE.search(query) is not None


@cache
def scripts(folder: str) -> tuple[Script, ...]:
    """Scripts of ``sql/<folder>``, each after those whose tables or macros it names."""
    return tuple(script for of, script in with_folders() if of == folder)


@cache
def scripts_in_order() -> tuple[Script, ...]:
    """All scripts of a build: what derives core rows before the marts, every other one after those that it names."""
    return tuple(script for _, script in with_folders())
