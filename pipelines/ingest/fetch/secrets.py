"""What must be told to a server and to nobody else: the token of a setting, and keys in the addresses of a user's own feeds.

Receipts, tables, messages and ``refresh.log`` are read by others, and all that a fetcher finds goes into them. So whatever it
finds passes a veil that knows the secrets and puts ``***`` in their place, wherever a library or a server repeats them.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, quote_plus, unquote, urlsplit

from pipelines.ingest.receipts import Finding, Gap, Note
from pipelines.settings import FetchSettings

HIDDEN = "***"
_SECRET_NAME = re.compile(r"key|token|secret|passw|pwd|auth|sig|cred|session|access", re.IGNORECASE)
_SHORTEST = 4
"""Characters of a secret: to hide every ``1`` would hide the message."""


def secrets_in(address: str) -> set[str]:
    """The user and password of an address, and values of parameters named as secrets, each as written and as meant."""
    try:
        parts = urlsplit(address)
        named = [value for name, value in parse_qsl(parts.query) if _SECRET_NAME.search(name)]
        found = {*named, parts.username or "", parts.password or ""}
    except ValueError:
        return set()
    written = {pair.partition("=")[2] for pair in parts.query.split("&") if _SECRET_NAME.search(pair.partition("=")[0])}
    return {text for text in {*found, *written, *map(unquote, found)} if len(text) >= _SHORTEST}


@dataclass(frozen=True)
class Veil:
    """Hides secrets in what is found. The longest first: one may be part of another."""

    secrets: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: FetchSettings, addresses: Iterable[str] = ()) -> Veil:
        """The veil over the settings and these addresses."""
        # a library may write a token as Python does or as an address does, and shorten the blanks around it
        found = {s for address in addresses for s in secrets_in(address)}
        for token in filter(None, (settings.socrata_token, settings.census_key)):
            found |= {token, token.strip(), repr(token)[1:-1], quote_plus(token)}
        return cls(tuple(sorted((s for s in found if len(s) >= _SHORTEST), key=lambda s: (-len(s), s))))

    def text(self, text: str) -> str:
        """The text without the secrets."""
        for secret in self.secrets:
            text = text.replace(secret, HIDDEN)
        return text

    def fault(self) -> str:
        """The traceback of the exception that is handled, without the secrets."""
        return self.text(traceback.format_exc())

    def over(self, finding: Finding) -> Finding:
        """What a fetcher found, without the secrets; bytes stay as served."""
        if not self.secrets or isinstance(finding, Gap):
            return finding
        if isinstance(finding, Note):
            return Note(self.text(finding.text))
        return replace(
            finding,
            reason=None if finding.reason is None else self.text(finding.reason),
            warnings=tuple(map(self.text, finding.warnings)),
            http={name: replace(http, url=self.text(http.url)) for name, http in finding.http.items()},
        )
