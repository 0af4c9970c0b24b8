"""The sources as each domain declares them, in a YAML file next to the module that reads them: terms, addresses, guards.

Only the declaration belongs here. ``pipelines.ingest.fetch`` asks a source; ``pipelines.ingest.guards`` refuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.dataclasses import dataclass as pydantic_dataclass

from assets.amendments import Amendment, contradictions, misfits
from assets.contracts import RowGuard, SourceCode
from assets.errors import BilateralError

ASSETS = Path(__file__).resolve().parents[2] / "assets"

Kind = Literal["text", "html", "json", "xml", "binary"]

_SOURCE_ID = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_GLOB = re.compile(r"[*?\[]")


def _matching(pattern: str, expected: str) -> AfterValidator:
    def checked(text: str) -> str:
        if re.fullmatch(pattern, text) is None:
            raise ValueError(f"expected {expected}, not {text!r}")
        return text

    return AfterValidator(checked)


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("expected the name of a time zone, such as America/New_York or UTC") from None
    return name


def _scalar(value: object) -> object:
    # a moment is a date by type, and no cell that is amended holds one
    if isinstance(value, datetime) or not isinstance(value, str | int | float | bool | date | None):
        raise ValueError(f"expected a text, a number, true, false, a day (2024-05-31) or null, not {value!r:.80}")
    return value


Text = Annotated[str, Field(min_length=1)]
Page = Annotated[str, _matching("https://.*", "an address that begins with https://")]
Zone = Annotated[str, AfterValidator(_time_zone)]
Host = Annotated[str, _matching(r"[a-z0-9-]+(\.[a-z0-9-]+)+", "names of hosts in small letters without https:// and path")]
SnapshotId = Annotated[str, _matching("[0-9a-f]{64}", "snapshot ids of 64 hexadecimal digits")]
FileName = Annotated[str, _matching("[^/.][^/]*", "names of files without a folder and without a leading dot")]
Share = Annotated[float, Field(ge=0, le=1)]
Scalar = Annotated[Any, AfterValidator(_scalar)]


def is_pattern(name: str) -> bool:
    """Whether a key of ``files`` is a pattern (``*.html``) and not the name of one file."""
    return _GLOB.search(name) is not None


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileSpec(_Declared):
    """What a source serves under one name, or under names of one pattern.

    Attributes:
        url: address of the file; ``{date}`` in it stands for a day. Of a pattern it is that of its index or of its pages.
        index: what the address of a pattern lists: ``slots`` (lines ``size md5 url``, a file a quarter-hour), ``days`` (lines
            ``md5  name``, a file a day), ``feeds`` (no address: ``table`` names them).
        table: of ``index: feeds``, the table of feeds that are read where no setting names another, in the domain's folder.
        pages: how a file that comes in pages is asked for: ``socrata``, ``soda3``, ``next_page_url`` (each names the next).
        page_rows: rows of a full page.
        via: the file is asked for only where the setting of that name (api, soda3, bulk) is chosen.
        ecfr_title: ``{date}`` is the newest day that the eCFR's own list of titles states of this title.
        key: the setting whose value is sent as the parameter ``key``; without it the file is not asked for.
        zipped: the answer is a zip file; its members are kept under their own names.
        required: a snapshot without it is refused (a pattern: without any file of it).
        may_be_empty: 0 bytes are left to ``stage`` to judge.
        kind: what its bytes are; a web page is refused in place of anything but ``html``, long lines in ``text``.
        closing_tag: its last visible characters.
        fallback: another address of the file, asked where the first does not give it.
    """

    url: str | None = None
    index: Literal["slots", "days", "feeds"] | None = None
    table: str | None = Field(default=None, pattern=r"^(?:[a-z0-9_-]+/)*[a-z0-9_-]+\.csv$")
    pages: Literal["socrata", "soda3", "next_page_url"] | None = None
    page_rows: int = Field(default=50_000, gt=0)
    via: Literal["api", "soda3", "bulk"] | None = None
    ecfr_title: int | None = None
    key: Literal["census_key"] | None = None
    zipped: bool = False
    required: bool = True
    may_be_empty: bool = False
    kind: Kind = "text"
    closing_tag: Text | None = None
    fallback: str | None = None


class Address(_Declared):
    """Where a file that the source declares was served from the year ``since`` to ``until`` (none: still); ``*``: what varies."""

    file: str
    url: str = Field(pattern=r"^https?://[^\s*]+/[^\s]*$")
    since: int = Field(ge=1990, le=2100)
    until: int | None = Field(default=None, ge=1990, le=2100)


class ListFacts(_Declared):
    """What is said of a list of parties and no file of its own says.

    Attributes:
        authority: actor id of the body that keeps it.
        kind: what being listed means, a word of ``core.sanction_lists.kind``.
        precedence: a party on several lists takes its id from the one of the lowest number.
        listing_page: address of the page of a single listing, with ``{native_id}`` in it, where the publisher has such pages.
        history: how its history comes about, a word of ``HISTORIES`` in the domain.
        max_gap_days: two editions cover the days between them where they are at most so many days apart. A record of notices,
            which keeps what has ended, has none.
        target_ids: the states whose parties it can name by its law, where it cannot name those of any.
    """

    authority: str
    kind: str
    precedence: int
    listing_page: str | None = None
    history: str
    max_gap_days: int | None = Field(default=None, gt=0)
    target_ids: list[str] | None = Field(default=None, min_length=1)


class Lookup(_Declared):
    """A dirty value of a column, and what is put in its place, or fills the empty cells of the column ``into`` beside it."""

    expected: Scalar
    into: str | None = None
    value: Scalar
    reason: Text


class Days(_Declared):
    """Days of retrieval (UTC), both included."""

    since: date | None = None
    until: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Days:
        if self.since is not None and self.until is not None and self.since > self.until:
            raise ValueError(f"since {self.since} is after until {self.until}")
        return self


class Correction(_Declared):
    """A wrong value in a named cell of a staged frame, and the right one.

    ``where``: the values of other columns that name the row. ``expected``: what is wrong; where something else stands,
    nothing is changed and a warning says so. ``source``: address or notice that says so. ``snapshots``: days of retrieval of
    those that have the mistake; all without.
    """

    frame: str
    where: dict[str, Scalar] = Field(min_length=1)
    column: str
    expected: Scalar
    value: Scalar
    reason: Text
    source: Text
    snapshots: Days = Days()


@pydantic_dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Rows(RowGuard):
    """The bounds on rows, as ``RowGuard`` has them, within what makes sense."""

    min_share: Share = RowGuard.min_share
    max_share: float = Field(default=RowGuard.max_share, ge=1)
    max_rejected_share: Share = RowGuard.max_rejected_share
    max_set_aside_share: Share = RowGuard.max_set_aside_share
    fill: Mapping[str, Mapping[str, Share]] = Field(default_factory=dict)


class Source(_Declared):
    """One source: what it is, on what terms, where it may be asked, and what is refused.

    ``id`` is the key in the file and ``domain`` the folder of the domain; both are set by ``load_sources``. ``max_bytes``
    bounds all files of a snapshot together. ``reviewed`` holds ids of snapshots that a person accepts in spite of a guard.
    ``days_since``: the source comes in days (UTC), of which this is the first. ``max_age_days``: beyond this age of its newest
    vintage a figure is no longer given as the one known. ``list``: facts of a list of parties.
    ``declared_in`` is the file that holds all this. ``lookups`` (by staged frame and column) and ``corrections`` amend what its
    reader gives (``assets.amendments``). ``unseen``: what of it was read and tested on files made to the published layout alone,
    for want of a real one.
    ``timeout_s``, ``max_tries``, ``backoff_s``: of a server that is slower than others, in place of the settings of these names
    where they are more patient. ``addresses``: where its files were served, now and in former years.
    ``stale_after_days``: age of the newest date in its data beyond which something is wrong, by its cadence; without it none is.
    """

    id: str
    domain: str
    declared_in: str = ""
    title: Text
    publisher: Text
    licence: Text
    citation: Text
    url: Page
    cadence: Text
    timezone: Zone
    live: Literal["fetch", "manual"]
    unseen: Text | None = None
    hosts: tuple[Host, ...] = ()
    http_with_checksum: bool = False
    timeout_s: float | None = Field(default=None, gt=0)
    max_tries: int | None = Field(default=None, ge=1, le=10)
    backoff_s: float | None = Field(default=None, gt=0)
    max_bytes: int = Field(gt=0)
    max_line_bytes: int = Field(gt=0)
    files: dict[FileName, FileSpec] = Field(min_length=1)
    addresses: tuple[Address, ...] = ()
    days_since: date | None = None
    stale_after_days: int | None = Field(default=None, gt=0)
    max_age_days: int | None = Field(default=None, gt=0)
    list: ListFacts | None = None
    rows: Rows = Rows()
    reviewed: tuple[SnapshotId, ...] = ()
    lookups: dict[str, dict[str, tuple[Lookup, ...]]] = Field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()

    @property
    def amendments(self) -> tuple[Amendment, ...]:
        """What is amended in the staged frames, as one function takes it."""
        looked_up = [
            Amendment("lookup", frame, column, entry.expected, entry.value, entry.reason)
            if entry.into is None
            else Amendment("lookup", frame, entry.into, None, entry.value, entry.reason, ((column, entry.expected),))
            for frame, columns in self.lookups.items()
            for column, entries in columns.items()
            for entry in entries
        ]
        corrected = [
            Amendment(
                "correction", c.frame, c.column, c.expected, c.value, c.reason,
                tuple(c.where.items()), c.source, c.snapshots.since, c.snapshots.until,
            )
            for c in self.corrections
        ]  # fmt: skip
        return (*looked_up, *corrected)

    def spec(self, name: str) -> FileSpec | None:
        """What is declared for a file of that name: an exact key before a pattern; patterns ignore case. None: nothing."""
        if name in self.files:
            return self.files[name]
        folded = name.casefold()
        return next((s for key, s in self.files.items() if is_pattern(key) and fnmatchcase(folded, key.casefold())), None)

    def declared_name(self, name: str) -> str | None:
        """The spelling under which a file is kept: ``SDN.CSV`` is ``sdn.csv`` where that is declared. None: not declared."""
        if name in self.files:
            return name
        folded = name.casefold()
        exact = next((key for key in self.files if not is_pattern(key) and key.casefold() == folded), None)
        return exact if exact is not None else (name if self.spec(name) is not None else None)

    @model_validator(mode="after")
    def _amendments_agree(self) -> Source:
        if problems := list(contradictions(self.amendments)):
            raise ValueError("; ".join(dict.fromkeys(problems)))
        return self

    @model_validator(mode="after")
    def _addresses_are_allowed(self) -> Source:
        schemes = ("https", "http") if self.http_with_checksum else ("https",)
        for name, spec in self.files.items():
            if is_pattern(name) and spec.url is not None and spec.index is None and spec.pages is None:
                raise ValueError(f"files: {name}: expected index or pages beside the url of a pattern")
            if (spec.index == "feeds") != (spec.table is not None):
                raise ValueError(f"files: {name}: expected index: feeds and a table together")
            if spec.url is None:
                continue
            for key, url in (("url", spec.url), ("fallback", spec.fallback or spec.url)):
                parts = urlsplit(url)
                if parts.scheme not in schemes:
                    also = "" if self.http_with_checksum else " (http:// only with http_with_checksum: true)"
                    begin = " or ".join(f"{scheme}://" for scheme in schemes)
                    raise ValueError(f"files: {name}: {key}: expected an address that begins with {begin}{also}, not {url!r}")
                if parts.hostname not in self.hosts:
                    raise ValueError(f"files: {name}: {key}: expected a host that `hosts` names, not {parts.hostname!r}")
        for address in self.addresses:
            if self.declared_name(address.file) is None:
                raise ValueError(f"addresses: {address.url}: expected a file that `files` names, not {address.file!r}")
        if self.live == "fetch" and all(spec.url is None and spec.index != "feeds" for spec in self.files.values()):
            raise ValueError("files: expected at least one url, since live is fetch (live: manual reads archives only)")
        return self


class _StrictLoader(yaml.CSafeLoader):
    """Refuses a key that is given twice: YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key.value!r} is given twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _read(path: Path, root: Path) -> dict[str, Source]:
    where = f"{root.name}/{path.relative_to(root)}"
    try:
        entries = yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise BilateralError(f"{where}: cannot be read as YAML: {error}") from error
    if not isinstance(entries, dict):
        raise BilateralError(f"{where}: expected a mapping from source id to its declaration, not {type(entries).__name__}")
    found = {}
    for source_id, entry in entries.items():
        if not isinstance(source_id, str) or not _SOURCE_ID.fullmatch(source_id):
            raise BilateralError(f"{where}: {source_id!r}: expected an id of small letters, digits and single underscores")
        if not isinstance(entry, dict):
            raise BilateralError(f"{where}: {source_id}: expected a mapping (title, publisher, ...), not {type(entry).__name__}")
        if own := {"id", "domain", "declared_in"} & set(entry):
            raise BilateralError(f"{where}: {source_id}: {', '.join(sorted(own))}: not a key: its place says it")
        try:
            found[source_id] = Source(id=source_id, domain=path.relative_to(root).parts[0], declared_in=where, **entry)
        except ValidationError as error:
            raise BilateralError("\n".join(_problem(where, source_id, e) for e in error.errors())) from None
        except TypeError as error:
            raise BilateralError(f"{where}: {source_id}: expected keys that are text: {error}") from None
    return found


