"""Fixtures that all tests share."""

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import pipelines.dagster  # noqa: F401  # before Dagster itself: one engine for each of its files
from tests.depth import DEEP
from tests.once import made_once
from tests.real_files import FOLDER, SDN_BUNDLE, expand

# speed is measured in benchmarks, never here: a busy machine is no failure. A change is judged by the same examples each time;
# the nightly run draws new ones
settings.register_profile(
    "usual",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=not DEEP,
    max_examples=100 if DEEP else 40,
)
settings.load_profile("usual")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by their number: packed files hold the time, and two processes must collect the same names."""
    return f"{argname}-{len(val)}-bytes" if isinstance(val, bytes) else None


LONGEST_FIRST = (
    "tests/whole/test_docs.py",
    "tests/whole/test_kill.py",
    "tests/browser/test_in_the_browser.py",
    "tests/pipelines/test_definitions.py",
    "tests/whole/test_known_then.py",
    "tests/whole/test_real_data.py",
    "tests/whole/test_simulated_year.py",
    "tests/whole/test_short_way.py",
    "tests/whole",
)
"""Files of minutes begin, then whole runs, so that no worker is left with one at the end, while the other has nothing to do.

One makes the warehouse of the record meanwhile the other needs none.
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes longest first, all else in its order; mark what reads the folder of real files by what it asks for."""
    for item in items:
        if "real_data" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.real_data)
    place = {Path(__file__).parents[1] / path: n for n, path in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: place.get(item.path, place.get(item.path.parent, len(place))))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of real files (tests/real-data.md); the test is skipped where it is absent."""
    if not (FOLDER / "CATALOG.csv").exists():
        pytest.skip("real_data: set BILATERAL_REAL_DATA to the folder of real files")
    return FOLDER.resolve()


@pytest.fixture(scope="session")
def answers() -> dict[str, dict[str, float]]:
    """What is known of the real files: the parts of each answer by name."""
    found: dict[str, dict[str, float]] = {}
    with (Path(__file__).parent / "known_answers.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            found.setdefault(row["answer"], {})[row["part"]] = float(row["value"])
    return found


@pytest.fixture(scope="session")
def sdn_history(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Archive with the vintages of OFAC's sdn.csv: <folder>/us_ofac_sdn/<retrieved_at>/sdn.csv."""
    bundle = real_data / SDN_BUNDLE
    if not bundle.exists():
        pytest.skip(f"real_data: there is no {SDN_BUNDLE}")
    return made_once(tmp_path_factory, "sdn_history", lambda archive: expand(bundle, archive / "us_ofac_sdn"))
