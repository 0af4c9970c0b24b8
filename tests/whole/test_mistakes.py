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
from tests.whole.conftest import ROOT, Warehouse, ended

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
    proxies = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": ""}
    proxies |= {name.lower(): value for name, value in proxies.items()}
    done = ended(empty.begun("-m", "pipelines.cli", "refresh", "--from", "live", **proxies))
    assert (done.code, "there seems to be no network" in done.err) == (1, True), done
    assert not {"bilateral.duckdb", "raw"} & {path.name for path in empty.folder.iterdir()}


def test_a_folder_that_cannot_be_made_or_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    # nobody, the super-user neither, writes into /proc/self
    for folder, what in ((tmp_path / "file" / "warehouse", "made"), (Path("/proc/self"), "written")):
        done = Warehouse(folder).run("refresh")
        assert (done.code, f"the folder of the warehouse cannot be {what}" in done.err) == (1, True)
    for name in ("a*", "a?", "a[1]", "a%20b", "a\nb", "caf\udce9", f"{'a' * 200}/{'b' * 200}"):
        # a library reads it as another path: a refresh took in, and then failed at it each time
        with pytest.raises(ValidationError, match="expected a path"):
            Settings(warehouse=Path("/nowhere", name))


@pytest.mark.skipif(os.geteuid() == 0, reason="the super-user may write everywhere")
def test_a_read_only_folder_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    done = Warehouse(tmp_path).run("refresh")
    assert (done.code, "the folder of the warehouse cannot be written" in done.err) == (1, True)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_texts_and_names_in_any_encoding_are_read(empty: Warehouse, sample: Warehouse, tmp_path: Path, encoding: str) -> None:
    text = json.dumps(TEXT, ensure_ascii=False).replace("Беijing", "Beijing" if encoding == "cp1252" else "Беijing")
    (tmp_path / "texts.jsonl").write_bytes(f"{text}\n".encode(encoding))
    for command, keys in (("code", ("source_id", "target_id")), ("resolve", ("country_id",))):
        done = empty.run(command, str(tmp_path / "texts.jsonl"))
        assert done.code == 0, done.err
        assert {"CHN", "AUS"} <= {json.loads(line)[key] for line in done.out.splitlines() for key in keys}
        assert ("not UTF-8" in done.err) == (encoding == "cp1252")
    (tmp_path / "names.txt").write_bytes("Müller\nInstitute of Forensic Science\n".encode(encoding))
    done = sample.run("find", "--file", str(tmp_path / "names.txt"), "--format", "json")
    assert any("FORENSIC" in row["name"].upper() for row in json.loads(done.out)), done.err


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


def test_own_actors_in_another_encoding_are_answered_with_the_file(empty: Warehouse, tmp_path: Path) -> None:
    (tmp_path / "actors_mine.csv").write_bytes("actor_id,kind,name\nDEU.M,body,Müller\n".encode("latin-1"))
    (tmp_path / "texts.jsonl").write_text(json.dumps(TEXT))
    asked = ("-m", "pipelines.cli", "code", str(tmp_path / "texts.jsonl"))
    done = ended(empty.begun(*asked, BILATERAL_ACTORS=str(tmp_path)))
    assert (done.code, "actors_mine.csv: not UTF-8 (byte" in done.err) == (1, True)


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ('"$0" -m pipelines.cli sql "FROM meta.build" >&- <&-', 0, ""),
        ('"$0" -m pipelines.cli --help >/dev/full', 1, "the disk is full"),
        (
            'mkdir gone; cd gone; rmdir ../gone; BILATERAL_WAREHOUSE=relative "$0" -m pipelines.cli sql "FROM a"',
            1,
            "bilateral: the folder that you are in was removed: change to another, and ask again\n",
        ),
    ],
    ids=["closed", "full", "removed"],
)
def test_streams_that_are_closed_or_full_and_a_folder_that_was_removed_end_nothing_in_a_traceback(
    sample: Warehouse, tmp_path: Path, command: str, code: int, said: str
) -> None:
    environment = sample.environment() | {"PYTHONPATH": str(ROOT)}
    shell = ["sh", "-c", command, sys.executable]
    done = subprocess.run(shell, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, said in done.stderr, "Traceback" in done.stderr) == (code, True, False), done
