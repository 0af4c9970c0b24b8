"""A refresh that finds all as it was when there was nothing to do answers at once; whatever is changed, it looks at all again."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.cli import refresh as run
from pipelines.publish import unchanged
from pipelines.settings import Settings
from tests.whole.archives import put, sdn
from tests.whole.conftest import Warehouse, ended

SDN = "us_ofac_sdn"


def aged(archive: Path) -> Path:
    """The archive as if it had been written an hour ago."""
    for path in archive.rglob("*"):
        hour_ago = path.stat().st_mtime - 3600
        os.utime(path, (hour_ago, hour_ago))
    return archive


def test_after_a_publication_the_next_refresh_knows_that_nothing_is_new_until_something_is(
    first: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "a", SDN, "2023-01-01", "sdn.csv", sdn())
    put(tmp_path / "a", "us_ofac_sdm", "2023-01-01", "sdn.csv", sdn())
    archive = aged(tmp_path / "a")
    looked, whole = [0], run._run

    def counted(*args: object) -> object:
        looked[0] += 1
        return whole(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(run, "_run", counted)

    def refresh(*more: str) -> tuple[int, str]:
        """How many refreshes looked at everything (0 or 1), and what was said."""
        before = looked[0]
        done = first.run("refresh", "--from", str(archive), "--only", "sanctions", *more)
        assert done.code in (0, 3), done.out + done.err
        return looked[0] - before, done.out

    assert refresh()[0] == 1, "it was made from another folder"
    n, out = refresh()
    assert n == 0
    misfit, *lines = out.splitlines()[:5]
    assert "us_ofac_sdm: not the id of a source" in misfit
    assert lines == [f"refresh of sanctions from {archive}", f"{SDN}: nothing new", run.NOTHING_NEW, ""]
    assert f"): {first.folder / 'bilateral.duckdb'} stays as it is" in out
    # said as the long way says it
    assert refresh("--rehash")[1].splitlines()[:4] == out.splitlines()[:4]
    settings = Settings(warehouse=first.folder, data_docs=False)
    around = unchanged.environment_digest(settings, ("sanctions",), str(archive))
    assert around is not None

    def is_unchanged() -> bool:
        return unchanged.messages_if_unchanged(settings, around) is not None

    assert is_unchanged()
    for path in (first.folder / "bilateral.duckdb", first.folder / "raw" / SDN / "2023-01-01T235959Z" / "receipt.json"):
        content, before = path.read_bytes(), path.stat()
        middle = len(content) // 2
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
        if path.suffix == ".duckdb":  # also where its size and time stay
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert not is_unchanged(), path
        path.write_bytes(content)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert is_unchanged(), path
    # and what comes is taken
    put(archive, SDN, "2023-01-02", "sdn.csv", sdn(more=1))
    aged(archive)
    assert refresh()[0] == 1
    assert first.rows("SELECT count(*) FROM core.sanction_listings") == [(41,)]
    assert refresh()[0] == 0


def test_what_an_answer_rests_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program, settings, domains, own actors and the archive, once it is settled; servers are asked each time."""
    put(tmp_path / "a", SDN, "2023-01-01", "sdn.csv", sdn())
    (tmp_path / "code" / "assets" / "__pycache__").mkdir(parents=True)
    (tmp_path / "own").mkdir()
    module, compiled = tmp_path / "code" / "assets" / "domain.py", tmp_path / "code" / "assets" / "__pycache__" / "domain.pyc"
    module.write_text("")
    monkeypatch.setattr(unchanged, "ROOT", tmp_path / "code")

    def asked(domains: tuple[str, ...] = ("news",), memory_limit: str = "4GB") -> unchanged.EnvironmentDigest:
        settings = Settings(warehouse=tmp_path / "w", actors=tmp_path / "own", memory_limit=memory_limit)
        found = unchanged.environment_digest(settings, domains, str(tmp_path / "a"))
        assert found is not None
        return found

    assert not asked().is_settled, "it was written a moment ago"
    aged(tmp_path / "a")
    assert asked().is_settled
    first = asked().digest
    compiled.write_text("")
    assert asked().digest == first
    seen = {first, asked(("news", "overdose")).digest, asked(memory_limit="2GB").digest}
    assert len(seen) == 3
    of_archive = (tmp_path / "a" / SDN / "2023-01-01" / "more.csv", tmp_path / "a" / "odd")
    for path in (module, tmp_path / "own" / "actors.csv", *of_archive):
        path.write_text("1")
        assert asked().digest not in seen, path
        seen.add(asked().digest)
    assert unchanged.environment_digest(Settings(warehouse=tmp_path), ("news",), "live") is None


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
    done = ended(warehouse.begun("-c", program))
    assert (done.code, "nothing new" in done.out, json.loads(done.err)) == (0, True, [])
