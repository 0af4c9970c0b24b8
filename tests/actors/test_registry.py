"""The registry of actors: what codes and names stand for, what stands for nobody, and how a user's own files are checked."""

import csv
import gzip
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
import iso3166
import polars as pl
import pytest
from babel import Locale

from assets import schema
from assets.actors import registry
from assets.errors import BilateralError
from tests.told import told

SPELT_OTHERWISE = set("BES CIV COD COG HKG MAC MAF MMR PSE SHN SXM TUR UMI VIR".split())  # noqa: SIM905
"""States whose name here is not the one CLDR gives."""
CAMEO = """ROM ROU, TMP TLS, IMY IMN, MTN MNE, WSB PSE, GZS PSE, BAG IRQ, ANT ANT, TWN TWN, HKG HKG, EUR REG.EUR, AFR REG.AFR,
    WST REG.WST, SAS REG.SAS, UNO UN, EEC EU"""
FIPS = """CH CHN, SZ CHE, RS RUS, RI SRB, SF ZAF, EI IRL, IC ISL, UK GBR, UP UKR, GM DEU, GA GMB, GB GAB, KS KOR, KN PRK, AU AUT,
    AS AUS, MC MAC, TW TWN, HK HKG, WE PSE, GZ PSE, BM MMR, NI NGA, NU NIC"""
NAMES = """Korea, North PRK; Korea, South KOR; Burma MMR; Congo, Democratic Republic of the COD; Congo, Republic of the COG;
    Russia RUS; China CHN; Hong Kong HKG; Macau MAC; Cote d'Ivoire CIV; Cote d’Ivoire CIV; Cote d Ivoire CIV; The Gambia GMB;
    Virgin Islands, British VGB; Man, Isle of IMN; Bahamas, The BHS; North Macedonia, The Republic of MKD; Palestinian PSE;
    Crimea Region of Ukraine UKR; Democratic People's Republic of Korea PRK; Iran (Islamic Republic of) IRN; PRC CHN;
    China, Hong Kong Special Administrative Region HKG; Republic of China TWN; Taiwan, Province of China TWN; TURKEY TUR;
    Türkiye TUR"""
SURFACES = """US USA; U.S. USA; Washington USA; Washington state US-WA; Beijing CHN; PRC CHN; People's Republic of China CHN;
    Republic of China TWN; ROC TWN; Taipei TWN; Chinese Taipei TWN; Hong Kong HKG; Macau MAC; American Samoa ASM;
    New Mexico US-NM; Inner Mongolia CN-NM; Pentagon USA.DOD; Institute of Forensic Science CHN.IFS; 台湾 TWN; 北京 CHN;
    Chinese Foreign Ministry CHN.MFA; 中国 CHN; 美国 USA; 习近平 CHN.XI_JINPING; South China Sea -; Washington Post -;
    Taiwan Strait -; ABOUT US -; 印度洋 -"""
OFFICES = """House Speaker Nancy Pelosi 2022-08-02 USA.NANCY_PELOSI; House Speaker Nancy Pelosi 2023-01-03;
    President Trump 2023-11-15; Nancy Pelosi 2023-12-22 USA.NANCY_PELOSI; President Trump 2021-01-19 USA.DONALD_TRUMP;
    Foreign Minister Wang Yi 2023-05-01; President Trump 2025-01-20 USA.DONALD_TRUMP; Premier Li 2023-03-10 CHN.LI_KEQIANG;
    Premier Li 2023-03-11 CHN.LI_QIANG;
    Minister of Public Security Wang Xiaohong 2022-06-24 CHN.WANG_XIAOHONG; Soviets 1991-12-25 RUS; West Germany 1990-10-02 DEU"""
PLOVER = """085 RETREAT, 0813 RETREAT, 081 CONCEDE, 083 CONCEDE, 084 RETREAT, 087 RETREAT, 163 COERCE, 160 SANCTION, 164 SANCTION,
    175 ASSAULT, 173 COERCE, 090 ACCUSE, 010 -, 021 -, 01 -, 040 CONSULT, 036 AGREE"""


