"""What is done to ``bilateral refresh`` from outside: its files, its processes, its user, its readers. Deep, by the command line.

Of each: the published file is the old one or the new one, and complete; no traceback; a sentence and the exit code say what
happened; the next refresh heals; each byte of raw that was not touched is still there. ``docs/operations/faults.md`` has the rows
and what came of them.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import shutil
import signal
import socketserver
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.ingest.sources import load_sources
from tests.depth import DEEP
from tests.reading.workbook import workbook
from tests.whole.archives import put, sdn
from tests.whole.conftest import ROOT, Done, Warehouse
from tests.whole.simulated_year import is_whole

pytestmark = pytest.mark.skipif(not DEEP, reason="BILATERAL_DEEP_TESTS: refreshes by the dozen")

SDN = "us_ofac_sdn"
QUICK = {"BILATERAL_DATA_DOCS": "false"}
DEADLINE_S = 900


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse of one vintage of forty parties; a second one, of two more, lies in the archive ``b`` beside it."""
    folder = tmp_path_factory.mktemp("one")
    put(folder / "a", SDN, "2023-01-01", "sdn.csv", sdn())
    put(folder / "b", SDN, "2023-01-02", "sdn.csv", sdn(more=2))
    warehouse = Warehouse(folder / "warehouse")
    done = refresh(warehouse, folder / "a")
    assert done.code == 0, done.out + done.err
    return warehouse


@pytest.fixture
def held(one: Warehouse, copy_of: Callable[[Warehouse], Warehouse]) -> Warehouse:
    return copy_of(one)


@pytest.fixture
def more(one: Warehouse) -> Path:
    return one.folder.parent / "b"


def begun(warehouse: Warehouse, archive: Path, *, through: Sequence[str] = (), **more: Any) -> subprocess.Popen[str]:
    """A refresh in a process, and a group of processes, of its own; ``through``: a command that begins it."""
    env = warehouse.environment() | QUICK | more.pop("env", {})
    command = [*through, sys.executable, "-m", "pipelines.cli", "refresh", "--from", str(archive), "--only", "sanctions"]
    return subprocess.Popen(
        command, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, **more
    )


def ended(child: subprocess.Popen[str]) -> Done:
    out, err = child.communicate(timeout=DEADLINE_S)
    assert "Traceback" not in out + err, out + err
    assert "please report" not in out + err, out + err
    return Done(child.returncode, out, err)


def refresh(warehouse: Warehouse, archive: Path, **more: Any) -> Done:
    return ended(begun(warehouse, archive, **more))


def n_listings(warehouse: Warehouse) -> int:
    assert is_whole(warehouse.folder)
    return int(warehouse.rows("SELECT count(*) FROM core.sanction_listings")[0][0])


def bytes_of_raw(warehouse: Warehouse) -> set[bytes]:
    """What raw holds, wherever it lies."""
    return {p.read_bytes() for p in warehouse.folder.glob("raw/*/**/*.zst") if p.is_file()}


def says(done: Done) -> str:
    return " ".join((done.out + done.err).split())


# files of a warehouse ------------------------------------------------------------------------------------------------------

KINDS = {
    "raw file": f"raw/{SDN}/*/*.zst",
    "receipt": f"raw/{SDN}/*/receipt.json",
    "folder of raw": f"raw/{SDN}/2*",
    "staged rows": f"staged/{SDN}/*/*.parquet",
    "staged record": f"staged/{SDN}/*/staged.json",
    "open rows": f"core/sanctions/parts/{SDN}.sanction_listings.*.open.parquet",
    "judged snapshots": f"core/sanctions/parts/{SDN}.snapshots.*.parquet",
    "parts": "core/sanctions/parts",
    "manifest": "core/sanctions/current.json",
    "manifest of actors": "core/actors/current.json",
    "published file": "bilateral.duckdb",
    "note of the published file": "published.json",
    "note of the origin": "origin.json",
    "what is remembered": "state.db",
    "heartbeat": "heartbeat.json",
    "feed": "changes.atom",
    "log": "refresh.log",
    "who writes": ".writer.json",
    "lock": ".lock",
    "Dagster's settings": "dagster/dagster.yaml",
    "Dagster's runs": "dagster/history/runs.db",
}
WAYS = ("truncated", "removed", "a folder", "a link")


