"""Whether all that a warehouse holds is as it was written: raw against receipts, staged and core against their notes, the file.

``repair`` makes again what is damaged, from the layer before; raw, which nothing is before, is taken out of use and named.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import duckdb

from assets import progress
from assets.errors import BilateralError
from pipelines.ingest.raw_files import RESTORE, DamagedRaw
from pipelines.ingest.raw_store import DAMAGED, RECEIPT, RawStore
from pipelines.ingest.receipts import snapshot_id
from pipelines.publish.checksum import publications, record_file
from pipelines.services.publish import Publish
from pipelines.services.transform import Transform
from pipelines.services.warehouse import Warehouse
from pipelines.storage.core import CoreStore
from pipelines.storage.staged import StagedStore
from pipelines.util.checksummed import read_checksummed, sha256_of
from pipelines.util.readers import quoted

Layer = Literal["raw", "staged", "core", "published"]


@dataclass(frozen=True)
class Finding:
    """A file that is not as it was written; ``of``: source and snapshot, or domain, ``means``: what follows from it."""

    layer: Layer
    where: str
    what: str
    of: tuple[str, str] = ("", "")
    damage: DamagedRaw | None = None
    means: str = ""

    @property
    def todo(self) -> str:
        """What to do."""
        before = {"staged": "raw", "core": "raw", "published": "core"}
        return RESTORE if self.layer == "raw" else f"'bilateral verify --mend' makes it again from {before[self.layer]}"


@dataclass
class LayerCheck:
    """What was looked at in a layer: files, bytes, and files of which no hash was noted (an earlier version wrote them)."""

    layer: Layer
    n_files: int = 0
    n_bytes: int = 0
    n_unsealed: int = 0
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


RAW_MEANS = "it is not used while it is damaged; what was made of it stays published until its source is folded again from raw"


def verify_raw(raw: RawStore, sources: Iterable[str]) -> LayerCheck:
    """Compare all raw files of these sources with their receipts, and the receipts with their seals."""
    found = LayerCheck("raw")
    for source in sources:
        for snapshot in progress.each(raw.snapshots(source), f"raw/{source}: comparing", "snapshots"):
            folder = Path("raw") / source / snapshot
            try:
                receipt = raw.receipt_in_file(source, snapshot)
                found.n_files += 1
                found.n_unsealed += not read_checksummed(raw.root / source / snapshot / RECEIPT)[1]
                problem = ""
                if (receipt.source, receipt.snapshot) != (source, snapshot):
                    problem = f"its ingestion record is that of {receipt.source}/{receipt.snapshot}"
                elif snapshot_id(receipt.files) != receipt.snapshot_id:
                    problem = "the id in its ingestion record is not that of the files that it names"
                if problem:
                    raise DamagedRaw(raw.root / source / snapshot, f"{raw.root / source / snapshot}: {problem}. {RESTORE}")
            except DamagedRaw as damage:
                found.findings.append(_raw_finding(folder / RECEIPT, damage))
                continue
            if receipt.same_as is not None and receipt.same_as != snapshot:
                continue  # its bytes are looked at where they are
            files = raw.files(source, snapshot) if receipt.snapshot_id is not None else None
            for name in files or ():
                path = raw.root / source / snapshot / f"{name}.zst"
                found.n_files += 1
                try:
                    found.n_bytes += path.stat().st_size
                    if files is not None:
                        files.open(name).close()
                except (DamagedRaw, OSError) as error:
                    broken = error if isinstance(error, DamagedRaw) else DamagedRaw(path.parent, f"{path}: {error.strerror}")
                    found.findings.append(_raw_finding(folder / f"{name}.zst", broken))
        found.findings += _set_aside(raw, source)
    return found


def _raw_finding(where: Path, damage: DamagedRaw) -> Finding:
    what = str(damage).partition(f" {RESTORE}")[0]
    return Finding("raw", where.as_posix(), what, (damage.source, damage.snapshot), damage, RAW_MEANS)


def _set_aside(raw: RawStore, source: str) -> Iterator[Finding]:
    """Snapshots that were taken out of use and have not come back."""
    folder = raw.root / source / DAMAGED
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        snapshot = path.name.partition(".")[0]
        if not (raw.root / source / snapshot).exists():
            what = f"the snapshot {snapshot} was found damaged and taken out of use"
            means = "nothing is made of it; the history of its source lacks it from the next fold from raw on"
            yield Finding("raw", f"raw/{source}/{DAMAGED}/{path.name}", what, (source, snapshot), means=means)


def verify_staged(staged: StagedStore) -> LayerCheck:
    """Compare all staged files with the hashes that were noted when they were written."""
    found = LayerCheck("staged")
    folders = sorted(p for p in staged.root.glob("*/*") if p.is_dir() and not p.name.startswith("."))
    for folder in progress.each(folders, "staged: comparing", "snapshots"):
        source, snapshot = folder.parent.name, folder.name
        files = [p for p in folder.iterdir() if p.is_file()]
        found.n_files += len(files)
        found.n_bytes += sum(p.stat().st_size for p in files)
        try:
            record, is_sealed = read_checksummed(folder / "staged.json")
            found.n_unsealed += not is_sealed or "files" not in record
        except (OSError, ValueError):
            pass  # said below
        for text in staged.damaged(source, snapshot):
            path, _, what = text.partition(": ")
            where = f"staged/{source}/{snapshot}/{Path(path).name}"
            means = "a fold that needs it refuses it; what is published was made before and stays"
            found.findings.append(Finding("staged", where, what, (source, snapshot), means=means))
    return found


def verify_core(core: CoreStore, domains: Iterable[str]) -> LayerCheck:
    """Compare the manifests with their seals, and all files that they name with the hashes in them."""
    found = LayerCheck("core")
    for domain in progress.each(list(domains), "core: comparing", "domains"):
        manifest = core.noted(domain)
        files = sorted(manifest.files())
        present = [p for p in (core.parts(domain) / file for file in files) if p.exists()]
        found.n_files += len(files)
        found.n_bytes += sum(p.stat().st_size for p in present)
        for file, what in core.current(domain).damaged.items():
            means = "no build uses it; what is published was made before and stays"
            found.findings.append(Finding("core", f"core/{domain}/{file}", what, (domain, ""), means=means))
    return found


def verify_published(published: Path) -> LayerCheck:
    """Compare the published file with the checksum that was noted when it was published."""
    found = LayerCheck("published")
    where = published.name

    def wrong(of: str, what: str, means: str) -> LayerCheck:
        found.findings.append(Finding("published", of, what, means=means))
        return found

    try:
        noted = publications(published)
    except (ValueError, KeyError, TypeError) as error:
        means = f"whether {where} is as it was published is not known"
        return wrong(record_file(published).name, f"it cannot be read: {error}", means)
    if not published.exists():
        missing = f"it is missing; publication {noted[0].publication_id} was there" if noted else ""
        return wrong(where, missing, "there is nothing to ask") if noted else found
    found.n_files, found.n_bytes = 1, published.stat().st_size
    if not noted:
        found.n_unsealed = 1
        found.notes.append(f"{where}: an earlier version published it and noted no checksum; --rebuild compares it with the core")
    elif sha256_of(published) not in {p.sha256 for p in noted}:
        newest = noted[0]
        of = f"publication {newest.publication_id} ({newest.n_bytes:,} bytes with SHA-256 {newest.sha256})"
        return wrong(where, f"its bytes are not those of {of}", "answers may be wrong, or fail; raw and core are not concerned")
    return found


def repair(warehouse: Warehouse, findings: Sequence[Finding], run_id: str) -> list[str]:
    """Mend what can be mended of these findings; return what was done, in sentences. ``run_id``: of a build made for it."""
    done = []
    with warehouse.lock():
        damaged = {(f.damage.source, f.damage.snapshot): f.damage for f in findings if f.damage is not None}
        done += [_take_out_of_use(warehouse, damage) for damage in damaged.values()]
        done += _stage(warehouse, [f for f in findings if f.layer == "staged"])
        damaged_cores = {f.of[0] for f in findings if f.layer == "core"}
        domains = [domain for domain in warehouse.packages if domain in damaged_cores]  # reference tables first
        for domain in domains:
            for code in warehouse.packages[domain].sources:
                Transform(warehouse).stage(code.source)
            before = len(warehouse.report.not_promoted)
            Transform(warehouse).fold(domain)
            kept_back = warehouse.report.not_promoted[before:]
            done.append(f"core/{domain} was folded again" + (f", and not promoted: {'; '.join(kept_back)}" if kept_back else ""))
        is_damaged = any(f.layer == "published" for f in findings)
        if domains or is_damaged:
            Publish(warehouse).build(run_id, anew=is_damaged)
            if warehouse.report.blocked:
                done.append("the build did not pass its checks and was not published: see 'bilateral status'")
            elif Publish(warehouse).publish():
                done.append(f"{warehouse.settings.published.name} was built again from core and published")
    return done


def _take_out_of_use(warehouse: Warehouse, damage: DamagedRaw) -> str:
    name = f"raw/{damage.source}/{damage.snapshot}"
    if not (warehouse.raw.root / damage.source / damage.snapshot).exists():
        return f"{name} was taken out of use"
    aside = warehouse.raw.set_aside(damage)
    return f"{name} was taken out of use: it lies in {aside.relative_to(warehouse.folder)} until it is restored"


def _stage(warehouse: Warehouse, findings: Sequence[Finding]) -> list[str]:
    """Read damaged staged snapshots again from raw."""
    of_source: dict[str, set[str]] = defaultdict(set)
    for finding in findings:
        of_source[finding.of[0]].add(finding.of[1])
    done = []
    for source, names in sorted(of_source.items()):
        stored = set(warehouse.raw.snapshots(source)) if source in warehouse.sources else set()
        for name in sorted(names - stored):
            warehouse.staged.remove(source, name)
            done.append(f"staged/{source}/{name} was removed: raw holds no such snapshot")
        if again := sorted(names & stored):
            try:
                Transform(warehouse).stage_again(source, again)
                done.append(f"staged/{source}: {len(again):,} snapshots were read again from raw ({', '.join(again[:5])})")
            except DamagedRaw as damage:
                done += [f"staged/{source} could not be read again: {damage}", _take_out_of_use(warehouse, damage)]
    return done


NOT_COMPARED = frozenset({"meta.build", "meta.publications", "meta.validations", "meta.row_counts"})
"""They say when and by which run a file was made and checked, and what was there before it."""


def differences(one: Path, other: Path) -> list[str]:
    """In what the tables of two warehouse files differ, in sentences. Raises BilateralError where one of them cannot be read."""
    found = []
    with duckdb.connect() as con:
        try:
            for name, path in (("a", one), ("b", other)):
                con.execute(f"ATTACH {quoted(path)} AS {name} (READ_ONLY)")
            names: dict[str, set[str]] = {}
            for name in ("a", "b"):
                rows = con.execute(
                    "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = ? AND NOT temporary",
                    [name],
                ).fetchall()
                names[name] = {row[0] for row in rows} - NOT_COMPARED
            found += [f"{t}: only in {one.name if t in names['a'] else 'the other'}" for t in sorted(names["a"] ^ names["b"])]
            for table in progress.each(sorted(names["a"] & names["b"]), "comparing", "tables"):
                ((missing, more),) = con.execute(
                    f"""SELECT (SELECT count(*) FROM (FROM b.{table} EXCEPT ALL FROM a.{table})),
                               (SELECT count(*) FROM (FROM a.{table} EXCEPT ALL FROM b.{table}))"""
                ).fetchall()
                if missing or more:
                    found.append(f"{table}: {more:,} rows that the other lacks, and lacks {missing:,} rows that the other has")
        except duckdb.Error as error:
            raise BilateralError(f"{one} and {other} cannot be compared: {str(error).splitlines()[0]}") from error
    return found
