"""The event coder alone in a new interpreter: seconds to the first event, sentences a second, memory.

    python -m benchmarks.speed < texts.jsonl

Each line is a text; what is printed is one line of JSON. All seconds are of the processor.
"""

from __future__ import annotations

import time

from assets.news.coding.coder import EventCoder
from assets.news.coding.interface import Text


def main() -> None:
    """Code one sentence, then those of standard input."""
    coder = EventCoder()
    _, events = next(iter(coder.code([Text(0, "France sanctioned Mali.")])))
    first = time.process_time()
    assert events
    import json
    import sys
    from pathlib import Path

    texts = [Text(number, json.loads(line)) for number, line in enumerate(sys.stdin)]
    list(coder.code(texts[:64]))
    began = time.process_time()
    list(coder.code(texts))
    spent = time.process_time() - began
    # of this program alone: what getrusage says begins with the peak of the process that started it
    status = Path("/proc/self/status").read_text(encoding="ascii")
    memory = int(status.split("VmHWM:")[1].split()[0]) / 1024
    print(json.dumps({"first_s": first, "rate": len(texts) / spent, "memory_mb": memory}))


if __name__ == "__main__":
    main()
