"""The sources of the policy domain, as the runner finds them."""

from __future__ import annotations

from functools import partial

from assets.contracts import CrossSource, DomainPackage, SourceCode
from assets.history import fold_whole
from assets.policy import tariffs, un_votes


def package() -> DomainPackage:
    """The domain: votes in the United Nations, and duties."""
    source = SourceCode(
        source=un_votes.SOURCE,
        tables=tuple(un_votes.TABLES),
        stage=un_votes.stage,
        fold=partial(fold_whole, un_votes.SOURCE, un_votes.TABLES),
        frames=un_votes.STAGED,
    )
    return DomainPackage("policy", (source,), CrossSource(tariffs.TABLES, tariffs.tables))
