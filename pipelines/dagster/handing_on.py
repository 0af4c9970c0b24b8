"""What steps tell, in Dagster's forms."""

# no postponed annotations: Dagster looks at the type of ``context``

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import dagster as dg

from pipelines.steps.told import Address, Checked, Columns, FilePath, Json, Lineage, Made, Markdown, Told


def metadata_of(shown: Mapping[str, Any]) -> dict[str, Any]:
    """Metadata with each value in the form that Dagster has for it."""
    return {name: _form_of(value) for name, value in shown.items()}


def _form_of(value: Any) -> Any:
    match value:
        case Markdown(text):
            return dg.MetadataValue.md(text)
        case Json(content):
            return dg.MetadataValue.json(content)
        case Address(text):
            return dg.MetadataValue.url(text)
        case FilePath(text):
            return dg.MetadataValue.path(text)
        case Columns(columns):
            return dg.TableSchema(columns=[dg.TableColumn(name, kind, text) for name, kind, text in columns])
        case Lineage(made_of):
            return dg.TableColumnLineage(
                deps_by_column={
                    column: [dg.TableColumnDep(dg.AssetKey(name.split(".")[:2]), name.split(".")[2]) for name in of]
                    for column, of in made_of.items()
                }
            )
    return value


def severity_of(checked: Checked) -> dg.AssetCheckSeverity:
    """The severity of a result."""
    return dg.AssetCheckSeverity.ERROR if checked.is_error else dg.AssetCheckSeverity.WARN


def result_of(checked: Checked) -> dg.AssetCheckResult:
    """The result of a check."""
    return dg.AssetCheckResult(
        asset_key=dg.AssetKey(checked.key),
        check_name=checked.name,
        passed=checked.passed,
        severity=severity_of(checked),
        description=checked.description,
        metadata=metadata_of(checked.metadata),
    )


def handed_on(context: dg.AssetExecutionContext, told: Iterable[Told]) -> Iterator[Any]:
    """What a step tells, to be yielded by the asset that it is; remarks and days go to the log of its run."""
    for one in told:
        match one:
            case Checked():
                yield result_of(one)
            case Made(partition=None):
                version = None if one.version is None else dg.DataVersion(one.version)
                yield dg.MaterializeResult(
                    asset_key=dg.AssetKey(one.key), metadata=metadata_of(one.metadata()), data_version=version
                )
            case Made():
                context.log_event(dg.AssetMaterialization(dg.AssetKey(one.key), partition=one.partition))
            case _:
                context.log.log(one.level, one.text)
