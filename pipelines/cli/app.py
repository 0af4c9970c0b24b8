"""Names, options and help of the commands; what they do is in the modules beside this one."""

from __future__ import annotations

import codecs
import importlib.metadata
import io
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Literal, NoReturn, ParamSpec

import typer
from typer.exceptions import TyperException

from pipelines.cli.answers import answers, read_settings, tell
from pipelines.cli.examples import Command, Commands
from pipelines.util.disk_errors import disk_error_message

RowsForm = Annotated[Literal["table", "csv", "json"], typer.Option("--format", help="How rows are written.")]
Form = Annotated[Literal["text", "json"], typer.Option("--format", help="How it is written.")]
Limit = Annotated[
    int | None,
    typer.Option(
        "--limit", min=0, metavar="N", help="At most N rows (0: all). Without it all, but 1,000 of a table on a terminal."
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and change nothing.")]
ChangesFormat = Literal["table", "json", "atom"]
Via = Literal["memento", "git", "zenodo", "ofac"]
ExportFormat = Literal["parquet", "csv", "xlsx"]


def _tables_and_macros(incomplete: str) -> list[str]:
    """Names of the published file that begin so; none where there is no file: a completion must not fail."""
    from pipelines.util.suggest import names_of

    try:
        return [name for name in names_of(read_settings().published) if incomplete in name]
    except Exception:
        return []


def _sources(incomplete: str) -> list[str]:
    """Ids of declared sources that begin so."""
    from pipelines.ingest.sources import load_sources

    return [name for name in load_sources() if name.startswith(incomplete)]


P = ParamSpec("P")

app = typer.Typer(
    name="bilateral",
    cls=Commands,
    help="The bilateral-relations warehouse: who listed whom, what was counted, what was said, as known on any day.",
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"bilateral {importlib.metadata.version('bilateral-relations-warehouse')}")
        raise typer.Exit


def _command(name: str | None = None) -> Callable[[Callable[P, int]], Callable[P, None]]:
    """A function as a command: its result is the exit code, its problems are sentences, its help ends with examples."""
    return lambda work: app.command(name, cls=Command)(answers(work))


@app.callback(invoke_without_command=True)
def _bilateral(
    ctx: typer.Context,
    version: Annotated[  # noqa: ARG001 its callback answers
        bool, typer.Option("--version", callback=_version, is_eager=True, help="The version, and no more.")
    ] = False,
) -> None:
    if ctx.invoked_subcommand is None:
        print(ctx.get_help(), end="")


@_command()
def refresh(
    origin: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="record|live|DIR",
            help="Where from: the built-in record, the sources themselves, or a folder of earlier downloads. Without it the "
            "origin last used, at first the record.",
        ),
    ] = None,
    only: Annotated[
        str | None, typer.Option("--only", metavar="sanctions,overdose,news,policy", help="Domains to refresh. Without it all.")
    ] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Rows of each table and the newest date of each source too.")
    ] = False,
    rehash: Annotated[
        bool, typer.Option("--rehash", help="Read every file of an archive, also where path, size and time are those held.")
    ] = False,
) -> int:
    """Take in what is new, fold, build, check, publish.

    Exit code 0: published, or nothing was new. 1: not published, the published file is as it was. 3: published, but something
    failed, was refused or was set aside: the summary says what.
    """
    from pipelines.cli.run import refresh

    return refresh(read_settings(), origin, only, verbose=verbose, rehash=rehash)


@_command()
def sql(
    query: Annotated[str | None, typer.Argument(metavar="QUERY", help="The query.", show_default=False)] = None,
    file: Annotated[
        str | None, typer.Option("--file", metavar="FILE", help="Read the query from FILE (-: standard input).")
    ] = None,
    form: RowsForm = "table",
    limit: Limit = None,
) -> int:
    """Query the published file, read-only: rows on standard output, nothing else."""
    from pipelines.cli.query import sql

    return sql(read_settings(), query, file, form, limit)


