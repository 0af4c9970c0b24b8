"""The SQL files that a build runs, each after those whose tables or macros it names."""

import re
from collections.abc import Collection, Mapping
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
    folder: str = ""

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


FOLDERS = ("macros", "derive", "marts")
"""Folders of ``sql`` whose files are run by a build, after the declarations."""


@cache
def scripts_in_order() -> tuple[Script, ...]:
    """All scripts of a build: what derives core rows before the marts, every other one after those that it names."""
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
    for key in order:
        named = frozenset(re.findall(r"\b(?:core|marts|meta)\.\w+", bodies[key]))
        # what a macro reads, its caller reads
        needs[key] = named.union(*(needs[o] for o in before[key] if o[0] == "macros")) - {".".join(key)}
    commented = {key: with_comments(text, key[1], {name: of for (_, name), of in texts.items()}) for key, text in texts.items()}
    shown = {key: with_warnings(text, f"sql/{key[0]}/{key[1]}.sql") for key, text in commented.items()}
    return tuple(Script(key[1], shown[key], needs[key], key[0]) for key in order)


def with_comments(text: str, name: str, texts: Mapping[str, str]) -> str:
    """The text of a mart with the comments of another one's columns, from its line ``-- columns like: other, but not: a, b``."""
    for line in headers(text, "columns like"):
        other, _, but = line.partition(", but not: ")
        for column, comment in re.findall(rf"^COMMENT ON COLUMN marts\.{other}\.(\w+) (IS '.*';)$", texts[other], re.MULTILINE):
            if column not in names_in(but) and f"marts.{name}.{column} IS" not in text:
                text += f"COMMENT ON COLUMN marts.{name}.{column} {comment}\n"
    return text


@cache
def scripts(folder: str) -> tuple[Script, ...]:
    """Scripts of ``sql/<folder>``, each after those whose tables or macros it names."""
    return tuple(script for script in scripts_in_order() if script.folder == folder)


def with_what_reads_them(names: Collection[str]) -> tuple[Script, ...]:
    """Marts of these names and all that are made of them, in the order in which they are made."""
    found: dict[str, Script] = {}
    for script in scripts("marts"):
        if script.name in names or any(f"marts.{name}" in script.needs for name in found):
            found[script.name] = script
    return tuple(found.values())