def pairs(text: str, separator: str = ";") -> dict[str, str]:
    """Names, each with the id after it."""
    return dict(" ".join(part.split()).rsplit(" ", 1) for part in text.split(separator))


def named(surface: str, on: date | None = None) -> set[str | None]:
    rows = registry.surfaces().filter(surface=surface)
    if on is not None:
        rows = rows.filter(pl.col("valid_from").fill_null(date.min) <= on, pl.col("valid_to").fill_null(date.max) > on)
    return set(rows["actor_id"])


def test_every_code_of_iso_3166_is_a_state_named_as_in_cldr() -> None:
    names = dict(registry.actors().filter(kind="state").select("actor_id", "name").iter_rows())
    assert set(names) == {c.alpha3 for c in iso3166.countries} | {"ANT", "CSK", "DDR", "RVN", "YMD"}
    assert {c.alpha2: c.alpha3 for c in iso3166.countries}.items() <= registry.code_map("iso2").items()
    cldr = Locale("en").territories
    spelt = {c.alpha3: cldr[c.alpha2].replace(" & ", " and ").replace("St. ", "Saint ") for c in iso3166.countries}
    assert {k for k, name in spelt.items() if names[k] != name.replace("’", "'")} == SPELT_OTHERWISE


def test_a_territory_with_a_code_is_its_own_country_and_regions_and_organisations_are_of_none() -> None:
    """Parts hang on their wholes, and New York in VSRR is the state without the city."""
    actors = registry.actors()
    own = actors.filter(pl.col("actor_id").is_in(["TWN", "HKG", "MAC", "XKX", "PSE"])).sort("actor_id")
    of_own = "HKG|HKG|CHN / MAC|MAC|CHN / PSE|PSE|- / TWN|TWN|- / XKX|XKX|-"
    assert told(own, "actor_id country_id parent_id") == of_own
    others = actors.filter(pl.col("kind").is_in(["region", "organisation"]))
    assert {"REG.EUR", "REG.WST", "UN", "EU", "NATO"} <= set(others["actor_id"])
    assert others["country_id"].null_count() == others.height
    codes = registry.us_jurisdictions()
    assert (len(codes), *(codes[code] for code in ("NY", "YC", "US", "PR"))) == (54, "US-NY-XNYC", "US-NY-NYC", "USA", "US-PR")
    parts = told(actors.filter(parent_id="US-NY"), "actor_id kind country_id")
    assert parts == "US-NY-NYC|city|USA / US-NY-XNYC|subdivision|USA"
    assert told(actors.filter(actor_id="CHN.IFS"), "country_id sector parent_id") == "CHN|COP|CHN.MPS"
    authorities = {"USA.OFAC", "USA.BIS", "USA.DHS", "USA.DOD", "UN.SC", "EU.COUNCIL", "GBR.FCDO", "CHN.MFA", "CHN.MOFCOM"}
    assert authorities <= set(actors.filter(kind="body")["actor_id"])


@pytest.mark.trap("gdelt_v2_events", "not-iso")
def test_cameo_and_fips_are_not_iso_and_country_names_are_read_as_the_lists_write_them() -> None:
    for scheme, text, separator in (("cameo", CAMEO, ","), ("fips", FIPS, ","), ("country_name", NAMES, ";")):
        codes, expected = registry.code_map(scheme), pairs(text, separator)
        found = {name: codes.get(name.casefold() if scheme == "country_name" else name) for name in expected}
        assert found == expected, scheme
    assert registry.code_map("iso2")["NA"] == "NAM"
    nobody = {"na", "undetermined", "region: gaza", "none identified", "possibly palestinian"}
    assert nobody <= set(registry.no_countries())
    assert nobody.isdisjoint(registry.code_map("country_name"))
    with pytest.raises(BilateralError, match="must be one of iso2, iso3, cameo, fips, country_name"):
        registry.code_map("surface")


