"""A refresh that finds all as it was when there was nothing to do answers at once; whatever is changed, it looks at all again."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.cli import refresh as run
from pipelines.publish import unchanged
from pipelines.settings import Settings
from tests.whole.archives import put, sdn
from tests.whole.conftest import ROOT, Warehouse

SDN = "us_ofac_sdn"


class Looked:
    """Counts the refreshes that looked at everything."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.n = 0
        whole = run._run

        def counted(*args: object) -> object:
            self.n += 1
            return whole(*args)  # type: ignore[arg-type]

        monkeypatch.setattr(run, "_run", counted)


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Looked:
    return Looked(monkeypatch)


def aged(archive: Path) -> Path:
    """The archive as if it had been written an hour ago."""
    for path in archive.rglob("*"):
        hour_ago = path.stat().st_mtime - 3600
        os.utime(path, (hour_ago, hour_ago))
    return archive


def flip(path: Path) -> None:
    """Another byte in a file whose size and time stay."""
    before, content = path.stat(), bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_after_a_publication_the_next_refresh_knows_that_nothing_is_new_until_something_is(
    empty: Warehouse, tmp_path: Path, looked: Looked
) -> None:
    put(tmp_path / "a", SDN, "2023-01-01", "sdn.csv", sdn())
    put(tmp_path / "a", "us_ofac_sdm", "2023-01-01", "sdn.csv", sdn())
    archive = aged(tmp_path / "a")

    def refresh(*more: str) -> tuple[int, str]:
        """How many refreshes looked at everything (0 or 1), and what was said."""
        before = looked.n
        done = empty.run("refresh", "--from", str(archive), "--only", "sanctions", *more)
        assert done.code in (0, 3), done.out + done.err
        return looked.n - before, done.out

    assert refresh()[0] == 1
    n, out = refresh()
    assert n == 0
    misfit, *lines = out.splitlines()[:5]
    assert "us_ofac_sdm: not the id of a source" in misfit
    assert lines == [f"refresh of sanctions from {archive}", f"{SDN}: nothing new", run.NOTHING_NEW, ""]
    assert f"nothing new ({out.split('(')[1].split(')')[0]}): {empty.folder / 'bilateral.duckdb'} stays as it is" in out
    # said as the long way says it
    assert refresh("--rehash")[1].splitlines()[:4] == out.splitlines()[:4]
    settings = Settings(warehouse=empty.folder, data_docs=False)
    around = unchanged.environment_digest(settings, ("sanctions",), str(archive))
    assert around is not None

    def is_unchanged() -> bool:
        return unchanged.messages_if_unchanged(settings, around) is not None

    assert is_unchanged()
    for path in (
        empty.folder / "bilateral.duckdb",  # also where its size and time stay
        empty.folder / "raw" / SDN / "2023-01-01T235959Z" / "receipt.json",
    ):
        content, before = path.read_bytes(), path.stat()
        flip(path)
        if path.suffix == ".json":
            path.touch()
        assert not is_unchanged(), path
        path.write_bytes(content)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert is_unchanged(), path
    # and what comes is taken
    put(archive, SDN, "2023-01-02", "sdn.csv", sdn(more=1))
    aged(archive)
    assert refresh()[0] == 1
    assert empty.rows("SELECT count(*) FROM core.sanction_listings") == [(41,)]


def test_what_an_answer_rests_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program, settings, domains, own actors and the archive; servers are asked each time."""
    put(tmp_path / "a", SDN, "2023-01-01", "sdn.csv", sdn())
    (tmp_path / "code" / "assets" / "__pycache__").mkdir(parents=True)
    (tmp_path / "own").mkdir()
    module, compiled = (
        tmp_path / "code" / "assets" / "domain.py",
        tmp_path / "code" / "assets" / "__pycache__" / "domain.pyc",
    )
    module.write_text("")
    monkeypatch.setattr(unchanged, "ROOT", tmp_path / "code")

    def digest(domains: tuple[str, ...] = ("news",), memory_limit: str = "4GB") -> str:
        settings = Settings(warehouse=tmp_path / "w", actors=tmp_path / "own", memory_limit=memory_limit)
        found = unchanged.environment_digest(settings, domains, str(tmp_path / "a"))
        assert found is not None
        return found.digest

    first = digest()
    compiled.write_text("")
    assert digest() == first
    assert digest(("news", "overdose")) != first
    assert digest(memory_limit="2GB") != first
    seen = {first}
    for path in (
        module,
        tmp_path / "own" / "actors.csv",
        tmp_path / "a" / SDN / "2023-01-01" / "more.csv",
        tmp_path / "a" / "odd",
    ):
        path.write_text("1")
        assert digest() not in seen, path
        seen.add(digest())
    assert unchanged.environment_digest(Settings(warehouse=tmp_path), ("news",), "live") is None


def test_an_archive_that_was_written_a_moment_ago_is_looked_at_again(tmp_path: Path) -> None:
    put(tmp_path / "a", SDN, "2023-01-01", "sdn.csv", sdn())
    just_now = unchanged.environment_digest(Settings(warehouse=tmp_path / "w"), ("news",), str(tmp_path / "a"))
    assert just_now is not None
    assert not just_now.is_settled
    settled = unchanged.environment_digest(Settings(warehouse=tmp_path / "w"), ("news",), str(aged(tmp_path / "a")))
    assert settled is not None
    assert settled.is_settled


def test_where_nothing_is_new_no_library_that_takes_long_is_loaded(
    sample: Warehouse, copy_of: Callable[[Warehouse], Warehouse]
) -> None:
    warehouse = copy_of(sample)
    assert warehouse.run("refresh").code == 0
    program = (
        "import json, sys\nfrom pipelines.cli import main\ncode = main(['refresh'])\n"
        "print(json.dumps(sorted({'dagster', 'polars', 'pyarrow', 'great_expectations', 'feedparser', 'assets.news.domain', "
        "'pipelines.services.warehouse'} & set(sys.modules))), file=sys.stderr)\nsys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=warehouse.environment(), capture_output=True, text=True, check=True
    )
    assert "nothing new" in done.stdout
    assert json.loads(done.stderr) == []
