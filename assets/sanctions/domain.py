"""Sanctions: every list that is declared below ``lists``, with its reader and its kind of history; registers of acts.

A list is declared in ``lists/<authority>/<reader>.yml``; the module of the same name beside it holds ``READERS``, which give for
each source how its bytes are read and how a snapshot is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from importlib import import_module

import polars as pl

from assets.contracts import CrossSource, DomainPackage, Folded, SourceCode
from assets.identities import Identity
from assets.sanctions import party_history
from assets.sanctions.acts import gathered, us_federal_register, us_ofac_recent_actions
from assets.sanctions.facts.lists import declarations
from assets.sanctions.history.compared.fold import fold_compared
from assets.sanctions.history.coverage import TABLE as COVERAGE
from assets.sanctions.history.mirrors import TABLE as MIRRORS
from assets.sanctions.history.mirrors import fold_mirror, fold_record
from assets.sanctions.history.stated.fold import TABLES as STATED
from assets.sanctions.history.stated.fold import fold_stated
from assets.sanctions.lists.us_bis import entity_list, federal_register
from assets.sanctions.lists.us_ofac import delta
from assets.sanctions.reading.entries import ENTRIES
from assets.sanctions.reading.shape import DETAILS, LISTINGS, MEMBERS, MEMBERS_SHAPE

EVERY = (
    "sanction_lists",
    COVERAGE,
    "sanction_listings",
    "sanction_programs",
    *(f"sanction_{n}" for n in DETAILS),
    "sanction_events",
)
"""What a list staged in the shape of the domain fills."""

SHAPE = {"listings": LISTINGS, **DETAILS}
"""Staged frames of a list in the shape of the domain."""

OF_STATED = {
    "entries": ENTRIES,
    "rules": entity_list.RULES,
    "actions": entity_list.RULES,
    "documents": federal_register.DOCUMENTS,
}
"""Staged frames of a list whose history is stated."""

OF_LISTINGS = Identity("listings", ("native_id",), "name", instead=MEMBERS)
OF_ENTRIES = Identity("entries", ("entry_key",), "name", are_made=True, newest="text_date")

HISTORIES: dict[str, tuple[Callable[..., Folded], tuple[str, ...], dict[str, pl.Schema], Identity]] = {
    "compared": (fold_compared, EVERY, SHAPE, OF_LISTINGS),
    "deltas": (delta.fold, EVERY, SHAPE | delta.frames() | {MEMBERS: MEMBERS_SHAPE}, OF_LISTINGS),
    "mirror": (fold_mirror, (*EVERY, MIRRORS), SHAPE, OF_LISTINGS),
    "record": (fold_record, (*EVERY, MIRRORS), SHAPE, OF_LISTINGS),
    "stated": (fold_stated, STATED, OF_STATED, OF_ENTRIES),
}
"""Kinds of history by the word in the declaration (``list: {history: ...}``), with the tables that are filled, the frames
that the reader may give, and what says who a row is.

compared: editions of the whole list are compared. deltas: the same, and publications of single changes next to them. mirror: a
list that repeats others, whose rows count once. record: a record of notices that keeps what has ended. stated: rules and dated
texts say what changed and when.
"""

ROWS_AT_ONCE = 1_000_000
"""Rows of a list that are folded together: about a hundred vintages of the longest one. While they are folded, each listing that
they touch is held in Python; between two batches it is a row of a file."""

FILLED_BESIDES = {"us_ofac_sdn": ("program_aliases",)}
"""Tables about lists in general that come with one of them."""


def sources() -> Iterator[SourceCode]:
    """The declared lists. An unchanged edition says that nobody came or went, so it is folded too."""
    for path, source, declared in declarations():
        stage, judge = import_module(f"{__package__}.lists.{path.parent.name}.{path.stem}").READERS[source]
        fold, tables, frames, identity = HISTORIES[declared["list"]["history"]]
        tables += FILLED_BESIDES.get(source, ())
        of_list = partial(fold, source)
        code = SourceCode(source, tables, stage, of_list, judge, takes_repeats=True, frames=frames, identity=identity)
        yield replace(code, rows_at_once=ROWS_AT_ONCE)


def cross_source(rows: Callable[[str], pl.LazyFrame]) -> dict[str, pl.DataFrame]:
    """What is made across the lists: which listings are one party, and the acts that changes of listings belong to."""
    return party_history.decide(rows) | gathered.gather(rows)


def package() -> DomainPackage:
    """The domain: its lists, the registers of acts, and what is made across them."""
    registers = (us_federal_register.SOURCE, us_ofac_recent_actions.SOURCE)
    made_across = CrossSource((*party_history.TABLES, *gathered.TABLES), cross_source)
    return DomainPackage("sanctions", (*sources(), *registers), made_across)
