"""What a refresh did, for its summary and its exit code."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.layers.manifest import NewSnapshot
    from pipelines.publish.audit import Validation


@dataclass
class Report:
    """What a refresh did.

    ``left_out``: what a real origin could not give while the sample still stood; nothing was published of it.
    ``idle_corrections``: corrections that no longer find what they expect in the newest snapshot of their source.
    """

    new: list[NewSnapshot] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    held_back: list[str] = field(default_factory=list)
    set_aside: list[str] = field(default_factory=list)
    idle_corrections: list[str] = field(default_factory=list)
    folded: list[str] = field(default_factory=list)
    validations: list[Validation] = field(default_factory=list)
    published: bool = False
    blocked: bool = False

    @property
    def exit_code(self) -> int:
        """0: published, or nothing new; 1: not published; 3: published, but something failed, was refused or set aside."""
        bad = any(n.verdict in ("quarantined", "failed") for n in self.new)
        kept = self.held_back or self.left_out or self.set_aside
        trouble = bool(self.problems or kept or self.idle_corrections or bad)
        if self.blocked or ((self.held_back or self.left_out) and not self.published):
            return 1
        return 3 if trouble else 0
