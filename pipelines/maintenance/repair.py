"""Making again what is damaged, from the layer before; raw, which nothing is before, is taken out of use and named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from pipelines.ingest.raw_files import DamagedRaw
from pipelines.maintenance.verify import Finding
from pipelines.services.publish import Publish
from pipelines.services.transform import Transform
from pipelines.services.warehouse import Warehouse


def repair(warehouse: Warehouse, findings: Sequence[Finding], run_id: str) -> list[str]:
    """Mend what can be mended; return what was done, in sentences.

    Args:
        warehouse: which one.
        findings: what ``pipelines.maintenance.verify`` found.
        run_id: what a build that is made for it is called.
    """
    done = []
    with warehouse.lock():
        damaged = {(f.damage.source, f.damage.snapshot): f.damage for f in findings if f.damage is not None}
        done += [_set_aside(warehouse, damage) for damage in damaged.values()]
        done += _stage(warehouse, [f for f in findings if f.layer == "staged"])
        damaged_cores = {f.of[0] for f in findings if f.layer == "core"}
        domains = [domain for domain in warehouse.packages if domain in damaged_cores]  # reference tables first
        for domain in domains:
            for code in warehouse.packages[domain].sources:
                Transform(warehouse).stage(code.source)
            before = len(warehouse.report.not_promoted)
            Transform(warehouse).fold(domain)
            held = warehouse.report.not_promoted[before:]
            done.append(f"core/{domain} was folded again" + (f", and not promoted: {'; '.join(held)}" if held else ""))
        is_damaged = any(f.layer == "published" for f in findings)
        if domains or is_damaged:
            Publish(warehouse).build(run_id, anew=is_damaged)
            if warehouse.report.blocked:
                done.append("the build did not pass its checks and was not published: see 'bilateral status'")
            elif Publish(warehouse).publish():
                done.append(f"{warehouse.settings.published.name} was built again from core and published")
    return done


def _set_aside(warehouse: Warehouse, damage: DamagedRaw) -> str:
    name = f"raw/{damage.source}/{damage.snapshot}"
    if not (warehouse.raw.root / damage.source / damage.snapshot).exists():
        return f"{name} was taken out of use"
    aside = warehouse.raw.set_aside(damage)
    return f"{name} was taken out of use: it lies in {aside.relative_to(warehouse.folder)} until it is restored"


def _stage(warehouse: Warehouse, findings: Sequence[Finding]) -> list[str]:
    """Read damaged staged snapshots again from raw."""
    of_source: dict[str, set[str]] = defaultdict(set)
    for finding in findings:
        of_source[finding.of[0]].add(finding.of[1])
    done = []
    for source, names in sorted(of_source.items()):
        held = set(warehouse.raw.snapshots(source)) if source in warehouse.sources else set()
        for name in sorted(names - held):
            warehouse.staged.remove(source, name)
            done.append(f"staged/{source}/{name} was removed: raw holds no such snapshot")
        if again := sorted(names & held):
            try:
                Transform(warehouse).stage_again(source, again)
                done.append(f"staged/{source}: {len(again):,} snapshots were read again from raw ({', '.join(again[:5])})")
            except DamagedRaw as damage:
                done += [f"staged/{source} could not be read again: {damage}", _set_aside(warehouse, damage)]
    return done