def harm(path: Path, way: str) -> None:
    """Cut a file in half, remove it, or put a folder or a link to nothing in its place."""
    is_folder = path.is_dir()
    data = b"" if is_folder else path.read_bytes()
    shutil.rmtree(path) if is_folder else path.unlink()
    if way == "a folder":
        path.mkdir()
        (path / "something").write_text("in the way")
    elif way == "a link":
        path.symlink_to("nowhere")
    elif way == "truncated" and not is_folder:
        path.write_bytes(data[: len(data) // 2])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_whatever_becomes_of_a_file_is_told_and_healed_by_the_next_refresh(
    held: Warehouse, more: Path, kind: str, way: str
) -> None:
    found = sorted(held.folder.glob(KINDS[kind]))
    if not found:
        pytest.skip(f"no {kind} in this warehouse")
    harm(found[0], way)
    before = bytes_of_raw(held)
    first = refresh(held, more)
    assert first.code in (0, 1, 3), first.out + first.err
    if first.code == 1:
        assert says(first), "a sentence says what happened"
    if (held.folder / "bilateral.duckdb").is_file():
        assert n_listings(held) in (40, 42, 2)
    second = first if first.code == 0 else refresh(held, more)
    for _ in range(2):
        if second.code == 0:
            break
        second = refresh(held, more)
    assert second.code in (0, 3), second.out + second.err
    assert n_listings(held) in ((42,) if "raw" not in kind and kind != "receipt" else (42, 2))
    assert before <= bytes_of_raw(held)


# processes -----------------------------------------------------------------------------------------------------------------


@contextmanager
def in_the_middle(warehouse: Warehouse, archive: Path, line: str) -> Iterator[subprocess.Popen[str]]:
    """A refresh that has said a line."""
    child = begun(warehouse, archive, env={"PYTHONUNBUFFERED": "1"})
    assert child.stdout is not None
    for said in child.stdout:
        if line in said:
            break
    try:
        yield child
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate(timeout=DEADLINE_S)


MOMENTS = ("new snapshots", "core folded", "building the warehouse")


def heals(warehouse: Warehouse, archive: Path) -> None:
    assert n_listings(warehouse) in (40, 42)
    done = refresh(warehouse, archive)
    assert done.code in (0, 3), done.out + done.err
    assert n_listings(warehouse) == 42
    assert refresh(warehouse, archive).code == 0


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_second_ctrl_c_ends_it_at_once_and_nothing_is_lost(held: Warehouse, more: Path, moment: str) -> None:
    before = bytes_of_raw(held)
    with in_the_middle(held, more, moment) as child:
        child.send_signal(signal.SIGINT)
        time.sleep(0.05)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=DEADLINE_S)
        assert child.returncode in (130, -signal.SIGINT), out + err
        assert "Traceback" not in out + err, out + err
    assert before <= bytes_of_raw(held)
    heals(held, more)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_refresh_that_was_stopped_goes_on_and_another_waits_for_it(held: Warehouse, more: Path, moment: str) -> None:
    with in_the_middle(held, more, moment) as child:
        os.killpg(child.pid, signal.SIGSTOP)
        waiting = refresh(held, more, env={"BILATERAL_WAIT_S": "2"})
        assert waiting.code == 1
        assert "is still writing" in says(waiting)
        assert n_listings(held) == 40
        os.killpg(child.pid, signal.SIGCONT)
        out, err = child.communicate(timeout=DEADLINE_S)
        assert child.returncode == 0, out + err
    assert n_listings(held) == 42