def test_an_office_names_its_holder_of_that_day_and_a_state_of_before_the_one_that_went_on_until_it_ended() -> None:
    for line in OFFICES.split(";"):
        surface, day, actor = re.fullmatch(r"\s*(.+) (\d{4}-\d\d-\d\d) ?(.*)", line).groups()  # type: ignore[union-attr]
        assert named(surface, date.fromisoformat(day)) == ({actor} if actor else set()), line
    for name, end in (("Soviets", date(1991, 12, 26)), ("West Germany", date(1990, 10, 3))):
        assert named(name, end) <= {None}


def test_news_text_names_actors_and_blockers_stand_for_nobody_on_their_days() -> None:
    expected = {surface: {None if actor == "-" else actor} for surface, actor in pairs(SURFACES).items()}
    assert {surface: named(surface) for surface in expected} == expected
    surfaces = registry.surfaces().with_columns(
        begins=pl.col("valid_from").fill_null(date.min), ends=pl.col("valid_to").fill_null(date.max)
    )
    nobody, somebody = (surfaces.filter(pl.col("actor_id").is_null() == is_null) for is_null in (True, False))
    both = somebody.join(nobody, on="surface", suffix="_blocked")
    assert both.filter(pl.col("begins") < pl.col("ends_blocked"), pl.col("begins_blocked") < pl.col("ends")).is_empty()


@pytest.mark.trap("articles", "as-written")
def test_names_are_matched_as_written_and_ambiguous_ones_less_certain() -> None:
    assert named("us") | named("Us") == set()
    surfaces = set(registry.surfaces()["surface"])
    assert {s for s in surfaces if "'" in s and s.replace("'", "’") not in surfaces} == set()
    certainty = dict(registry.surfaces().select("surface", "certainty").iter_rows())
    assert certainty["Georgia"] < certainty["Washington"] < certainty["Beijing"] < certainty["China"] == 1.0
    states = registry.actors().filter(kind="state").select("actor_id", "name")
    other = registry.aliases().filter(scheme="surface").join(states, on="actor_id").filter(pl.col("alias") != pl.col("name"))
    assert other.filter(pl.col("alias").str.contains(r"(?:ese|ian|ans?|ish|i|ch)$"))["actor_id"].n_unique() >= 60


@pytest.mark.trap("gdelt_v2_events", "two-quad-classes")
def test_codes_are_text_every_root_has_a_row_the_two_quads_differ_at_two_and_plover_follows_the_crosswalk_of_2021() -> None:
    codes = registry.cameo_codes()
    plover = dict(codes.select("cameo_code", pl.col("plover_event").fill_null("-")).iter_rows())
    assert pairs(PLOVER, ",").items() <= plover.items()
    quads = codes.select("cameo_root", "quad_schrodt", "quad_gdelt").unique().sort("cameo_root")
    assert told(quads.filter(pl.col("quad_schrodt") != pl.col("quad_gdelt"))) == "09|3|2 / 14|4|3"
    assert quads["quad_schrodt"].to_list() == [1] * 5 + [2] * 3 + [3] * 5 + [4] * 7
    tens = codes.filter(pl.col("cameo_code").is_in(["010", "10"]))
    assert told(tens, "cameo_code cameo_root goldstein") == "010|01|0.0 / 10|10|-5.0"
    assert {f"{n:02d}" for n in range(1, 21)} <= set(codes["cameo_code"])


@pytest.fixture(scope="module")
def core() -> duckdb.DuckDBPyConnection:
    """The three tables of the domain, with the constraints of their declarations."""
    con = duckdb.connect()
    schema.declare(con, "core")
    con.execute("CREATE SCHEMA t")
    tables = {"actors": registry.actors(), "actor_aliases": registry.aliases(), "cameo_codes": registry.cameo_codes()}
    for name, frame in tables.items():
        con.register("frame", frame.to_arrow())
        con.execute(f"INSERT INTO core.{name} BY NAME FROM frame")
    return con


