"""The one shape into which every list of parties is staged, whatever its format: what ``listings.fold_compared`` takes.

A parser gives the frame ``listings`` and those of ``DETAILS`` that its format covers. A detail frame that is absent says
nothing (what was known stays); one that is there and empty says that there is nothing. Rows of details belong to a listing by
``native_id``; whose ``native_id`` is not in ``listings`` is dropped by the fold.
"""

from __future__ import annotations

import polars as pl

OWN_COLUMNS = (
    "name", "party_type", "title", "call_sign", "vessel_type", "tonnage", "gross_registered_tonnage", "vessel_flag",
    "vessel_owner", "remarks",
)  # fmt: skip
"""Columns of a listing whose change is an edit: it closes a version and opens the next."""

LISTINGS = pl.Schema(
    {
        "row": pl.Int64,
        "native_id": pl.String,
        **dict.fromkeys(OWN_COLUMNS, pl.String),
        "programs": pl.String,
        "listed_on": pl.Date,
        "listed_on_basis": pl.String,
        "published_on": pl.Date,
        "ends_on": pl.Date,
        "ends_on_basis": pl.String,
        "citation": pl.String,
        "url": pl.String,
    }
)
"""One row per listing.

``native_id``: lasting id in the list. ``programs``: codes joined by ``] [``. ``listed_on``: first day in force as the list or
its notice states it, NULL where it does not; ``listed_on_basis``: source_field, federal_register or official_notice.
``published_on``: day on which the listing was published, where stated: from then on it could be known. ``ends_on``: day from
which it is no longer in force, where the list states one. All columns after ``programs`` may be absent from a frame.
"""

MEMBERS = "members"
MEMBERS_SHAPE = pl.Schema({name: LISTINGS[name] for name in ("row", "native_id")})
"""The frame in place of ``listings`` of a vintage that says who is on the list, and not what they are called."""

DETAILS: dict[str, pl.Schema] = {
    "names": pl.Schema({"native_id": pl.String, "name": pl.String, "kind": pl.String, "quality": pl.String}),
    "countries": pl.Schema({"native_id": pl.String, "country_id": pl.String, "basis": pl.String}),
    "identifiers": pl.Schema(
        {"native_id": pl.String, "scheme": pl.String, "value": pl.String, "country_id": pl.String, "note": pl.String}
    ),
    "addresses": pl.Schema(
        {
            "native_id": pl.String,
            "address": pl.String,
            "city": pl.String,
            "country_id": pl.String,
            "country_raw": pl.String,
            "note": pl.String,
        }
    ),
    "birth_dates": pl.Schema(
        {
            "native_id": pl.String,
            "born": pl.String,
            "born_from": pl.Date,
            "born_before": pl.Date,
            "precision": pl.String,
            "is_circa": pl.Boolean,
        }
    ),
    "birth_places": pl.Schema({"native_id": pl.String, "place": pl.String, "country_id": pl.String}),
    "links": pl.Schema({"native_id": pl.String, "relation": pl.String, "linked_name": pl.String, "linked_listing_id": pl.String}),
    "notes": pl.Schema({"native_id": pl.String, "kind": pl.String, "text": pl.String}),
    "statuses": pl.Schema(
        {
            "native_id": pl.String,
            "status": pl.String,
            "valid_from": pl.Date,
            "valid_to": pl.Date,
            "citation": pl.String,
            "url": pl.String,
        }
    ),
}
"""Detail frames by name; each fills the core table ``sanction_<name>``. The columns mean what they mean there.

``names`` holds the aliases (aka, fka, nka); the primary name is ``listings.name``. ``countries`` holds what is stated besides
addresses; the country of an address comes from ``addresses``, with the basis address.
"""

DETAIL_KEYS: dict[str, tuple[str, ...]] = {
    "names": ("name", "kind", "quality"),
    "countries": ("country_id", "basis"),
    "identifiers": ("scheme", "value"),
    "addresses": ("address",),
    "birth_dates": ("born",),
    "birth_places": ("place",),
    "links": ("relation", "linked_name"),
    "notes": ("kind", "text"),
    "statuses": ("status", "valid_from"),
}
"""What a row of a detail is about; the other columns are what is said of it. Of two rows about one thing the first counts."""
