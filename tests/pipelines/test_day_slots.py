"""Which days of a source that comes in slots are whole is told by the names of the files that are held."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.ingest.raw_store import RawStore, files_a_day, periods, whole_days
from pipelines.ingest.receipts import Attempt, Receipt
from pipelines.ingest.sources import Source
from pipelines.services.warehouse import Warehouse
from pipelines.settings import Settings
from tests.made_up import SAMPLE

DAY = date(2023, 11, 15)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Source]:
    return dict(Warehouse(Settings(warehouse=tmp_path_factory.mktemp("declared"))).sources)


def slots(day: date, n: int) -> list[str]:
    start = datetime(day.year, day.month, day.day)
    return [f"{start + timedelta(minutes=15 * i):%Y%m%d%H%M%S}.export.CSV" for i in range(n)]


def put(raw: RawStore, source: Source, names: list[str], moment: datetime) -> Receipt:
    some = next((SAMPLE / "gdelt_v2_events").glob("*/*.export.CSV")).read_bytes()
    receipt = raw.put(source, moment, {name: some + name.encode() for name in names}, origin="archive")
    assert receipt.verdict == "accepted", receipt.reason
    return receipt


def test_a_file_is_of_a_slot_of_a_day_of_which_there_are_96_or_one(sources: dict[str, Source]) -> None:
    names = ["20231115201500.export.CSV", "20231116000000.export.CSV", "20231114.export.CSV", "notes.txt", "20231399.export.CSV"]
    assert periods(names) == {DAY: {"201500"}, date(2023, 11, 16): {"000000"}, date(2023, 11, 14): {""}}
    assert files_a_day(sources["gdelt_v2_events"]) == 96
    assert files_a_day(sources["gdelt_v1_events"]) == 1
    with pytest.raises(ValueError, match="us_ofac_sdn does not come in slots"):
        files_a_day(sources["us_ofac_sdn"])


def test_a_day_is_whole_with_all_of_its_slots_only_however_they_came(sources: dict[str, Source], tmp_path: Path) -> None:
    raw, source, names = RawStore(tmp_path), sources["gdelt_v2_events"], slots(DAY, 96)
    lacking = put(raw, source, names[3:], datetime(2024, 2, 1))
    assert whole_days(raw, source, [DAY], [lacking]) == []
    for name in names[:3]:
        put(raw, source, [name], datetime.strptime(name[:14], "%Y%m%d%H%M%S"))  # noqa: DTZ007 moments are naive UTC
    assert whole_days(raw, source, [DAY]) == []
    assert whole_days(raw, source, [DAY, DAY + timedelta(days=1)], [lacking]) == [DAY]
    at_once = put(raw, source, names, datetime(2024, 2, 2))
    assert whole_days(raw, source, [DAY], [at_once]) == [DAY]
    of_days = sources["gdelt_v1_events"]
    refused = raw.keep(of_days, Attempt(datetime(2023, 11, 16), None, "404"), origin="live")
    assert whole_days(raw, of_days, [DAY], [refused]) == []
