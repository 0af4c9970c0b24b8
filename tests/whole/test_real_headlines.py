"""Labels of real headlines: known actors and codes, one line at least a headline, and what two readers agree on."""

import csv

from assets.actors.registry import actors, cameo_codes
from benchmarks import headlines
from benchmarks.scoring import Expected


def rows() -> list[dict[str, str]]:
    with headlines.LABELS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_labels_name_actors_and_codes_that_exist() -> None:
    known, codes = set(actors()["actor_id"]), set(cameo_codes()["cameo_code"])
    seen = [r for r in rows() if r["source_id"]]
    assert {r[side] for r in seen for side in ("source_id", "target_id")} <= known
    assert {c for r in seen for c in r["cameo_codes"].split("/")} <= codes
    assert all(r["source_id"] != r["target_id"] for r in seen)


def test_agreement_counts_pairs_of_which_both_are_sure() -> None:
    a = {"h": [Expected("USA", "RUS", "COERCE", frozenset({"COERCE"})), Expected("RUS", "UKR", "ASSAULT", frozenset())]}
    b = {
        "h": [
            Expected("USA", "RUS", "SANCTION", frozenset({"SANCTION"})),
            Expected("RUS", "UKR", "ASSAULT", frozenset({"ASSAULT"})),
        ]
    }
    assert headlines.agreement(a, b, ["h", "i"]) == (1, 0, 0)
    assert headlines.agreement(a, {}, ["h"]) == (0, 1, 0)
