"""``python -m pipelines.publish.source_tables``: writes what the declarations say of the sources into ``docs/sources.md``.

Between the marks of a table the page is made, and nothing is written by hand: which sources there are, and what of them no real
file was at hand for.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from pipelines.domains import DOMAINS
from pipelines.ingest.sources import Source, load_sources
from pipelines.settings import ROOT

TARGET = ROOT / "docs" / "sources.md"
COMMAND = "python -m pipelines.publish.source_tables"
LIVE = {"fetch": "yes", "manual": "by hand"}


def _cell(text: str) -> str:
    """A text in a cell of a table."""
    return re.sub(r"([|<])", r"\\\1", " ".join(text.split()))


def _in_order(sources: Collection[Source]) -> list[Source]:
    """Sources by domain; the lists of parties in order of precedence, before what is no list."""
    return sorted(sources, key=lambda s: (DOMAINS.index(s.domain), s.list is None, 0 if s.list is None else s.list.precedence))


def table_of_sources(sources: Collection[Source]) -> Iterator[str]:
    """How many there are, and a row for each."""
    n_of = {domain: sum(s.domain == domain for s in sources) for domain in DOMAINS}
    n_live = sum(s.live == "fetch" for s in sources)
    n_lists = sum(s.list is not None for s in sources)
    counts = (
        f"{n_lists} lists of parties, {n_of['sanctions'] - n_lists} registers of official acts, "
        f"{n_of['overdose']} sources of statistics, {n_of['news']} of news, {n_of['policy']} of policy"
    )
    yield f"There are {len(sources)} sources: {counts}. Of these {n_live} are fetched live.\n"
    yield "| source | what | live | licence |"
    yield "|---|---|---|---|"
    for s in _in_order(sources):
        page = "acts" if s.domain == "sanctions" and s.list is None else s.domain
        name = f"[`{s.id}`](sources/{page}.md#{s.id})"
        licence = re.sub(r" \(work of the .+? government\)", "", s.licence)
        yield f"| {name} | {_cell(s.title)} | {LIVE[s.live]} | {_cell(licence)} |"


def table_of_unseen(sources: Collection[Source]) -> Iterator[str]:
    """What was never read in a file of the publisher's, by source."""
    yield "| source | what |"
    yield "|---|---|"
    for s in _in_order(sources):
        if s.unseen is not None:
            yield f"| `{s.id}` | {_cell(s.unseen)} |"


TABLES = {"sources": table_of_sources, "unseen": table_of_unseen}
"""What is made, by the word in the marks around it: ``<!-- sources: begin -->`` and ``<!-- sources: end -->``."""


def with_tables(page: str, sources: Collection[Source]) -> str:
    """The page with its tables renewed.

    Raises:
        ValueError: the marks of a table are missing.
    """
    for word, made in TABLES.items():
        begin, end = f"<!-- {word}: begin -->\n", f"<!-- {word}: end -->\n"
        before, found, rest = page.partition(begin)
        if not found or end not in rest:
            raise ValueError(f"{TARGET.name}: the marks {begin.strip()} and {end.strip()} are missing")
        lines = "\n".join(made(sources))
        page = f"{before}{begin}\n{lines}\n\n{end}{rest.partition(end)[2]}"
    return page


def main() -> None:
    """Write the page."""
    page = TARGET.read_text(encoding="utf-8")
    TARGET.write_text(with_tables(page, load_sources().values()), encoding="utf-8")
    print(f"written: {TARGET.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