@_command()
def describe(
    table: Annotated[
        str | None,
        typer.Argument(
            metavar="TABLE",
            help="A table or macro: core.events, dyad_day, listed_on, ... Without it all.",
            show_default=False,
            autocompletion=_tables_and_macros,
        ),
    ] = None,
) -> int:
    """Tables, columns, units, warnings, vocabularies, sources; parameters, result and an example of a macro.

    TABLE.COLUMN gives the values of a column in the file, MACRO.COLUMN what a column of a macro means.
    """
    from pipelines.cli.describe import describe

    return describe(read_settings(), table)


@_command()
def status(form: Form = "text") -> int:
    """What is wrong; per source the last snapshot, its verdict and the newest date; per table rows and checks.

    Exit code 0: nothing is wrong. 1: nothing is published. 3: a source, a check or rows need a look.
    """
    from pipelines.cli.status import status

    return status(read_settings(), form)


@_command()
def find(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="A name in any script.", show_default=False)] = None,
    file: Annotated[
        str | None, typer.Option("--file", metavar="FILE", help="Screen a name in each line of FILE (-: standard input).")
    ] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="Only listings in force on that day.")] = None,
    threshold: Annotated[
        float, typer.Option("--threshold", metavar="SCORE", min=0, max=1, help="The least score that is shown; 0.87 is an alarm.")
    ] = 0.87,
    loose: Annotated[bool, typer.Option("--loose", help="The likest parties, whatever their score: --threshold 0.")] = False,
    most: Annotated[int, typer.Option("--most", metavar="N", min=1, help="So many parties a name.")] = 10,
    form: RowsForm = "table",
) -> int:
    """Listed parties that match a name, with score, reason, list and interval. Lists without data are named on standard error.

    Exit code 0: a party matches (its score is an alarm). 4: none does. 1: the question could not be answered.
    """
    from pipelines.cli.query import find

    return find(read_settings(), name, file, on, form, 0 if loose else threshold, most)


@_command()
def code(
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE",
            help="JSON lines {id, text, published?, title?, source?, target?}; published may be called date. Without it, or -: "
            "standard input.",
            show_default=False,
        ),
    ] = None,
) -> int:
    """Events coded from texts: JSON lines in, one JSON line an event out. With source and target: of these two alone.

    English and Chinese are coded; a line in another language gives {id, error}.
    """
    from pipelines.cli.text_lines import code

    return code(read_settings(), file)


@_command()
def resolve(
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE",
            help="JSON lines {id, text, date?, title?}; date may be called published. Without it, or -: standard input.",
            show_default=False,
        ),
    ] = None,
) -> int:
    """Actors named in texts: JSON lines in, one JSON line a mention out."""
    from pipelines.cli.text_lines import resolve

    return resolve(read_settings(), file)


@_command()
def report(
    one: Annotated[str, typer.Argument(metavar="STATE", help="A state, such as USA.", show_default=False)],
    other: Annotated[str, typer.Argument(metavar="STATE", help="Another one, such as CHN.", show_default=False)],
    as_known: Annotated[
        str | None,
        typer.Option("--as-known", metavar="DATE", help="As known at the beginning of that day, UTC, beside what is known now."),
    ] = None,
    since: Annotated[str | None, typer.Option("--from", metavar="DATE", help="First day. Without it 2017.")] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last day. Without it the newest.")] = None,
    chinese: Annotated[bool, typer.Option("--chinese", help="Labels in Chinese.")] = False,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Where to: .html, .pdf or .png (-: standard output). Without it USA-CHN.html."
        ),
    ] = None,
) -> int:
    """The page of two states as one HTML file that needs no network, or printed as PDF or PNG (by Chromium)."""
    from pipelines.cli.pages import report

    view = {"known": as_known, "from": since, "to": until, "lang": "zh" if chinese else None}
    return report(read_settings(), (one, other), view, output)


