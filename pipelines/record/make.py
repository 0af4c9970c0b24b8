"""``python -m pipelines.record.make FOLDER [OUT] [--code]``: the built-in record, from the real files (tests/real-data.md).

What is taken is declared here by source, what of a file is kept in ``pipelines.ingest.record_cuts``. The same files give the same
record. The events of official releases are those of the record at hand, unless ``--code`` has them coded anew: some minutes.
"""

import csv
import gzip
import io
import json
import lzma
import re
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import get_args

import polars as pl

from assets import progress
from assets.news.articles.read import stage
from assets.news.coding.jsonl import code_lines
from assets.news.published.coded_texts import CODED
from assets.news.published.coded_texts import SOURCE as CODED_TEXTS
from pipelines.ingest.backfill.git import Repository
from pipelines.ingest.receipts import Basis, folder_name
from pipelines.ingest.record import COLUMNS, CONTENTS, digest_of, pack_of, read_pack, write_pack
from pipelines.ingest.record_cuts import CUTS
from pipelines.ingest.sources import Source, load_sources
from pipelines.services.sorting import expanded
from pipelines.settings import RECORD

TYPED = RECORD / "typed"
"""Facts that no file at hand holds, written down row by row from the notices and reports that state them: the archive layout."""
US = "Work of the U.S. federal government, in the public domain"
BUNDLE = Path("sanctions", "ofac_history", "sdn_history_2021-08_2023-12.bundle")
"""Vintages of OFAC's sdn.csv in the history of a repository, below the folder of real files."""
GOOD = ("good", "resaved", "partial", "parsed by others", "incomplete")
"""Words for the trust in a file of the catalogs with which it is taken; a negative control and a sample of rows are none."""


@dataclass(frozen=True)
class Part:
    """A source of the record; ``but``: parts of paths of files left out, ``cut``: in words, where no cut of files says so."""

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
    "us_state_isn": Part(),
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
    """Write the packs and their table from the folder of real files; ``code``: whether official releases are coded anew."""
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
        coded = held or b"".join(coded_releases(p.name, unpacked(p)[p.stem]) for p in sorted((folder / RELEASES).glob("*.gz")))
        yield _File(MOMENT, "commit", FILE, coded, RELEASES.as_posix())
    if source == "us_ofac_sdn":
        with tempfile.TemporaryDirectory(prefix="bilateral-bundle-") as work:
            repository = Repository(str(folder / BUNDLE), "sdn.csv", declared, Path(work) / "git")
            for copy in sorted(repository.copies()[0], key=lambda copy: copy.moment):
                data, _ = repository.read(copy, declared.max_bytes)
                yield _File(folder_name(copy.moment), "commit", copy.name, data, BUNDLE.as_posix())
    for catalog in ("CATALOG.csv", "more/CATALOG.csv"):
        for entry in csv.DictReader((folder / catalog).read_text(encoding="utf-8").splitlines()):
            moment = folder_of(entry["retrieved_at"])
            if entry["source"] != source or entry["trust"] not in GOOD or moment is None:
                continue
            for path in expanded(folder, entry["path"]):
                made_of = path.relative_to(folder).as_posix()
                for name, data in unpacked(path).items() if not any(what in made_of for what in part.but) else ():
                    basis = basis_of(entry["retrieved_at_basis"])
                    yield _File(moment, basis, declared.declared_name(name) or name, data, made_of)
    for typed in sorted((TYPED / source).glob("*/*")):
        basis = "press" if source == "us_cdc_vsrr" else "notice"
        yield _File(typed.parent.name, basis, typed.name, typed.read_bytes(), typed.relative_to(RECORD).as_posix())


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


def unpacked(path: Path) -> dict[str, bytes]:
    """The file, or the members of a zip, by name."""
    data = path.read_bytes()
    if path.suffix.lower() == ".zip":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return {name: packed.read(name) for name in packed.namelist()}
    unpack = {".gz": gzip.decompress, ".xz": lzma.decompress}.get(path.suffix)
    return {path.name: data} if unpack is None else {path.stem: unpack(data)}


RELEASES = Path("more", "official_releases")
"""Official releases below the folder of real files: works of the U.S. federal government, in the public domain."""
MOMENT = "2022-03-31"
"""Day of the commit with which the newest of them were retrieved."""
FILE = "official_releases.jsonl"
CHINA = r"\b(China|Chinese|PRC|Beijing|Xi Jinping|Hong Kong|Macao|Macau)\b"
"""Of 2,342 releases 386 name it."""
LONGEST = 10_000
"""Characters. What is longer is the transcript of a briefing or an interview, in which questions tell of acts as well: 220."""
_STATED = ("title", "url", "outlet", "language")


def coded_releases(name: str, data: bytes) -> bytes:
    """JSON lines in the layout of ``assets.news.published.coded_texts`` from those of the articles source.

    One for each dated release that names China, in its title or in a text that is no transcript, and of which an event has
    parties of two states, in order. An event's place counts in the text as that source cleans it.
    """
    texts = stage({name.removesuffix(".gz"): data}).frames["articles"].drop_nulls("published_at")
    is_statement = pl.col("text").str.len_chars() < LONGEST
    texts = texts.filter(pl.col("title").str.contains(CHINA) | (is_statement & pl.col("text").str.contains(CHINA)))
    found: list[str] = []
    with progress.task(f"coding {name}", texts.height, "texts") as advance:
        for row in texts.iter_rows(named=True):
            at: datetime = row["published_at"]
            published = f"{at:%Y-%m-%d}" if row["published_precision"] == "day" else f"{at:%Y-%m-%dT%H:%M:%S}+00:00"
            asked = {c: row[c] for c in (*_STATED, "text")} | {"id": row["article_id"], "published": f"{at:%Y-%m-%d}"}
            coded = [json.loads(line.json) for line in code_lines([json.dumps(asked)])]
            sides = [(event.get("source_country_id"), event.get("target_country_id")) for event in coded]
            between = [event for event, (a, b) in zip(coded, sides, strict=True) if a is not None and b is not None and a != b]
            if between:
                stated = {c: row[c] for c in _STATED if row[c] is not None} | {"published": published}
                by = {c: between[0][c] for c in ("coder", "coder_version")}
                events = [{c: event[c] for c in CODED if event[c] is not None} for event in between]
                found.append(json.dumps(stated | by | {"events": events}, ensure_ascii=False))
            advance(1)
    return "".join(f"{line}\n" for line in found).encode()


if __name__ == "__main__":
    asked = [word for word in sys.argv[1:] if word != "--code"]
    make(Path(asked[0]), Path(asked[1]) if len(asked) > 1 else RECORD, code="--code" in sys.argv)
