"""The registry of actors: states, subdivisions, bodies and persons, and every code or name that stands for one of them.

Facts are in ``data/*.csv`` next to this module and are read once per process.
Files named ``actors*.csv`` hold the columns of ``core.actors``. Files named ``aliases*.csv`` hold scheme, alias and actor_id, and
where needed valid_from, valid_to, certainty and sector. An alias without actor_id is deliberate: a country name that is
no country (``undetermined``), or a surface that is matched and stands for nobody (``South China Morning Post``).

Three tables have layouts of their own: ``office_holders.csv`` (see ``office_holders``), and ``cities.csv`` and ``regions.csv``: a
name, and the states that have a city or a region of this name, parted by ``|``. All become actors and aliases like any others.

A folder of a user may add files of the same two layouts (``extra``). What parties the lists name is not here: those
actors come from the listings themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path

import polars as pl

from assets.actors import office_holders
from assets.errors import BilateralError
from assets.schema import table

DATA = Path(__file__).resolve().parent / "data"
FACTS = ("data/*.csv",)
PLACE, SHARED = 0.8, 0.5
"""How surely the name of a city or region stands for a state: that one state has, and that several have."""
CODE_SCHEMES = ("iso2", "iso3", "cameo", "fips", "country_name")
_TEXT = pl.String
_ACTOR_COLUMNS = ("actor_id", "kind", "name", "country_id", "sector", "parent_id", "valid_from", "valid_to")
_ALIAS_COLUMNS = ("scheme", "alias", "actor_id", "valid_from", "valid_to", "certainty", "sector")
_PLACES = ("cities.csv", "regions.csv")
_PLACE_COLUMNS = ("name", "country_ids")
_FIGURES = "actors_figures.csv"
_SHOWN = 20


@dataclass(frozen=True)
class _Registry:
    """What the files say, checked: actors, aliases with those that stand for nobody (actor_id NULL), and terms of office.

    ``by_name``: ids of the persons of whom it has a name and no more.
    """

    actors: pl.DataFrame
    aliases: pl.DataFrame
    terms: pl.DataFrame
    by_name: frozenset[str]


def _read(path: Path, columns: tuple[str, ...], required: tuple[str, ...]) -> pl.DataFrame:
    """Return one file as text columns, with ``file`` and ``row`` (from 1, header not counted); blank cells are NULL."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        raw = pl.read_csv(StringIO(text), infer_schema=False, encoding="utf8")
    except UnicodeDecodeError as error:
        raise BilateralError(f"{path}: not UTF-8 (byte {error.start}); save it as CSV in UTF-8") from error
    except pl.exceptions.PolarsError as error:
        raise BilateralError(f"{path}: cannot be read as CSV with the header {','.join(columns)}: {error}") from error
    unknown = [c for c in raw.columns if c not in columns]
    missing = [c for c in required if c not in raw.columns]
    if unknown or missing:
        optional = ", ".join(c for c in columns if c not in required)
        raise BilateralError(
            f"{path}: the header must name {', '.join(required)} and may name {optional}; "
            f"missing: {', '.join(missing) or 'none'}; unknown: {', '.join(unknown) or 'none'}"
        )
    cell = pl.all().str.strip_chars().replace("", None)
    return (
        raw.select(cell)
        .select(*(pl.col(c) if c in raw.columns else pl.lit(None, _TEXT).alias(c) for c in columns))
        .with_row_index("row", offset=1)
        .with_columns(pl.lit(str(path)).alias("file"))
    )


def _read_folder(folder: Path, *, packaged: bool) -> tuple[list[pl.DataFrame], list[pl.DataFrame]]:
    if not folder.is_dir():
        raise BilateralError(f"{folder}: no such folder of actors; it should hold files named actors*.csv and aliases*.csv")
    paths = sorted(folder.glob("*.csv"))
    stray = [p.name for p in paths if not p.name.startswith(("actors", "aliases"))]
    if not packaged and (stray or not paths):
        raise BilateralError(
            f"{folder}: files must be named actors*.csv or aliases*.csv; found: {', '.join(stray) or 'no CSV file'}"
        )
    return (
        [_read(p, _ACTOR_COLUMNS, ("actor_id", "kind", "name")) for p in paths if p.name.startswith("actors")],
        [_read(p, _ALIAS_COLUMNS, ("scheme", "alias", "actor_id")) for p in paths if p.name.startswith("aliases")],
    )


