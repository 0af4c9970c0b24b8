"""From a folder of downloads to an archive: which source a file belongs to, and as of which moment it may be said to be known.

Which source: the one whose reader takes it, of several the one whose file names or id the name of the file bears; never a guess.
Which moment: that of the name or of the folder, or the day that the file says it is of where that is later; else when it was last
written. A catalog in the folder (``CATALOG.csv``) counts more than all of this.
"""

import csv
import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import get_args

from assets import progress
from assets.contracts import SourceCode
from assets.errors import BilateralError
from pipelines.ingest.archive import BASIS, plain_name
from pipelines.ingest.receipts import Basis, folder_name, parse_moment
from pipelines.ingest.sources import Source, is_pattern
from pipelines.services.trial import try_files

CATALOG = "CATALOG.csv"
ANY_TEXT = ("articles", "feeds")
"""Sources that take almost any text as an article: only what lies in a folder of such a name is one."""
_STAMP = re.compile(r"(?<!\d)(\d{4})-?(\d\d)-?(\d\d)T?(\d\d)(\d\d)(\d\d)(?!\d)")
_DAYS = (
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<s>[-_.]?)(?P<m>\d\d)(?P=s)(?P<d>\d\d)(?!\d)"),
    re.compile(r"(?<!\d)(?P<m>\d\d)(?P<d>\d\d)(?P<y>(?:19|20)\d\d)(?!\d)"),
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)[-_](?P<m>\d\d)(?!\d)"),
)


@dataclass(frozen=True)
class PlacedFile:
    """Files of one snapshot. ``moment``: the name of its folder in an archive, a moment or a day."""

    source: str
    moment: str
    basis: Basis | None
    files: tuple[Path, ...]


@dataclass(frozen=True)
class UnplacedFile:
    """A file that was not placed, and why."""

    file: Path
    reason: str


def sort_files(
    folder: Path, sources: Mapping[str, Source], codes: Mapping[str, SourceCode], now: datetime
) -> list[PlacedFile | UnplacedFile]:
    """Find source and moment (not after ``now``, UTC) of each visible file below a folder. Raises BilateralError without one."""
    if not folder.is_dir():
        raise BilateralError(f"{folder}: there is no such folder")
    paths = [p for p in sorted(folder.rglob("*")) if p.is_file() and not any(n[0] == "." for n in p.relative_to(folder).parts)]
    if catalogs := [p for p in paths if p.name == CATALOG]:
        return [found for catalog in catalogs for found in _catalogued(folder, catalog, sources)]
    placed: dict[tuple[str, str], list[PlacedFile]] = {}
    waiting: list[tuple[Path, list[str], str]] = []
    left: list[PlacedFile | UnplacedFile] = []
    for path in progress.each(paths, "looking whose they are", "files"):
        wanted, reason = _sources_of(path.relative_to(folder), sources)
        source, own_day, reason = _recognised(path, wanted, sources, codes) if wanted else (None, None, reason)
        if source is None:
            waiting.append((path, [s for group in wanted for s in group], reason))
            continue
        moment, basis = moment_of(path, folder, own_day, now)
        placed.setdefault((source, moment), []).append(PlacedFile(source, moment, basis, (path,)))
    for path, candidates, reason in waiting:
        # a file that is nothing by itself, such as the aliases of a list, may go with one that lies beside it
        beside = [
            f
            for (source, _), group in placed.items()
            for f in group
            if source in candidates[:1] and f.files[0].parent == path.parent and moment_of(path, folder, None, now)[0] == f.moment
        ]
        host = next((f for f in beside if _are_one([*f.files, path], sources[f.source], codes[f.source])), None)
        if host is None:
            left.append(UnplacedFile(path, reason))
        else:
            group = placed[host.source, host.moment]
            group[group.index(host)] = replace(host, files=(*host.files, path))
    for (source, _), group in placed.items():
        left += _together(group, sources[source], codes[source])
    return left


