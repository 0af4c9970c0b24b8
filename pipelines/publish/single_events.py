"""Which rows of the news a published file takes where single events are kept of some pairs of states alone.

``BILATERAL_SINGLE_EVENTS`` names the pairs. Core holds all events whatever is set, so that another setting needs another build
and nothing else. What a build takes of its files: of GDELT's events that panels by day count, the rows of the pairs that are
named, and of all others what days need of them (``core.event_days``). Any other event is taken whole: one of another source, and
one that no panel by day counts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from assets.actors import registry
from assets.errors import BilateralError

EVENTS, REPORTS, DAYS = "core.events", "core.event_reports", "core.event_days"

MACROS = ("first_panel_day", "happened_on_a_day", "dyad_side")
"""Macros of ``sql/macros`` that must be there before rows are loaded so."""

_WITHIN = "{0}.known_from >= CAST($first AS DATE) AND {0}.known_from < CAST($last AS DATE) + 1"

_IS_COUNTED = """coalesce(
        e.coder = 'gdelt' AND happened_on_a_day(e)
        AND coalesce(
            dyad_side(e.source_id, e.source_country_id) || '-' || dyad_side(e.target_id, e.target_country_id) NOT IN ({pairs}),
            true
        ), false
    )"""

_ROWS = {
    EVENTS: f"""
SELECT e.* FROM read_parquet($files) AS e
WHERE {_WITHIN.format("e")}
    AND NOT {_IS_COUNTED}""",
    DAYS: f"""
SELECT
    e.origin, e.event_date, e.source_id, e.source_country_id, e.source_sector, e.target_id, e.target_country_id, e.target_sector,
    e.cameo_code, e.plover_event, e.quad_schrodt, e.goldstein, e.known_from, e.snapshot_id,
    CAST(count(*) AS INTEGER) AS n_rows,
    CAST(sum(e.n_reports) AS BIGINT) AS n_reports
FROM read_parquet($files) AS e
WHERE {_WITHIN.format("e")}
    AND {_IS_COUNTED}
GROUP BY ALL""",
    # a report in GDELT's files is known with its event, and named after its origin
    REPORTS: f"""
SELECT r.* FROM read_parquet($files) AS r
WHERE {_WITHIN.format("r")}
    AND (
        NOT starts_with(r.event_id, 'gdelt_')
        OR r.event_id IN (SELECT e.event_id FROM core.events AS e WHERE {_WITHIN.format("e")})
    )""",
}


def rows_of(pairs: Iterable[tuple[str, str]] | None) -> Mapping[str, str]:
    """What core tables take of their files, by full name; tables that take all rows are not named.

    Each is a SELECT with ``$files`` and the days of ``known_from`` from ``$first`` to ``$last``. That of reports reads the events
    that are loaded before them.

    Args:
        pairs: actor ids of the two states of each pair whose single events are kept; None where of all.

    Raises:
        BilateralError: one of them is no actor of the registry: its events would be looked for in vain.
    """
    if pairs is None:
        return {}
    named = sorted({f"{a}-{b}" for pair in pairs for a, b in (pair, pair[::-1])})
    if unknown := sorted({actor for pair in named for actor in pair.split("-")} - set(registry.actors()["actor_id"])):
        raise BilateralError(
            f"BILATERAL_SINGLE_EVENTS: {', '.join(unknown)} is no state of the registry. Nothing was built; "
            "the published file is as it was"
        )
    listed = ", ".join(f"'{pair}'" for pair in named)
    return {name: text.replace("{pairs}", listed) for name, text in _ROWS.items()}


def digest(rows: Mapping[str, str]) -> str:
    """A hash of what is taken; empty where all rows are."""
    return hashlib.sha256(json.dumps(dict(rows), sort_keys=True).encode()).hexdigest()[:12] if rows else ""
