"""A folder of downloads becomes an archive: whose each file is, as of when, and what cannot be placed and why."""

import gzip
import lzma
import os
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import BilateralError
from pipelines.ingest.receipts import parse_moment
from pipelines.services.sorting import PlacedFile, UnplacedFile, moment_of, sort_files, write_archive
from pipelines.services.warehouse import Warehouse
from pipelines.settings import Settings
from tests.whole.archives import sdn

NOW = datetime(2026, 12, 1, tzinfo=UTC)
WAREHOUSE = Warehouse(Settings(warehouse=Path("nowhere")))
CODES = {code.source: code for package in WAREHOUSE.packages.values() for code in package.sources}


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    (tmp_path / "downloads").mkdir()
    return tmp_path / "downloads"


def put(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    at = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC).timestamp()
    os.utime(path, (at, at))
    return path


def sort(folder: Path) -> tuple[dict[str, tuple[Any, ...]], dict[str, str]]:
    """What was placed, by file: source, moment and basis; and what was not, with the reason."""
    found = sort_files(folder, WAREHOUSE.sources, CODES, NOW)
    placed = {
        str(p.relative_to(folder)): (f.source, f.moment, f.basis) for f in found if isinstance(f, PlacedFile) for p in f.files
    }
    return placed, {str(one.file.relative_to(folder)): one.reason for one in found if isinstance(one, UnplacedFile)}


def test_a_file_is_of_the_source_whose_reader_takes_it_and_of_the_day_in_its_name(downloads: Path) -> None:
    put(downloads, "from a colleague/SDN 2023-10-03.csv", sdn())
    put(downloads, "x/2021-04-07/sdn.csv.gz", gzip.compress(sdn(more=1)))
    put(downloads, "sdn.csv.xz", lzma.compress(sdn(more=2)))
    put(downloads, "us_ofac_cons/2024-01-05/list.csv", sdn(more=3))
    put(downloads, "list.csv", sdn(more=4))
    put(downloads, "sdn.csv", b"<!DOCTYPE html><html><body>Access denied</body></html>")
    put(downloads, "budget.csv", b"year,amount\n2023,12\n")
    put(downloads, "photo.jpg", b"\xff\xd8\xff")
    placed, left = sort(downloads)
    assert placed == {
        "from a colleague/SDN 2023-10-03.csv": ("us_ofac_sdn", "2023-10-03", "name"),
        "x/2021-04-07/sdn.csv.gz": ("us_ofac_sdn", "2021-04-07", "name"),
        "sdn.csv.xz": ("us_ofac_sdn", "2024-05-06T070809Z", "mtime"),
        "us_ofac_cons/2024-01-05/list.csv": ("us_ofac_cons", "2024-01-05", "name"),
    }
    assert "no reader takes it (us_ofac_sdn: sdn.csv: a web page (HTML)" in left.pop("sdn.csv")
    assert left.pop("budget.csv").startswith("no reader takes it")
    assert left == {
        "photo.jpg": "no source declares a file of such a name",
        "list.csv": "the readers of us_ofac_sdn, us_ofac_cons take it: put it into a folder named by the right one",
    }


def test_files_of_one_vintage_are_one_snapshot_the_same_bytes_come_once_and_two_of_a_day_are_not_mixed(downloads: Path) -> None:
    put(downloads, "2023-10-03/sdn.csv", sdn())
    put(downloads, "2023-10-03/alt.csv", b'1,1,"aka","MADE UP ALIAS",-0- \r\n\x1a')
    put(downloads, "copy/2023-10-03/sdn.csv", sdn())
    put(downloads, "other/2023-10-03/sdn.csv", sdn(more=1))
    # almost any text is no article unless its folder says so
    put(downloads, "README.txt", b"Some notes of mine.\n")
    put(downloads, "articles/2023-11-30/one.txt", b"China and the United States agreed on counternarcotics on Wednesday.\n")
    placed, left = sort(downloads)
    assert placed.pop("articles/2023-11-30/one.txt") == ("articles", "2023-11-30", "name")
    assert placed == {f"2023-10-03/{name}": ("us_ofac_sdn", "2023-10-03", "name") for name in ("sdn.csv", "alt.csv")}
    assert "the same bytes as" in left["copy/2023-10-03/sdn.csv"]
    assert "name the day of each in its name or folder" in left["other/2023-10-03/sdn.csv"]
    assert "README.txt" in left


DAY = date(2020, 3, 20)


