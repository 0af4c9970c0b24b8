"""How a command ends: a problem is a sentence on standard error, never a traceback, and the exit code says which kind."""

from __future__ import annotations

import functools
import os
import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec

import typer

from assets.errors import BilateralError
from pipelines.util.disk_errors import disk_error_message

if TYPE_CHECKING:
    from pipelines.settings import Settings

P = ParamSpec("P")


class Stopped(KeyboardInterrupt):
    """A signal asked the program to end. ``signal``: its number."""

    def __init__(self, number: int) -> None:
        """Note the signal."""
        super().__init__(number)
        self.signal = number


def answers(command: Callable[P, int]) -> Callable[P, None]:
    """A command whose result is its exit code, with its problems reported as sentences."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        raise typer.Exit(_code(functools.partial(command, *args, **kwargs)))

    return run


def _code(command: Callable[[], int]) -> int:
    try:
        code = command()
        sys.stdout.flush()
        return code
    except BilateralError as error:
        tell(str(error))
        return 1
    except BrokenPipeError:
        # the reader of a pipe has seen enough; point stdout elsewhere so that the interpreter does not complain on exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        # a folder that is not to be read, a disk that is full: the system says which file and why
        said = disk_error_message(error)
        if error.filename is None and isinstance(error, FileNotFoundError):  # os.getcwd names none
            said = "the folder that you are in was removed: change to another, and ask again"
        if error.filename is None and said is None:
            raise
        tell(said or f"{error.filename}: {error.strerror}. What was published before is whole.")
        return 1
    except Exception as error:
        if (said := disk_error_message(error)) is not None:
            tell(said)
            return 1
        if type(error).__module__.startswith("dagster_postgres"):
            tell(
                "the PostgreSQL database that keeps Dagster's runs (dagster.yaml) does not answer. What steps finished is kept, "
                "and the published file is whole: start the database, then refresh again."
            )
            return 1
        # DuckDB is not imported for the sake of help
        if type(error).__module__ not in ("duckdb", "_duckdb"):
            raise
        reason = str(error).splitlines()[0]
        tell(
            f"the published file lacks what this command reads ({reason}): it is of another version, or none of this program. "
            "'bilateral refresh' writes it anew."
        )
        return 1
    except KeyboardInterrupt as stop:
        print(file=sys.stderr)
        tell("stopped; the published file is whole, and the next refresh goes on from here")
        return 128 + (stop.signal if isinstance(stop, Stopped) else signal.SIGINT)


def tell(text: str) -> None:
    """Write a remark for a person next to the answer, on standard error."""
    from pipelines.cli.terminal import plain  # few commands have anything to tell

    print(f"bilateral: {plain(text)}", file=sys.stderr, flush=True)


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
