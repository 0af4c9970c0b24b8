"""What a process keeps of the memory that it has freed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pipelines.allocator import give_back

KEPT = """
from threading import Thread
from pipelines.allocator import give_back

def kept_mb():
    return int(open("/proc/self/status").read().split("VmRSS:")[1].split()[0]) / 1024

def work():
    size, large = 1e6, 3e7
    len(b"x" * int(large))  # from here on glibc puts smaller blocks into a pool
    blocks = [(b"x" * int(size), b"x" * 5_000) for _ in range(100)]
    held.extend(small for _, small in blocks)  # something that stays lies behind each of them

held = []
thread = Thread(target=work)
thread.start()
thread.join()
before = kept_mb()
give_back()
print(before - kept_mb())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux") or not give_back(), reason="not the library of C of GNU")
def test_what_a_thread_freed_goes_back_to_the_system() -> None:
    said = subprocess.run([sys.executable, "-c", KEPT], capture_output=True, text=True, check=True)
    assert float(said.stdout) > 50
