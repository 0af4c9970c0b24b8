"""Listings that are new: their first versions, programs and details, and the listings that they replace. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import polars as pl

from assets.days import last_instants
from assets.sanctions.facts.lists import canonical_programs, listing_page, page_of
from assets.sanctions.history.compared.records import COMPARED, Ended, Moment, RemarksReader
from assets.sanctions.history.compared.seen import COUNTRIES_OF, Seen, programs_in, scope_of
from assets.sanctions.history.versioned_rows import Row, comparable_name
from assets.sanctions.reading.shape import DETAIL_KEYS, DETAILS, OWN_COLUMNS


def replaced_by(
    new: pl.DataFrame, shown: Collection[str], ended: Sequence[Ended], past: Mapping[str, date], day: date
) -> dict[str, Ended]:
    """For new ids the listing of the same name and type, removed at most three days before, that each replaces.

    Args:
        new: the listings that are new.
        shown: native_ids that the snapshot shows; what has come back under its own id was not replaced.
        ended: the listings removed in the last days.
        past: ends of listings that are no longer shown, by native_id.
        day: of the snapshot.
    """
    found: dict[str, Ended] = {}
    free = [e for e in ended if e.listing["native_id"] not in shown and _began_before_it_went(e.listing)]
    # what the list itself says has ended takes nothing over
    rows = new.filter((pl.col("ends_on") > day).fill_null(True)) if free else new.clear()
    for native_id, name, party_type in rows.select("native_id", "name", "party_type").iter_rows():
        plain = comparable_name(name)
        if not plain or native_id in past:
            continue
        same = [e for e in free if comparable_name(e.listing["name"]) == plain and e.listing["party_type"] == party_type]
        if same:
            found[native_id] = max(same, key=lambda e: (e.listing["valid_to"], e.listing["listing_id"]))
            free.remove(found[native_id])
    return found


def _began_before_it_went(row: Row) -> bool:
    return row["valid_from"] is None or row["valid_to_earliest"] is None or row["valid_from"] <= row["valid_to_earliest"]


def first_versions(
    list_id: str,
    new: pl.DataFrame,
    replaced: Mapping[str, Ended],
    past: Mapping[str, date],
    actors: Mapping[str, str],
    moment: Moment,
    withdrawn: Collection[str] = (),
) -> pl.DataFrame:
    """Rows of core.sanction_listings for listings that are new, with native_id and the cell of programs.

    Args:
        list_id: the list.
        new: listings as ``Seen`` holds them.
        replaced: by native_id the listing that each replaces, where there is one.
        past: ends of listings that are no longer shown, by native_id.
        actors: actor_id of listings that are one party under another id, by listing_id.
        moment: when they were seen.
        withdrawn: native_ids that were known once, and not in between: they are known again from this moment on.
    """
    ids = new["native_id"].to_list()
    listing_ids = [f"{list_id}:{i}" for i in ids]
    # an end that is stated has no lower bound: it is the first day on which the other id can take over
    gaps = {i: e.listing["valid_to_earliest"] or e.listing["valid_to"] for i, e in replaced.items()}
    rows = new.with_columns(
        pl.Series("listing_id", listing_ids),
        pl.Series("actor_id", [actors.get(i, i) for i in listing_ids]),
        pl.Series("past", [past.get(i) for i in ids], pl.Date),
        pl.Series("gap", [gaps.get(i) for i in ids], pl.Date),
        pl.Series("is_reissue", [i in replaced for i in ids]),
    )
    day, since = pl.lit(moment.day), pl.lit(moment.since, pl.Date)
    stated, ends = pl.col("listed_on"), pl.col("ends_on")
    censored = moment.since is None
    # a re-issue takes over within the gap; a party that returns does not do so before it had gone
    is_stated = (
        stated.is_not_null()
        & (stated >= pl.col("past")).fill_null(True)
        & (~pl.col("is_reissue") | stated.is_between("gap", day)).fill_null(False)
    )
    published_at = last_instants(pl.col("published_on"))
    is_public = (
        (published_at <= moment.known_at)
        & pl.col("past").is_null()
        & ~pl.col("is_reissue")
        & ~pl.col("native_id").is_in(list(withdrawn))
        # a start that comparing dates cannot have been known before the snapshot that showed it
        & (is_stated | pl.lit(censored))
    ).fill_null(False)
    compared = pl.lit(None, pl.Date) if censored else pl.min_horizontal(day, ends)
    rows = rows.with_columns(is_stated.alias("is_stated"), is_public.alias("is_public")).with_columns(
        pl.when("is_stated").then(stated).otherwise(compared).alias("valid_from")
    )
    has_end = (ends.is_not_null() & (ends >= pl.col("valid_from")).fill_null(True)).alias("has_end")
    return rows.with_columns(has_end).select(
        *("listing_id", "native_id", "actor_id", *OWN_COLUMNS, "programs", "valid_from", "citation"),
        pl.lit(list_id).alias("list_id"),
        pl.when("is_stated").then(None).otherwise(pl.min_horizontal(since, "valid_from") if not censored else None)
        .alias("valid_from_earliest"),
        pl.when("is_stated").then(pl.col("listed_on_basis").fill_null("source_field"))
        .otherwise(pl.lit("left_censored" if censored else COMPARED)).alias("valid_from_basis"),
        pl.when("has_end").then(ends).alias("valid_to"),
        pl.when("has_end").then(pl.col("ends_on_basis").fill_null("source_field")).alias("valid_to_basis"),
        pl.coalesce("url", _pages(list_id)).alias("url"),
        pl.when("is_public").then(published_at).otherwise(pl.lit(moment.known_at)).alias("known_from"),
        pl.when("is_public").then(pl.lit("publication"))
        .otherwise(pl.lit("publication" if moment.is_public else "snapshot")).alias("known_basis"),
        pl.lit(moment.snapshot_id).alias("snapshot_id"),
        pl.col("row").alias("row_number"),
    )  # fmt: skip


def _pages(list_id: str) -> pl.Expr:
    """The page of each listing by its native_id, where the publisher has such pages, else that of the list."""
    page = listing_page(list_id)
    if page is None:
        return pl.lit(page_of(list_id))
    before, _, after = page.partition("{native_id}")
    return pl.lit(before) + pl.col("native_id") + pl.lit(after)


def first_programs(listings: pl.DataFrame) -> pl.DataFrame:
    """Rows of core.sanction_programs for listings that are new: in force under each as long as on the list."""
    canonical = canonical_programs()
    cells = {cell: programs_in(cell) for cell in listings["programs"].unique().drop_nulls()}
    pairs = [(cell, raw, canonical.get(raw, raw)) for cell, raws in cells.items() for raw in raws]
    schema = dict.fromkeys(("programs", "program_raw", "program"), pl.String)
    return listings.join(pl.DataFrame(pairs, schema=schema, orient="row"), on="programs", maintain_order="left")


def first_details(
    new: pl.DataFrame, seen: Seen, read: Mapping[str, pl.DataFrame], remarks: RemarksReader | None
) -> dict[str, pl.DataFrame]:
    """Detail frames of listings that are new, from the frames of the snapshot and the remarks, each row once."""
    mine = new.select("native_id")
    shown = {n: f.join(mine, on="native_id", how="semi", maintain_order="left") for n, f in seen.details.items()}
    text = {n: f.join(mine, on="native_id", how="semi", maintain_order="left") for n, f in read.items()}
    found = text | shown
    primary = new.select("native_id", "name", pl.lit("primary").alias("kind"), pl.lit("strong").alias("quality"))
    names = [primary, *([shown["names"]] if "names" in shown else [])]
    if remarks is not None and "names" in text and remarks.quality not in scope_of("names", seen.details, remarks):
        names.append(text["names"])
    countries = [found.get("countries", pl.DataFrame(schema=DETAILS["countries"]))]
    for detail, basis in COUNTRIES_OF.items():
        if detail in shown:
            rows = shown[detail].select("native_id", "country_id", pl.lit(basis).alias("basis"))
            countries.append(rows.drop_nulls().sort("native_id", "country_id"))
    found |= {"names": pl.concat(names), "countries": pl.concat(countries)}
    return {n: f.unique(["native_id", *DETAIL_KEYS[n]], keep="first", maintain_order=True) for n, f in found.items()}
