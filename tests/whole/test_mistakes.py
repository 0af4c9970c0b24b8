"""Mistakes that people make are answered in a sentence: nothing is published, and no traceback is shown."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from pipelines.settings import Settings
from tests.whole.archives import put, sdn
from tests.whole.conftest import ROOT, Warehouse

TEXT = {"id": 1, "text": "Беijing: China imposed tariffs on Australia — “today”.", "published": "2023-06-15"}


@pytest.mark.parametrize(
    "folders",
    [[], ["us_ofac_sdm/2023-10-03"], ["2023-10-03"], ["us_ofac_sdn"], ["us_ofac_sdn/2023-10-03"], ["us_ofac_sdn/yesterday"]],
    ids=["empty", "a misspelt source", "one folder too deep", "no snapshot", "an empty snapshot", "no moment"],
)
def test_an_archive_in_which_nothing_is_recognised_publishes_nothing(
    empty: Warehouse, tmp_path: Path, folders: list[str]
) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    for name in folders:
        (archive / name).mkdir(parents=True)
        if name.endswith(("sdm/2023-10-03", "yesterday")):
            (archive / name / "sdn.csv").write_bytes(b"1,x\n")
    done = empty.run("refresh", "--from", str(archive))
    assert done.code == 1
    assert "nothing in it is a snapshot of a source" in done.err
    assert "Nothing was changed." in done.err
    # what watches the refreshes learns of this one, too
    assert [p.name for p in empty.folder.iterdir()] == ["heartbeat.json"]


def test_an_archive_without_the_domain_that_is_asked_for_publishes_nothing(empty: Warehouse, tmp_path: Path) -> None:
    put(tmp_path / "archive", "us_ofac_sdn", "2023-10-03", "sdn.csv", sdn())
    done = empty.run("refresh", "--from", str(tmp_path / "archive"), "--only", "overdose")
    assert (done.code, "holds no snapshot of overdose" in done.err) == (1, True)
    assert not (empty.folder / "bilateral.duckdb").exists()


def test_offline_a_live_refresh_says_so_at_once_and_publishes_nothing(empty: Warehouse) -> None:
    # behind a proxy at which nobody listens, no host can be reached
    environment = {**empty.environment(), "HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": ""}
    environment |= {name.lower(): environment[name] for name in ("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY")}
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", "refresh", "--from", "live"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "there seems to be no network" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (empty.folder / "bilateral.duckdb").exists()
    assert not (empty.folder / "raw").exists()


def test_a_folder_that_cannot_be_made_or_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = Warehouse(tmp_path / "file" / "warehouse").run("refresh")
    assert (done.code, "the folder of the warehouse cannot be made" in done.err) == (1, True)
    # nobody, the super-user neither, writes here
    done = Warehouse(Path("/proc/self")).run("refresh")
    assert (done.code, "the folder of the warehouse cannot be written" in done.err) == (1, True)


@pytest.mark.parametrize("name", ["a*", "a?", "a[1]", "a%20b", "a\nb", "caf\udce9", f"{'a' * 200}/{'b' * 200}"])
def test_a_path_that_a_library_reads_as_another_is_named_before_anything_is_written(name: str) -> None:
    """A refresh took in, and then failed at it each time, with a traceback or with talk of a disk that breaks."""
    with pytest.raises(ValidationError, match="expected a path"):
        Settings(warehouse=Path("/nowhere", name))


@pytest.mark.skipif(os.geteuid() == 0, reason="the super-user may write everywhere")
def test_a_read_only_folder_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    done = Warehouse(tmp_path).run("refresh")
    assert (done.code, "the folder of the warehouse cannot be written" in done.err) == (1, True)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("command", ["code", "resolve"])
def test_texts_in_any_encoding_are_read(empty: Warehouse, tmp_path: Path, command: str, encoding: str) -> None:
    text = {**TEXT, "text": TEXT["text"].replace("Беijing", "Beijing")} if encoding == "cp1252" else TEXT  # type: ignore[attr-defined]
    (tmp_path / "texts.jsonl").write_bytes((json.dumps(text, ensure_ascii=False) + "\n").encode(encoding))
    done = empty.run(command, str(tmp_path / "texts.jsonl"))
    assert done.code == 0, done.err
    found = [json.loads(line) for line in done.out.splitlines()]
    assert {"CHN", "AUS"} <= {row.get("country_id") or row.get("source_id") for row in found} | {
        row.get("target_id") for row in found
    }
    assert ("not UTF-8" in done.err) == (encoding == "cp1252")


@pytest.mark.parametrize("key", ["published", "date"])
def test_code_and_resolve_take_the_same_keys(empty: Warehouse, key: str) -> None:
    text = {"id": 1, "title": "Beijing acts", "text": "China imposed tariffs on Australia on Monday.", key: "2023-06-15"}
    line = json.dumps(text) + "\n"
    (event,) = map(json.loads, empty.run("code", stdin=line).out.splitlines())
    assert event["event_date"] == "2023-06-12"
    mentions = [json.loads(found) for found in empty.run("resolve", stdin=line).out.splitlines()]
    assert {m["surface"] for m in mentions} >= {"Beijing", "China", "Australia"}
    wrong = json.dumps({**text, key: "soon"}) + "\n"
    assert f'"{key}" must be an ISO date' in empty.run("resolve", stdin=wrong).err
    assert f'\\"{key}\\" must be an ISO date' in empty.run("code", stdin=wrong).out


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-8-sig"])
def test_names_in_any_encoding_are_screened(sample: Warehouse, tmp_path: Path, encoding: str) -> None:
    names = "Müller\nInstitute of Forensic Science\n"
    (tmp_path / "names.txt").write_bytes(names.encode(encoding))
    done = sample.run("find", "--file", str(tmp_path / "names.txt"), "--format", "json")
    assert done.code == 0, done.err
    assert any("FORENSIC" in row["name"].upper() for row in json.loads(done.out))


def test_own_actors_and_feeds_in_another_encoding_are_answered_with_the_file(empty: Warehouse, tmp_path: Path) -> None:
    folder = tmp_path / "actors"
    folder.mkdir()
    (folder / "actors_mine.csv").write_bytes("actor_id,kind,name\nDEU.M,body,Müller\n".encode("latin-1"))
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", "code"],
        cwd=ROOT,
        env={**empty.environment(), "BILATERAL_ACTORS": str(folder)},
        input=json.dumps(TEXT) + "\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "actors_mine.csv: not UTF-8 (byte" in done.stderr


@pytest.mark.parametrize(("command", "streams", "code"), [("sql FROM\tmeta.build", ">&- <&-", 0), ("--help", ">/dev/full", 1)])
def test_streams_that_are_closed_or_full_end_nothing_in_a_traceback(
    sample: Warehouse, command: str, streams: str, code: int
) -> None:
    done = subprocess.run(
        ["sh", "-c", f'"$@" {streams}', "sh", sys.executable, "-m", "pipelines.cli", *command.split(" ")],
        cwd=ROOT,
        env=sample.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "the disk is full" in done.stderr) == (code, code == 1)


def test_a_folder_that_was_removed_under_a_command_is_named(empty: Warehouse, tmp_path: Path) -> None:
    command = f'mkdir gone; cd gone; rmdir ../gone; PYTHONPATH="{ROOT}" "{sys.executable}" -m pipelines.cli sql "FROM a" 2>&1'
    environment = empty.environment() | {"BILATERAL_WAREHOUSE": "relative"}
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (
        1,
        "bilateral: the folder that you are in was removed: change to another, and ask again\n",
    )
