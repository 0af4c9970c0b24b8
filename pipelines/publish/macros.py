"""Macros: what the header of their file says of them, and how they are kept from answering from another file.

DuckDB looks up the tables that a macro names in the database in use: with two files attached, ``r.listed_on(...)`` would answer
from that one. So every macro that reads a table names a function whose name holds the publication of its file: in another
database there is none, and the call is refused. It is always true: planning folds it away.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assets.schema import usage_warnings

_LABEL = re.compile(r"(?:[a-z]+(?:, [a-z]+)*|Result|As in|Column \w+(?: \([\w, ]+\))?): ")
_COLUMN = re.compile(r"Column (\w+)(?: \(([\w, ]+)\))?: (.+)")


@dataclass(frozen=True)
class MacroColumn:
    """What a column that a macro gives means, and the words that it may hold; none where it is free."""

    description: str
    vocabulary: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Header:
    """The comment on top of a macro's file: sentences, each argument and the result on lines of their own, and an example.

    ``columns`` are those that the macro alone gives; all others mean what they mean in the tables and macros of ``as_in``.
    """

    lines: tuple[str, ...]
    example: str
    columns: Mapping[str, MacroColumn]
    as_in: tuple[str, ...]

    @property
    def first_sentence(self) -> str:
        """What the macro is, in one sentence: its comment in the published file."""
        found = re.match(r".+?\.(?= [A-Z]|$)", self.lines[0])
        return self.lines[0] if found is None else found[0]

    @property
    def result(self) -> str:
        """What it gives; the empty text where nothing is said of it."""
        found = next((line for line in self.lines if "Result: " in line), "")
        return found.partition("Result: ")[2]

    @property
    def notes(self) -> tuple[str, ...]:
        """What is said of its arguments, and warnings: all lines but the first and the result."""
        return tuple(shown for line in self.lines[1:] if (shown := line.partition("Result: ")[0].strip()))

    def call(self, name: str) -> str:
        """The call of the macro in its example, with its arguments."""
        start = self.example.index(f"{name}(")
        depth = 0
        for end in range(start + len(name), len(self.example)):
            depth += {"(": 1, ")": -1}.get(self.example[end], 0)
            if depth == 0:
                return self.example[start : end + 1]
        raise ValueError(f"the example of {name} does not close its call: {self.example}")

    def query(self, name: str) -> str:
        """A query for all that the macro gives in its example; a ``WITH`` that it takes its rows from stands before it."""
        before = self.example.partition(f"FROM {name}(")[0] if self.example.startswith("WITH ") else ""
        return f"{before}FROM {self.call(name)}"


def header(text: str) -> Header:
    """Read the header of a file of ``sql/macros``: lines that go on are joined; what follows ``Example:`` is the example."""
    head = [line.removeprefix("--").strip() for line in text[: text.index("CREATE ")].splitlines() if line.startswith("--")]
    at = next(i for i, line in enumerate(head) if line.startswith("Example: "))
    lines: list[str] = []
    for line in head[:at]:
        if lines and not _LABEL.match(line):
            lines[-1] += f" {line}"
        else:
            lines.append(line)
    warnings = iter(usage_warnings(text, "a macro"))
    lines = [next(warnings).shown if line.startswith("warning: ") else line for line in lines]
    columns = {m[1]: MacroColumn(m[3], tuple(m[2].split(", ")) if m[2] else ()) for m in map(_COLUMN.match, lines) if m}
    like = [name for line in lines if line.startswith("As in: ") for name in line.removeprefix("As in: ").split(", ")]
    like += [name for line in lines for name in re.findall(r"the columns of ([\w.]*\w)", line.partition("Result: ")[2])]
    sentences = tuple(line for line in lines if not line.startswith(("Column ", "As in: ")))
    example = " ".join([head[at].removeprefix("Example: "), *head[at + 1 :]])
    return Header(sentences, example, columns, tuple(dict.fromkeys(like)))


def meanings(
    gives: Mapping[str, Sequence[str]], headers: Mapping[str, Header], tables: Mapping[str, Mapping[str, MacroColumn]]
) -> dict[str, dict[str, MacroColumn]]:
    """What each column of each macro means: as its header says, or as in the first of the tables and macros that it names.

    Raises ValueError where nothing says it, or a header speaks of a column or a table that is not there.
    """
    found: dict[str, dict[str, MacroColumn]] = {}

    def of(name: str) -> Mapping[str, MacroColumn]:
        if name in tables:
            return tables[name]
        if name not in found:
            if name not in gives:
                raise ValueError(f"a header names {name}, which is no table and no macro that gives one")
            found[name] = {}
            head = headers[name]
            if unknown := head.columns.keys() - set(gives[name]):
                raise ValueError(f"{name}.sql: there is no column {', '.join(sorted(unknown))} in what it gives")
            sources = [head.columns, *(of(other) for other in head.as_in)]
            for column in gives[name]:
                meaning = next((source[column] for source in sources if column in source), None)
                if meaning is None:
                    raise ValueError(f"{name}.sql: say what {column} means: '-- Column {column}: ...' or '-- As in: <table>'")
                found[name][column] = meaning
        return found[name]

    for name in gives:
        of(name)
    return found


_BODY = re.compile(
    r"(CREATE OR REPLACE MACRO \w+\([^()]*\) AS)\s+(TABLE\s)?(.*?);(?=\s*^COMMENT ON MACRO )", re.DOTALL | re.MULTILINE
)


def guard_of(publication: Sequence[str]) -> str:
    """The quoted name of the function that stands for one publication: the sentence that DuckDB shows where it is missing."""
    key = hashlib.sha256(repr(list(publication)).encode()).hexdigest()[:12]
    return f'meta."these macros read the database in use: say USE and the name of their own database first (publication {key})"'


def bound(text: str, guard: str) -> str:
    """The file of a macro, made such that it refuses in every database but that of ``guard``. Raises ValueError if none."""

    def within(found: re.Match[str]) -> str:
        head, table, body = found[1], found[2], found[3]
        # a line of its own: the body may end in a comment
        inner = f"({body}\n)"
        if table is not None:
            return f"{head} TABLE SELECT * FROM {inner} AS answer WHERE {guard}();"
        return f"{head} CASE WHEN {guard}() THEN {inner} END;"

    changed, n = _BODY.subn(within, text)
    if n != 1:
        raise ValueError(f"expected one macro with a comment after it, found {n}: {text[:200]}")
    return changed
