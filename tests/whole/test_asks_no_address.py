"""What runs asks for no address that no source declares, and writes nothing outside of the warehouse: seen by ``strace``."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.made_up import SAMPLE
from tests.whole.conftest import ROOT, WITH_PAGES, Warehouse

STRACE = shutil.which("strace")
QUIETLY = "-f -qq --seccomp-bpf"
"""Stops at the calls that are asked for alone: others cost as much as they do without ``strace``."""
CALLS = "connect,sendto,sendmsg,sendmmsg,openat,open,creat,mkdir,mkdirat"
ASKED = re.compile(r"\b(?:connect|send\w+)\(.*sa_family=AF_INET6?\b.*")
WRITTEN = re.compile(r"(?:(?:openat|open)\((?=.*\bO_(?:WRONLY|RDWR|CREAT)\b)|(?:creat|mkdir|mkdirat)\().*?\"([^\"]+)\".*")
TEXT = '{"id": 1, "text": "China sanctioned Raytheon on Monday. The United States protested."}\n'


@pytest.fixture
def seen(tmp_path: Path) -> Callable[..., list[str]]:
    if STRACE is None:
        pytest.skip("strace is not installed: which addresses are asked for cannot be seen")
    tried = subprocess.run([STRACE, *QUIETLY.split(), "-e", "trace=connect", "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"strace may not look at processes here: {tried.stderr.strip()}")
    home = tmp_path / "home"
    home.mkdir()

    def run(warehouse: Warehouse, *args: str) -> list[str]:
        log = tmp_path / "calls"
        kept = {n: v for n, v in warehouse.environment().items() if not n.startswith(("XDG_", "ORT_", "COVERAGE_", "COV_"))}
        done = subprocess.run(
            [str(STRACE), *f"{QUIETLY} -y -o {log} -e trace={CALLS}".split(), sys.executable, "-m", "pipelines.cli", *args],
            cwd=ROOT, env={**kept, **WITH_PAGES, "HOME": str(home), "TMPDIR": str(home)}, input=TEXT,
            capture_output=True, text=True, timeout=900, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert list(home.rglob("*")) == []
        return found_in(log.read_text(errors="replace").splitlines(), warehouse.folder)

    return run


def found_in(calls: list[str], folder: Path) -> list[str]:
    found = []
    for call in calls:
        if ASKED.search(call):
            found.append(call)
        elif (written := WRITTEN.search(call)) and " = -1 " not in call:
            at = re.search(r"\(\d+<([^>]+)>, ", call)  # a path from an open folder
            path = Path(plain(at[1]) if at else ROOT, plain(written[1]))
            is_own = path.is_relative_to(folder) or "__pycache__" in path.parts or path.parts[1] in ("dev", "proc")
            found += [] if is_own else [call]
    return found


def plain(path: str) -> str:
    """A path as it is, of which ``strace`` writes each byte beyond ASCII in octal."""
    return re.sub(r"\\([0-7]{3})", lambda byte: chr(int(byte[1], 8)), path).encode("latin-1").decode()


def test_what_asks_or_writes_elsewhere_is_seen_and_what_is_read_or_written_into_the_warehouse_is_allowed(tmp_path: Path) -> None:
    elsewhere = [
        '7 connect(5<socket:[1]>, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("10.0.0.1")}, 16) = 0',
        '7 sendto(5<socket:[1]>, "x", 1, 0, {sa_family=AF_INET6, sin6_port=htons(443)}, 28) = 1',
        '7 openat(AT_FDCWD</a>, "/home/x/.cache/id", O_RDWR|O_CREAT|O_CLOEXEC, 0644) = 3</home/x/.cache/id>',
        '7 openat(6</home/x/.cache>, "id.tmp", O_WRONLY|O_CREAT|O_EXCL, 0600) = 7</home/x/.cache/id.tmp>',
        '7 mkdir("/home/x/.cache", 0700) = 0',
    ]
    folder = f"{tmp_path}/w\\303\\244rehouse"
    allowed = [
        '7 openat(AT_FDCWD</a>, "/etc/hosts", O_RDONLY|O_CLOEXEC) = 3</etc/hosts>',
        f'7 openat(AT_FDCWD</a>, "{folder}/raw/x", O_WRONLY|O_CREAT, 0644) = 3<{folder}/raw/x>',
        f'7 openat(6<{folder}>, "x", O_WRONLY|O_CREAT, 0600) = 7',
        '7 openat(AT_FDCWD</a>, "/etc/x", O_WRONLY|O_CREAT, 0644) = -1 EACCES (Permission denied)',
    ]
    assert found_in(elsewhere + allowed, tmp_path / "wärehouse") == elsewhere


def test_nothing_asks_for_an_address_or_writes_outside(seen: Callable[..., list[str]], empty: Warehouse, tmp_path: Path) -> None:
    # the library that runs the encoder looked up an address of its maker, and left a device id below ~/.cache
    assert seen(empty, "code") == []
    assert not os.path.lexists(empty.folder)
    for newest in ("articles/2019-12-31", "us_cdc_vsrr/2024-04-17", "us_ofac_sdn/2023-12-20T184325Z"):
        shutil.copytree(SAMPLE / newest, tmp_path / "archive" / newest)
    assert seen(empty, "refresh", "--from", str(tmp_path / "archive")) == []
    assert seen(empty, "report", "USA", "CHN", "-o", str(empty.folder / "report.html")) == []
    # it packs a small file in the system's folder for such
    assert [call for call in seen(empty, "site", "--to", str(empty.folder / "site")) if ASKED.search(call)] == []