BROKEN = {
    "actors__parent_exists": "INSERT INTO t.actors VALUES ('X.A', 'body', 'A', 'USA', NULL, 'X.GONE', NULL, NULL)",
    "actors__country_is_a_state": "INSERT INTO t.actors VALUES ('X.A', 'body', 'A', 'REG.EUR', NULL, NULL, NULL, NULL)",
    "actors__state_is_its_own_country": "UPDATE t.actors SET country_id = 'CHN' WHERE actor_id = 'HKG'",
    "actors__parents_form_no_cycle": "UPDATE t.actors SET parent_id = 'CHN.IFS' WHERE actor_id = 'CHN.MPS'",
    "actors__parts_share_the_country": "UPDATE t.actors SET country_id = 'CHN' WHERE actor_id = 'US-NY-NYC'",
    "actor_aliases__code_stands_for_one_actor": "INSERT INTO t.actor_aliases VALUES ('country_name', 'CHINA', 'TWN', NULL, NULL)",
    "actor_aliases__tenures_do_not_overlap": (
        "INSERT INTO t.actor_aliases VALUES ('surface', 'President Biden', 'USA.JOE_BIDEN', DATE '2024-01-01', NULL)"
    ),
    "actor_aliases__codes_have_their_form": "INSERT INTO t.actor_aliases VALUES ('fips', '10', 'CHN', NULL, NULL)",
    "actor_aliases__state_has_its_codes": "DELETE FROM t.actor_aliases WHERE scheme = 'iso2' AND alias = 'NA'",
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_registry_passes_a_check_that_finds_what_it_is_for(core: duckdb.DuckDBPyConnection, name: str) -> None:
    check = (schema.SQL / "checks" / f"{name}.sql").read_text(encoding="utf-8")
    assert core.execute(check).fetchall() == []
    for table in ("actors", "actor_aliases"):
        core.execute(f"CREATE OR REPLACE TABLE t.{table} AS FROM core.{table}")
    core.execute(BROKEN[name])
    assert core.execute(re.sub(r"\bcore\.", "t.", check)).fetchall() != []


def test_every_check_of_the_registry_is_tried() -> None:
    found = {path.stem for path in (schema.SQL / "checks").glob("actor*__*.sql")}
    assert {name for name in found if name.startswith(("actors__", "actor_aliases__"))} == set(BROKEN)


Write = Callable[[dict[str, str]], Path]


@pytest.fixture
def folder(tmp_path: Path) -> Write:
    """A function that writes files into a new folder."""

    def write(files: dict[str, str]) -> Path:
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_a_user_adds_actors_and_their_names_also_in_a_file_saved_by_a_spreadsheet(folder: Write) -> None:
    extra = folder({
        "actors_mine.csv": "actor_id,kind,name,country_id,sector,valid_from\nCHN.ACME,firm,Acme,CHN,BUS,2001-02-03\n",
        "actors_saved.csv": "\ufeffactor_id,kind,name\r\nCHN.SAVED , firm,Saved\r\n",
        "aliases_mine.csv": "scheme,alias,actor_id,certainty\nsurface,Acme,CHN.ACME,0.5\ncountry_name,Cathay,CHN,\n",
    })  # fmt: skip
    columns = "surface actor_id country_id sector valid_from valid_to certainty"
    assert told(registry.surfaces(extra).filter(surface="Acme"), columns) == "Acme|CHN.ACME|CHN|BUS|-|-|0.5"
    added = registry.actors(extra).filter(pl.col("actor_id").is_in(["CHN.ACME", "CHN.SAVED"])).sort("actor_id")
    assert told(added, "actor_id kind valid_from") == "CHN.ACME|firm|2001-02-03 / CHN.SAVED|firm|-"
    assert registry.code_map("country_name", extra)["cathay"] == "CHN"
    assert "cathay" not in registry.code_map("country_name")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("actors_x.csv", "actor_id,kind,name\nA.B,planet,B\n", "actors_x.csv, row 1, column kind: 'planet' is not one of"),
        ("actors_x.csv", "actor_id,kind,name\nA.B,body,\n", "row 1, column name: empty must be given"),
        ("actors_x.csv", "actor_id,kind,name\nA.B,body,B\nCHN,state,China\n", "row 2, column actor_id: 'CHN' is already"),
        ("actors_x.csv", "actor_id,kind,name,parent_id\nA.B,body,B,A.C\n", "column parent_id: 'A.C' is not an actor"),
        ("actors_x.csv", "actor_id,kind,name,country_id\nA.B,body,B,EU\n", "column country_id: 'EU' is not a state"),
        ("actors_x.csv", "actor_id,kind,name,valid_from\nA.B,body,B,03/02/2001\n", "'03/02/2001' is not a date"),
        ("actors_x.csv", "actor_id,kind,name,valid_from,valid_to\nA.B,city,B,2001-01-01,2001-01-01\n", "is not after"),
        ("aliases_x.csv", "scheme,alias,actor_id\niso9,CC,CHN\n", "column scheme: 'iso9' is not one of cameo"),
        ("aliases_x.csv", "scheme,alias,actor_id\niso2,CN,TWN\n", "column alias: 'CN' is given twice in this scheme"),
        ("aliases_x.csv", "scheme,alias,actor_id\nsurface,China,CHN\n", "column alias: 'China' is given twice for this actor"),
        ("aliases_x.csv", "scheme,alias,actor_id\nsurface,Cathay,CATHAY\n", "column actor_id: 'CATHAY' is not an actor"),
        ("aliases_x.csv", "scheme,alias,actor_id,certainty\nsurface,Cathay,CHN,1.5\n", "'1.5' is not a number"),
        ("aliases_x.csv", "scheme,name,actor_id\nsurface,Cathay,CHN\n", "missing: alias; unknown: name"),
        ("aliases_x.csv", "scheme,alias,actor_id\nsurface,Cathay,CHN,1,2,3,4,5\n", "cannot be read as CSV"),
        ("names.csv", "scheme,alias,actor_id\n", "must be named actors*.csv or aliases*.csv; found: names.csv"),
    ],
)  # fmt: skip
def test_a_wrong_file_of_a_user_is_refused_with_its_place(folder: Write, name: str, text: str, said: str) -> None:
    with pytest.raises(BilateralError, match=re.escape(said)):
        registry.actors(folder({name: text}))


