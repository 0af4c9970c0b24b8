"""A release: the published file, the same tables as Parquet, what describes them, checksums and a citation, in one folder."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from assets.errors import BilateralError
from pipelines.readers import connect_for_export
from pipelines.sealed import sha256_of
from pipelines.settings import ROOT
from pipelines.share.cite import Build, SourceCited, build_of, citation, citation_file, sources_of, version
from pipelines.share.export import describe, staging, wanted, write_all
from pipelines.share.package import Exported

SUMS = "SHA256SUMS"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def release(published: Path, name: str, folder: Path, *, force: bool = False) -> Path:
    """Make the release ``folder/name``, in one step; return its folder.

    Args:
        published: the warehouse file. It is copied first, and all is made from the copy: a refresh meanwhile changes nothing.
        name: letters, digits, dot, hyphen, underscore.
        folder: where releases lie; made where it is not there.
        force: replace a release of that name.

    Raises:
        BilateralError: the name cannot be one, or there is such a release already.
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
        with connect_for_export(copy, tables) as con:
            build = build_of(con)
            sources = sources_of(con)
            files = write_all(con, wanted(con, None), tables, "parquet", build, below="parquet/")
        whole = Exported(
            "bilateral", copy.name, "duckdb", copy.stat().st_size, sha256_of(copy), description=_WHOLE, sources=tuple(sources)
        )
        describe(draft, name.lower(), build, [whole, *files])
        _write_words(draft, name, build, sources)
        sums = {path.relative_to(draft).as_posix(): sha256_of(path) for path in sorted(draft.rglob("*")) if path.is_file()}
        (draft / SUMS).write_text("".join(f"{digest}  {path}\n" for path, digest in sums.items()), encoding="utf-8")
        if target.exists():
            # the one that is replaced goes with the hidden folder
            target.rename(beside / "replaced")
        draft.rename(target)
    return target


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
    from pipelines.publish.warehouse import code_fingerprint

    present = code_fingerprint()
    return {
        "version": version(),
        "fingerprint_of_the_file": build.code_fingerprint,
        "fingerprint_of_the_release": present,
        # the commit is known of the code that runs; it made the file only where the fingerprints are the same
        "commit": commit(),
        "is_same_code": present == build.code_fingerprint,
    }


def _write_words(folder: Path, name: str, build: Build, sources: Sequence[SourceCited]) -> None:
    import yaml

    cff = yaml.safe_dump(citation_file(build, sources), allow_unicode=True, sort_keys=False, width=120)
    (folder / "CITATION.cff").write_text(cff, encoding="utf-8")
    (folder / "CITATION.txt").write_text(citation(build, sources) + "\n", encoding="utf-8")
    (folder / "code.json").write_text(json.dumps(code_of(build), indent=2) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(_readme(name, build, sources), encoding="utf-8")


def _readme(name: str, build: Build, sources: Sequence[SourceCited]) -> str:
    terms = "\n".join(f"- {s.title} ({s.source}): {s.licence}" for s in sources)
    return f"""# {name}

Publication `{build.publication_id}` of the bilateral-relations warehouse, built {build.built_at:%Y-%m-%d %H:%M} UTC.

| file | is |
|---|---|
| `bilateral.duckdb` | the published file, with macros and metadata |
| `parquet/` | its tables, one file each |
| `datapackage.json` | what each table and column is, with sources and terms |
| `CITATION.cff`, `CITATION.txt` | how to cite file and sources |
| `code.json` | the code that made the file |
| `{SUMS}` | checksums: `sha256sum -c {SUMS}` |

## Terms

The data have no licence of their own: each source has its terms. Whoever passes the release on must keep to all of them.

{terms}
"""