def _sources_of(relative: Path, sources: Mapping[str, Source]) -> tuple[list[list[str]], str]:
    """The sources that a file may be of, those first whose file names or ids its name bears; and why there are none."""
    named = [part for part in relative.parts[:-1] if part in sources]
    scores: dict[str, tuple[int, int]] = {}
    for source in sources.values():
        plain = plain_name(relative.name, source)
        if source.id not in (named or [source.id]) or (source.id in ANY_TEXT and not named):
            continue
        if source.declared_name(plain) is None and not relative.name.casefold().endswith(".zip"):
            continue
        ends = [len(key) for key in source.files if not is_pattern(key) and plain.casefold().endswith(key.casefold())]
        words = set(re.findall(r"[a-z]+|\d+[a-z]?", relative.name.casefold()))
        scores[source.id] = max(ends, default=0), len(words & set(source.id.split("_")[1:]))
    if not scores:
        return [], "no source declares a file of such a name"
    return [[s for s in scores if scores[s] == score] for score in sorted(set(scores.values()), reverse=True)], ""


def _recognised(
    path: Path, wanted: Iterable[list[str]], sources: Mapping[str, Source], codes: Mapping[str, SourceCode]
) -> tuple[str | None, date | None, str]:
    """The source whose reader takes a file, the day that the file says it is of; or why there is none."""
    reasons: list[str] = []
    for group in wanted:
        taken: dict[str, date | None] = {}
        for source in group:
            try:
                trial = try_files(sources[source], codes[source], [path])
            except BilateralError as error:
                reasons.append(str(error))
                continue
            if trial.is_accepted and trial.staged is not None:
                stated = trial.staged.facts.get("published") or trial.staged.facts.get("newest_text")
                taken[source] = None if stated is None else date.fromisoformat(str(stated))
            else:
                refused = trial.judgement.refusals[:1] if trial.judgement is not None else ()
                reasons.append(f"{source}: {trial.bytes_refusal or trial.reader_refusal or '; '.join(refused)}")
        if len(taken) == 1:
            return *next(iter(taken.items())), ""
        if taken:
            return None, None, f"the readers of {', '.join(taken)} take it: put it into a folder named by the right one"
    return None, None, reasons[0] if len(reasons) == 1 else f"no reader takes it ({reasons[0][:200]})"


def moment_of(path: Path, folder: Path, own_day: date | None, now: datetime) -> tuple[str, Basis]:
    """Folder of an archive for a file, by its name, then its folder's (a month: its last day), no earlier than its own day."""
    named = next((m for part in reversed(path.relative_to(folder).parts) if (m := _moment_in(part, now)) is not None), None)
    if named is not None and (own_day is None or own_day.isoformat() <= named[:10]):
        return named, "name"
    if own_day is not None and own_day <= now.date():
        return own_day.isoformat(), "content"
    return folder_name(datetime.fromtimestamp(path.stat().st_mtime, UTC)), "mtime"


def _moment_in(name: str, now: datetime) -> str | None:
    """The moment or day that a name states, as the name of a folder of an archive; none after ``now``."""
    for stamp in _STAMP.finditer(name):
        year, month, day, *clock = stamp.groups()
        moment = f"{year}-{month}-{day}T{''.join(clock)}Z"
        parsed = parse_moment(moment)
        if parsed is not None and parsed[0].year >= 1990 and parsed[0] <= now.replace(tzinfo=None):
            return moment
    for pattern in _DAYS:
        for found in pattern.finditer(name):
            year, month = int(found["y"]), int(found["m"])
            if 1 <= month <= 12:
                last = monthrange(year, month)[1]
                day = int(found.groupdict().get("d") or last)
                if 1 <= day <= last and date(year, month, day) <= now.date():
                    return f"{year}-{month:02d}-{day:02d}"
    return None


