"""A live refresh the whole way, from a server that has the files and the manners of the publishers: the first day all goes wrong.

What is known of whom: OFAC's firewall and its bucket (September 2026), the UN's redirect to a blob store, pages in place of
files, an address that began to ask for a key, bursts of 500, first bytes that come late, answers that are cut.
"""

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.domains import DOMAINS
from pipelines.services.ingest import Ingest
from pipelines.services.publish import Publish
from pipelines.services.transform import Transform
from pipelines.services.warehouse import Warehouse as Opened
from pipelines.settings import Settings
from tests.pipelines.publishers import Asked, Publisher, Publishers, Said
from tests.pipelines.test_fetch_publishers import BUCKET, GOOD, HTML, SLS
from tests.whole.archives import sdn
from tests.whole.conftest import Warehouse

UN, BLOB = "scsanctions.un.org", "unsolprodfiles.blob.core.windows.net"
CANADA, TRADE = "www.international.gc.ca", "data.trade.gov"
SOURCES = ("us_ofac_sdn", "us_ofac_cons", "un_sc", "ca_sema", "us_csl")


def at_first(bad: list[Said], good: Publisher) -> Publisher:
    """The bad answers one after the other, then the good ones."""
    left = iter(bad)
    return lambda asked: next(left, None) or good(asked)


def ofac(files: dict[str, bytes], bad: dict[str, list[Said]]) -> dict[str, Publisher]:
    """A firewall that looks at the agent, and a bucket to which each download leads."""

    def service(asked: Asked) -> Said:
        if re.match(r"Mozilla/\d", asked.headers["user-agent"]) is None or len(asked.headers["user-agent"]) < 40:
            return Said(403, HTML)
        return Said(302, b"", {"Location": f"https://{BUCKET}/{asked.path.rpartition('/')[2]}?X-Amz-Signature=1"})

    def bucket(asked: Asked) -> Said:
        name = asked.path[1:].partition("?")[0]
        waiting = bad.get(name, [])
        if waiting:
            return waiting.pop(0)
        return Said(200, files[name], {"ETag": f'"{len(files[name])}"'}) if name in files else Said(404, b"")

    return {SLS: service, BUCKET: bucket}


def refreshed(warehouse: Warehouse) -> dict[str, tuple[str, str]]:
    """A live refresh of the lists; the verdict on the newest snapshot of each, and why."""
    project = Opened(Settings(warehouse=warehouse.folder, data_docs=False, timeout_s=0.6, deadline_s=30, backoff_s=0.01))
    Ingest(project).choose_origin("live")
    Transform(project).fold("actors")
    for source in SOURCES:
        Ingest(project).ingest(source)
        Transform(project).stage(source)
    for domain in DOMAINS:
        Transform(project).fold(domain)
    Publish(project).build("test")
    assert not project.report.blocked, [v for v in project.report.validations if v.blocks]
    Publish(project).publish()
    newest = {source: project.raw.receipt(source, project.raw.snapshots(source)[-1]) for source in SOURCES}
    return {source: (receipt.verdict, str(receipt.reason)) for source, receipt in newest.items()}


