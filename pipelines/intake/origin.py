"""Where the data of a warehouse comes from: the sample, live servers or an archive; and the end of the sample."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assets.errors import BilateralError
from pipelines.intake.archive import archive_sources, has_snapshots
from pipelines.intake.raw_files import DamagedRaw
from pipelines.intake.raw_store import RawStore
from pipelines.intake.sources import Source
from pipelines.layers.atomic_files import write_json
from pipelines.sealed import read_sealed, sealed
from pipelines.settings import SAMPLE


@dataclass
class Origin:
    """Where the data of a warehouse comes from.

    ``kind``: sample or real; ``last``: sample, live or a folder; ``is_noted``: whether a note says so that can be read.
    """

    kind: Literal["sample", "real"] | None = None
    last: str = "sample"
    is_noted: bool = True


def _file(folder: Path) -> Path:
    return folder / "origin.json"


def origin_of(folder: Path, raw: RawStore, sources: Collection[str]) -> Origin:
    """The current origin of a warehouse: its kind is what the receipts say, whatever a run that was cut off noted."""
    kind = kind_of(raw, sources)
    try:
        return Origin(kind, str(read_sealed(_file(folder))[0]["last"]))
    except (OSError, ValueError, KeyError):
        return Origin(kind, is_noted=False)


def note_origin(folder: Path, last: str) -> None:
    """Note the origin last used."""
    folder.mkdir(parents=True, exist_ok=True)
    write_json(_file(folder), sealed({"last": last}))


def kind_of(raw: RawStore, sources: Collection[str]) -> Literal["sample", "real"] | None:
    """Whether a raw store holds the sample or real snapshots; None where it holds neither (failed attempts are none)."""
    for source in sources:
        for snapshot in raw.snapshots(source):
            try:
                receipt = raw.receipt(source, snapshot)
            except DamagedRaw:
                continue  # it is named where it would be used
            if receipt.verdict != "failed":
                return "sample" if receipt.origin == "sample" else "real"
    return None


def choose_origin(
    wanted: str | None, held: Origin, folder: Path, sources: Mapping[str, Source], say: Callable[[str], None]
) -> str:
    """Resolve ``--from``: sample, live, a folder, or None for the origin last used.

    Args:
        wanted: what was asked for.
        held: the current origin of the warehouse.
        folder: of the warehouse.
        sources: the declared sources by id.
        say: called for each folder of an archive that is not a source.

    Raises:
        BilateralError: where the folder does not exist or holds nothing that could be taken in, or the sample is asked for on
            real data.
    """
    if wanted is None and held.kind == "real" and not held.is_noted:
        raise BilateralError(
            f"{_file(folder)} is missing or damaged, so it is not known from where this warehouse was refreshed last. Nothing "
            "was changed. Say it once: --from live, or --from DIR; it is noted then."
        )
    chosen = wanted if wanted is not None else held.last
    if chosen not in ("sample", "live"):
        archive = Path(chosen).expanduser()
        if not archive.is_dir():
            raise BilateralError(
                f"--from {chosen}: there is no such folder. Give 'sample', 'live', or a folder that holds "
                "<source>/<retrieved_at>/<file>. Nothing was changed."
            )
        chosen = str(archive.resolve())
        known, misfits = archive_sources(Path(chosen), sources)
        for misfit in misfits:
            say(f"  {misfit}")
        if not has_snapshots(Path(chosen), known):
            raise BilateralError(
                f"--from {chosen}: nothing in it is a snapshot of a source. It should hold <source>/<retrieved_at>/<file>, "
                "such as us_ofac_sdn/2023-10-03/sdn.csv; docs/sources.md has the ids of the sources. Nothing was changed."
            )
    if chosen == "sample" and held.kind == "real":
        raise BilateralError(
            f"{folder} holds real data; the sample, which is partly made up, must not be mixed with it. "
            "Nothing was changed. "
            "Use '--from live' or '--from DIR', or set BILATERAL_WAREHOUSE to another folder."
        )
    return chosen


def sources_in_play(origin: str, sources: Mapping[str, Source], domains: Collection[str], held: Iterable[RawStore]) -> list[str]:
    """Sources of these domains that a refresh from this origin can bring anything of, or of which a raw store holds something.

    A step for each of the others would cost time and say nothing.
    """
    folder = None if origin == "live" else SAMPLE if origin == "sample" else Path(origin)
    stores = list(held)
    return [
        source.id
        for source in sources.values()
        if source.domain in domains
        and (
            any(store.snapshots(source.id) for store in stores)
            or (source.live == "fetch" if folder is None else (folder / source.id).is_dir())
        )
    ]


def replace_sample(folder: Path, incoming: Path, domains: Collection[str], origin: str) -> None:
    """Replace everything that came from the sample; the published file stays until its successor has passed.

    Each step is a rename, and raw goes last: cut off at any point, the next run finds the sample's bytes and makes the
    rest again, or finds the real bytes and nothing that was made of the sample.
    """
    retired = folder / ".retired"
    shutil.rmtree(retired, ignore_errors=True)
    (retired / "core").mkdir(parents=True)
    for layer in (*(f"core/{domain}" for domain in domains), "staged", "raw"):
        if (folder / layer).exists():
            (folder / layer).rename(retired / layer)
    incoming.rename(folder / "raw")
    note_origin(folder, origin)
    shutil.rmtree(retired)
