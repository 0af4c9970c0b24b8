"""``python -m pipelines.record.make FOLDER [OUT] [--code]``: the built-in record, from the real files (tests/real-data.md).

What is taken is declared here by source, what of a file is kept in ``pipelines.ingest.record_cuts``. The same files give the same
record. The events of official releases are those of the record at hand, unless ``--code`` has them coded anew: some minutes.
"""

from __future__ import annotations

import csv
import gzip
import io
import lzma
import re
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from pipelines.ingest.attempts import Basis
from pipelines.ingest.record import COLUMNS, CONTENTS, digest_of, pack_of, read_pack, write_pack
from pipelines.ingest.record_cuts import CUTS
from pipelines.ingest.sources import Source, load_sources
from pipelines.record.bundle import BUNDLE, vintages_of
from pipelines.record.releases import CODED_TEXTS, FILE, MOMENT, RELEASES, coded_releases
from pipelines.settings import RECORD

TYPED = RECORD / "typed"
"""Facts that no file at hand holds, written down row by row from the notices and reports that state them: the archive layout."""
US = "Work of the U.S. federal government, in the public domain"
GOOD = ("good", "resaved", "partial", "parsed by others", "incomplete")
"""Words for the trust in a file of the catalogs with which it is taken; a negative control and a sample of rows are none."""


@dataclass(frozen=True)
class Part:
    """A source of the record: on what terms it is passed on, and which of its files are not, by a part of their path.

    ``cut``: in words what is cut where no cut of files says so.
    """

    terms: str = US
    but: tuple[str, ...] = ()
    cut: str = "nothing: numbers"


PARTS: dict[str, Part] = {
    # the quarantined copy of 2023-01 lacks its end; the table of 85 parties and the publication of changes are no vintages
    "us_ofac_sdn": Part(but=("us_ofac_sdn/2023-01-20", "cn_drug_program_sdns", "us_ofac_delta")),
    "us_ofac_cons": Part(but=(".xml", ".ZIP")),
    "us_csl": Part(),
    "us_bis_entity_list": Part(),
    "us_bis_meu": Part(),
    "us_bis_dpl": Part(but=("dpl_watchman", ".json")),
    "us_dhs_uflpa": Part(),
    "us_dod_1260h": Part(),
    "us_ofac_cmic": Part(),
    "us_cbp_wro": Part(),
    "us_fcc_covered": Part(),
    "us_federal_register": Part(but=("dwillis", "monument")),
    CODED_TEXTS: Part(
        cut="the texts; kept are titles, addresses and times, and of acts between two states the day, parties, class and place"
    ),
    # totals that somebody joined with other columns are not in the layout of the source
    "us_cdc_vsrr": Part(but=("merged_total_by_state",)),
    "us_cdc_wonder": Part(),
    "us_cdc_sudors": Part(),
    "us_nida_final": Part(),
    "us_cbp_drug_seizures": Part(),
    "us_census_population": Part(),
    "cn_countermeasures": Part("Facts of official notices, each cited to its notice", but=("",), cut="nothing"),
}


@dataclass(frozen=True)
class _File:
    """One file of a vintage. ``moment``: the name of its folder; ``made_of``: where it comes from."""

    moment: str
    basis: Basis
    name: str
    data: bytes
    made_of: str


def make(folder: Path, out: Path, *, code: bool = False) -> None:
    """Write the packs and their table.

    Args:
        folder: of the real files, with its catalogs.
        out: where the packs go.
        code: whether official releases are coded anew.
    """
    out.mkdir(parents=True, exist_ok=True)
    rows: list[tuple[str | int, ...]] = []
    sources = load_sources()
    for source, part in PARTS.items():
        kept = {(f.moment, f.name): f for f in _kept(source, _files(folder, sources[source], part, code))}
        files = [kept[key] for key in sorted(kept)]
        write_pack(pack_of(source, out), ((f"{f.moment}/{f.name}", f.data) for f in files))
        rows += [(source, f.moment, f.basis, f.name, len(f.data), digest_of(f.data), part.terms, f.made_of) for f in files]
        print(f"{source}: {len(files):,} files, {pack_of(source, out).stat().st_size:,} bytes", flush=True)
    with (out / CONTENTS).open("w", encoding="utf-8", newline="") as table:
        written = csv.writer(table, lineterminator="\n")
        written.writerow(COLUMNS)
        written.writerows(rows)
    if (page := out / "README.md").exists():
        before = page.read_text(encoding="utf-8").partition(TABLE)[0]
        page.write_text(f"{before}{TABLE}{table_of(out)}", encoding="utf-8")


TABLE = "\n## Its parts\n\n"
"""The last heading of the record's page; what follows is written by ``make``."""


