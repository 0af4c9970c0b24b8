"""A release: the page with the published file, the same tables as Parquet, descriptions, checksums, citations, in one folder."""

import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import yaml

from assets.errors import BilateralError
from pipelines.settings import ROOT
from pipelines.share.changes import BEGINNING, Span, changes_in
from pipelines.share.cite import Build, SourceCited, bibtex, build_of, citation, citation_file, ris, sources_of, version
from pipelines.share.export import DESCRIPTION, describe, staging, wanted, write_all
from pipelines.share.package import ExportedTable
from pipelines.share.withheld import write_without
from pipelines.site.files import write_site
from pipelines.util.checksummed import sha256_of
from pipelines.util.readers import connect_for_readers, records

SUMS = "SHA256SUMS"
MOST_BYTES = 100 * 1024**2
"""What GitHub takes of a file in git."""
MOST_CHANGES = 500
"""Changes that are told one by one; the others are counted."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def release(
    published: Path, name: str, folder: Path, *, force: bool = False, keep: Collection[str] = ()
) -> tuple[Path, list[str]]:
    """Make the release ``folder/name``, in one step; return its folder, and the sources whose rows were left out.

    All is made from a copy of the published file: a refresh meanwhile changes nothing. ``keep``: sources whose rows are kept
    though their terms are not known to allow it to everyone. Raises BilateralError where the name cannot be one, or there is
    such a release already (but with ``force``).
    """
    if not _NAME.fullmatch(name):
        raise BilateralError(f"{name}: a release is named with letters, digits, '.', '-' and '_', 2026-11 for instance.")
    if not published.exists():
        raise BilateralError(f"{published} does not exist yet: run 'bilateral refresh' (or 'make demo') first.")
    folder = folder.expanduser().resolve()
    target = folder / name
    if target.exists() and not force:
        raise BilateralError(f"{target} is there already: nothing was written. Take another name, or replace it with --force.")
    folder.mkdir(parents=True, exist_ok=True)
    with staging(folder) as beside:
        draft = beside / name
        tables = draft / "parquet"
        tables.mkdir(parents=True)
        copy = draft / "bilateral.duckdb"
        shutil.copyfile(published, copy)
        with connect_for_readers(copy) as con:
            withheld = [s for s in not_to_be_passed_on(build_of(con), sources_of(con)) if s.source not in keep]
        if withheld:
            copy.rename(beside / "whole.duckdb")
            write_without(beside / "whole.duckdb", copy, [s.source for s in withheld])
            (beside / "whole.duckdb").unlink()
        write_site(copy, draft, withheld=[s.title for s in withheld])
        with connect_for_readers(copy, tables) as con:
            build = build_of(con)
            sources = sources_of(con)
            files = write_all(con, wanted(con, None), tables, "parquet", build, below="parquet/")
        whole = ExportedTable(
            "bilateral", copy.name, "duckdb", copy.stat().st_size, sha256_of(copy), description=_WHOLE, sources=tuple(sources)
        )
        describe(draft, name.lower(), build, [whole, *files])
        texts = {
            "CITATION.cff": yaml.safe_dump(citation_file(build, sources), allow_unicode=True, sort_keys=False, width=120),
            "CITATION.txt": citation(build, sources) + "\n",
            "citation.bib": bibtex(build, sources),
            "citation.ris": ris(build, sources),
            "code.json": json.dumps(code_of(build), indent=2) + "\n",
            "README.md": readme_of(name, build, sources, withheld),
            "CHANGES.md": _changes(copy, build, _release_before(folder, name, build)),
        }
        for file, text in texts.items():
            (draft / file).write_text(text, encoding="utf-8", newline="")
        sums = {path.relative_to(draft).as_posix(): sha256_of(path) for path in sorted(draft.rglob("*")) if path.is_file()}
        (draft / SUMS).write_text("".join(f"{digest}  {path}\n" for path, digest in sums.items()), encoding="utf-8")
        if target.exists():
            # the one that is replaced goes with the hidden folder
            target.rename(beside / "replaced")
        draft.rename(target)
    return target, [s.source for s in withheld]


def too_large(folder: Path) -> list[Path]:
    """The files of a release that git on GitHub does not take."""
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and path.stat().st_size > MOST_BYTES]


def not_to_be_passed_on(build: Build, sources: Sequence[SourceCited]) -> list[SourceCited]:
    """The sources that may not be passed on. Of the built-in record all may be: what others' terms forbid was left out of it."""
    return [s for s in sources if build.origin != "record" and not s.may_be_passed_on]


_WHOLE = "All tables with their macros and metadata: opens read-only in DuckDB 1.4.3 and newer."


