"""A PostgreSQL server on loopback."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
START_S = 120.0
"""How long a process may take to start on a busy machine."""


def _tool(name: str) -> Path | None:
    """A program of PostgreSQL's server; Debian keeps them out of the way of the shell."""
    found = shutil.which(name)
    places = [Path(found)] if found else sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return places[-1].resolve() if places else None


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A server with its data in ``folder``; gives the address of its database. The test is skipped where there is none."""
    initdb, server = _tool("initdb"), _tool("postgres")
    if initdb is None or server is None:
        pytest.skip("PostgreSQL's server is not installed (initdb, postgres)")
    folder.mkdir(parents=True, exist_ok=True)
    as_user: list[str] = []
    if os.geteuid() == 0:  # it refuses to run as root
        as_user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        os.chown(folder, 65534, 65534)
        for above in (folder, *folder.parents):
            if above.stat().st_uid == 0 and above != Path("/"):
                with suppress(OSError):
                    above.chmod(above.stat().st_mode | 0o011)
    data = folder / "data"
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    made = subprocess.run(
        [*as_user, initdb, "-D", data, "-U", "bilateral", "--auth=trust", "--no-sync"], env=env, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    port = free_port()
    options = ["-h", "127.0.0.1", "-p", str(port), "-k", "", "-F", "-c", "shared_buffers=16MB"]
    with (folder.parent / "postgres.log").open("w") as log:
        running = subprocess.Popen([*as_user, server, "-D", data, *options], env=env, stdout=log, stderr=log)
    try:
        _until_open(port, running)
        yield f"postgresql://bilateral@127.0.0.1:{port}/postgres"
    finally:
        end(running)


def end(running: subprocess.Popen[bytes]) -> None:
    """End a process that was started here."""
    if running.poll() is None:
        running.terminate()
        try:
            running.wait(30)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _until_open(port: int, running: subprocess.Popen[bytes]) -> None:
    import psycopg2

    deadline = time.monotonic() + START_S
    while True:
        assert running.poll() is None, "PostgreSQL has ended"
        try:
            psycopg2.connect(host="127.0.0.1", port=port, user="bilateral", dbname="postgres").close()
            return
        except psycopg2.OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
