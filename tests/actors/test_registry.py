"""The registry of actors: what codes and names stand for, what stands for nobody, and how a user's own files are checked."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path

import duckdb
import iso3166
import polars as pl
import pytest
from babel import Locale
from polars.testing import assert_frame_equal

from assets import schema
from assets.actors import registry
from assets.errors import BilateralError

SPELT_OTHERWISE = {
    "BES", "CIV", "COD", "COG", "HKG", "MAC", "MAF", "MMR", "PSE", "SHN", "SXM", "TUR", "UMI", "VIR",
}  # fmt: skip
"""States whose name here is not the one CLDR gives."""


def named(surface: str, on: date | None = None) -> set[str | None]:
    rows = registry.surfaces().filter(surface=surface)
    if on is not None:
        rows = rows.filter(pl.col("valid_from").fill_null(date.min) <= on, pl.col("valid_to").fill_null(date.max) > on)
    return set(rows["actor_id"])


# states


def test_every_code_of_iso_3166_is_a_state_named_as_in_cldr() -> None:
    states = registry.actors().filter(kind="state")
    assert set(states["actor_id"]) == {c.alpha3 for c in iso3166.countries} | {"ANT", "CSK", "DDR", "RVN", "YMD"}
    iso2 = registry.code_map("iso2")
    assert {c.alpha2: c.alpha3 for c in iso3166.countries}.items() <= iso2.items()
    names = dict(registry.actors().filter(kind="state").select("actor_id", "name").iter_rows())
    cldr = Locale("en").territories
    expected = {
        c.alpha3: cldr[c.alpha2].replace(" & ", " and ").replace("St. ", "Saint ").replace("’", "'") for c in iso3166.countries
    }
    assert {k for k, name in expected.items() if names[k] != name} == SPELT_OTHERWISE


def test_a_territory_with_a_code_is_its_own_country_and_regions_and_organisations_are_of_none() -> None:
    actors = registry.actors()
    for state in ("TWN", "HKG", "MAC", "XKX", "PSE"):
        assert actors.filter(actor_id=state)["country_id"].item() == state
    parents = dict(actors.select("actor_id", "parent_id").iter_rows())
    assert (parents["HKG"], parents["MAC"], parents["TWN"]) == ("CHN", "CHN", None)
    others = actors.filter(pl.col("kind").is_in(["region", "organisation"]))
    assert {"REG.EUR", "REG.WST", "UN", "EU", "NATO"} <= set(others["actor_id"])
    assert others["country_id"].null_count() == others.height


# codes


@pytest.mark.trap("gdelt_v2_events", "not-iso")
@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("ROM", "ROU"), ("TMP", "TLS"), ("IMY", "IMN"), ("MTN", "MNE"), ("WSB", "PSE"), ("GZS", "PSE"), ("BAG", "IRQ"),
        ("ANT", "ANT"), ("TWN", "TWN"), ("HKG", "HKG"), ("EUR", "REG.EUR"), ("AFR", "REG.AFR"),
        ("WST", "REG.WST"), ("SAS", "REG.SAS"),
        ("UNO", "UN"), ("EEC", "EU"),
    ],
)  # fmt: skip
def test_cameo_is_not_iso(code: str, state: str) -> None:
    assert registry.code_map("cameo")[code] == state


@pytest.mark.trap("gdelt_v2_events", "not-iso")
@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("CH", "CHN"), ("SZ", "CHE"), ("RS", "RUS"), ("RI", "SRB"), ("SF", "ZAF"), ("EI", "IRL"), ("IC", "ISL"), ("UK", "GBR"),
        ("UP", "UKR"), ("GM", "DEU"), ("GA", "GMB"), ("GB", "GAB"), ("KS", "KOR"), ("KN", "PRK"), ("AU", "AUT"), ("AS", "AUS"),
        ("MC", "MAC"), ("TW", "TWN"), ("HK", "HKG"), ("WE", "PSE"), ("GZ", "PSE"), ("BM", "MMR"), ("NI", "NGA"), ("NU", "NIC"),
    ],
)  # fmt: skip
def test_geography_of_gdelt_is_fips_not_iso(code: str, state: str) -> None:
    assert registry.code_map("fips")[code] == state


def test_na_is_namibia_in_codes_alone_and_surfaces_have_no_code_map() -> None:
    assert registry.code_map("iso2")["NA"] == "NAM"
    assert "na" not in registry.code_map("country_name")
    assert "na" in registry.no_countries()
    with pytest.raises(BilateralError, match="must be one of iso2, iso3, cameo, fips, country_name"):
        registry.code_map("surface")


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("Korea, North", "PRK"), ("Korea, South", "KOR"), ("Burma", "MMR"), ("Congo, Democratic Republic of the", "COD"),
        ("Congo, Republic of the", "COG"), ("Russia", "RUS"), ("China", "CHN"), ("Hong Kong", "HKG"), ("Macau", "MAC"),
        ("Cote d'Ivoire", "CIV"), ("Cote d’Ivoire", "CIV"), ("Cote d Ivoire", "CIV"), ("Virgin Islands, British", "VGB"),
        ("Man, Isle of", "IMN"), ("The Gambia", "GMB"), ("Bahamas, The", "BHS"), ("North Macedonia, The Republic of", "MKD"),
        ("Palestinian", "PSE"), ("Crimea Region of Ukraine", "UKR"), ("Democratic People's Republic of Korea", "PRK"),
        ("Iran (Islamic Republic of)", "IRN"), ("China, Hong Kong Special Administrative Region", "HKG"), ("PRC", "CHN"),
        ("Republic of China", "TWN"), ("Taiwan, Province of China", "TWN"), ("TURKEY", "TUR"), ("Türkiye", "TUR"),
    ],
)  # fmt: skip
def test_country_names_are_read_as_the_lists_write_them(name: str, state: str) -> None:
    assert registry.code_map("country_name")[name.casefold()] == state


def test_names_of_no_country_are_known_and_stand_for_nobody() -> None:
    for name in ("undetermined", "region: gaza", "none identified", "possibly palestinian"):
        assert name in registry.no_countries()
        assert name not in registry.code_map("country_name")


# US jurisdictions


def test_parts_hang_on_their_wholes_and_new_york_in_vsrr_is_the_state_without_the_city() -> None:
    codes = registry.us_jurisdictions()
    assert [codes[code] for code in ("NY", "YC", "US", "PR")] == ["US-NY-XNYC", "US-NY-NYC", "USA", "US-PR"]
    assert len(codes) == 54
    parts = registry.actors().filter(parent_id="US-NY").select("actor_id", "kind", "country_id")
    assert parts.rows() == [("US-NY-NYC", "city", "USA"), ("US-NY-XNYC", "subdivision", "USA")]
    row = registry.actors().filter(actor_id="CHN.IFS").select("country_id", "sector", "parent_id").row(0)
    assert row == ("CHN", "COP", "CHN.MPS")


# bodies and persons


def test_authorities_of_the_lists_are_actors() -> None:
    bodies = set(registry.actors().filter(kind="body")["actor_id"])
    assert {"USA.OFAC", "USA.BIS", "USA.DHS", "USA.DOD", "UN.SC", "EU.COUNCIL", "GBR.FCDO", "CHN.MFA", "CHN.MOFCOM"} <= bodies


@pytest.mark.parametrize(
    ("surface", "on", "actor"),
    [
        ("House Speaker Nancy Pelosi", date(2022, 8, 2), {"USA.NANCY_PELOSI"}),
        ("House Speaker Nancy Pelosi", date(2023, 1, 3), set()),
        ("Nancy Pelosi", date(2023, 12, 22), {"USA.NANCY_PELOSI"}),
        ("President Trump", date(2021, 1, 19), {"USA.DONALD_TRUMP"}),
        ("President Trump", date(2023, 11, 15), set()),
        ("President Trump", date(2025, 1, 20), {"USA.DONALD_TRUMP"}),
        ("Premier Li", date(2023, 3, 10), {"CHN.LI_KEQIANG"}),
        ("Premier Li", date(2023, 3, 11), {"CHN.LI_QIANG"}),
        ("Foreign Minister Wang Yi", date(2023, 5, 1), set()),
        ("Minister of Public Security Wang Xiaohong", date(2022, 6, 24), {"CHN.WANG_XIAOHONG"}),
    ],
)
def test_an_office_names_its_holder_of_that_day(surface: str, on: date, actor: set[str]) -> None:
    assert named(surface, on) == actor


# surfaces


@pytest.mark.parametrize(
    ("surface", "actor"),
    [
        ("US", "USA"), ("U.S.", "USA"), ("Washington", "USA"), ("Washington state", "US-WA"), ("Beijing", "CHN"), ("PRC", "CHN"),
        ("People's Republic of China", "CHN"), ("Republic of China", "TWN"), ("ROC", "TWN"), ("Taipei", "TWN"),
        ("Chinese Taipei", "TWN"), ("Hong Kong", "HKG"), ("Macau", "MAC"), ("American Samoa", "ASM"),
        ("New Mexico", "US-NM"), ("Inner Mongolia", "CN-NM"),
        ("Pentagon", "USA.DOD"), ("Institute of Forensic Science", "CHN.IFS"), ("Chinese Foreign Ministry", "CHN.MFA"),
        ("中国", "CHN"), ("美国", "USA"), ("习近平", "CHN.XI_JINPING"), ("台湾", "TWN"), ("北京", "CHN"),
    ],
)  # fmt: skip
def test_news_text_names_actors(surface: str, actor: str) -> None:
    assert named(surface) == {actor}


def test_blockers_stand_for_nobody_on_their_days() -> None:
    for surface in ("South China Sea", "Washington Post", "Taiwan Strait", "ABOUT US", "印度洋"):
        assert named(surface) == {None}
    surfaces = registry.surfaces().with_columns(
        begins=pl.col("valid_from").fill_null(date.min), ends=pl.col("valid_to").fill_null(date.max)
    )
    nobody, somebody = (surfaces.filter(pl.col("actor_id").is_null() == is_null) for is_null in (True, False))
    both = somebody.join(nobody, on="surface", suffix="_blocked")
    assert both.filter(pl.col("begins") < pl.col("ends_blocked"), pl.col("begins_blocked") < pl.col("ends")).is_empty()


def test_a_state_of_before_is_the_one_that_went_on_until_it_ended() -> None:
    for name, actor, end in (("Soviets", "RUS", date(1991, 12, 26)), ("West Germany", "DEU", date(1990, 10, 3))):
        assert named(name, end - timedelta(1)) == {actor}
        assert named(name, end) <= {None}


@pytest.mark.trap("articles", "as-written")
def test_names_are_matched_as_written_and_ambiguous_ones_less_certain() -> None:
    assert named("us") == set()
    assert named("Us") == set()
    surfaces = set(registry.surfaces()["surface"])
    assert {s for s in surfaces if "'" in s and s.replace("'", "’") not in surfaces} == set()
    certainty = dict(registry.surfaces().select("surface", "certainty").iter_rows())
    assert certainty["Georgia"] < certainty["Washington"] < certainty["Beijing"] < certainty["China"] == 1.0
    states = registry.actors().filter(kind="state").select("actor_id", "name")
    other = registry.aliases().filter(scheme="surface").join(states, on="actor_id").filter(pl.col("alias") != pl.col("name"))
    assert other.filter(pl.col("alias").str.contains(r"(?:ese|ian|ans?|ish|i|ch)$"))["actor_id"].n_unique() >= 60


# CAMEO


@pytest.mark.parametrize(
    ("code", "event"),
    [
        ("085", "RETREAT"), ("0813", "RETREAT"), ("081", "CONCEDE"), ("083", "CONCEDE"), ("084", "RETREAT"), ("087", "RETREAT"),
        ("163", "COERCE"), ("160", "SANCTION"), ("164", "SANCTION"), ("175", "ASSAULT"), ("173", "COERCE"), ("090", "ACCUSE"),
        ("010", None), ("021", None), ("01", None), ("040", "CONSULT"), ("036", "AGREE"),
    ],
)  # fmt: skip
def test_plover_follows_the_crosswalk_of_2021(code: str, event: str | None) -> None:
    assert registry.cameo_codes().filter(cameo_code=code)["plover_event"].item() == event


@pytest.mark.trap("gdelt_v2_events", "two-quad-classes")
def test_codes_are_text_every_root_has_a_row_and_the_two_quads_differ_at_two() -> None:
    quads = registry.cameo_codes().select("cameo_root", "quad_schrodt", "quad_gdelt").unique().sort("cameo_root")
    assert quads.filter(pl.col("quad_schrodt") != pl.col("quad_gdelt")).rows() == [("09", 3, 2), ("14", 4, 3)]
    assert quads["quad_schrodt"].to_list() == [1] * 5 + [2] * 3 + [3] * 5 + [4] * 7
    codes = (
        registry.cameo_codes().filter(pl.col("cameo_code").is_in(["010", "10"])).select("cameo_code", "cameo_root", "goldstein")
    )
    assert codes.rows() == [("010", "01", 0.0), ("10", "10", -5.0)]
    assert {f"{n:02d}" for n in range(1, 21)} <= set(registry.cameo_codes()["cameo_code"])


# the tables


@pytest.fixture(scope="module")
def core() -> duckdb.DuckDBPyConnection:
    """The three tables of the domain, with the constraints of their declarations."""
    con = duckdb.connect()
    schema.declare(con, "core")
    for name, frame in {
        "actors": registry.actors(),
        "actor_aliases": registry.aliases(),
        "cameo_codes": registry.cameo_codes(),
    }.items():
        con.register("frame", frame.to_arrow())
        con.execute(f"INSERT INTO core.{name} BY NAME FROM frame")
    return con


CHECKS = [*sorted((schema.SQL / "checks").glob("actors__*.sql")), *sorted((schema.SQL / "checks").glob("actor_aliases__*.sql"))]


@pytest.mark.parametrize("path", CHECKS, ids=lambda p: p.stem)
def test_the_registry_passes_its_checks(core: duckdb.DuckDBPyConnection, path: Path) -> None:
    assert core.execute(path.read_text(encoding="utf-8")).fetchall() == []


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


@pytest.mark.parametrize("path", CHECKS, ids=lambda p: p.stem)
def test_a_check_finds_what_it_is_for(core: duckdb.DuckDBPyConnection, path: Path) -> None:
    core.execute("CREATE SCHEMA IF NOT EXISTS t")
    for name in ("actors", "actor_aliases"):
        core.execute(f"CREATE OR REPLACE TABLE t.{name} AS FROM core.{name}")
    core.execute(BROKEN[path.stem])
    assert core.execute(re.sub(r"\bcore\.", "t.", path.read_text(encoding="utf-8"))).fetchall() != []


# a user's own files


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[Mapping[str, str]], Path]:
    """A function that writes files into a new folder."""

    def write(files: Mapping[str, str]) -> Path:
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return write


Write = Callable[[Mapping[str, str]], Path]


def test_a_user_adds_actors_and_their_names(folder: Write) -> None:
    extra = folder(
        {
            "actors_mine.csv": "actor_id,kind,name,country_id,sector,valid_from\nCHN.ACME,firm,Acme,CHN,BUS,2001-02-03\n",
            "aliases_mine.csv": "scheme,alias,actor_id,certainty\nsurface,Acme,CHN.ACME,0.5\ncountry_name,Cathay,CHN,\n",
        }
    )
    expected = pl.DataFrame(
        {
            "surface": ["Acme"], "actor_id": ["CHN.ACME"], "country_id": ["CHN"], "sector": ["BUS"],
            "valid_from": [None], "valid_to": [None], "certainty": [0.5],
        },
        schema_overrides={"valid_from": pl.Date, "valid_to": pl.Date},
    )  # fmt: skip
    assert_frame_equal(registry.surfaces(extra).filter(surface="Acme"), expected)
    assert registry.actors(extra).filter(actor_id="CHN.ACME")["valid_from"].item() == date(2001, 2, 3)
    assert registry.code_map("country_name", extra)["cathay"] == "CHN"
    assert "cathay" not in registry.code_map("country_name")


def test_a_file_saved_by_a_spreadsheet_is_read(folder: Write) -> None:
    extra = folder({"actors_mine.csv": "\ufeffactor_id,kind,name\r\nCHN.ACME , firm,Acme\r\n"})
    assert registry.actors(extra).filter(actor_id="CHN.ACME")["kind"].item() == "firm"


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