@pytest.mark.parametrize("moment", MOMENTS)
def test_after_a_kill_of_the_whole_group_the_next_refresh_ends(held: Warehouse, more: Path, moment: str) -> None:
    before = bytes_of_raw(held)
    with in_the_middle(held, more, moment) as child:
        os.killpg(child.pid, signal.SIGKILL)
    assert before <= bytes_of_raw(held)
    heals(held, more)


def test_two_refreshes_at_once_both_end_well(held: Warehouse, more: Path) -> None:
    children = [begun(held, more) for _ in range(2)]
    done = [ended(child) for child in children]
    assert [one.code for one in done] == [0, 0], [one.out + one.err for one in done]
    assert n_listings(held) == 42


# users and rights ----------------------------------------------------------------------------------------------------------

NOBODY = 65_534
MERE = ("setpriv", "--bounding-set", "-all", "--inh-caps", "-all")
"""Begins a command of root's that may do no more than others: it owns its files, and rights hold for it."""


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("setpriv") is None, reason="needs root, and setpriv of util-linux")
@pytest.mark.parametrize("folder", ["", f"raw/{SDN}", f"staged/{SDN}", "core/sanctions", "core/sanctions/parts", "dagster"])
@pytest.mark.parametrize("how", ["another user's", "read-only"])
def test_a_folder_that_may_not_be_written_is_named_and_left_as_it_is(held: Warehouse, more: Path, folder: str, how: str) -> None:
    before = bytes_of_raw(held)
    path = held.folder / folder
    mode = path.stat().st_mode
    if how == "read-only":
        path.chmod(0o555)
    else:
        os.chown(path, NOBODY, NOBODY)
        path.chmod(0o755)
    done = refresh(held, more, through=MERE)
    assert done.code in (1, 3), done.out + done.err
    assert re.search(r"cannot be written|could not be written|Permission denied|may not write", says(done)), says(done)
    assert n_listings(held) in (40, 42)
    assert before <= bytes_of_raw(held)
    os.chown(path, 0, 0)
    path.chmod(mode)
    heals(held, more)


# what readers are given ----------------------------------------------------------------------------------------------------

