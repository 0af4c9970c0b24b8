"""The sources of this room, as the layers run them."""

from __future__ import annotations

from functools import partial

from assets.sanctions import entity_list, ofac
from assets.sanctions.listings import fold_compared
from assets.sanctions.stated import fold_stated
from pipelines.contract import SourceCode

TABLES = ("sanction_lists", "sanction_listings", "sanction_names", "sanction_countries", "sanction_events")

SOURCES: tuple[SourceCode, ...] = (
    SourceCode(
        source="us_ofac_sdn",
        tables=(*TABLES, "sanction_programs", "program_aliases"),
        stage=ofac.stage,
        fold=partial(fold_compared, "us_ofac_sdn"),
        judge=ofac.judge,
        takes_repeats=True,
    ),
    SourceCode(
        source="us_bis_entity_list",
        tables=TABLES,
        stage=entity_list.stage,
        fold=partial(fold_stated, "us_bis_entity_list"),
    ),
)