def table_of(folder: Path) -> str:
    """The parts of a record as a table: source, vintages, days, what was cut, terms, bytes and hash of what it holds."""
    lines = ["| source | vintages | from | to | cut | terms | bytes | hash |", "|---|---|---|---|---|---|---|---|"]
    with (folder / CONTENTS).open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    for source, part in PARTS.items():
        own = [row for row in rows if row["source"] == source]
        days = sorted({row["retrieved_at"] for row in own})
        digest = digest_of("".join(f"{r['retrieved_at']}/{r['file']} {r['sha256']}\n" for r in own).encode())[:16]
        cut = CUTS[source].said if source in CUTS else part.cut
        cells = (f"`{source}`", len(days), days[0][:10], days[-1][:10], cut, part.terms)
        lines.append(f"| {' | '.join(map(str, cells))} | {pack_of(source, folder).stat().st_size:,} | `{digest}` |")
    return "\n".join(lines) + "\n"


def _kept(source: str, files: Iterator[_File]) -> Iterator[_File]:
    cut = CUTS.get(source)
    for f in files:
        data = f.data if cut is None else cut(f.name, f.data)
        if data is not None:
            yield _File(f.moment, f.basis, f.name, data, f.made_of)


def _files(folder: Path, declared: Source, part: Part, code: bool) -> Iterator[_File]:
    """The files of a source that are passed on: of the bundle of vintages, of the catalogs, and those that were typed."""
    source = declared.id
    if source == CODED_TEXTS:
        held = b"" if code else next(files[FILE] for _, files in read_pack(pack_of(source)))
        coded = held or b"".join(
            coded_releases(path.name, unpacked(path)[path.stem]) for path in sorted((folder / RELEASES).glob("*.gz"))
        )
        yield _File(MOMENT, "commit", FILE, coded, RELEASES.as_posix())
    if source == "us_ofac_sdn":
        with tempfile.TemporaryDirectory(prefix="bilateral-bundle-") as work:
            for moment, data in vintages_of(folder / BUNDLE, Path(work)):
                yield _File(moment, "commit", "sdn.csv", data, BUNDLE.as_posix())
    for catalog in ("CATALOG.csv", "more/CATALOG.csv"):
        for entry in csv.DictReader((folder / catalog).read_text(encoding="utf-8").splitlines()):
            folder_name = folder_of(entry["retrieved_at"])
            if entry["source"] != source or entry["trust"] not in GOOD or folder_name is None:
                continue
            for path in paths_of(folder, entry["path"]):
                if any(what in path for what in part.but):
                    continue
                for name, data in unpacked(folder / path).items():
                    yield _File(
                        folder_name, basis_of(entry["retrieved_at_basis"]), declared.declared_name(name) or name, data, path
                    )
    for typed in sorted((TYPED / source).glob("*/*")):
        basis: Basis = "press" if source == "us_cdc_vsrr" else "notice"
        yield _File(typed.parent.name, basis, typed.name, typed.read_bytes(), typed.relative_to(RECORD).as_posix())


# the catalogs of the folder of real files -----------------------------------------------------------------------------


def folder_of(written: str) -> str | None:
    """The folder of a vintage by the moment that a catalog gives: a year stands for its last day; None of a range of days."""
    if re.fullmatch(r"\d{4}", written):
        return f"{written}-12-31"
    plain = written.replace(":", "")
    return plain if re.fullmatch(r"\d{4}-\d\d-\d\d(?:T\d{6}Z)?", plain) else None


def basis_of(written: str) -> Basis:
    """What a moment rests on, by the word of a catalog; an estimate where it is none that is known."""
    found: Basis | None = next((b for b in get_args(Basis) if written.startswith(b)), None)
    return found or ("name" if written == "file name" else "content" if written.startswith("file") else "estimate")


def paths_of(folder: Path, written: str) -> Iterator[str]:
    """The paths that a row of a catalog stands for: several as ``name_{a|b}`` or ``name_{2015..2024}``."""
    found = re.search(r"\{(.+?)\}", written)
    if found is None:
        yield written
    elif ".." in found[1]:
        first, last = map(int, found[1].split(".."))
        named = [written.replace(found[0], str(year)) for year in range(first, last + 1)]
        yield from (path for path in named if (folder / path).exists())  # of 2020 there is no survey
    else:
        yield from (written.replace(found[0], variant) for variant in found[1].split("|"))


def unpacked(path: Path) -> dict[str, bytes]:
    """The file, or the members of a zip, by name."""
    data = path.read_bytes()
    if path.suffix.lower() == ".zip":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return {name: packed.read(name) for name in packed.namelist()}
    unpack = {".gz": gzip.decompress, ".xz": lzma.decompress}.get(path.suffix)
    return {path.name: data} if unpack is None else {path.stem: unpack(data)}


if __name__ == "__main__":
    asked = [word for word in sys.argv[1:] if word != "--code"]
    make(Path(asked[0]), Path(asked[1]) if len(asked) > 1 else RECORD, code="--code" in sys.argv)
