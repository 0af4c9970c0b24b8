"""The published file in the versions of DuckDB with which it is said to open: each macro answers as in the one that wrote it."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from bilateral_warehouse import OLDEST_DUCKDB

from tests.depth import DEEP
from tests.whole.conftest import ROOT, Warehouse

VERSIONS = (".".join(map(str, OLDEST_DUCKDB)), "1.4.4", "1.5.0")
"""The oldest that is claimed (the engine of DuckDB in a browser is that), the last of its line, and the next line."""

ASK = """
import json, sys
import duckdb
with duckdb.connect(sys.argv[1], read_only=True) as con:
    for name, query in json.load(sys.stdin):
        try:
            print(json.dumps([name, len(con.execute(query).fetchall())]), flush=True)
        except duckdb.Error as error:
            print(json.dumps([name, str(error)]), flush=True)
"""


def answers(python: Path | str, file: Path, queries: list[tuple[str, str]]) -> dict[str, int | str]:
    """The number of rows of each query, or why there are none; a query that does not come back within minutes is none."""
    try:
        done = subprocess.run(
            [str(python), "-c", ASK, str(file)],
            input=json.dumps(queries),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        said, wrong = done.stdout, done.stderr
    except subprocess.TimeoutExpired as late:
        said, wrong = (late.stdout or b"").decode(), "it did not come to an end"
    found = dict(map(json.loads, said.splitlines()))
    return {name: found.get(name, wrong) for name, _ in queries}


@pytest.mark.skipif(not DEEP, reason="BILATERAL_DEEP_TESTS: wheels of DuckDB are installed")
@pytest.mark.parametrize("version", VERSIONS)
def test_each_macro_answers_in_each_version_that_is_claimed(sample: Warehouse, tmp_path: Path, version: str) -> None:
    made = subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "v")], capture_output=True, text=True, check=False)
    python = tmp_path / "v" / "bin" / "python"
    asked = [str(python), "-m", "pip", "install", "-q", "--only-binary", ":all:", f"duckdb=={version}"]
    if made.returncode or (got := subprocess.run(asked, capture_output=True, text=True, check=False)).returncode:
        pytest.skip(f"DuckDB {version} cannot be installed here: {(made.stderr or got.stderr).strip()[-200:]}")
    file = sample.folder / "bilateral.duckdb"
    with duckdb.connect(str(file), read_only=True) as con:
        queries = con.execute("SELECT macro_name, example FROM meta.macros ORDER BY 1").fetchall()
        queries += [(t, f"FROM {t} LIMIT 5") for (t,) in con.execute("SELECT table_name FROM meta.row_counts").fetchall()]
    assert len(queries) > 100
    assert answers(python, file, queries) == answers(sys.executable, file, queries)


def test_the_documents_claim_what_is_tried() -> None:
    claimed = f"DuckDB ({VERSIONS[0]} or newer)"
    for page in ("README.md", "docs/querying.md"):
        assert claimed in (ROOT / page).read_text(encoding="utf-8"), page
