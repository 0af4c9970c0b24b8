"""A raw store, and a server of this machine that answers as a test tells it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.ingest.raw_store import RawStore
from tests.pipelines.publishers import Publishers, Server, listening


@pytest.fixture
def store(tmp_path: Path) -> RawStore:
    return RawStore(tmp_path / "raw")


@pytest.fixture
def world() -> Iterator[Publishers]:
    with listening() as publishers:
        yield publishers


@pytest.fixture
def server(world: Publishers) -> Server:
    served = Server(world)
    world.by_host[f"127.0.0.1:{world.port}"] = served.answer
    return served