@_command()
def explore(
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, metavar="N", help="Where to listen (0: any that is free).")
    ] = 2719,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in a browser.")] = True,
) -> int:
    """The page on this machine: pairs of states, parties, acts, SQL, as known on any day. Needs no network."""
    from pipelines.cli.pages import explore

    return explore(read_settings(), port, browse=browser)


@_command()
def site(to: Annotated[Path, typer.Option("--to", metavar="DIR", help="Folder to write into.")]) -> int:
    """The page and the published file as one folder for any static host: no server, no build."""
    from pipelines.cli.pages import site

    return site(read_settings(), to)


@_command()
def changes(
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="DATE|PUBLICATION",
            help="What became known from a day on; or what was first held after a publication. Without it: after the one before.",
        ),
    ] = None,
    form: Annotated[ChangesFormat, typer.Option("--format", help="How changes are written.")] = "table",
    limit: Limit = None,
) -> int:
    """What changed: listings, revised counts with old and new value, new events and articles, sources gone stale."""
    from pipelines.cli.take import changes

    return changes(read_settings(), since, form, limit)


@_command()
def export(
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="Folder to write into; nothing is written elsewhere.")],
    what: Annotated[
        str | None,
        typer.Argument(metavar="TABLE|QUERY", help="A table, or a query that reads.", show_default=False),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All tables.")] = False,
    form: Annotated[ExportFormat, typer.Option("--format", help="How tables are written.")] = "parquet",
    force: Annotated[bool, typer.Option("--force", help="Write over files of the same names.")] = False,
) -> int:
    """Tables or an answer as files, with a datapackage.json that says what they are, whence, and on what terms."""
    from pipelines.cli.take import export

    return export(read_settings(), what, everything, to, form, force)


@_command()
def release(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the release, 2026-11 for instance.", show_default=False)],
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="DIR", help="Where releases lie. Without it releases/ in the folder of the data."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a release of that name.")] = False,
    keep: Annotated[
        list[str] | None,
        typer.Option("--keep", metavar="SOURCE", help="Keep the rows of a source that not everyone may pass on; several times."),
    ] = None,
) -> int:
    """A folder for GitHub Pages or Zenodo: the page, the file, Parquet, datapackage.json, checksums, citations, changes."""
    from pipelines.cli.take import release

    return release(read_settings(), name, to, force, keep or [])


@_command()
def cite(
    table: Annotated[
        str | None,
        typer.Argument(metavar="TABLE", help="Only this table and the sources that it rests on.", show_default=False),
    ] = None,
) -> int:
    """How to cite the published file and its sources, each with its vintage."""
    from pipelines.cli.take import cite

    return cite(read_settings(), table)


@_command()
def trail(
    asked: Annotated[
        list[str],
        typer.Argument(
            metavar="ID|TABLE COLUMN=VALUE...",
            help="The id of an event, a listing, an article or an act; or a table and the columns that name rows of it.",
            show_default=False,
        ),
    ],
    form: Form = "text",
) -> int:
    """From a row to what it was made of: snapshot, file, row and its record, hash compared with the receipt, address.

    Exit code 1 where there is no such row, or where its file is damaged.
    """
    from pipelines.cli.upkeep import trail

    return trail(read_settings(), asked, form)


@_command()
def verify(
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Build from core into a temporary folder too, and compare each table.")
    ] = False,
    mend: Annotated[
        bool,
        typer.Option(
            "--mend", help="Make staged, core and the published file again where they are damaged; take damaged raw out of use."
        ),
    ] = False,
    audit: Annotated[
        bool, typer.Option("--audit", help="Instead, run every check of the published file again, by Great Expectations itself.")
    ] = False,
    form: Form = "text",
) -> int:
    """Whether all files are as they were written: raw, staged, core and the published file, each against what was noted of it.

    Exit code 0 where all is whole, 1 where something is damaged: what it means, and what to do. With --audit 1 where a critical
    check does not hold, or a result is another than the recorded one.
    """
    from pipelines.cli.upkeep import audit_published, verify

    if audit:
        return audit_published(read_settings())
    return verify(read_settings(), rebuild=rebuild, repair=mend, form=form)