def test_wrong_files_and_folders_of_a_user_are_said_at_once(folder: Write, tmp_path: Path) -> None:
    with pytest.raises(BilateralError) as error:
        registry.actors(folder({"actors_x.csv": "actor_id,kind,name\nA.B,planet,B\nA.C,moon,\n"}))
    assert len(str(error.value).splitlines()) == 4
    (tmp_path / "actors_x.csv").write_bytes("actor_id,kind,name\nA.B,body,Élysée\n".encode("latin-1"))
    with pytest.raises(BilateralError, match="not UTF-8"):
        registry.actors(tmp_path)
    with pytest.raises(BilateralError, match="no such folder of actors"):
        registry.actors(tmp_path / "absent")


def tabbed(path: Path, **other: Any) -> pl.DataFrame:
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
    return tabbed(folder / "20191024143000.export.CSV.gz", has_header=False, new_columns=columns)


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
    theirs = {code: float(value) for code, value in tabbed(lookups / "CAMEO.goldsteinscale.txt").iter_rows()}
    assert theirs.items() <= dict(ours.select("cameo_code", "goldstein").iter_rows()).items()
    assert set(tabbed(lookups / "CAMEO.country.txt")["CODE"]) - set(registry.code_map("cameo")) == {"0"}
    cameo = set(slot["Actor1CountryCode"].drop_nulls()) | set(slot["Actor2CountryCode"].drop_nulls())
    assert cameo - set(registry.code_map("cameo")) == set()


def test_plover_events_are_those_of_the_crosswalk(real_data: Path) -> None:
    text = (real_data / "news" / "plover" / "CAMEO2PLOVER-2021.txt").read_text(encoding="utf-8")
    stated = dict(re.findall(r"^(\d{3,4}): *([A-Z]+)", text, re.MULTILINE))
    codes = registry.cameo_codes().filter(pl.col("cameo_code").str.len_chars() > 2, ~pl.col("cameo_root").is_in(["01", "02"]))
    assert dict(codes.select("cameo_code", "plover_event").iter_rows()) == stated


def test_codes_of_icews_are_known_and_its_quads_are_schrodts(real_data: Path, answers: dict[str, Any]) -> None:
    sample = tabbed(real_data / "news" / "icews" / "events.2018.sample.tab.gz")
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
