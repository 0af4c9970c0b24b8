"""What the contenders are given: made from real files where there are any, in a temporary folder."""

from __future__ import annotations

import gzip
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from benchmarks.peers import screening_sets as sets
from benchmarks.peers.running import Absent
from tests.real_files import FOLDER as REAL
from tests.real_files import SDN_BUNDLE, expand

N_VINTAGES = 10
N_ALIASES = 200


def _needed(path: str) -> Path:
    if not (REAL / path).exists():
        raise Absent(f"{path} is not in the folder of real files (tests/real-data.md)")
    return REAL / path


def gdelt_day(folder: Path) -> str:
    """A day of GDELT in 96 zip files, of the rows of a real slot."""
    from benchmarks.__main__ import _slots

    text = gzip.decompress(_needed("news/gdelt/20191024143000.export.CSV.gz").read_bytes()).decode()
    rows = [line.split("\t") for line in text.splitlines()][:1979]
    (folder / "day").mkdir()
    for name, packed in _slots(datetime(2019, 10, 1), rows, 900_000_000).items():
        (folder / "day" / name).write_bytes(packed)
    return f"96 zip files, {96 * len(rows):,} rows of 61 columns: those of a real slot, again and again"


def history(folder: Path) -> str:
    """The newest vintages of the SDN List."""
    whole = folder / "whole"
    expand(_needed(str(SDN_BUNDLE)), whole)
    archive = folder / "archive" / "us_ofac_sdn"
    archive.mkdir(parents=True)
    for vintage in sorted(whole.iterdir())[-N_VINTAGES:]:
        shutil.move(vintage, archive / vintage.name)
    shutil.rmtree(whole)
    return f"{N_VINTAGES} vintages of sdn.csv, 14,000 rows each"


def as_of(folder: Path) -> str:
    """The same vintages, published, and as one Parquet file; twenty moments."""
    said = history(folder)
    environment = {**os.environ, "BILATERAL_WAREHOUSE": str(folder / "warehouse")}
    command = [sys.executable, "-m", "pipelines.cli", "refresh", "--from", str(folder / "archive")]
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
    shutil.move(folder / "warehouse" / "bilateral.duckdb", folder / "published.duckdb")
    vintages = sorted((folder / "archive" / "us_ofac_sdn").iterdir())
    moments = [datetime.fromisoformat(f"{v.name[:13]}:{v.name[13:15]}:{v.name[15:17]}") for v in vintages]
    columns = [
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
    frames = [
        pl.read_csv(v / "sdn.csv", has_header=False, new_columns=columns, infer_schema=False, encoding="utf8-lossy")
        .filter(pl.col("id").str.contains(r"^\d+$"))
        .with_columns(pl.lit(moment).alias("retrieved_at"))
        for v, moment in zip(vintages, moments, strict=True)
    ]
    pl.concat(frames).write_parquet(folder / "vintages.parquet", row_group_size=len(frames[0]))
    asked = [str(a + part * (b - a) / 4) for part in (2, 1, 3) for a, b in itertools.pairwise(moments)]
    (folder / "moments.json").write_text(json.dumps(asked[:20]), encoding="utf-8")
    return f"{said}; 20 moments between them; one thread"


def screening(folder: Path) -> str:
    """The names of the list without the drawn aliases, and those to ask for: the half that nothing was tuned on."""
    _needed(sets.VINTAGE.format("alt"))
    names = sets.listed(REAL)
    pairs = sets.halves(sets.drawn(names))["report"][:N_ALIASES]
    own = sets.held(names, pairs)
    given: dict[str, list[Any]] = {
        "held": [(n.party, n.name, n.party_type) for n in own],
        "ordinary": sets.ordinary("report"),
        "aliases": sets.as_asked(names, pairs),
        "perturbed": sets.perturbed(names),
    }
    (folder / "screening.json").write_text(json.dumps(given), encoding="utf-8")
    return (
        f"{len(own):,} names of {len({n.party for n in own}):,} parties (OFAC, July 2021); {len(given['aliases'])} real "
        f"aliases that are not among them, half of them misspelt; {len(given['perturbed'])} perturbed names; "
        f"{len(given['ordinary'])} ordinary names"
    )


def articles(folder: Path) -> str:
    """Headlines, a fifth of them copies with a word changed."""
    file = _needed("news/headlines/headlines_until_2022-06.csv.gz")
    real = pl.read_csv(gzip.decompress(file.read_bytes()))["title"].drop_nulls().unique(maintain_order=True).to_list()
    chance = random.Random(1)
    titles = list(real[:4_000])
    for title in chance.choices(titles, k=len(titles) // 4):
        words = title.split()
        words[chance.randrange(len(words))] = "indeed"
        titles.append(" ".join(words))
    (folder / "titles.json").write_text(json.dumps(titles), encoding="utf-8")
    return f"{len(titles):,} headlines, a fifth of them copies with a word changed"


def coding(folder: Path) -> str:
    """Sentences: real headlines."""
    file = _needed("news/headlines/headlines_until_2022-06.csv.gz")
    real = pl.read_csv(gzip.decompress(file.read_bytes()))["title"].drop_nulls().unique(maintain_order=True).to_list()
    sentences = [title for title in real if len(title.split()) >= 6][:1_000]
    (folder / "sentences.json").write_text(json.dumps(sentences), encoding="utf-8")
    return f"{len(sentences):,} real headlines of six words and more"


def table(folder: Path, n: int) -> str:
    """A table of ``n`` rows as DuckDB and as Parquet; one row breaks the order of two columns.

    Numbers are DOUBLE: of a DECIMAL pandas makes an object a row, which alone would fill half of the memory that a run may have.
    """
    with duckdb.connect(str(folder / "t.duckdb"), config={"threads": 1, "memory_limit": "2GB"}) as con:
        con.execute(
            """CREATE TABLE t AS SELECT 'e' || range AS id, DATE '2015-01-01' + (range % 4000)::INTEGER AS day,
                ['added', 'removed', 'changed'][1 + range % 3] AS kind, (range % 97)::DOUBLE AS low,
                CASE range WHEN 17 THEN -1.0 ELSE range % 97 + 1.5 END::DOUBLE AS high FROM range(?)""",
            [n],
        )
        con.execute(f"COPY t TO '{folder}/t.parquet' (FORMAT parquet)")
    return f"{n:,} rows of five columns, five expectations, one row that breaks one of them"