@_command()
def quarantine(
    action: Annotated[
        Literal["list", "show", "accept", "reject"], typer.Argument(help="What to do; without it list.", show_default=False)
    ] = "list",
    name: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="SOURCE/SNAPSHOT as in the list, or the id of the snapshot.", show_default=False),
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="WHY", help="Why; a decision needs one.")] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="WHO", help="Who decides; without it the user of the system.")] = None,
    every: Annotated[bool, typer.Option("--all", help="List those that were decided on too.")] = False,
    form: Form = "text",
) -> int:
    """Snapshots that a guard refused: which wait, why; accept one in spite of it, or keep it out for good.

    The next refresh goes by the last decision. What cannot be read cannot be accepted.
    """
    from pipelines.cli.upkeep import quarantine

    return quarantine(read_settings(), action, name, by, reason, every=every, form=form)


@_command()
def backup(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the backup, on another disk.", show_default=False)],
    form: Form = "text",
) -> int:
    """Copy what cannot be made again, and the published file as one version. What is there already is not copied again.

    May run while a refresh does. Exit code 3 where something is damaged and was not copied.
    """
    from pipelines.cli.upkeep import backup

    return backup(read_settings(), folder, form)


@_command()
def restore(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the backup.", show_default=False)],
    force: Annotated[
        bool, typer.Option("--force", help="Into a folder in use: put back what raw lacks or has damaged, leave all else.")
    ] = False,
    form: Form = "text",
) -> int:
    """Put a backup into the folder of the data, compared with its list; a refresh then makes the rest.

    Exit code 3 where something is damaged in the backup and was not restored.
    """
    from pipelines.cli.upkeep import restore

    return restore(read_settings(), folder, force=force, form=form)


@_command()
def gc(
    keep_runs: Annotated[int, typer.Option("--keep-runs", min=1, metavar="N", help="Runs of Dagster to keep at most.")] = 200,
    keep_days: Annotated[int, typer.Option("--keep-days", min=0, metavar="D", help="Days to keep them at most.")] = 90,
    dry_run: DryRun = False,
    form: Form = "text",
) -> int:
    """Remove what nothing names any more: parts, leftovers of killed runs, old builds, old runs of Dagster with their logs.

    Never raw, never what is published, never what a reader has open.
    """
    from pipelines.cli.upkeep import gc

    return gc(read_settings(), keep_runs, keep_days, dry_run=dry_run, form=form)


@_command()
def demo() -> int:
    """Answer one question from the published file, and say what to do next."""
    from pipelines.cli.query import demo

    return demo(read_settings())


@_command("try")
def try_source(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="Id of a declared source, as in 'bilateral status'.",
            show_default=False,
            autocompletion=_sources,
        ),
    ],
    file: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE", help="Files of one snapshot, also .gz, .zst, .zip, or a folder with them.", show_default=False
        ),
    ],
) -> int:
    """What the reader of a source makes of files: frames, rejects, judgement. Writes nothing.

    Exit code 0 where they would be accepted, 1 where not.
    """
    from pipelines.cli.run import try_source

    return try_source(read_settings(), source, file)


