"""Five expectations of a table: two columns without gaps, a key, a vocabulary, an order of two columns."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from measured import Timer, report

KINDS = ["added", "removed", "changed"]


def ours(folder: Path) -> dict[str, Any]:
    audit, expectations = (
        importlib.import_module("pipelines.checks.audit"),
        importlib.import_module("pipelines.checks.expectations"),
    )

    def expect(name: str, **arguments: Any) -> Any:
        return expectations.Expectation("t", name, "critical", name, **arguments)

    def where(condition: str) -> dict[str, str]:
        return {"query": f"SELECT * FROM t WHERE {condition}", "where": condition}

    asked = [
        expect("id_is_there", **where("id IS NULL")),
        expect("day_is_there", **where("day IS NULL")),
        expect("id_is_unique", columns=("id",)),
        expect("kind_in_vocabulary", columns=("kind",), words=KINDS, **where(f"kind NOT IN {tuple(KINDS)}")),
        expect("low_below_high", **where("low > high")),
    ]
    timer = Timer()
    found = audit.validate(folder / "t.duckdb", asked, limits={"threads": 1})
    return {**timer.took(), "failed": sorted(v.expectation for v in found if v.status != "passed")}


def great_expectations(folder: Path) -> dict[str, Any]:
    pd, gx = importlib.import_module("pandas"), importlib.import_module("great_expectations")
    timer = Timer()
    frame = pd.read_parquet(folder / "t.parquet")
    context = gx.get_context(mode="ephemeral")
    batch = context.data_sources.add_pandas("p").add_dataframe_asset("t").add_batch_definition_whole_dataframe("b")
    rules = gx.expectations
    suite = gx.ExpectationSuite(
        name="s",
        expectations=[
            rules.ExpectColumnValuesToNotBeNull(column="id"),
            rules.ExpectColumnValuesToNotBeNull(column="day"),
            rules.ExpectColumnValuesToBeUnique(column="id"),
            rules.ExpectColumnValuesToBeInSet(column="kind", value_set=KINDS),
            rules.ExpectColumnPairValuesAToBeGreaterThanB(column_A="high", column_B="low", or_equal=True),
        ],
    )
    found = batch.get_batch(batch_parameters={"dataframe": frame}).validate(suite)
    names = ["id_is_there", "day_is_there", "id_is_unique", "kind_in_vocabulary", "low_below_high"]
    kinds = {type(e).__name__ + str(getattr(e, "column", "")): n for e, n in zip(suite.expectations, names, strict=True)}
    failed = []
    for result in found.results:
        config = result.expectation_config
        name = "".join(part.title() for part in config.type.split("_")).replace("TobeNull", "ToBeNull")
        key = next(k for k in kinds if k.lower() == (name + str(config.kwargs.get("column", ""))).lower())
        if not result.success:
            # what it could not ask, for want of memory, it reports as failed too
            failed.append(f"{kinds[key]} (no answer)" if _raised(result.exception_info) else kinds[key])
    return {**timer.took(), "failed": sorted(failed)}


def _raised(info: dict[str, Any]) -> bool:
    """Whether an expectation ended with an error: said of it, or of one of the figures that it needs."""
    return any(i.get("raised_exception") for i in (info, *(i for i in info.values() if isinstance(i, dict))))


if __name__ == "__main__":
    report({"ours": ours, "great_expectations": great_expectations})
