"""Guards on the bytes of a snapshot: empty, a web page, cut, too large. Pure; what a row means is for ``stage`` to judge.

Failing closed is the rule (an empty or cut answer is not a mass delisting): a refused snapshot is kept and feeds nothing.
"""

import json
import re
from collections.abc import Mapping

from assets.errors import first_few
from pipelines.ingest.sources import FileSpec, Source, is_pattern

_HEAD = 65_536
"""Bytes at the start in which a web page must show itself; comments before <html> may be long."""
_SHOWN = 5
"""Files named in a reason before the rest is counted."""

_LEADING = re.compile(rb"(?:\s+|\xef\xbb\xbf|<!--.*?-->|<\?xml[^>]*>)*", re.DOTALL)
_PAGE = re.compile(rb"<!doctype\s+html|<html[\s>]|<(?:head|body)[\s>]", re.IGNORECASE)
_PAGE_PART = re.compile(rb"<(?:title|meta|script|style|div|h1|center|iframe|noscript)[\s>]|<!--", re.IGNORECASE)
_XML_ERROR = re.compile(rb"<(?:[a-z0-9]+:)?(?:errors?|errorresponse|fault|exception|serviceexceptionreport)[\s>]", re.IGNORECASE)
_TEXT_ERROR = re.compile(
    rb"\W*(?:(?:http|error)\W*)*(?:\d{3}\W+)?(?:access denied|forbidden|unauthorized|not found|bad gateway|gateway time-?out"
    rb"|service (?:temporarily )?unavailable|internal server error|too many requests|request rejected)\W*",
    re.IGNORECASE,
)
_ERROR_KEYS = frozenset({"error", "errors", "errorcode", "error_code", "errormessage", "error_message", "fault", "exception"})
_MESSAGE_KEYS = frozenset({"message", "code", "status", "statuscode", "status_code", "requestid", "request_id", "detail", "data"})
_INVISIBLE = b" \t\r\n\x00\x1a"


def inspect(files: Mapping[str, bytes], source: Source) -> str | None:
    """Why these files (as served, by name) must not feed the tables, by what the source declares; None where nothing is wrong."""
    if not files:
        return "nothing was served: no file at all"
    total = sum(map(len, files.values()))
    if total > source.max_bytes:
        return f"{_names(files)}: {total:,} bytes, more than the limit of {source.max_bytes:,} (max_bytes in its declaration)"
    problems = []
    for key, spec in source.files.items():
        if spec.required and is_pattern(key) and not any(source.spec(name) is spec for name in files):
            problems.append(f"{key}: the snapshot has no such file, only {_names(files)}")
        elif spec.required and not is_pattern(key) and key not in files:
            problems.append(f"{key}: the file is missing from the snapshot, which has only {_names(files)}")
    for name, data in files.items():
        problem = _refusal(data, source.spec(name), source)
        if problem is not None:
            problems.append(f"{name}: {problem}")
    if len(problems) > _SHOWN:
        problems = [*problems[:_SHOWN], f"and {len(problems) - _SHOWN:,} more"]
    return "; ".join(problems) if problems else None


def _names(names: Mapping[str, object]) -> str:
    return first_few(list(names), _SHOWN)


def _refusal(data: bytes, spec: FileSpec | None, source: Source) -> str | None:
    if spec is None:
        return f"not a file of this source, which declares {_names(source.files)}"
    if not data:
        return None if spec.may_be_empty else "0 bytes"
    return (
        (None if spec.kind == "html" else _error_page(data, spec))
        or (_long_line(data, source.max_line_bytes) if spec.kind == "text" else None)
        or _cut(data, spec)
    )


def refusal_of_beginning(data: bytes, spec: FileSpec | None) -> str | None:
    """Why a file that begins so would be refused for its bytes; None where its beginning says nothing against it."""
    if spec is None:
        return None
    return "0 bytes" if not data and not spec.may_be_empty else None if spec.kind == "html" else _error_page(data, spec)


def _begin(data: bytes) -> str:
    text = data[:60].decode("utf-8", "replace")
    return "".join(c if c.isprintable() else " " for c in text).strip()


def _error_page(data: bytes, spec: FileSpec) -> str | None:
    """A page of the site, or its error message, in place of the file."""
    head = data[:_HEAD]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head.decode("utf-16", "replace").encode("utf-8", "replace")
    leading = _LEADING.match(head)
    start = head[leading.end() :] if leading is not None else head
    is_text = spec.kind == "text"
    if _PAGE.match(start) or (spec.kind != "xml" and _PAGE_PART.match(start)):
        return f"a web page (HTML) where {spec.kind} was expected; it begins {_begin(start)!r}"
    if _XML_ERROR.match(start):
        return f"an error message (XML) in place of the file; it begins {_begin(start)!r}"
    if spec.kind in ("text", "json") and b"<?xml" in head[: len(head) - len(start)]:
        return f"an XML document where {spec.kind} was expected; it begins {_begin(start)!r}"
    if len(data) <= 200 and _TEXT_ERROR.fullmatch(data):
        return f"an error message in place of the file: {_begin(data)!r}"
    if len(data) <= _HEAD and start.startswith(b"{") and (is_text or spec.kind == "json") and _is_json_error(head):
        return f"an error message (JSON) in place of the file; it begins {_begin(start)!r}"
    return None


def _is_json_error(data: bytes) -> bool:
    try:
        answer = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return False
    if not isinstance(answer, dict):
        return False
    keys = {key.casefold() for key in answer}
    says_error = any(value and key.casefold() in _ERROR_KEYS for key, value in answer.items())
    return says_error or ("message" in keys and keys <= _MESSAGE_KEYS)


def _long_line(data: bytes, limit: int) -> str | None:
    """Jump from line break to line break a limit apart: cost in proportion to size / limit, no copy, whatever the lines."""
    position = 0
    while len(data) - position > limit:
        window = position, position + limit + 1
        found = max(data.rfind(b"\n", *window), data.rfind(b"\r", *window))
        if found < 0:
            return f"a line longer than {limit:,} bytes (max_line_bytes in its declaration) at byte {position:,}: damaged?"
        position = found + 1
    return None


def _cut(data: bytes, spec: FileSpec) -> str | None:
    if spec.closing_tag is not None:
        end = data[-_HEAD:].rstrip(_INVISIBLE)
        if end.endswith(b"-->"):
            end = end[: max(end.rfind(b"<!--"), 0)].rstrip(_INVISIBLE)
        if not end.endswith(spec.closing_tag.encode()):
            return f"not whole: it does not end in {spec.closing_tag}; the download was cut"
    if spec.kind == "json":
        begin, end = data[:_HEAD].lstrip(b" \t\r\n\xef\xbb\xbf")[:1], data[-_HEAD:].rstrip(_INVISIBLE)[-1:]
        if (begin == b"{" and end != b"}") or (begin == b"[" and end != b"]"):
            return f"not whole: JSON that begins with {begin.decode()} and does not end with its pair; the download was cut"
    return None
