"""What all commands share: how they are declared, what ends them, and how a mistake is answered.

A command returns its exit code. A problem is a sentence on standard error, never a traceback.
"""

from __future__ import annotations

import codecs
import functools
import importlib.metadata
import io
import os
import re
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn, ParamSpec

import typer
from typer import Option
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from assets.errors import BilateralError
from pipelines.util.disk_errors import disk_error_message

if TYPE_CHECKING:
    from pipelines.settings import Settings

RowsForm = Annotated[Literal["table", "csv", "json"], Option("--format", help="How rows are written.")]
Form = Annotated[Literal["text", "json"], Option("--format", help="How it is written.")]
Limit = Annotated[
    int | None,
    Option("--limit", min=0, metavar="N", help="At most N rows (0: all). Without it all, but 1,000 of a table on a terminal."),
]
DryRun = Annotated[bool, Option("--dry-run", help="Say what would be done, and change nothing.")]

P = ParamSpec("P")
EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {}
"""Of each command: lines that can be typed as they stand, and what each does. The help of the command ends with them."""
FIRST_STEPS = ("refresh", 0), ("demo", 0), ("sql", 0), ("describe", 1)


class _Command(TyperCommand):
    """A command whose help ends with examples."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help, and then the examples."""
        super().format_help(ctx, formatter)
        _print_examples(EXAMPLES[self.name or ""])


class _Commands(TyperGroup):
    """The commands in the order of their declaration; the help ends with the first steps."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help, and then the examples."""
        super().format_help(ctx, formatter)
        _print_examples([EXAMPLES[name][number] for name, number in FIRST_STEPS])


def _print_examples(examples: Sequence[tuple[str, str]]) -> None:
    print(" Examples:")
    for line, says in examples:
        print(f"   {line}\n       {says}")
    print()


app = typer.Typer(
    name="bilateral",
    cls=_Commands,
    help="The bilateral-relations warehouse: who listed whom, what was counted, what was said, as known on any day.",
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)


def command(*examples: tuple[str, str], name: str | None = None) -> Callable[[Callable[P, int]], Callable[P, int]]:
    """A function as a command, with examples: its result is the exit code, its problems are sentences."""

    def declare(work: Callable[P, int]) -> Callable[P, int]:
        called = name or work.__name__
        EXAMPLES[called] = examples
        app.command(called, cls=_Command)(answers(work))
        return work

    return declare


def _version(wanted: bool) -> None:
    if wanted:
        print(f"bilateral {importlib.metadata.version('bilateral-relations-warehouse')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _bilateral(
    ctx: typer.Context,
    version: Annotated[  # noqa: ARG001 its callback answers
        bool, Option("--version", callback=_version, is_eager=True, help="The version, and no more.")
    ] = False,
) -> None:
    if ctx.invoked_subcommand is None:
        print(ctx.get_help(), end="")


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
        if (message := disk_error_message(error)) is None:
            raise
        tell(message)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left of it is not written at the end either
        return 1
    return code if isinstance(code, int) else 0


def run() -> NoReturn:
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


class Stopped(KeyboardInterrupt):
    """A signal asked the program to end. ``signal``: its number."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.signal = number


def answers(work: Callable[P, int]) -> Callable[P, None]:
    """A function whose result is the exit code, with its problems reported as sentences."""

    @functools.wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            code = work(*args, **kwargs)
            sys.stdout.flush()
        except BrokenPipeError:
            # the reader of a pipe has seen enough; point stdout elsewhere so that the interpreter does not complain on exit
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = 0
        except KeyboardInterrupt as stop:
            print(file=sys.stderr)
            tell("stopped; the published file is whole, and the next refresh goes on from here")
            code = 128 + (stop.signal if isinstance(stop, Stopped) else signal.SIGINT)
        except Exception as error:
            message = _message(error)
            if message is None:
                raise
            tell(message)
            code = 1
        raise typer.Exit(code)

    return run


def _message(error: Exception) -> str | None:
    """What an error means for a person; None where it is a fault of the program."""
    if isinstance(error, BilateralError):
        return str(error)
    if (message := disk_error_message(error)) is not None:
        return message
    if isinstance(error, FileNotFoundError) and error.filename is None:  # os.getcwd names none
        return "the folder that you are in was removed: change to another, and ask again"
    if isinstance(error, OSError) and error.filename is not None:
        # a folder that is not to be read: the system says which file and why
        return f"{error.filename}: {error.strerror}. What was published before is whole."
    if type(error).__module__.startswith("dagster_postgres"):
        return (
            "the PostgreSQL database that keeps Dagster's runs (dagster.yaml) does not answer. What steps finished is kept, "
            "and the published file is whole: start the database, then refresh again."
        )
    # DuckDB is not imported for the sake of help
    if type(error).__module__ in ("duckdb", "_duckdb"):
        return (
            f"the published file lacks what this command reads ({str(error).splitlines()[0]}): it is of another version, or none "
            "of this program. 'bilateral refresh' writes it again."
        )
    return None


def tell(text: str) -> None:
    """Write a remark for a person next to the answer, on standard error."""
    print(f"bilateral: {plain(text)}", file=sys.stderr, flush=True)


def plain(text: str) -> str:
    """A text without control characters: what comes from a list or the web must not move the cursor of a terminal."""
    return text if text.isprintable() else "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def read_settings() -> Settings:
    """The settings of the environment; a wrong one ends the program with code 2 and a line that names it."""
    from pydantic import ValidationError

    from pipelines.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        for problem in error.errors():
            name = "BILATERAL_" + "_".join(str(p) for p in problem["loc"]).upper()
            field = Settings.model_fields.get(str(problem["loc"][0])) if problem["loc"] else None
            is_secret = field is not None and not field.repr
            tell(f"{name}: {problem['msg']}" + ("" if is_secret else f" (found {problem['input']!r})"))
        sys.exit(2)


def day_of(option: str, text: str | None) -> date | None:
    """The day that an option names. Raises BilateralError where it is none."""
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise BilateralError(f"{option} {text}: expected a date as YYYY-MM-DD. Nothing was changed.") from None


def sources_beginning(incomplete: str) -> list[str]:
    """Ids of declared sources that begin so, for completion."""
    from pipelines.ingest.sources import load_sources

    return [name for name in load_sources() if name.startswith(incomplete)]
