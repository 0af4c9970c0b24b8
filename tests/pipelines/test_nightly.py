"""The nightly run: it asks all sources, and where a publisher has changed it says which and how in an issue."""

import importlib.util
import re
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Attempt
from pipelines.ingest.sources import load_sources
from pipelines.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "nightly.yml"
NOW = datetime(2023, 11, 16, 12)


@pytest.fixture
def nightly() -> ModuleType:
    spec = importlib.util.spec_from_file_location("nightly_issue", ROOT / ".github" / "nightly_issue.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def attempted(folder: Path, **attempts: Attempt) -> Settings:
    store = RawStore(folder / "raw")
    for source, attempt in attempts.items():
        store.take(load_sources()[source], [attempt], origin="live")
    return Settings(warehouse=folder)


def test_a_refused_file_and_an_address_that_is_gone_make_an_issue_and_a_server_that_was_not_reached_makes_none(
    nightly: ModuleType, tmp_path: Path
) -> None:
    reason = "consolidated.csv: data.trade.gov answered HTTP 503, an error on its side; asked 4 times"
    settings = attempted(tmp_path, us_csl=Attempt(NOW, None, reason))
    assert nightly.issue(settings) is None
    attempted(
        tmp_path,
        un_sc=Attempt(NOW, {"consolidated.xml": b"<html><body>maintenance</body></html>"}),
        ca_sema=Attempt(NOW, None, "sema-lmes.xml: www.international.gc.ca answered HTTP 404, not found: has the file moved?"),
    )
    title, text = nightly.issue(settings)
    assert title == "nightly: changed at the publisher: ca_sema, un_sc"
    assert "- un_sc: 2023-11-16T120000Z quarantined: consolidated.xml: a web page (HTML)" in text
    changed, _, unreached = text.partition("### Not reached")
    assert ("us_csl" in changed, reason.partition(": ")[2] in unreached) == (False, True)


def commands() -> Iterator[str]:
    for job in yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"].values():
        yield from (step["run"] for step in job["steps"] if "run" in step)


def test_the_commands_of_the_run_are_shell_and_name_scripts_and_tests_that_are_there() -> None:
    for command in commands():
        assert subprocess.run(["bash", "-n"], input=command, text=True, check=False).returncode == 0
    called = "\n".join(commands())
    assert all(words in called for words in ("bilateral refresh --from live", "gh issue create", "python -m benchmarks.fuzz"))
    assert (ROOT / ".github" / "nightly_issue.py").exists()
    # disks are mounted as root: without it those tests are skipped, so that no night would have tried a full disk
    [command] = [command for command in commands() if command.startswith("sudo")]
    [(test, words)] = re.findall(r'(tests/\S+\.py) -k "(.+)"', command)
    names = re.findall(r"@ROOT_ALONE\n(?:@.+\n)*def (test_\w+)", (ROOT / test).read_text(encoding="utf-8"))
    assert names != []
    assert all(any(word in name for word in words.split(" or ")) for name in names)
