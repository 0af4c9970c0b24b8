"""Making again what is damaged, from the layer before; raw, which nothing is before, is taken out of use and named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.ingest.raw_files import DamagedRaw
from pipelines.maintenance.verify import Finding

if TYPE_CHECKING:
    from pipelines.project import Project


def mend(project: Project, findings: Sequence[Finding], run_id: str) -> list[str]:
    """Mend what can be mended; return what was done, in sentences.

    Args:
        project: the warehouse.
        findings: what ``pipelines.maintenance.verify`` found.
        run_id: what a build that is made for it is called.
    """
    done = []
    with project.lock():
        damaged = {(f.damage.source, f.damage.snapshot): f.damage for f in findings if f.damage is not None}
        done += [_set_aside(project, damage) for damage in damaged.values()]
        done += _stage(project, [f for f in findings if f.layer == "staged"])
        damaged_cores = {f.of[0] for f in findings if f.layer == "core"}
        domains = [domain for domain in project.packages if domain in damaged_cores]  # reference tables first
        for domain in domains:
            for code in project.packages[domain].sources:
                project.stage(code.source)
            before = len(project.report.held_back)
            project.fold(domain)
            held = project.report.held_back[before:]
            done.append(f"core/{domain} was folded again" + (f", and held back: {'; '.join(held)}" if held else ""))
        is_damaged = any(f.layer == "published" for f in findings)
        if domains or is_damaged:
            project.build(run_id, anew=is_damaged)
            if project.report.blocked:
                done.append("the build did not pass its checks and was not published: see 'bilateral status'")
            elif project.publish():
                done.append(f"{project.settings.published.name} was built again from core and published")
    return done


def _set_aside(project: Project, damage: DamagedRaw) -> str:
    name = f"raw/{damage.source}/{damage.snapshot}"
    if not (project.raw.root / damage.source / damage.snapshot).exists():
        return f"{name} was taken out of use"
    aside = project.raw.set_aside(damage)
    return f"{name} was taken out of use: it lies in {aside.relative_to(project.folder)} until it is restored"


def _stage(project: Project, findings: Sequence[Finding]) -> list[str]:
    """Read damaged staged snapshots again from raw."""
    of_source: dict[str, set[str]] = defaultdict(set)
    for finding in findings:
        of_source[finding.of[0]].add(finding.of[1])
    done = []
    for source, names in sorted(of_source.items()):
        held = set(project.raw.snapshots(source)) if source in project.sources else set()
        for name in sorted(names - held):
            project.staged.remove(source, name)
            done.append(f"staged/{source}/{name} was removed: raw holds no such snapshot")
        if again := sorted(names & held):
            try:
                project.stage_again(source, again)
                done.append(f"staged/{source}: {len(again):,} snapshots were read again from raw ({', '.join(again[:5])})")
            except DamagedRaw as damage:
                done += [f"staged/{source} could not be read again: {damage}", _set_aside(project, damage)]
    return done