MEMORY = 6_000_000_000
TRIES = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
from pipelines.cli import main
code = main(["try", *sys.argv[2:]])
used = resource.getrusage(resource.RUSAGE_SELF)
print("tried", code, round(used.ru_utime + used.ru_stime, 1), used.ru_maxrss // 1024)
"""


def a_million_columns() -> bytes:
    return (",".join(f"c{n}" for n in range(1_000_000)) + "\n" + ",".join("1" * 1_000_000) + "\n").encode()


def a_packed_bomb(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed, packed.open(name, "w", force_zip64=True) as file:
        for _ in range(4_000):
            file.write(bytes(1 << 20))
    return out.getvalue()


def _long_cells() -> Iterator[bytes]:
    cell = b'<row><c t="inlineStr"><is><t>' + b"x" * 1_000 + b"</t></is></c></row>"
    for _ in range(4_000):
        yield cell * 1_000


BOMBS: dict[str, Callable[[str], bytes]] = {
    "a million columns": lambda _: a_million_columns(),
    "a zip": a_packed_bomb,
    "a gzip": lambda _: gzip.compress(bytes(4_000_000_000), 9),
    "a workbook of long cells": lambda _: workbook(_long_cells()),
    "a workbook of two cells far apart": lambda _: workbook(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    ),
}
SUFFIXES = {"a zip": ".zip", "a gzip": ".gz"}


@pytest.fixture(scope="module")
def bombs() -> dict[str, bytes]:
    return {name: make("member") for name, make in BOMBS.items()}


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("source", load_sources())
def test_a_bomb_is_refused_in_words_by_each_reader(tmp_path: Path, bombs: dict[str, bytes], source: str, bomb: str) -> None:
    declared = [name for name in load_sources()[source].files if "*" not in name] or ["a.csv"]
    names = [n for n in declared if n.endswith(".xlsx") == ("workbook" in bomb)] or declared
    path = tmp_path / f"{names[0]}{SUFFIXES.get(bomb, '')}"
    path.write_bytes(bombs[bomb])
    done = subprocess.run(
        [sys.executable, "-c", TRIES, str(MEMORY), source, str(path)],
        cwd=ROOT, capture_output=True, text=True, timeout=DEADLINE_S, check=False,
    )  # fmt: skip
    print(source, bomb, done.stdout.splitlines()[-1:])
    assert "Traceback" not in done.stderr, done.stderr
    assert "please report" not in done.stdout
    assert re.search(r"^tried [01] ", done.stdout, re.M), done.stdout + done.stderr


# many, and alerts ----------------------------------------------------------------------------------------------------------

MANY = 200


def measured(folder: Path) -> dict[str, int]:
    files = [p for p in folder.rglob("*") if p.is_file()]
    of_dagster = [p for p in files if "dagster" in p.relative_to(folder).parts]
    raw = [p for p in files if "raw" in p.relative_to(folder).parts]
    return {
        "files": len(files) - len(raw),
        "bytes": sum(p.stat().st_size for p in files) - sum(p.stat().st_size for p in raw),
        "files of Dagster": len(of_dagster),
        "bytes of Dagster": sum(p.stat().st_size for p in of_dagster),
    }


def test_many_small_refreshes_cost_no_more_than_what_came_in(held: Warehouse, tmp_path: Path) -> None:
    """Of each tenth: seconds of processor, files and bytes beside raw; printed, and bounded by what a few refreshes add."""
    rows = []
    for number in range(1, MANY + 1):
        day = date(2023, 1, 1) + timedelta(days=number)
        put(tmp_path / "a", SDN, day.isoformat(), "sdn.csv", sdn(without=(1 + number % 37,), more=number % 3))
        before = os.times()
        done = refresh(held, tmp_path / "a")
        assert done.code == 0, done.out + done.err
        after = os.times()
        seconds = after.children_user + after.children_system - before.children_user - before.children_system
        if number % 10 == 0:
            rows.append({"n": number, "seconds": round(seconds, 1)} | measured(held.folder))
            print(json.dumps(rows[-1]), flush=True)
    first, last = rows[1], rows[-1]
    grown = (last["n"] - first["n"]) / first["n"]
    for name in ("files", "bytes", "files of Dagster", "bytes of Dagster"):
        # linear in what came in, and no more
        assert last[name] - first[name] <= grown * first[name], (name, rows)


class Post(socketserver.StreamRequestHandler):
    """As much of SMTP as it takes to be given a message."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        lines: list[bytes] = []
        for line in self.rfile:
            word = line[:4].upper().strip()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                for text in self.rfile:
                    if text == b".\r\n":
                        break
                    lines.append(text)
                self.server.came.append(b"".join(lines))  # type: ignore[attr-defined]
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            self.wfile.write(b"250 well\r\n")


def test_an_alert_comes_by_mail_and_one_that_nobody_takes_is_said(held: Warehouse, tmp_path: Path) -> None:
    put(tmp_path / "a", SDN, "2023-01-03", "sdn.csv", b"<html></html>")
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Post) as server:
        server.came = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        url = f"mailto://127.0.0.1:{port}/?from=warehouse@example.org&to=you@example.org&mode=insecure"
        done = refresh(held, tmp_path / "a", env={"BILATERAL_ALERT_URLS": url})
        server.shutdown()
        (mail,) = server.came  # type: ignore[attr-defined]
    assert done.code == 3, done.out + done.err
    assert b"Subject: " in mail
    put(tmp_path / "a", SDN, "2023-01-04", "sdn.csv", b"<html>another</html>")
    nobody = refresh(held, tmp_path / "a", env={"BILATERAL_ALERT_URLS": url})
    assert nobody.code == 3
    assert "address" in nobody.err, nobody.err
    assert "example.org" not in nobody.err