def commit() -> str | None:
    """The commit of the code that runs, with '+' where files differ from it; None where it is no checkout."""

    def git(*args: str) -> str | None:
        try:
            done = subprocess.run(["git", "-C", str(ROOT), *args], capture_output=True, text=True, timeout=30, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.stdout.strip() if done.returncode == 0 else None

    # a project that lies in the checkout of another one is none
    if git("rev-parse", "--show-toplevel") != str(ROOT) or (head := git("rev-parse", "HEAD")) is None:
        return None
    return head + ("+" if git("status", "--porcelain", "--untracked-files=no") else "")


def code_of(build: Build) -> dict[str, object]:
    """The code that made the file, and that which made the release: version, fingerprint and commit."""
    from pipelines.publish.build import code_fingerprint

    present = code_fingerprint()
    return {
        "version": version(),
        "fingerprint_of_the_file": build.code_fingerprint,
        "fingerprint_of_the_release": present,
        # the commit is known of the code that runs; it made the file only where the fingerprints are the same
        "commit": commit(),
        "is_same_code": present == build.code_fingerprint,
    }


def readme_of(name: str, build: Build, sources: Sequence[SourceCited], withheld: Sequence[SourceCited] = ()) -> str:
    """README.md of a release: what its files are, and the terms of each source."""
    terms = "\n".join(f"- {s.title} ({s.source}): {s.licence}" for s in sources)
    if kept := "\n".join(f"- {s.title} ({s.source})" for s in not_to_be_passed_on(build, sources)):
        terms += f"\n\n**Not to be passed on** by everyone, and kept by request:\n\n{kept}"
    if withheld:
        left_out = "\n".join(f"- {s.title} ({s.source}): {s.licence}" for s in withheld)
        terms += (
            "\n\n**Left out**, since no known terms allow everyone to pass them on. Their rows, and what is derived from them, "
            "are in no file of this release; their lists count as lists without data. The checks (`meta.validations`) are "
            "those of the file with them."
            f"\n\n{left_out}"
        )
    return f"""# {name}

Publication `{build.publication_id}` of the bilateral-relations warehouse, built {build.built_at:%Y-%m-%d %H:%M} UTC.

| file | is |
|---|---|
| `index.html`, `page.js`, `data/` and what they load | the page: put the folder on any host of static files |
| `bilateral.duckdb` | the published file, with macros and metadata |
| `parquet/` | its tables, one file each |
| `datapackage.json` | what each table and column is, with sources and terms |
| `CITATION.cff`, `CITATION.txt`, `citation.bib`, `citation.ris` | how to cite file and sources |
| `CHANGES.md` | what changed in the data since the release before |
| `code.json` | the code that made the file |
| `{SUMS}` | checksums: `sha256sum -c {SUMS}` |

## Terms

The data have no licence of their own: each source has its terms. Whoever passes the release on must keep to all of them.

{terms}
"""


def _release_before(folder: Path, name: str, build: Build) -> tuple[str, str, datetime] | None:
    """Name, publication and moment of the newest other release in the folder; only its description is read."""
    found = []
    for path in folder.glob(f"[!.]*/{DESCRIPTION}"):
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            made = datetime.fromisoformat(said["created"]).replace(tzinfo=None)
            found.append((made, path.parent.name, str(said["publication_id"])))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    held = [(other, publication, made) for made, other, publication in sorted(found) if other != name and made <= build.built_at]
    return held[-1] if held else None


def _changes(published: Path, build: Build, before: tuple[str, str, datetime] | None) -> str:
    if before is None:
        return "# Changes\n\nThere is no earlier release in this folder of releases: all is new.\n"
    name, publication, made = before
    until = build.built_at + timedelta(microseconds=1)
    with connect_for_readers(published) as con:
        known = con.execute("SELECT built_at FROM meta.publications WHERE publication_id = $id", {"id": publication}).fetchone()
        # a warehouse that was set up anew knows no publication of before: then what became known since counts
        cursor = changes_in(con, Span(BEGINNING, until, known[0]) if known else Span(made, until, None), in_short=True)
        rows = records(cursor)
    counts = Counter((row["kind"], row["topic"] or "") for row in rows)
    text = f"# Changes since {name}\n\nSince publication `{publication}` of {made:%Y-%m-%d %H:%M} UTC: {len(rows):,} changes.\n"
    if not rows:
        return text
    text += "\n" + _table(("kind", "topic", "changes"), [(*key, f"{n:,}") for key, n in sorted(counts.items())])
    more = f"The newest {MOST_CHANGES} of them; all: `FROM changes(...)` in the file.\n\n" if len(rows) > MOST_CHANGES else ""
    return f"{text}\n## One by one\n\n{more}" + _table(list(rows[0]), [[*row.values()] for row in rows[:MOST_CHANGES]])


def _table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    cells = ([" ".join(str("" if v is None else v).split()).replace("|", "\\|") for v in line] for line in lines)
    return "".join(f"| {' | '.join(line)} |\n" for line in cells)
