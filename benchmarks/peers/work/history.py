"""Vintages of a list, one after another, to the history of each of its rows."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from measured import Timer, report

COLUMNS = [
    "id",
    "name",
    "type",
    "programs",
    "title",
    "call_sign",
    "vessel_type",
    "tonnage",
    "gross_tonnage",
    "flag",
    "owner",
    "remarks",
]
READ = (
    "read_csv('{file}', header = false, all_varchar = true, ignore_errors = true, null_padding = true, quote = '\"', "
    "encoding = 'latin-1', columns = {columns})"
)


def _reader(file: Path | str) -> str:
    columns = "{" + ", ".join(f"'{c}': 'VARCHAR'" for c in COLUMNS) + "}"
    return f"(SELECT * FROM {READ.format(file=file, columns=columns)} WHERE regexp_full_match(id, '[0-9]+'))"


def _vintages(folder: Path) -> list[Path]:
    return sorted((folder / "archive" / "us_ofac_sdn").iterdir())


def ours(folder: Path) -> dict[str, Any]:
    contract = importlib.import_module("assets.contracts")
    domain_package_of = importlib.import_module("assets.sanctions.domain")
    archive, raw_store = (
        importlib.import_module("pipelines.ingest.archive"),
        importlib.import_module("pipelines.ingest.raw_store"),
    )
    declared = importlib.import_module("pipelines.ingest.sources")
    core_store, staged_store = (
        importlib.import_module("pipelines.storage.core"),
        importlib.import_module("pipelines.storage.staged"),
    )
    fingerprint = importlib.import_module("pipelines.storage.fingerprint")
    source = declared.load_sources()["us_ofac_sdn"]
    code = next(c for c in domain_package_of.sources() if c.source == source.id)
    package = contract.DomainPackage("sanctions", (code,))
    with tempfile.TemporaryDirectory() as name:
        raw, staged, core = (
            raw_store.RawStore(Path(name, "raw")),
            staged_store.StagedStore(Path(name, "staged")),
            core_store.CoreStore(Path(name, "core")),
        )
        mark = fingerprint.fingerprint_of(code, package)
        timer = Timer()
        archive.import_archive(raw, source, folder / "archive")
        staged.stage(code, raw, mark)
        core.promote(core.fold(package, raw, staged, {source.id: source.rows}, {}, {source.id: mark})[0])
        took = timer.took()
        files = [path for path in Path(name, "core").rglob("*") if path.is_file()]
        held = sum(path.stat().st_size for path in files)
        scan = importlib.import_module("polars").scan_parquet
        n = sum(scan(path).collect().height for path in files if "sanction_listings" in str(path))
    return {**took, "mb": held / 1e6, "n": n}


def dbt(folder: Path) -> dict[str, Any]:
    runner = importlib.import_module("dbt.cli.main").dbtRunner()
    os.environ |= {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DO_NOT_TRACK": "1"}
    with tempfile.TemporaryDirectory() as name:
        project = Path(name)
        (project / "snapshots").mkdir()
        (project / "dbt_project.yml").write_text("name: history\nversion: '1.0'\nprofile: history\n", encoding="utf-8")
        file = project / "history.duckdb"
        profile = {"type": "duckdb", "path": str(file), "threads": 1, "settings": {"threads": 1}}
        profiles = {"history": {"target": "dev", "outputs": {"dev": profile}}}
        (project / "profiles.yml").write_text(json.dumps(profiles), encoding="utf-8")
        config = "{{ config(schema='main', unique_key='id', strategy='check', check_cols='all', hard_deletes='invalidate') }}\n"
        text = "{% snapshot sdn %}\n" + config + f"SELECT * FROM {_reader('{{ var(' + chr(34) + 'file' + chr(34) + ') }}')}\n"
        (project / "snapshots" / "sdn.sql").write_text(text + "{% endsnapshot %}\n", encoding="utf-8")
        timer = Timer()
        for vintage in _vintages(folder):
            given = json.dumps({"file": str(vintage / "sdn.csv")})
            done = runner.invoke(
                ["--quiet", "snapshot", "--project-dir", name, "--profiles-dir", name, "--vars", given, "--no-use-colors"]
            )
            if not done.success:
                raise RuntimeError(f"dbt: {done.exception or [r.message for r in done.result]}")
        took = timer.took()
        importlib.import_module("dbt.adapters.duckdb.connections").DuckDBConnectionManager.close_all_connections()
        with importlib.import_module("duckdb").connect(str(file)) as con:
            # what it wrote may lie in the log
            con.execute("CHECKPOINT")
            ((schema,),) = con.execute("SELECT schema_name FROM duckdb_tables() WHERE table_name = 'sdn'").fetchall()
            ((n,),) = con.execute(f"SELECT count(*) FROM {schema}.sdn").fetchall()
        return {**took, "mb": file.stat().st_size / 1e6, "n": n}


def windows(folder: Path) -> dict[str, Any]:
    db = importlib.import_module("duckdb")
    with tempfile.TemporaryDirectory() as name, db.connect(config={"threads": 1}) as con:
        timer = Timer()
        for number, vintage in enumerate(_vintages(folder)):
            con.execute(
                f"COPY (SELECT {number} AS vintage, * FROM {_reader(vintage / 'sdn.csv')}) TO '{name}/{number:04}.parquet'"
            )
        # a row that was as it is in the vintage before goes on; else it begins a version
        cells = ", ".join(COLUMNS[1:])
        con.execute(
            f"""COPY (
                WITH rows AS (SELECT *, hash({cells}) AS cells FROM '{name}/*.parquet'),
                marked AS (
                    SELECT *, coalesce(lag(cells) OVER w <> cells OR lag(vintage) OVER w <> vintage - 1, true) AS begins
                    FROM rows WINDOW w AS (PARTITION BY id ORDER BY vintage)
                ),
                numbered AS (SELECT *, sum(begins::INTEGER) OVER (PARTITION BY id ORDER BY vintage) AS version FROM marked)
                SELECT id, {cells}, min(vintage) AS valid_from, max(vintage) AS valid_to
                FROM numbered GROUP BY ALL
            ) TO '{folder}/windows.parquet' (FORMAT parquet)"""
        )
        held = Path(folder, "windows.parquet").stat().st_size
        ((n,),) = con.execute(f"SELECT count(*) FROM '{folder}/windows.parquet'").fetchall()
        took = timer.took()
        shutil.rmtree(name, ignore_errors=True)
        Path(name).mkdir()
    return {**took, "mb": held / 1e6, "n": n}


if __name__ == "__main__":
    report({"ours": ours, "dbt": dbt, "windows": windows})
