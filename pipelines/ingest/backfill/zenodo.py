"""The versions of a deposit at Zenodo, by its records API (https://developers.zenodo.org/#records).

``/api/records/<id>/versions`` gives ``hits.hits``, each with ``created`` and ``files`` (``key``, ``size``, ``checksum: md5:...``,
``links.self``), and ``links.next`` where there are more. A deposit's files were there when it was created, perhaps earlier.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any

from assets.errors import BilateralError
from pipelines.ingest.archive import plain_name
from pipelines.ingest.attempts import Basis, Http
from pipelines.ingest.backfill import Copy
from pipelines.ingest.fetch.http import Failure, Requester

ZENODO = "https://zenodo.org"
_RECORD_BYTES = 20_000_000
_MOST_PAGES = 50


class Deposit:
    """The files of the versions of a deposit whose names match a pattern."""

    basis: Basis = "deposit"

    def __init__(self, asker: Requester, record: str, pattern: str, pause_s: float, base: str = ZENODO) -> None:
        """Ask nothing yet. ``record``: the id of any version; ``asker`` asks the host of ``base`` and no other."""
        self._asker, self._record, self._pattern, self.pause_s, self._base = asker, record, pattern, pause_s, base

    def copies(self) -> tuple[list[Copy], list[str]]:
        """The files of all versions. Raises BilateralError where they are not told."""
        url: object = f"{self._base}/api/records/{self._record}/versions"
        found: list[Copy] = []
        n_versions, others = 0, set[str]()
        try:
            for _ in range(_MOST_PAGES):
                if not isinstance(url, str):
                    break
                content = json.loads(self._asker.ask(url, _RECORD_BYTES).body or b"")
                for version in content["hits"]["hits"]:
                    n_versions += 1
                    created = datetime.fromisoformat(version["created"])
                    utc = created if created.tzinfo is None else created.astimezone(UTC)
                    moment = utc.replace(tzinfo=None, microsecond=0)
                    for file in version.get("files") or ():
                        copy = _copy(file, moment)
                        name = plain_name(copy.name, self._asker.source)
                        if fnmatchcase(copy.name, self._pattern) and self._asker.source.declared_name(name) is not None:
                            found.append(copy)
                        else:
                            others.add(copy.name)
                url = content.get("links", {}).get("next")
        except Failure as failure:
            raise BilateralError(f"the versions of record {self._record}: {failure.reason}. Nothing was changed.") from None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
            raise BilateralError(
                f"record {self._record}: the answer is not what Zenodo documents. Nothing was changed."
            ) from None
        said = [f"record {self._record}: {n_versions:,} versions, {len(found):,} files"]
        return found, said + ([f"left out: {', '.join(sorted(others)[:5])}"] if others else [])

    def read(self, copy: Copy, limit: int) -> tuple[bytes, Http]:
        """The bytes of a file. Raises Failure, also where they have not the checksum that is stated."""
        answer = self._asker.ask(copy.place, limit)
        data = answer.body or b""
        kind, _, stated = (copy.digest or "").partition(":")
        if kind == "md5" and hashlib.md5(data, usedforsecurity=False).hexdigest() != stated.casefold():
            raise Failure(f"{copy.name}: {len(data):,} bytes that have not the stated MD5 {stated[:40]}", http=answer.http)
        return data, answer.http


def _copy(file: dict[str, Any], moment: datetime) -> Copy:
    size = file.get("size")
    return Copy(
        moment, str(file["key"]), str(file["links"]["self"]), size if isinstance(size, int) else None, str(file["checksum"])
    )
