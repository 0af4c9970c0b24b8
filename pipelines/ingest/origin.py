"""Where the data of a warehouse comes from: the built-in record, live servers or an archive."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assets.errors import BilateralError
from pipelines.ingest.archive import archive_sources, has_snapshots
from pipelines.ingest.raw_files import DamagedRaw
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.record import contents
from pipelines.ingest.sources import Source
from pipelines.util.atomic_files import write_json
from pipelines.util.checksummed import read_checksummed, with_checksum

Kind = Literal["record", "real", "sample"]
FILE = "origin.json"
RECORD_ORIGIN = "record"
"""How the built-in record is called as an origin."""


@dataclass
class Origin:
    """Where the data come from; ``last``: record, live or a folder, ``is_noted``: whether a readable note says so."""

    kind: Kind | None = None
    last: str = RECORD_ORIGIN
    is_noted: bool = True


def origin_of(folder: Path, raw: RawStore, sources: Collection[str]) -> Origin:
    """The current origin of a warehouse: its kind is what the receipts say, whatever a run that was cut off noted."""
    kind = kind_of(raw, sources)
    try:
        return Origin(kind, str(read_checksummed(folder / FILE)[0]["last"]))
    except (OSError, ValueError, KeyError):
        return Origin(kind, is_noted=False)


def note_origin(folder: Path, last: str) -> None:
    """Note the origin last used."""
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / FILE, with_checksum({"last": last}))


def kind_of(raw: RawStore, sources: Collection[str]) -> Kind | None:
    """The built-in record alone, or something real besides; None: nothing. ``sample``: the made-up sample of version 0.1.0."""
    found: Kind | None = None
    for source in sources:
        for snapshot in raw.snapshots(source):
            try:
                receipt = raw.receipt(source, snapshot)
            except DamagedRaw:
                continue  # it is named where it would be used
            if receipt.verdict == "failed":
                continue
            if receipt.origin != "record":
                return "real" if receipt.origin in ("live", "archive") else "sample"
            found = "record"
    return found


def refuse_sample(held: Origin, folder: Path) -> None:
    """Refuse to go on with the made-up sample of version 0.1.0. Raises BilateralError."""
    if held.kind == "sample":
        raise BilateralError(
            f"{folder} holds the sample of an earlier version, which was partly made up: nothing real is put upon it. Nothing "
            "was changed. Delete raw/, staged/, core/ and bilateral.duckdb in it, or set BILATERAL_WAREHOUSE to another folder."
        )


def choose_origin(
    wanted: str | None, held: Origin, folder: Path, sources: Mapping[str, Source], say: Callable[[str], None]
) -> str:
    """Resolve ``--from``: record, live, a folder, or None for the origin last used; ``say``: each folder that is no source.

    Raises BilateralError where a folder has nothing to take in, or the warehouse holds the made-up sample of version 0.1.0.
    """
    refuse_sample(held, folder)
    if wanted is None and held.kind == "real" and not held.is_noted:
        raise BilateralError(
            f"{folder / FILE} is missing or damaged, so it is not known from where this warehouse was refreshed last. Nothing "
            "was changed. Say it once: --from live, or --from DIR; it is noted then."
        )
    chosen = wanted if wanted is not None else held.last
    if chosen not in (RECORD_ORIGIN, "live"):
        archive = Path(chosen).expanduser()
        if not archive.is_dir():
            layout = "<source>/<retrieved_at>/<file>"
            raise BilateralError(f"--from {chosen}: there is no such folder. Give record, live or {layout}. Nothing was changed.")
        chosen = str(archive.resolve())
        known, misfits = archive_sources(Path(chosen), sources)
        for misfit in misfits:
            say(f"  {misfit}")
        if not has_snapshots(Path(chosen), known):
            raise BilateralError(
                f"--from {chosen}: nothing in it is a snapshot of a source. It should hold <source>/<retrieved_at>/<file>, "
                "such as us_ofac_sdn/2023-10-03/sdn.csv; docs/sources.md has the ids of the sources. Nothing was changed."
            )
    return chosen


def sources_in_play(origin: str, sources: Mapping[str, Source], domains: Collection[str], raw: RawStore) -> list[str]:
    """Sources of which this origin may bring something or raw has something: a step for each of the others would cost time."""

    def brings(source: Source) -> bool:
        if origin == "live":
            return source.live == "fetch"
        return source.id in contents() if origin == RECORD_ORIGIN else (Path(origin) / source.id).is_dir()

    return [source.id for source in sources.values() if source.domain in domains and (raw.snapshots(source.id) or brings(source))]
