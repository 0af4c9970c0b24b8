"""The sources of the policy domain, as the runner finds them."""

from __future__ import annotations

from functools import partial

from assets.contracts import CrossSource, DomainPackage, SourceCode
from assets.history import fold_whole
from assets.policy import roll_calls, tariffs, un_votes


def package() -> DomainPackage:
    """The domain: votes in the United Nations, and duties."""
    sources = tuple(
        SourceCode(
            source=of.SOURCE,
            tables=tuple(of.TABLES),
            stage=of.stage,
            fold=partial(fold_whole, of.SOURCE, of.TABLES),
            frames=of.STAGED,
        )
        for of in (un_votes, roll_calls)
    )
    return DomainPackage("policy", sources, CrossSource(tariffs.TABLES, tariffs.tables))
