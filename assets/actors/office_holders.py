"""Who held an office, and when: rows of ``data/office_holders.csv`` as actors, as the names that news text gives them, as terms.

A row is one term of one person: ``actor_id``, ``office`` (a key of ``OFFICES``), ``name``, ``also`` (other spellings of the
name), ``titled`` (what stands after a title: ``Chancellor Merkel``), ``alone`` (what stands for this person without a title,
since no other holder, city or word is written so), ``in_term`` (what does so while in office; with a question mark where others
have the name too), ``valid_from``, ``valid_to`` (half-open; empty: not known to have ended), ``origin``. Several names in a cell
are parted by ``|``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

BARE, ALONE, TITLED = 1.0, 0.8, 0.95
"""How surely a name stands for an actor when nothing else is known: a full name of a holder of office, a surname without a title,
and a title with a surname on a day of the term."""
IN_TERM, BESIDE = 0.6, 0.3
"""A surname without a title on a day of the term; the second where others in the news have it too (``Khan?``): it is meant only
where the text names the state."""


@dataclass(frozen=True)
class Office:
    """What the holders of an office are called in English, and their sector. Without titles: no title names this office alone."""

    sector: str
    titles: tuple[str, ...]


_DEFENCE = ("Defence Minister", "Defense Minister", "Minister of Defence", "Minister of Defense")
OFFICES = {
    "P": Office("GOV", ("President",)),
    "PM": Office("GOV", ("Prime Minister", "Premier", "PM", "Prime minister")),
    "C": Office("GOV", ("Chancellor",)),
    "VP": Office("GOV", ("Vice President", "Vice-President")),
    "K": Office("GOV", ()),
    "E": Office("GOV", ("Emir", "Sheikh")),
    "S": Office("GOV", ()),
    "SL": Office("GOV", ("Supreme Leader", "Ayatollah")),
    "L": Office("GOV", ("leader", "General")),
    "G": Office("GOV", ("Soviet leader", "General Secretary", "Soviet President")),
    "H": Office("GOV", ("General", "Chief Adviser")),
    "SC": Office("GOV", ("State Counsellor",)),
    "SOS": Office("GOV", ("Secretary of State",)),
    "FM": Office("GOV", ("Foreign Minister", "Foreign Secretary", "External Affairs Minister", "FM")),
    "DS": Office("MIL", ("Defense Secretary", "Secretary of Defense", "Defence Secretary")),
    "DM": Office("MIL", (*_DEFENCE, "Defence Secretary", "Defense Secretary")),
    "POPE": Office("GOV", ()),
    "O": Office("GOV", ()),
    "I": Office("IGO", ()),
}
"""O: an office of state that no title names alone. I: the head of an organisation."""

COLUMNS = ("actor_id", "office", "name", "also", "titled", "alone", "in_term", "valid_from", "valid_to", "origin")


def people(holders: pl.DataFrame, known: pl.Series, states: pl.Series) -> pl.DataFrame:
    """Actors for the holders that are not yet ``known`` (ids): one row a person, with the last unbroken stretch of office.

    Args:
        holders: the file as text, with ``row`` and ``file``.
        known: ids of actors of the other files.
        states: ids of states; who serves an organisation has no country.

    Returns:
        The text columns of an actors file, with ``row`` and ``file``.
    """
    rows: dict[str, dict[str, object]] = {}
    countries = set(states)
    fresh = holders.filter(~pl.col("actor_id").is_in(known.implode())).sort("actor_id", "valid_from")
    for r in fresh.rows(named=True):
        state = r["actor_id"].split(".")[0]
        before = rows.get(r["actor_id"])
        goes_on = before is not None and before["valid_to"] is not None and before["valid_to"] >= r["valid_from"]
        rows[r["actor_id"]] = {
            "actor_id": r["actor_id"],
            "kind": "person",
            "name": r["name"] if before is None else before["name"],
            "country_id": state if state in countries else None,
            "sector": OFFICES[r["office"]].sector,
            "parent_id": state,
            "valid_from": before["valid_from"] if before is not None and goes_on else r["valid_from"],
            "valid_to": r["valid_to"],
            "row": r["row"],
            "file": r["file"],
        }
    return _frame(list(rows.values()), holders)


def names(holders: pl.DataFrame, written: pl.DataFrame) -> pl.DataFrame:
    """Surfaces of the holders, but for those that other files know more about.

    Args:
        holders: the file as text, with ``row`` and ``file``.
        written: surfaces of the other files (``alias``, ``actor_id``, ``valid_from``, ``valid_to``, text). What one of them gives
            to the same actor, or to anybody at all times, is left to it.

    Returns:
        The text columns of a file of aliases, with ``row`` and ``file``. A title with a surname has the tenure of the term. A
        name has none, but where its bearer served a state and an organisation: there it is each from the day of office on.
    """
    found: dict[tuple[str, str, str | None, str | None], dict[str, object]] = {}
    always = set(written.filter(pl.col("valid_from").is_null(), pl.col("valid_to").is_null())["alias"])
    written_names = set(written["alias"])
    own = set(written.select("alias", "actor_id").iter_rows())
    moves = _moves(holders)
    for r in holders.rows(named=True):
        office = OFFICES[r["office"]]
        bare = [(n, BARE) for n in (r["name"], *_cell(r["also"]))] + [(n, ALONE) for n in _cell(r["alone"])]
        titled = [f"{title} {name}" for title in office.titles for name in _cell(r["titled"])]
        times = moves.get(r["name"], {}).get(r["actor_id"], [(None, None)])
        named: list[tuple[str, float, str | None, str | None, str | None]] = [
            (n, c, start, end, None) for n, c in bare for start, end in times
        ]
        named += [(n, TITLED, r["valid_from"], r["valid_to"], office.sector) for n in titled]
        named += [(n, certainty, r["valid_from"], r["valid_to"], office.sector) for n, certainty in _surnames(r)]
        for name, certainty, start, end, sector in named:
            is_taken = any(n == name for n, _ in bare) and name in written_names
            if is_taken or name in always or (name, r["actor_id"]) in own:
                continue
            found.setdefault(
                (name, r["actor_id"], start, end),
                {
                    "scheme": "surface",
                    "alias": name,
                    "actor_id": r["actor_id"],
                    "valid_from": start,
                    "valid_to": end,
                    "certainty": str(certainty),
                    "sector": sector,
                    "row": r["row"],
                    "file": r["file"],
                },
            )
    return _frame(list(found.values()), holders)


def _surnames(holder: Mapping[str, str | None]) -> list[tuple[str, float]]:
    """What stands for a leader without a title on the days of the term, and how surely."""
    return [(name.rstrip("?"), BESIDE if name.endswith("?") else IN_TERM) for name in _cell(holder["in_term"])]


def _frame(rows: list[dict[str, object]], holders: pl.DataFrame) -> pl.DataFrame:
    columns = list(rows[0]) if rows else []
    return pl.DataFrame(
        {c: [row[c] for row in rows] for c in columns},
        schema={c: holders.schema["row"] if c == "row" else pl.String() for c in columns},
    )


def _moves(holders: pl.DataFrame) -> dict[str, dict[str, list[tuple[str | None, str | None]]]]:
    """By name and actor, the times for which a name of several actors stands for this one: from each first term to the next's."""
    moved = holders.filter(pl.col("actor_id").n_unique().over("name") > 1).sort("name", "valid_from")
    found: dict[str, dict[str, list[tuple[str | None, str | None]]]] = {}
    for (name,), terms in moved.group_by("name", maintain_order=True):
        runs = terms.filter(pl.col("actor_id") != pl.col("actor_id").shift().fill_null(""))
        starts = runs["valid_from"].to_list()
        for n, actor in enumerate(runs["actor_id"]):
            start = None if n == 0 else starts[n]
            end = starts[n + 1] if n + 1 < len(starts) else None
            found.setdefault(str(name), {}).setdefault(actor, []).append((start, end))
    return found


def terms(holders: pl.DataFrame) -> pl.DataFrame:
    """Terms of office: ``actor_id``, ``sector``, ``valid_from``, ``valid_to`` (days)."""
    sectors = {key: office.sector for key, office in OFFICES.items()}
    day = (pl.col(c).str.to_date("%Y-%m-%d") for c in ("valid_from", "valid_to"))
    return holders.select("actor_id", pl.col("office").replace_strict(sectors).alias("sector"), *day)


def _cell(text: str | None) -> list[str]:
    return text.split("|") if text else []
