"""Whatever the bytes: what every parser promises, for tests that damage files.

A snapshot is refused as a whole with a reason (``Quarantine``), or each of its rows is read or rejected; nothing else escapes.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from assets.contracts import REJECTS, Staged
from assets.errors import Quarantine

HOSTILE_JSON: tuple[Any, ...] = (
    "\ud800", "a\udfff", 10**30, -(10**400), 1e308, float("inf"), float("nan"), True, None, [], {}, [[["x"]]], "", "\0",
    "2026-02-30", 2**63, {"a": "\ud800"}, "a.k.a. " * 50,
)  # fmt: skip
"""Values that JSON can write and a table cannot hold, or that stand where others are expected."""


@st.composite
def damaged(draw: st.DrawFn, *files: bytes) -> bytes:
    """One of some files, in which a part of at most 200 bytes gave way to at most 20 others."""
    whole = draw(st.sampled_from(files))
    start = draw(st.integers(0, len(whole)))
    end = draw(st.integers(start, min(len(whole), start + 200)))
    return whole[:start] + draw(st.binary(max_size=20)) + whole[end:]


def staged_or_none(stage: Callable[..., Staged], files: Mapping[str, bytes], *more: Any, **named: Any) -> Staged | None:
    """Stage files and hold the result to what every source promises; None where they are refused with a reason.

    Raises:
        AssertionError: where the result is not what the contract says.
        Exception: whatever else leaves the parser: a fault.
    """
    try:
        staged = stage(files, *more, **named)
    except Quarantine as refusal:
        reason = str(refusal)
        if not reason.encode():
            raise AssertionError("a refusal without a reason") from refusal
        return None
    assert staged.rejects.schema == REJECTS
    assert (staged.rejects.height if staged.n_rejected is None else staged.n_rejected) >= 0
    assert staged.n_read >= 0
    json.dumps(staged.facts, ensure_ascii=False).encode()
    if "listings" in staged.frames:
        ids = staged.frames["listings"]["native_id"]
        assert ids.is_unique().all()
        assert not ids.has_nulls()
    return staged