_KEYS: dict[object, Iterable[str]] = {
    "files": FileSpec.model_fields, "addresses": Address.model_fields, "list": ListFacts.model_fields,
    "lookups": Lookup.model_fields, "corrections": Correction.model_fields, "rows": Rows.__dataclass_fields__,
}  # fmt: skip


def _problem(where: str, source_id: str, error: Any) -> str:
    key = ": ".join(str(part) for part in error["loc"])
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        known = [n for n in _KEYS.get(error["loc"][0], Source.model_fields) if n not in ("id", "domain", "declared_in")]
        message = f"not a key; expected one of {', '.join(known)}"
    elif error["type"] == "missing":
        message = "missing; expected a value"
    elif error["type"] != "value_error":
        message = f"{message[0].lower()}{message[1:]}, not {error['input']!r:.80}"
    return f"{where}: {source_id}: " + (f"{key}: {message}" if key else message)


@cache
def _load(root: Path) -> tuple[tuple[str, Source], ...]:
    found: dict[str, Source] = {}
    for path in sorted(root.glob("*/**/*.yml")):
        for source_id, source in _read(path, root).items():
            if (other := found.setdefault(source_id, source)) is not source:
                raise BilateralError(f"{source.declared_in}: {source_id}: {other.declared_in} declares it already")
    return tuple(found.items())


def load_sources(root: Path = ASSETS) -> dict[str, Source]:
    """All declared sources by id, in order of domain and file, read once. Raises BilateralError, a line per problem."""
    return dict(_load(root.resolve()))


def check_frames(source: Source, code: SourceCode) -> None:
    """Refuse a declaration that names frames or columns which its reader lacks. Raises BilateralError, a line per problem."""
    problems = [f"{a.kind}s: {text}" for a in source.amendments for text in misfits([a], code.frames)]
    for frame, columns in source.rows.fill.items():
        known = code.frames.get(frame)
        if known is None:
            problems.append(f"rows: fill: the reader gives no frame {frame!r}; expected {', '.join(code.frames) or 'none'}")
        elif unknown := [c for c in columns if c not in known]:
            problems.append(f"rows: fill: {frame}: no column {', '.join(unknown)}; expected of {', '.join(known)}")
    if problems:
        raise BilateralError("\n".join(f"{source.declared_in}: {source.id}: {text}" for text in problems))
