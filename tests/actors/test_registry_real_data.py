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


def slot(real_data: Path) -> pl.DataFrame:
    """The real 15-minute file of GDELT, columns by name."""
    layout = csv.DictReader(StringIO((real_data / "news" / "gdelt" / "columns.csv").read_text(encoding="utf-8")))
    columns = [r["name"] for r in layout if r["file"] == "gdelt_v2_events"]
    packed = (real_data / "news" / "gdelt" / "20191024143000.export.CSV.gz").read_bytes()
    return pl.read_csv(
        gzip.decompress(packed), separator="\t", has_header=False, infer_schema=False, quote_char=None, new_columns=columns
    )


def share_mapped(names: Iterable[str]) -> tuple[float, set[str]]:
    """Share of the names that stand for an actor, and those of which nothing is known."""
    counts = Counter(n.strip().casefold() for n in names)
    known = registry.code_map("country_name")
    share = sum(n for name, n in counts.items() if name in known) / counts.total()
    return share, {name for name in counts if name not in known and name not in registry.no_countries()}


def test_every_code_and_goldstein_of_the_slot_and_the_lookup_is_ours(real_data: Path) -> None:
    events = slot(real_data).select(
        pl.col("EventCode").alias("cameo_code"), pl.col("GoldsteinScale").cast(pl.Float64), pl.col("QuadClass").cast(pl.Int8)
    )
    joined = events.join(registry.cameo_codes(), on="cameo_code", how="left")
    assert joined.height == 2111
    assert joined.filter(~pl.col("goldstein").eq_missing(pl.col("GoldsteinScale"))).is_empty()
    assert joined.filter(~pl.col("quad_gdelt").eq_missing(pl.col("QuadClass"))).is_empty()
    lookup = pl.read_csv(
        real_data / "news" / "gdelt" / "lookups" / "CAMEO.goldsteinscale.txt", separator="\t", infer_schema=False
    )
    ours = dict(registry.cameo_codes().select("cameo_code", "goldstein").iter_rows())
    assert {code: ours.get(code) for code, _ in lookup.iter_rows()} == {code: float(value) for code, value in lookup.iter_rows()}
    lookup = pl.read_csv(real_data / "news" / "gdelt" / "lookups" / "CAMEO.country.txt", separator="\t", infer_schema=False)
    assert set(lookup["CODE"]) - set(registry.code_map("cameo")) == {"0"}
    events = slot(real_data)
    cameo = set(events["Actor1CountryCode"].drop_nulls()) | set(events["Actor2CountryCode"].drop_nulls())
    assert cameo - set(registry.code_map("cameo")) == set()
    fips = {c for side in ("Actor1", "Actor2", "Action") for c in events[f"{side}Geo_CountryCode"].drop_nulls()}
    assert fips - set(registry.code_map("fips")) == {"OS", "YI"}, "the oceans, and Serbia and Montenegro, which is no more"


def test_plover_events_are_those_of_the_crosswalk(real_data: Path) -> None:
    text = (real_data / "news" / "plover" / "CAMEO2PLOVER-2021.txt").read_text(encoding="utf-8")
    stated = dict(re.findall(r"^(\d{3,4}): *([A-Z]+)", text, re.MULTILINE))
    codes = registry.cameo_codes().filter(pl.col("cameo_code").str.len_chars() > 2, ~pl.col("cameo_root").is_in(["01", "02"]))
    assert dict(codes.select("cameo_code", "plover_event").iter_rows()) == stated


def test_codes_of_icews_are_known_and_its_quads_are_schrodts(real_data: Path, answers: dict[str, Any]) -> None:
    packed = (real_data / "news" / "icews" / "events.2018.sample.tab.gz").read_bytes()
    sample = pl.read_csv(gzip.decompress(packed), separator="\t", infer_schema=False, quote_char=None)
    events = sample.rename({"CAMEO Code": "cameo_code"}).join(registry.cameo_codes(), on="cameo_code", how="left")
    assert events["quad_schrodt"].null_count() == 0
    dyad = events.filter(pl.col("Source Country") == "China", pl.col("Target Country") == "United States")
    quads = [dyad.filter(quad_schrodt=q).height for q in (1, 2, 3, 4)]
    assert quads == list(answers["icews-china-us"].values())


def test_fips_codes_of_the_slot_are_the_countries_it_writes_beside_them(real_data: Path) -> None:
    events = slot(real_data)
    pairs = {
        (code, name.rsplit(", ", 1)[-1].casefold())
        for side in ("Actor1", "Actor2", "Action")
        for name, code in events.select(f"{side}Geo_FullName", f"{side}Geo_CountryCode").drop_nulls().iter_rows()
    }
    names, fips = registry.code_map("country_name"), registry.code_map("fips")
    read = {(code, name) for code, name in pairs if name in names and code in fips}
    assert len(read) > 100
    wrong = {(code, name) for code, name in read if names[name] != fips[code]}
    assert wrong <= {("CF", "congo"), ("CG", "congo")}


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
