"""What a refresh did, for its summary and its exit code."""

from __future__ import annotations

import json
import shutil
import uuid
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.util.atomic_files import write_json

if TYPE_CHECKING:
    from pipelines.checks.validations import Validation
    from pipelines.storage.manifest import NewSnapshot

FOLDER = ".reports"
"""In the folder of the warehouse, what the processes of runs that are not over have reported."""


@dataclass
class Report:
    """What a refresh did; ``idle_corrections``: those that no longer find what they expect in their newest snapshot."""

    new: list[NewSnapshot] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    not_promoted: list[str] = field(default_factory=list)
    quarantined_rows: list[str] = field(default_factory=list)
    idle_corrections: list[str] = field(default_factory=list)
    folded: list[str] = field(default_factory=list)
    validations: list[Validation] = field(default_factory=list)
    published: bool = False
    blocked: bool = False

    @property
    def exit_code(self) -> int:
        """0: published, or nothing new; 1: not published; 3: published, but something failed, was refused or set aside."""
        bad = any(n.verdict in ("quarantined", "failed") for n in self.new)
        kept = self.not_promoted or self.quarantined_rows
        trouble = bool(self.problems or kept or self.idle_corrections or bad)
        if self.blocked or (self.not_promoted and not self.published):
            return 1
        return 3 if trouble else 0

    def add(self, other: Report) -> None:
        """Take over what another report says and this one does not."""
        for name, value in vars(other).items():
            mine = getattr(self, name)
            setattr(self, name, mine + [v for v in value if v not in mine] if isinstance(value, list) else mine or value)


def keep(folder: Path, run: str, report: Report) -> None:
    """Keep what a process has reported of a run, for its other processes and for whoever tells of the run at its end."""
    at = folder / FOLDER / run
    at.mkdir(parents=True, exist_ok=True)
    write_json(at / f"{uuid.uuid4().hex}.json", asdict(report))


def kept(folder: Path, run: str, *, remove: bool = False) -> Report:
    """What the processes of a run have reported so far."""
    found = Report()
    for path in sorted((folder / FOLDER / run).glob("*.json")):
        found.add(_read(json.loads(path.read_text(encoding="utf-8"))))
    if remove:
        shutil.rmtree(folder / FOLDER / run, ignore_errors=True)
    return found


def _read(entry: dict[str, Any]) -> Report:
    # late: a report is made where nothing is validated, too
    from pipelines.checks.validations import Validation
    from pipelines.storage.manifest import NewSnapshot

    new, validations = entry.pop("new"), entry.pop("validations")
    return Report(**entry, new=[NewSnapshot(**n) for n in new], validations=[Validation(**v) for v in validations])