def the_first_day_goes_wrong_and_the_second_mends_it(
    world: Publishers, warehouse: Warehouse, files: dict[str, bytes], tick: Callable[[], None]
) -> None:
    cut = {name: [Said(200, files[name][:-50], length=len(files[name]))] * 2 for name in ("SDN.CSV", "ADD.CSV") if name in files}
    late = {"CONS_PRIM.CSV": [Said(200, files["CONS_PRIM.CSV"], pause_s=1.0)]}
    good: dict[str, Publisher] = {
        CANADA: lambda _: Said(200, files["sema-lmes.xml"]),
        TRADE: lambda _: Said(200, files["consolidated.csv"], {"Content-Type": "text/csv"}),
        UN: lambda _: Said(302, b"", {"Location": f"https://{BLOB}/consolidated.xml"}),
        BLOB: at_first([Said(500), Said(503, b"", {"Retry-After": "1"})], lambda _: Said(200, files["consolidated.xml"])),
    }
    key = {"Location": "https://api.example.org/login?key=missing"}
    world.by_host = ofac(files, cut | late) | good | {CANADA: lambda _: Said(200, HTML), TRADE: lambda _: Said(302, b"", key)}
    first = refreshed(warehouse)
    # what came cut, late or with 500 before it was asked for again is here; what is no file is not
    assert {source: verdict for source, (verdict, _) in first.items()} == {
        "us_ofac_sdn": "accepted", "us_ofac_cons": "accepted", "un_sc": "accepted", "ca_sema": "quarantined", "us_csl": "failed",
    }  # fmt: skip
    assert "a web page (HTML) where xml was expected" in first["ca_sema"][1]
    assert "not asked: api.example.org is not a host that the source declares" in first["us_csl"][1]
    held = dict(warehouse.rows("SELECT list_id, count(*) FROM core.sanction_listings GROUP BY 1"))
    assert {"us_ofac_sdn", "us_ofac_cons", "un_sc"} <= set(held)
    tick()
    world.by_host = ofac(files, {}) | good
    second = refreshed(warehouse)
    came = {"ca_sema", "us_csl"}
    assert {s: verdict for s, (verdict, _) in second.items()} == {s: "accepted" if s in came else "unchanged" for s in SOURCES}
    lists = {name for (name,) in warehouse.rows("SELECT DISTINCT list_id FROM core.sanction_listings")}
    assert "ca_sema" in lists
    assert held == {
        name: n for name, n in warehouse.rows("SELECT list_id, count(*) FROM core.sanction_listings GROUP BY 1") if name in held
    }
    counted = warehouse.rows("SELECT verdict, count(*) FROM meta.snapshots GROUP BY 1 ORDER BY 1")
    assert counted == [("accepted", 5), ("failed", 1), ("quarantined", 1), ("unchanged", 3)]


@pytest.fixture
def tick(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """An hour passes."""
    real = Opened.__init__

    def later() -> None:
        from datetime import UTC, datetime, timedelta

        def init(project: Opened, *given: object, **more: object) -> None:
            real(project, *given, **more)  # type: ignore[arg-type]
            project.now = lambda: datetime.now(UTC) + timedelta(hours=1)

        monkeypatch.setattr(Opened, "__init__", init)

    return later


def test_a_live_refresh_of_made_up_lists_survives_what_publishers_do(
    world: Publishers, empty: Warehouse, tick: Callable[[], None]
) -> None:
    files = {
        "SDN.CSV": sdn(), "CONS_PRIM.CSV": sdn(), "sema-lmes.xml": GOOD["ca_sema"],
        "consolidated.xml": GOOD["un_sc"], "consolidated.csv": GOOD["us_csl"],
    }  # fmt: skip
    the_first_day_goes_wrong_and_the_second_mends_it(world, empty, files, tick)


@pytest.mark.real_data
def test_a_live_refresh_of_the_real_lists_survives_what_publishers_do(
    world: Publishers, empty: Warehouse, real_data: Path, tick: Callable[[], None]
) -> None:
    named = {
        **{f"{part.upper()}.CSV": f"sanctions/ofac_full/wm2021-07_{part}.csv.gz" for part in ("sdn", "add", "alt")},
        **{f"CONS_{p.upper()}.CSV": f"sanctions/ofac_full/wm2025-12_cons_{p}.csv.gz" for p in ("prim", "add", "alt")},
        "sema-lmes.xml": "more/ca_sema/sema-lmes_2025-05-25.xml.gz",
        "consolidated.xml": "sanctions/un/un_consolidated_2026-02-27.xml.gz",
        "consolidated.csv": "more/us_csl/2022-05-16/consolidated.csv.gz",
    }
    files = {name: gzip.decompress((real_data / path).read_bytes()) for name, path in named.items()}
    the_first_day_goes_wrong_and_the_second_mends_it(world, empty, files, tick)
