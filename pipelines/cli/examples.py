"""Examples of each command, with which its help ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from typer.core import TyperCommand, TyperGroup

EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "refresh": (
        ("bilateral refresh --from record", "the built-in record, without network"),
        ("bilateral refresh --from archive/ --only sanctions", "files downloaded earlier, one domain"),
        ("bilateral refresh --from live", "asks the sources"),
    ),
    "sql": (
        ("bilateral sql \"FROM listed_on(DATE '2023-11-15') LIMIT 5\"", "parties listed on a day"),
        ('bilateral sql "FROM marts.timeline" --format csv > timeline.csv', "rows for another tool"),
        ("bilateral sql --file question.sql --format json", "a query from a file"),
    ),
    "describe": (
        ("bilateral describe", "all tables and macros"),
        ("bilateral describe dyad_day", "columns with units, warnings and vocabularies"),
        ("bilateral describe listed_on", "what a macro takes and gives, each column with its meaning, with an example"),
    ),
    "status": (
        ("bilateral status", "what is held, how old it is, what was refused"),
        ("bilateral status --format json", "for a monitor; the exit code alone says whether something is wrong"),
    ),
    "resolve": (
        ('echo \'{"id": 1, "text": "Beijing briefed Washington."}\' | bilateral resolve', "mentions as JSON lines"),
        ("bilateral resolve texts.jsonl > mentions.jsonl", "from a file"),
    ),
    "code": (
        ('echo \'{"id": 1, "text": "China sanctioned Raytheon on Monday."}\' | bilateral code', "events as JSON lines"),
        ("bilateral code texts.jsonl > events.jsonl", "from a file"),
    ),
    "find": (
        ('bilateral find "institute of forensic science" --on 2023-11-15', "in force on a day"),
        ("bilateral find --file suppliers.txt --format csv", "a name in each line of a file"),
        ('bilateral find "Gebran Basil" --loose', "the likest parties, whether they match or not"),
    ),
    "report": (
        ("bilateral report USA CHN", "writes USA-CHN.html: charts, acts, claims, sources"),
        ("bilateral report USA CHN --as-known 2023-12-22 --from 2022-01-01 -o then.html", "what was known on a day"),
        ("bilateral report USA CHN -o USA-CHN.pdf", "on paper, where this machine has Chromium"),
    ),
    "explore": (
        ("bilateral explore", "pairs of states, parties, acts, SQL, as known on any day"),
        ("bilateral explore --port 0 --no-browser", "on any free port; open the address yourself"),
    ),
    "site": (("bilateral site --to public/", "a folder for GitHub Pages, S3 or a USB stick"),),
    "try": (("bilateral try us_ofac_sdn downloads/sdn.csv", "what the reader of a source makes of a file"),),
    "changes": (
        ("bilateral changes", "what the newest publication was the first to hold"),
        ("bilateral changes --since 2023-11-15", "what became known from a day on"),
        ("bilateral changes --since 2023-11-15 --format atom > changes.atom", "as a feed"),
    ),
    "export": (
        ("bilateral export dyad_month --to panel/ --format csv", "a table, with datapackage.json beside it"),
        ("bilateral export \"FROM listed_on(DATE '2023-11-15')\" --to listed/ --format xlsx", "an answer as a workbook"),
        ("bilateral export --all --to tables/", "all tables as Parquet"),
    ),
    "release": (("bilateral release 2026-11", "a folder for a repository: file, Parquet, checksums, citation"),),
    "cite": (
        ("bilateral cite", "the file and its sources, each with its vintage"),
        ("bilateral cite overdose_monthly", "a table and the sources that it rests on"),
    ),
    "trail": (
        ("bilateral trail us_ofac_sdn:10386", "a listing: snapshot, file, line, bytes and hash of each version"),
        ("bilateral trail overdose_observations actor_id=USA period_end=2023-05-31 drug=all", "rows of a table by their columns"),
    ),
    "verify": (
        ("bilateral verify", "all files against what was noted when they were written"),
        ("bilateral verify --mend", "and what is damaged made again from the layer before"),
        ("bilateral verify --rebuild", "and the published file against a build from core"),
        ("bilateral verify --audit", "every check of the published file again, by Great Expectations itself"),
    ),
    "quarantine": (
        ("bilateral quarantine list", "what waits for a decision"),
        ("bilateral quarantine show un_sc/2024-05-01T040500Z", "why, and how to look at its files"),
        ('bilateral quarantine accept un_sc/2024-05-01T040500Z --reason "the regime ended: notice of 30 April"', "a decision"),
    ),
    "backup": (("bilateral backup /mnt/backup/bilateral", "raw and the published file, also while a refresh runs"),),
    "restore": (
        ("BILATERAL_WAREHOUSE=/new/folder bilateral restore /mnt/backup/bilateral", "into an empty folder"),
        ("bilateral restore /mnt/backup/bilateral --force", "put back what raw lacks or has damaged"),
    ),
    "gc": (
        ("bilateral gc --dry-run", "what would be removed, and why"),
        ("bilateral gc --keep-runs 50 --keep-days 30", "with a shorter memory of runs"),
    ),
    "demo": (("bilateral demo", "the question of 'make demo' again"),),
    "archive": (
        ("bilateral archive downloads/ --dry-run", "which source and which day each file belongs to"),
        ("bilateral archive downloads/ --to archive/", "and copies them into the layout that 'refresh --from' takes"),
    ),
    "backfill": (
        (
            "bilateral backfill us_ofac_sdn --from 2018-01-01 --dry-run",
            "what archives of the web hold of it, and how long it takes",
        ),
        ("bilateral backfill us_ofac_sdn --git https://example.org/lists.git data/sdn.csv", "from a repository that kept it"),
        ("bilateral backfill gdelt --pair USA-CHN --from 2018-01-01", "days of GDELT, the events of a pair of states alone"),
        ("bilateral backfill us_cdc_vsrr --zenodo 1234567 '*.csv'", "from the versions of a deposit"),
    ),
    "doctor": (
        ("bilateral doctor", "what is wrong with this installation, and how to mend it"),
        ("bilateral doctor --online", "and what each source answers today, as a report to paste into an issue"),
    ),
}


class Command(TyperCommand):
    """A command whose help ends with examples."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help, and then the examples."""
        super().format_help(ctx, formatter)
        _print_examples(EXAMPLES.get(self.name or "", ()))


class Commands(TyperGroup):
    """The commands in the order of their declaration; the help ends with the first steps."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help, and then the examples."""
        super().format_help(ctx, formatter)
        _print_examples((EXAMPLES["refresh"][0], EXAMPLES["demo"][0], EXAMPLES["sql"][0], EXAMPLES["describe"][1]))


def _print_examples(examples: Sequence[tuple[str, str]]) -> None:
    print(" Examples:")
    for command, says in examples:
        print(f"   {command}\n       {says}")
    print()