@pytest.mark.parametrize(
    ("name", "own_day", "moment"),
    [
        ("20230127195053/sdn.csv", None, ("2023-01-27T195053Z", "name")),
        ("2023-10-03T184324Z/sdn.csv", None, ("2023-10-03T184324Z", "name")),
        ("dpl_04142026.csv", None, ("2026-04-14", "name")),
        ("wm2019-02_sdn.csv", None, ("2019-02-28", "name")),
        ("nida_1999-2022_5.2.2024.xlsx", None, ("2024-05-06T070809Z", "mtime")),
        ("list_2023-13-45.csv", None, ("2024-05-06T070809Z", "mtime")),
        ("of_2031-01-01.csv", None, ("2024-05-06T070809Z", "mtime")),
        ("un_2020-04-15.xml", DAY, ("2020-04-15", "name")),
        ("un_2020-03-01.xml", DAY, ("2020-03-20", "content")),
        ("un.xml", DAY, ("2020-03-20", "content")),
    ],
)  # fmt: skip
def test_the_moment_of_a_file(downloads: Path, name: str, own_day: date | None, moment: tuple[str, str]) -> None:
    assert moment_of(put(downloads, name, b"x"), downloads, own_day, NOW) == moment


@given(st.text(alphabet="0123456789-_.TZ", max_size=24))
def test_whatever_a_name_says_its_moment_is_one_that_an_archive_may_have(name: str) -> None:
    path = Path("/downloads") / f"{name.replace('/', '')}x"
    try:
        moment, basis = moment_of(path, Path("/downloads"), date(2020, 1, 1), NOW)
    except FileNotFoundError:  # its time was looked at, and there is no such file
        return
    parsed = parse_moment(moment)
    assert parsed is not None
    assert datetime(2020, 1, 1) <= parsed[0] <= datetime(2026, 12, 1, 23, 59, 59)
    assert basis in ("name", "content")


def test_a_catalog_says_more_than_any_name_and_does_not_lead_out_of_its_folder(downloads: Path) -> None:
    put(downloads.parent, "secret.csv", sdn())
    put(downloads, "odd/one_a.csv", sdn())
    put(downloads, "2020-01-01.csv", sdn(more=1))
    rows = (
        "us_ofac_sdn,odd/one_{a|b}.csv,2019-01-04T10:11:12Z,commit\n"
        "us_ofac_sdn,2020-01-01.csv,2021-06,file\nnobody,odd/one_a.csv,2020-01-01,\n"
    )
    head = "source,path,retrieved_at,retrieved_at_basis\n"
    put(downloads, "CATALOG.csv", f"{head}{rows}".encode())
    placed, left = sort(downloads)
    assert placed == {"odd/one_a.csv": ("us_ofac_sdn", "2019-01-04T101112Z", "commit")}
    assert left == {
        "odd/one_b.csv": "CATALOG.csv names it, and it is not there",
        "2020-01-01.csv": "its retrieved_at, '2021-06', is neither a day nor a moment",
        "odd/one_a.csv": "nobody is not a declared source",
    }
    put(downloads, "CATALOG.csv", f"{head}us_ofac_sdn,../secret.csv,2020-01-01,\n".encode())
    assert {type(found) for found in sort_files(downloads, WAREHOUSE.sources, {}, NOW)} == {UnplacedFile}
    with pytest.raises(BilateralError, match="there is no such folder"):
        sort_files(downloads / "none", {}, {}, NOW)


def test_an_archive_says_what_its_moments_rest_on_and_overwrites_nothing(downloads: Path, tmp_path: Path) -> None:
    one, other = put(downloads, "a/sdn.csv", b"1\n"), put(downloads, "b/sdn.csv", b"2\n")
    to = tmp_path / "archive"
    assert write_archive([PlacedFile("us_ofac_sdn", "2020-01-01", "name", (one,))], to, shutil.copy2) == []
    (left,) = write_archive([PlacedFile("us_ofac_sdn", "2020-01-01", "name", (other,))], to, shutil.copy2)
    assert "lies at 2020-01-01 already" in left.reason
    assert (to / "us_ofac_sdn" / "2020-01-01" / "sdn.csv").read_bytes() == b"1\n"
    assert (to / "us_ofac_sdn" / "2020-01-01" / ".basis").read_text() == "name\n"


def test_real_files_are_of_the_source_that_the_catalog_says(downloads: Path, real_data: Path) -> None:
    """A file of each kind, without the catalog and outside the folders that bear the names of sources."""
    told: dict[str, str] = {}
    for found in sort_files(real_data, WAREHOUSE.sources, CODES, NOW):
        if isinstance(found, PlacedFile) and found.source not in told.values() and found.files[0].stat().st_size < 2_000_000:
            told[found.files[0].name] = found.source
            shutil.copy2(found.files[0], downloads)
    placed, left = sort(downloads)
    assert {name: source for name, (source, _, _) in placed.items() if told[name] != source} == {}
    assert len(placed) >= 20, left
