"""OFAC's two lists, the SDN List and all others: which format a file is in is seen from its content."""

from __future__ import annotations

from functools import partial

from assets.sanctions.lists.us_ofac import delta

READERS = {name: (partial(delta.stage, name), delta.judge) for name in ("us_ofac_sdn", "us_ofac_cons")}
"""By source: how its bytes are read, and how a snapshot is judged."""
