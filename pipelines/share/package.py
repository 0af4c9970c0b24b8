"""What describes exported files: a ``datapackage.json`` in the manner of Frictionless (https://specs.frictionlessdata.io)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.share.cite import Build, SourceCited, citation, software, version

MEDIA = {
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "duckdb": "application/vnd.duckdb",
}
_TYPES = {
    r"U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER": "integer",
    "DOUBLE|FLOAT|DECIMAL": "number",
    "TIMESTAMP.*": "datetime",
    "STRUCT|MAP": "object",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIME": "time",
}
"""Pattern of a type of DuckDB -> that of a field."""


@dataclass(frozen=True)
class Column:
    """A column of an exported table. ``description`` says its unit; ``words``: what it may hold, where that is closed."""

    name: str
    type: str
    description: str = ""
    words: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class ExportedTable:
    """A file that was written. ``query``: of a question of one's own, where it is no table of the file."""

    name: str
    path: str
    form: str
    n_bytes: int
    sha256: str
    n_rows: int | None = None
    description: str = ""
    columns: tuple[Column, ...] = ()
    key: tuple[str, ...] = ()
    query: str | None = None
    sources: tuple[SourceCited, ...] = ()


def field_type(sql_type: str) -> str:
    """The type of a field for a type of DuckDB."""
    plain = sql_type.upper().partition("(")[0]
    found = next((kind for pattern, kind in _TYPES.items() if re.fullmatch(pattern, plain)), "string")
    return "array" if sql_type.endswith("]") else found


def package(name: str, build: Build, files: Sequence[ExportedTable]) -> dict[str, Any]:
    """The content of ``datapackage.json``."""
    sources = {s.source: s for file in files for s in file.sources}
    used = [sources[key] for key in sorted(sources)]
    abstract = " ".join(software()["abstract"].split())
    return {
        "profile": "data-package",
        "name": name,
        "title": software()["title"],
        "description": f"{abstract} An empty field (NULL) is what is not known, never zero.",
        "version": build.publication_id,
        "created": f"{build.built_at:%Y-%m-%dT%H:%M:%SZ}",
        "keywords": software()["keywords"],
        "contributors": [{"title": author["name"], "role": "author"} for author in software()["authors"]],
        "publication_id": build.publication_id,
        "code": {"version": version(), "fingerprint": build.code_fingerprint, "license": software()["license"]},
        "citation": citation(build, used),
        "licenses": _licenses(used),
        "sources": [_source(s) for s in used],
        "resources": [_resource(file, build) for file in files],
    }


def _source(s: SourceCited) -> dict[str, str]:
    return {"name": s.source, "title": s.title, "path": s.url, "citation": s.citation, "vintage": s.vintage, "licence": s.licence}


def _licenses(sources: Sequence[SourceCited]) -> list[dict[str, str]]:
    """The terms of each source in its publisher's words: the data have no licence of their own."""
    return [{"name": f"terms-of-{s.source}", "title": f"{s.title}: {s.licence}", "path": s.url} for s in sources]


def _resource(file: ExportedTable, build: Build) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": file.name,
        "path": file.path,
        "format": file.form,
        "mediatype": MEDIA[file.form],
        "publication_id": build.publication_id,
    }
    # frictionless counts no bytes while it reads Parquet, and takes stated ones for wrong
    size, digest = ("file_bytes", "file_hash") if file.form == "parquet" else ("bytes", "hash")
    described |= {size: file.n_bytes, digest: f"sha256:{file.sha256}"}
    if file.description:
        described["description"] = file.description
    if file.query is not None:
        described["query"] = file.query
    if file.sources:
        described |= {"sources": [_source(s) for s in file.sources], "licenses": _licenses(file.sources)}
    if not file.columns:
        return described
    described |= {"type": "table", "profile": "tabular-data-resource", "rows": file.n_rows}
    if file.form == "csv":
        described |= {"encoding": "utf-8", "dialect": {"delimiter": ",", "lineTerminator": "\n", "header": True}}
    schema: dict[str, Any] = {"fields": [_field(column, file.form) for column in file.columns], "missingValues": [""]}
    if file.key:
        schema["primaryKey"] = list(file.key)
    return described | {"schema": schema}


def _field(column: Column, form: str) -> dict[str, Any]:
    kind = field_type(column.type)
    # frictionless reads Parquet by pandas: whole numbers with gaps are numbers there, and lists are of no type that it knows
    said = {"integer": "number", "array": "any", "object": "any"}.get(kind, kind) if form == "parquet" else kind
    field: dict[str, Any] = {"name": column.name, "type": said}
    if column.description:
        field["description"] = column.description
    if column.warnings:
        field["warnings"] = list(column.warnings)
    # lists are JSON where a cell can hold nothing but text
    if form == "parquet" or kind not in ("array", "object"):
        field["duckdb_type"] = column.type
    if column.words and kind == "string":
        field["constraints"] = {"enum": list(column.words)}
    return field
