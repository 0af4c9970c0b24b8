"""A disk that is full, a folder that may not be written: what a write that failed means, as a sentence for people.

The system says it by a number; DuckDB, Polars and SQLite (Dagster's log) each by a text of its own.
"""

import errno
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

WHOLE = "Nothing half-written is used, and what was published before is whole."
_FULL, _READ_ONLY, _NOT_ALLOWED, _TOO_LARGE, _BROKEN = "full", "read-only", "not allowed", "too large", "broken"
_NUMBERS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EROFS: _READ_ONLY,
    errno.EACCES: _NOT_ALLOWED,
    errno.EPERM: _NOT_ALLOWED,
    errno.EFBIG: _TOO_LARGE,
    errno.EIO: _BROKEN,
}
_TEXTS = (
    (re.compile(r"no space left on device|database or disk is full|disk quota exceeded|os error (?:28|122)\b", re.I), _FULL),
    (re.compile(r"read-only file system|os error 30\b", re.I), _READ_ONLY),
    (
        re.compile(r"attempt to write a readonly database|permission denied|operation not permitted|os error 13\b", re.I),
        _NOT_ALLOWED,
    ),
    (re.compile(r"file too large|os error 27\b", re.I), _TOO_LARGE),
    (re.compile(r"disk i/o error|input/output error|unable to open database file|os error 5\b", re.I), _BROKEN),
)
_PATH = re.compile(r"""["'](/[^"']+)["']""")
_LITTLE = 1 << 20
"""Bytes: where less is free, an error that names no reason is one of room. SQLite calls a full disk an I/O error too."""
_MUCH = 1 << 30
"""Bytes: where more is free again, somebody has made room meanwhile, and the number would only puzzle."""
_WAYS_OUT = {
    _FULL: "Make room and refresh again: it goes on from here. A build needs as much as the published file once more; "
    "'bilateral gc' removes what nothing names any more, and staged/ can be deleted.",
    _READ_ONLY: "Mount it for writing and refresh again. A disk with errors is often mounted so by itself; its log says so.",
    _NOT_ALLOWED: "Give the user that runs this the right to write there, or set BILATERAL_WAREHOUSE to another folder; then "
    "refresh again.",
    _TOO_LARGE: "Raise the limit on the size of files for this user (ulimit -f), then refresh again.",
    _BROKEN: "Look at the system's log: a disk that fails should be copied (bilateral backup) before it is asked for more. Then "
    "refresh again.",
}


def disk_error_message(error: BaseException, folder: Path | None = None) -> str | None:
    """What a write that failed (or what caused the error) means and what to do; None where the error is of another kind.

    ``folder``: what was written to, where the error names no file; what may not be touched elsewhere is another matter.
    """
    for one in chain_of(error):
        reason = _NUMBERS.get(one.errno or 0) if isinstance(one, OSError) else None
        reason = reason or _of_library(one)
        if reason is not None:
            named = one.filename if isinstance(one, OSError) and isinstance(one.filename, (str, Path)) else None
            if reason == _NOT_ALLOWED and named is not None and (folder is None or not Path(named).is_relative_to(folder)):
                return None  # what may not be read is said in the same way
            return _message(reason, Path(named) if named else _named(str(one)) or folder)
    return None


def fault_message(what: str, fault: Exception, folder: Path | None = None) -> str:
    """A fault of the code, or of the disk, as a sentence for people."""
    if (message := disk_error_message(fault, folder)) is not None:
        return f"{what}: {message}"
    return f"{what} ({type(fault).__name__}: {fault}); please report this, with refresh.log"


def text_in_words(text: str, folder: Path) -> str | None:
    """The same of an error of which only the text is left, as in a log."""
    reason = _of_text(text)
    return None if reason is None else _message(reason, _named(text) or folder)


def chain_of(error: BaseException) -> Iterator[BaseException]:
    """An error, what caused it, what caused that, ..."""
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        yield found
        found = found.__cause__ or found.__context__


def _of_library(error: BaseException) -> str | None:
    """The reason of an error of a library that writes. Polars raises errors of the system without a number."""
    package = type(error).__module__.partition(".")[0]
    is_of_system = isinstance(error, OSError) and error.errno is None
    return _of_text(str(error)) if is_of_system or package in ("duckdb", "_duckdb", "polars", "sqlite3", "sqlalchemy") else None


def _of_text(text: str) -> str | None:
    return next((reason for pattern, reason in _TEXTS if pattern.search(text)), None)


def _named(text: str) -> Path | None:
    found = _PATH.search(text)
    return None if found is None else Path(found[1])


def _message(reason: str, path: Path | None) -> str:
    where = path
    while where is not None and not where.exists() and where != where.parent:
        where = where.parent
    free = None if where is None else shutil.disk_usage(where).free
    if reason == _BROKEN and free is not None and free < _LITTLE:
        reason = _FULL
    elif reason == _BROKEN and where is not None and not os.access(where, os.W_OK):
        reason = _NOT_ALLOWED
    what = {
        _FULL: "the disk is full" + ("" if free is None or free > _MUCH else f" ({free / 1e6:,.1f} MB free by now)"),
        _READ_ONLY: "the file system is read-only",
        _NOT_ALLOWED: "this user may not write there",
        _TOO_LARGE: "the file would be larger than this process may write",
        _BROKEN: "the disk reports an error",
    }[reason]
    return f"{path or 'the disk'}: cannot be written: {what}. {WHOLE} {_WAYS_OUT[reason]}"
