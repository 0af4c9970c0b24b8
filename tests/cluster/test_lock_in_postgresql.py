"""The lock of a warehouse that a PostgreSQL database keeps: one writer at a time, whichever machine it is on."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from assets.errors import BilateralError
from pipelines.util.lock import WriterLock, id_of
from tests.cluster.machines import ROOT, free_port, postgres

pytestmark = pytest.mark.skipif(find_spec("psycopg2") is None, reason="the extra 'postgres' is not installed")

HOLD = """
import sys
from pathlib import Path
from pipelines.util.lock import WriterLock
with WriterLock(Path(sys.argv[1]), 5, sys.argv[2]).held(print):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with postgres(tmp_path_factory.mktemp("postgres") / "server") as address:
        yield address


def in_a_thread(lock: WriterLock, say: list[str]) -> str:
    """What comes of taking a lock in a thread of its own, since a lock is known to the thread that holds it."""
    found: list[str] = []

    def take() -> None:
        try:
            with lock.held(say.append):
                found.append("held")
        except BilateralError as refused:
            found.append(str(refused))

    thread = threading.Thread(target=take)
    thread.start()
    thread.join(60)
    return found[0]


def test_one_writer_at_a_time_and_who_waits_says_for_whom(tmp_path: Path, database: str) -> None:
    say: list[str] = []
    with WriterLock(tmp_path, 0, database).held(say.append):
        refused = in_a_thread(lock=WriterLock(tmp_path, 0.2, database), say=say)
        assert f"process {os.getpid()} on " in refused
        assert "nothing was changed" in refused
    assert ["waiting for another refresh" in text for text in say] == [True]
    assert in_a_thread(lock=WriterLock(tmp_path, 0, database), say=say) == "held"


def test_the_thread_that_holds_it_may_take_it_again_and_it_is_free_after_the_last_release(tmp_path: Path, database: str) -> None:
    lock = WriterLock(tmp_path, 0, database)
    with lock.held(print):
        with lock.held(print):
            pass
        assert "still writing" in in_a_thread(lock=WriterLock(tmp_path, 0, database), say=[])
    assert in_a_thread(lock=WriterLock(tmp_path, 0, database), say=[]) == "held"


def test_two_warehouses_in_one_database_do_not_wait_for_each_other(tmp_path: Path, database: str) -> None:
    with WriterLock(tmp_path / "one", 0, database).held(print):
        assert in_a_thread(lock=WriterLock(tmp_path / "two", 0, database), say=[]) == "held"


def test_a_folder_under_another_name_is_the_same_warehouse(tmp_path: Path, database: str) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "mounted").symlink_to(tmp_path / "one")
    with WriterLock(tmp_path / "one", 0, database).held(print):
        assert "still writing" in in_a_thread(lock=WriterLock(tmp_path / "mounted", 0, database), say=[])


def test_a_holder_that_is_killed_holds_nothing_any_more(tmp_path: Path, database: str) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path), database]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        refused = in_a_thread(lock=WriterLock(tmp_path, 0, database), say=[])
        assert f"process {holder.pid} on " in refused
        holder.kill()
    assert in_a_thread(lock=WriterLock(tmp_path, 30, database), say=[]) == "held"


def test_a_step_that_finds_the_lock_lost_does_not_begin(tmp_path: Path, database: str) -> None:
    """The server was restarted, or the network was gone: another refresh may have taken the lock since."""
    import psycopg2

    lock = WriterLock(tmp_path, 0, database)
    begun = []
    with lock.held(print):
        with psycopg2.connect(database) as other, other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bilateral'")
        other.close()
        for _ in range(2):
            with pytest.raises(BilateralError, match="was lost"), lock.held(print):
                begun.append("a step")
    assert begun == []
    with lock.held(print):
        begun.append("the next refresh")
    assert begun == ["the next refresh"]


def test_a_process_that_knows_only_of_the_file_writes_nothing_beside_those_that_ask_the_database(
    tmp_path: Path, database: str
) -> None:
    with WriterLock(tmp_path, 0, database).held(print):
        pass
    with pytest.raises(BilateralError, match="set BILATERAL_LOCK as for the others"), WriterLock(tmp_path, 0).held(print):
        pass


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgresql://somebody:s3cret-w0rd@127.0.0.1:{port}/nothing", "Connection refused"),
        ("postgresql://somebody:s3cret-w0rd%zz@127.0.0.1:{port}/nothing", "its address is not one"),
    ],
)
def test_a_database_that_cannot_be_used_is_named_without_its_password(tmp_path: Path, address: str, said: str) -> None:
    with (
        pytest.raises(BilateralError, match="BILATERAL_LOCK cannot be used") as refused,
        WriterLock(tmp_path, 0, address.format(port=free_port())).held(print),
    ):
        pass
    assert said in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_a_warehouse_keeps_its_number_and_two_have_different_ones(tmp_path: Path) -> None:
    first = id_of(tmp_path / "one")
    assert id_of(tmp_path / "one") == first
    assert id_of(tmp_path / "two") != first
    assert [path.name for path in (tmp_path / "one").iterdir()] == [".warehouse-id"]
