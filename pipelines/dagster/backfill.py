"""The days of a source that comes in slots: an asset with a partition a day, to fill the past by, green where a day is whole.

The raw asset itself has no partitions, so that a job which holds it starts without asking for a day.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import dagster as dg

from pipelines.dagster import OWNERS, health_checks
from pipelines.dagster.keys import days_key
from pipelines.ingest.fetch.gdelt import days_of, files_a_day, whole_days
from pipelines.ingest.sources import Source
from pipelines.services.ingest import Ingest
from pipelines.services.warehouse import Warehouse

WHOLE = "days_are_whole"


def days_materialized(source: Source, whole: Iterable[date]) -> Iterator[dg.AssetMaterialization]:
    """Days of a source that are held whole, each as a partition that is materialized."""
    for day in whole:
        yield dg.AssetMaterialization(days_key(source.id), partition=day.isoformat())


def days_asset(source: Source, first: date, metadata: Mapping[str, Any]) -> dg.AssetsDefinition:
    """The asset by which days of a source are taken in.

    Args:
        source: one that comes in slots or days.
        first: day of the calendar that all such sources share.
        metadata: of the asset's specification.
    """
    key = days_key(source.id)
    n_files = files_a_day(source)
    files = "its file" if n_files == 1 else f"its {n_files} files"

    @dg.multi_asset(
        name=f"raw_{source.id}_days",
        specs=[
            dg.AssetSpec(
                key,
                description=(
                    f"{source.title}, by the day (UTC). Materialize days to take in what is not held of them; the next refresh "
                    f"publishes it. A day is green where {files} are held, whoever took them in."
                ),
                group_name=source.domain,
                kinds={"file"},
                owners=OWNERS,
                metadata=metadata,
                # a day that is not whole must not be green: what is, is said by events of its own
                skippable=True,
                # one calendar for all: a job cannot mix two; today is open
                partitions_def=dg.DailyPartitionsDefinition(start_date=first.isoformat(), timezone="UTC", end_offset=1),
            )
        ],
        check_specs=[
            dg.AssetCheckSpec(
                WHOLE, asset=key, description=f"Of each day asked for {files} are held (warning: what there is, is used)."
            )
        ],
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def take_in(context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse]) -> Iterator[Any]:
        asked = sorted(map(date.fromisoformat, context.partition_keys))
        receipts = Ingest(warehouse).ingest(source.id, set(context.partition_keys))
        whole = whole_days(warehouse.raw, source, {*asked, *days_of(receipts)}, receipts)
        for event in days_materialized(source, whole):
            context.log_event(event)
        missing = [day for day in asked if day not in whole]
        said = list(health_checks.messages_of_run(warehouse, source.id))
        if missing:
            named = ", ".join(map(str, missing[:5])) + (f" and {len(missing) - 5:,} more" if len(missing) > 5 else "")
            said.append(f"not whole: {named}. Ask again later; slots that were never published stay missing")
        yield health_checks.warning(key, WHOLE, said)

    return take_in