@_command()
def backfill(
    source: Annotated[
        str,
        typer.Argument(metavar="SOURCE", help="Id of a declared source.", show_default=False, autocompletion=_sources),
    ],
    since: Annotated[str | None, typer.Option("--from", metavar="DAY", help="First day (UTC). Without it all there is.")] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="DAY", help="Last day (UTC). Without it all there is.")] = None,
    via: Annotated[
        Via | None,
        typer.Option(
            "--via",
            help="Whom to ask: archives of the web, a git repository, a deposit at Zenodo, OFAC's own history of changes.",
        ),
    ] = None,
    git: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--git", metavar="ADDRESS PATH", help="A repository that kept the file, and the path of file or folder in it."
        ),
    ] = None,
    zenodo: Annotated[
        tuple[str, str] | None,
        typer.Option("--zenodo", metavar="RECORD PATTERN", help="A record at Zenodo, and which of its files: '*.csv'."),
    ] = None,
    archive: Annotated[
        str,
        typer.Option(
            "--archive",
            metavar="ADDRESS",
            help="Index of an archive of the web: its CDX interface, or what stands before an address in its TimeMaps.",
        ),
    ] = "https://web.archive.org/cdx/search/cdx",
    pause: Annotated[
        float | None,
        typer.Option(
            "--pause", min=0, metavar="S", help="Seconds between two requests. Without it 6 (memento) or 2 (zenodo, ofac)."
        ),
    ] = None,
    pair: Annotated[
        str | None, typer.Option("--pair", metavar="USA-CHN", help="Of the days of gdelt the events between two states alone.")
    ] = None,
    dry_run: DryRun = False,
) -> int:
    """Take in earlier copies of a source that others kept, each as of the moment at which it was kept.

    A plan is printed first. Stopped at any time, the same command goes on where it stopped; the next refresh publishes what came.
    Exit code 0: all was taken in, or is held. 3: something was refused or could not be had. 1: nothing could be asked.
    """
    from pipelines.cli.backfill import BackfillRequest, backfill

    return backfill(read_settings(), BackfillRequest(source, since, until, via, git, zenodo, archive, pause, pair, dry_run))


@_command()
def archive(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Your downloads, in any order.", show_default=False)],
    to: Annotated[
        Path | None, typer.Option("--to", metavar="DIR", help="Where to; without it FOLDER.archive, beside the folder.")
    ] = None,
    dry_run: DryRun = False,
) -> int:
    """Make an archive of a folder of downloads: which source each file belongs to, which moment it is of, and why.

    What cannot be placed is named with the reason. Exit code 0: every file was placed. 3: some were not.
    """
    from pipelines.cli.archive import archive

    return archive(read_settings(), folder, to, dry_run=dry_run)


@_command()
def doctor(
    online: Annotated[
        bool, typer.Option("--online", help="Ask each address of the live sources once too, and write a report to send.")
    ] = False,
) -> int:
    """Check the installation and say how to mend what is wrong.

    With --online, exit code 3: something of what the sources answered would not be taken in.
    """
    from pipelines.cli.doctor import ask_online, doctor

    settings = read_settings()
    return doctor(settings) or (ask_online(settings) if online else 0)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return its exit code."""
    _open_streams()
    _write_utf_8()
    try:
        code = app(args=None if argv is None else list(argv), prog_name="bilateral", standalone_mode=False)
    except TyperException as error:
        return _usage(error)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except OSError as error:  # of help, which is no command
        if (said := disk_error_message(error)) is None:
            raise
        tell(said)
        return 1
    return code if isinstance(code, int) else 0


def command() -> NoReturn:
    """Run the command of this process and end it, as the program ``bilateral`` does."""
    sys.exit(main())


def _open_streams() -> None:
    """Open what a service closed before it began this: else a file of data gets its number, and what is printed to that."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), "w" if number else "r", encoding="utf-8"))


def _write_utf_8() -> None:
    """Write UTF-8 whatever the locale says: names of parties are in all scripts. A terminal of another kind shows ?."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and codecs.lookup(stream.encoding).name != "utf-8":
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8")


def _usage(error: TyperException) -> int:
    """Tell what of a command line could not be read, what may have been meant, and where the help is."""
    text = getattr(error, "format_message", lambda: str(error))()
    if wrong := re.search(r"'([^']*)' is not one of (.*)\.$", text):
        from pipelines.util.suggest import did_you_mean

        text += did_you_mean(wrong[1], re.findall(r"'([^']*)'", wrong[2]), most=1)
    context = getattr(error, "ctx", None)
    tell(f"{text} '{'bilateral' if context is None else context.command_path} --help' says more.")
    return int(getattr(error, "exit_code", 2))


if __name__ == "__main__":
    sys.exit(main())