def _are_one(paths: Iterable[Path], source: Source, code: SourceCode) -> bool:
    try:
        return try_files(source, code, list(paths)).is_accepted
    except BilateralError:
        return False


def _together(group: list[PlacedFile], source: Source, code: SourceCode) -> Iterator[PlacedFile | UnplacedFile]:
    """Files of one source and moment as one snapshot, where its reader takes them together; the same bytes once."""
    first, kept = group[0], dict[bytes, Path]()
    for path in (path for found in group for path in found.files):
        data = path.read_bytes()
        if data in kept:
            yield UnplacedFile(path, f"the same bytes as {kept[data].name}")
        else:
            kept[data] = path
    files = tuple(kept.values())
    if len(files) == len(first.files) or (len({p.name for p in files}) == len(files) and _are_one(files, source, code)):
        yield replace(first, files=files)
        return
    yield first
    taken = f"{source.id} at {first.moment} is {first.files[0].name} already"
    for path in set(files) - set(first.files):
        yield UnplacedFile(path, f"{taken}: name the day of each in its name or folder")


def _catalogued(folder: Path, catalog: Path, sources: Mapping[str, Source]) -> Iterator[PlacedFile | UnplacedFile]:
    try:
        rows = list(csv.DictReader(catalog.read_text(encoding="utf-8-sig").splitlines()))
        entries = [(row["source"], row["path"], row["retrieved_at"], row.get("retrieved_at_basis") or "") for row in rows]
    except (OSError, UnicodeDecodeError, KeyError, csv.Error) as error:
        raise BilateralError(f"{catalog}: expected a table with source, path and retrieved_at ({error!r})") from error
    for source, written, at, why in entries:
        moment = at.replace(":", "")
        word = why.split(" ")[0].replace("file", "content")
        basis: Basis | None = next((b for b in get_args(Basis) if b == word), None)
        for path in expanded(folder, written):
            if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
                yield UnplacedFile(path, f"{catalog.name} names it, and it is not there")
            elif source not in sources:
                yield UnplacedFile(path, f"{source} is not a declared source")
            elif path.suffix == ".bundle":
                yield UnplacedFile(path, f"a git repository: 'bilateral backfill {source} --git {path} PATH' takes it in")
            elif parse_moment(moment) is None:
                yield UnplacedFile(path, f"its retrieved_at, {at!r}, is neither a day nor a moment")
            else:
                yield PlacedFile(source, moment, basis, (path,))


def expanded(folder: Path, written: str) -> list[Path]:
    """The files that a path of a catalog stands for: ``name_{a|b}.csv``, ``name_{2015..2024}.csv`` as far as they are there."""
    found = re.search(r"\{(.+?)\}", written)
    if found is None:
        return [folder / written]
    if (span := re.fullmatch(r"(\d{1,4})\.\.(\d{1,4})", found[1])) is not None:
        numbered = [folder / written.replace(found[0], str(n)) for n in range(int(span[1]), int(span[2]) + 1)]
        return [path for path in numbered if path.is_file()]
    return [folder / written.replace(found[0], variant) for variant in found[1].split("|")]


def write_archive(found: Iterable[PlacedFile], to: Path, copy: Callable[[Path, Path], object]) -> list[UnplacedFile]:
    """Copy what was placed into an archive, with what its moments rest on; what another file stands in the way of is returned."""
    left = []
    for snapshot in found:
        target = to / snapshot.source / snapshot.moment
        target.mkdir(parents=True, exist_ok=True)
        for path in snapshot.files:
            if not (target / path.name).exists():
                copy(path, target / path.name)
            elif (target / path.name).read_bytes() != path.read_bytes():
                left.append(UnplacedFile(path, f"another {path.name} of {snapshot.source} lies at {snapshot.moment} already"))
        if snapshot.basis is not None:
            (target / BASIS).write_text(f"{snapshot.basis}\n", encoding="utf-8")
    return left