def _say(frame: pl.DataFrame, wrong: pl.Expr, column: str, reason: str) -> list[str]:
    """Return a line for each row where ``wrong`` holds: file, row, column, value, reason."""
    return [
        f"  {file}, row {row}, column {column}: {'empty' if value is None else repr(str(value))} {reason}"
        for file, row, value in frame.filter(wrong).select("file", "row", column).iter_rows()
    ]


def _dated(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Return the frame with its two date columns as dates, and what cannot be read as one."""
    dates = frame.with_columns(
        pl.col(c).str.to_date("%Y-%m-%d", strict=False).alias(f"{c}_date") for c in ("valid_from", "valid_to")
    )
    problems = [
        line
        for c in ("valid_from", "valid_to")
        for line in _say(dates, pl.col(c).is_not_null() & pl.col(f"{c}_date").is_null(), c, "is not a date written YYYY-MM-DD")
    ]
    typed = dates.drop("valid_from", "valid_to").rename({"valid_from_date": "valid_from", "valid_to_date": "valid_to"})
    problems += _say(
        typed, pl.col("valid_from") >= pl.col("valid_to"), "valid_to", "is not after valid_from (it is the day after the last)"
    )
    return typed, problems


def _unknown_word(frame: pl.DataFrame, column: str, words: Iterable[str]) -> list[str]:
    allowed = sorted(words)
    return _say(frame, ~pl.col(column).is_in(allowed).fill_null(False), column, f"is not one of {', '.join(allowed)}")


def _check(actors: pl.DataFrame, aliases: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return both, typed. Raises BilateralError that lists every problem with its file, row and column."""
    problems = [line for c in ("actor_id", "name") for line in _say(actors, pl.col(c).is_null(), c, "must be given")]
    problems += _unknown_word(actors, "kind", table("core.actors").vocabulary("kind"))
    problems += _say(
        actors, pl.col("actor_id").is_not_null() & ~pl.col("actor_id").is_first_distinct(), "actor_id", "is already an actor"
    )
    known = actors["actor_id"].drop_nulls()
    states = actors.filter(kind="state")["actor_id"].drop_nulls()
    problems += _say(
        actors, pl.col("parent_id").is_not_null() & ~pl.col("parent_id").is_in(known.implode()), "parent_id", "is not an actor"
    )
    problems += _say(
        actors, pl.col("country_id").is_not_null() & ~pl.col("country_id").is_in(states.implode()), "country_id", "is not a state"
    )
    actors, dated = _dated(actors)
    problems += dated

    schemes = table("core.actor_aliases").vocabulary("scheme")
    problems += _unknown_word(aliases, "scheme", schemes)
    problems += _say(aliases, pl.col("alias").is_null(), "alias", "must be given")
    problems += _say(
        aliases, pl.col("actor_id").is_not_null() & ~pl.col("actor_id").is_in(known.implode()), "actor_id", "is not an actor"
    )
    codes = pl.col("scheme") != "surface"
    folded = pl.when(pl.col("scheme") == "country_name").then(pl.col("alias").str.to_lowercase()).otherwise(pl.col("alias"))
    problems += _say(
        aliases,
        codes & ~pl.struct("scheme", folded.alias("folded")).is_first_distinct(),
        "alias",
        "is given twice in this scheme",
    )
    problems += _say(
        aliases,
        pl.col("actor_id").is_null() & ~pl.col("scheme").is_in(["country_name", "surface"]),
        "actor_id",
        "must be given: a code stands for an actor",
    )
    aliases, dated = _dated(aliases)
    problems += dated
    problems += _say(
        aliases,
        ~codes & ~pl.struct("scheme", "alias", "actor_id", "valid_from", "valid_to").is_first_distinct(),
        "alias",
        "is given twice for this actor",
    )
    number = pl.col("certainty").cast(pl.Float64, strict=False)
    problems += _say(
        aliases,
        pl.col("certainty").is_not_null() & ~number.is_between(0, 1).fill_null(False),
        "certainty",
        "is not a number from 0 to 1",
    )
    if problems:
        shown = "\n".join(problems[:_SHOWN]) + (f"\n  ... and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else "")
        raise BilateralError(f"The files of actors do not hold together:\n{shown}")
    return actors, aliases.with_columns(number.fill_null(1.0))


@cache
def _registry(extra: Path | None) -> _Registry:
    actors, aliases = _read_folder(DATA, packaged=True)
    holders = _read(DATA / "office_holders.csv", office_holders.COLUMNS, office_holders.COLUMNS)
    written = pl.concat(aliases).filter(scheme="surface")
    known = pl.concat(actors)
    people = office_holders.people(holders, known["actor_id"], known.filter(kind="state")["actor_id"])
    names = pl.concat([office_holders.names(holders, written), _places(written["alias"])], how="diagonal")
    actors.append(people.select(actors[0].columns))
    aliases.append(names.select(aliases[0].columns))
    if extra is not None:
        more_actors, more_aliases = _read_folder(extra, packaged=False)
        actors, aliases = actors + more_actors, aliases + more_aliases
    checked = _check(pl.concat(actors), pl.concat(aliases))
    figures = _read(DATA / _FIGURES, _ACTOR_COLUMNS, _ACTOR_COLUMNS)
    return _Registry(*checked, office_holders.terms(holders), frozenset([*people["actor_id"], *figures["actor_id"]]))


def _places(taken: pl.Series) -> pl.DataFrame:
    """Aliases of the states by the names of their cities and regions; a name that several states have is an alias of each."""
    places = pl.concat([_read(DATA / name, _PLACE_COLUMNS, _PLACE_COLUMNS) for name in _PLACES])
    states = pl.col("country_ids").str.split("|")
    certainty = pl.when(states.list.len() > 1).then(pl.lit(str(SHARED))).otherwise(pl.lit(str(PLACE)))
    return (
        places.filter(~pl.col("name").is_in(taken.implode()))
        .with_columns(states.alias("actor_id"), certainty.alias("certainty"))
        .explode("actor_id")
        .select(
            pl.lit("surface").alias("scheme"),
            pl.col("name").alias("alias"),
            "actor_id",
            pl.lit(None, _TEXT).alias("valid_from"),
            pl.lit(None, _TEXT).alias("valid_to"),
            "certainty",
            pl.lit(None, _TEXT).alias("sector"),
            "row",
            "file",
        )
    )


def actors(extra: Path | None = None) -> pl.DataFrame:
    """Return ``core.actors``: the packaged actors and those of the folder ``extra``, sorted by actor_id.

    A state row (ISO 3166-1 alpha-3, territories too) is its own ``country_id``; ``parent_id`` names the sovereign state of
    a territory. Regions and organisations have no country. Raises BilateralError where a file is wrong.
    """
    return table("core.actors").conform(_registry(extra).actors.select(_ACTOR_COLUMNS)).sort("actor_id")


def aliases(extra: Path | None = None) -> pl.DataFrame:
    """Return ``core.actor_aliases``, sorted; without the aliases that stand for nobody."""
    known = _registry(extra).aliases.filter(pl.col("actor_id").is_not_null())
    columns = table("core.actor_aliases").polars.names()
    return table("core.actor_aliases").conform(known.select(columns)).sort(columns, nulls_last=False)


def surfaces(extra: Path | None = None) -> pl.DataFrame:
    """Return what a gazetteer matches: one row per surface and actor (and tenure), case-sensitive.

    Returns:
        surface, actor_id (NULL: a blocker, matched and standing for nobody), country_id, sector (of the office where the
        alias states one, else of the actor), valid_from and valid_to (half-open; NULL is unbounded), certainty (0 to 1:
        how surely the words stand for this actor when nothing else is known).
    """
    found = _registry(extra)
    who = found.actors.select("actor_id", "country_id", pl.col("sector").alias("actor_sector"))
    return (
        found.aliases.filter(scheme="surface")
        .join(who, on="actor_id", how="left")
        .select(
            pl.col("alias").alias("surface"),
            "actor_id",
            "country_id",
            pl.coalesce("sector", "actor_sector").alias("sector"),
            "valid_from",
            "valid_to",
            "certainty",
        )
        .sort("surface", "actor_id", "valid_from", nulls_last=False)
    )


def terms(extra: Path | None = None) -> pl.DataFrame:
    """Return the terms of office of persons: ``actor_id``, ``sector``, ``valid_from``, ``valid_to`` (days, half-open).

    A person may have several, also at once. Who has none here is not known never to have held an office.
    """
    return _registry(extra).terms


@cache
def places() -> frozenset[str]:
    """Return the names of cities and regions: places first, and their states only where people speak of them so."""
    return frozenset(pl.concat([pl.read_csv(DATA / name, infer_schema=False) for name in _PLACES])["name"])


def known_by_name() -> frozenset[str]:
    """Return the ids of the persons of whom there is a name and no more, which is no proof of who one is.

    They are those that only the table of office holders knows, and public figures without an office.
    """
    return _registry(None).by_name


def former_leaders() -> list[str]:
    """Return the names that stand for the states of former leaders."""
    return _read(DATA / "aliases_former_leaders.csv", _ALIAS_COLUMNS, ("scheme", "alias", "actor_id"))["alias"].to_list()


def roles() -> pl.DataFrame:
    """Return the words for roles: ``words`` (in small letters), ``sector``, ``weight`` (a heavier word outweighs a lighter)."""
    return pl.read_csv(DATA / "roles.csv", infer_schema=False)


@cache
def code_map(scheme: str, extra: Path | None = None) -> dict[str, str]:
    """Return code or name to actor_id; shared between callers, so not to be changed.

    Args:
        scheme: ``iso2``, ``iso3``, ``cameo``, ``fips`` (codes in capitals as the sources write them) or ``country_name``
            (keys casefolded, with the straight and the typographic apostrophe).
        extra: folder of a user's own files.

    CAMEO codes of regions and organisations give an actor whose ``country_id`` is NULL (``REG.EUR``, ``UN``).
    Raises BilateralError for another scheme: a surface may stand for several actors, see ``surfaces``.
    """
    if scheme not in CODE_SCHEMES:
        raise BilateralError(f"No code map for the scheme {scheme!r}: it must be one of {', '.join(CODE_SCHEMES)}")
    pairs = dict(aliases(extra).filter(scheme=scheme).select("alias", "actor_id").iter_rows())
    if scheme != "country_name":
        return pairs
    return {k.casefold(): v for name, v in pairs.items() for k in (name, name.replace("'", "’"))}


@cache
def no_countries(extra: Path | None = None) -> frozenset[str]:
    """Return the casefolded country names that are known and deliberately stand for no actor (``undetermined``)."""
    known = _registry(extra).aliases.filter(pl.col("actor_id").is_null(), scheme="country_name")
    return frozenset(name.casefold() for name in known["alias"])


@cache
def us_jurisdictions() -> dict[str, str]:
    """Return VSRR's codes of jurisdictions to actor_id: US, 50 states, DC, PR, and YC.

    VSRR's row NY is the state without New York City, which is YC; ``US-NY`` (their sum) is in no row of the source.
    """
    codes = [i.removeprefix("US-") for i in actors()["actor_id"] if re.fullmatch(r"US-[A-Z]{2}", i)]
    return {"US": "USA"} | {c: f"US-{c}" for c in codes} | {"NY": "US-NY-XNYC", "YC": "US-NY-NYC"}


@cache
def cameo_codes() -> pl.DataFrame:
    """Return ``core.cameo_codes``: every CAMEO code, with both quad schemes.

    Goldstein values are those GDELT publishes (ICEWS differs at 016, 022, 164 and 165); 106 and 1213, which GDELT's table
    lacks, have the value of the ICEWS table, and 1214, which is in neither, has none. PLOVER events follow the crosswalk of
    2021: 085 is RETREAT, 163 is COERCE, and roots 01 and 02 have none.
    Schrodt's quads break after roots 05, 08 and 13, GDELT's after 05, 09 and 14: so 09 (investigate) and 14 (protest) differ.
    """
    codes = pl.read_csv(DATA / "cameo_codes.csv", infer_schema=False)
    root = pl.col("cameo_code").str.slice(0, 2)
    number = root.cast(pl.Int8)

    def quad(*last_roots: int) -> pl.Expr:
        return pl.sum_horizontal(pl.lit(1, pl.Int8), *(number.gt(last).cast(pl.Int8) for last in last_roots)).cast(pl.Int8)

    return table("core.cameo_codes").conform(
        codes.with_columns(
            root.alias("cameo_root"),
            pl.col("goldstein").cast(pl.Float64),
            quad(5, 8, 13).alias("quad_schrodt"),
            quad(5, 9, 14).alias("quad_gdelt"),
        ).sort("cameo_code")
    )
