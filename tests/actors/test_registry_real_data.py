"""The registry against real files: codes of GDELT and ICEWS, country names of the lists, names in headlines."""

import csv
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.actors import registry

pytestmark = pytest.mark.real_data


def table(path: Path, **other: Any) -> pl.DataFrame:
    """A real file of tab-separated text."""
    data = path.read_bytes()
    text = gzip.decompress(data) if path.suffix.lower() == ".gz" else data
    return pl.read_csv(text, separator="\t", infer_schema=False, quote_char=None, **other)


@pytest.fixture(scope="module")
def slot(real_data: Path) -> pl.DataFrame:
    """The real 15-minute file of GDELT, columns by name."""
    folder = real_data / "news" / "gdelt"
    layout = csv.DictReader(StringIO((folder / "columns.csv").read_text(encoding="utf-8")))
    columns = [r["name"] for r in layout if r["file"] == "gdelt_v2_events"]
    return table(folder / "20191024143000.export.CSV.gz", has_header=False, new_columns=columns)


def share_mapped(names: Iterable[str]) -> tuple[float, set[str]]:
    """Share of the names that stand for an actor, and those of which nothing is known."""
    counts = Counter(n.strip().casefold() for n in names)
    known = registry.code_map("country_name")
    share = sum(n for name, n in counts.items() if name in known) / counts.total()
    return share, {name for name in counts if name not in known and name not in registry.no_countries()}


def test_every_code_and_goldstein_of_the_slot_and_the_lookup_is_ours(real_data: Path, slot: pl.DataFrame) -> None:
    ours, lookups = registry.cameo_codes(), real_data / "news" / "gdelt" / "lookups"
    joined = slot.select(
        pl.col("EventCode").alias("cameo_code"), pl.col("GoldsteinScale").cast(pl.Float64), pl.col("QuadClass").cast(pl.Int8)
    ).join(ours, on="cameo_code", how="left")
    assert joined.height == 2111
    other = ~pl.col("goldstein").eq_missing(pl.col("GoldsteinScale")) | ~pl.col("quad_gdelt").eq_missing(pl.col("QuadClass"))
    assert joined.filter(other).is_empty()
    theirs = {code: float(value) for code, value in table(lookups / "CAMEO.goldsteinscale.txt").iter_rows()}
    assert theirs.items() <= dict(ours.select("cameo_code", "goldstein").iter_rows()).items()
    assert set(table(lookups / "CAMEO.country.txt")["CODE"]) - set(registry.code_map("cameo")) == {"0"}
    cameo = set(slot["Actor1CountryCode"].drop_nulls()) | set(slot["Actor2CountryCode"].drop_nulls())
    assert cameo - set(registry.code_map("cameo")) == set()


def test_plover_events_are_those_of_the_crosswalk(real_data: Path) -> None:
    text = (real_data / "news" / "plover" / "CAMEO2PLOVER-2021.txt").read_text(encoding="utf-8")
    stated = dict(re.findall(r"^(\d{3,4}): *([A-Z]+)", text, re.MULTILINE))
    codes = registry.cameo_codes().filter(pl.col("cameo_code").str.len_chars() > 2, ~pl.col("cameo_root").is_in(["01", "02"]))
    assert dict(codes.select("cameo_code", "plover_event").iter_rows()) == stated


def test_codes_of_icews_are_known_and_its_quads_are_schrodts(real_data: Path, answers: dict[str, Any]) -> None:
    sample = table(real_data / "news" / "icews" / "events.2018.sample.tab.gz")
    events = sample.rename({"CAMEO Code": "cameo_code"}).join(registry.cameo_codes(), on="cameo_code", how="left")
    assert events["quad_schrodt"].null_count() == 0
    dyad = events.filter(pl.col("Source Country") == "China", pl.col("Target Country") == "United States")
    quads = [dyad.filter(quad_schrodt=q).height for q in (1, 2, 3, 4)]
    assert quads == list(answers["icews-china-us"].values())


def test_fips_codes_of_the_slot_are_the_countries_it_writes_beside_them(slot: pl.DataFrame) -> None:
    names, fips = registry.code_map("country_name"), registry.code_map("fips")
    sides = [slot.select(f"{side}Geo_FullName", f"{side}Geo_CountryCode").rows() for side in ("Actor1", "Actor2", "Action")]
    pairs = {(code, name and name.rsplit(", ", 1)[-1].casefold()) for side in sides for name, code in side if code}
    unknown = {code for code, _ in pairs} - set(fips)
    assert unknown == {"OS", "YI"}, "the oceans, and Serbia and Montenegro, which is no more"
    read = {(code, name) for code, name in pairs if name in names and code in fips}
    assert len(read) > 100
    assert {(code, name) for code, name in read if names[name] != fips[code]} <= {("CF", "congo"), ("CG", "congo")}


def test_countries_of_the_lists_and_nationalities_of_ofac_are_mapped(real_data: Path, sdn_history: Path) -> None:
    folder = real_data / "sanctions"
    for file in ("wm2019-01_add", "wm2021-07_add", "wm2025-12_cons_add"):
        text = gzip.decompress((folder / "ofac_full" / f"{file}.csv.gz").read_bytes()).decode("utf-8", errors="replace")
        places = [r[4] for r in csv.reader(StringIO(text)) if len(r) > 1 and r[4].strip() != "-0-"]
        share, unknown = share_mapped(places)
        assert (share >= 0.995, unknown) == (True, set()), file
    newest = max((sdn_history / "us_ofac_sdn").iterdir()) / "sdn.csv"
    remarks = [r[11] for r in csv.reader(StringIO(newest.read_text(encoding="ascii"))) if len(r) == 12]
    named = [m for text in remarks for m in re.findall(r"(?:^|; )(?:alt\. )?(?:nationality|citizen) ([^;.]+)", text)]
    share, unknown = share_mapped(named)
    assert (len(named) > 5000, share >= 0.995, unknown) == (True, True, set())
    entities = json.loads((folder / "bis" / "nsfreg_bis_entity_list.json").read_text(encoding="utf-8"))["entities"]
    assert share_mapped(e["country"] for e in entities) == (1.0, set())
    text = gzip.decompress((folder / "un" / "un_consolidated_2026-02-27.xml.gz").read_bytes()).decode("utf-8")
    assert share_mapped(re.findall(r"<COUNTRY>([^<]+)<", text)) == (1.0, set())
