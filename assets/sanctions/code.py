"""The sources of this room, as the layers run them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from assets.sanctions import (
    cn_measures,
    csl,
    dod_1260h,
    dpl,
    ecfr,
    entity_list,
    eu_list,
    ns_cmic,
    ofac_delta,
    parties,
    uflpa,
    uk_list,
    un_list,
)
from assets.sanctions.collected import judge_list, judge_named
from assets.sanctions.listings import fold_compared
from assets.sanctions.mirrors import TABLE as MIRRORS
from assets.sanctions.mirrors import fold_mirror, fold_record
from assets.sanctions.shape import DETAILS
from assets.sanctions.stated import TABLES as STATED
from assets.sanctions.stated import fold_stated
from pipelines.contract import Across, Folded, Judge, SourceCode, Stage

EVERY = ("sanction_lists", "sanction_listings", "sanction_programs", *(f"sanction_{n}" for n in DETAILS), "sanction_events")
"""What a list staged in the shape of the room fills."""


def _list(
    source: str, stage: Stage, judge: Judge, fold: Callable[..., Folded] = fold_compared, tables: tuple[str, ...] = EVERY
) -> SourceCode:
    """A list of parties. An unchanged edition says that nobody came or went, so it is taken in too."""
    return SourceCode(source, tables, stage, partial(fold, source), judge, takes_repeats=True)


SOURCES: tuple[SourceCode, ...] = (
    _list(
        "us_ofac_sdn", partial(ofac_delta.stage, "us_ofac_sdn"), ofac_delta.judge, ofac_delta.fold, (*EVERY, "program_aliases")
    ),
    _list("us_ofac_cons", partial(ofac_delta.stage, "us_ofac_cons"), ofac_delta.judge, ofac_delta.fold),
    _list("us_bis_entity_list", entity_list.stage, entity_list.judge, fold_stated, STATED),
    *(
        _list(source, partial(ecfr.stage_list, supplement=number, list_id=name), ecfr.judge_texts, fold_stated, STATED)
        for source, number, name in (
            ("us_bis_meu", ecfr.MILITARY_END_USERS, "bis-meu"),
            ("us_bis_uvl", ecfr.UNVERIFIED_LIST, "bis-uvl"),
        )
    ),
    _list("us_dhs_uflpa", uflpa.stage, ecfr.judge_texts, fold_stated, STATED),
    _list("us_csl", csl.stage, csl.judge, fold_mirror, (*EVERY, MIRRORS)),
    _list("us_bis_dpl", dpl.stage, judge_named),
    _list("us_dod_1260h", dod_1260h.stage, judge_named),
    _list("us_ofac_cmic", ns_cmic.stage, judge_named, fold_mirror, (*EVERY, MIRRORS)),
    _list("cn_countermeasures", cn_measures.stage_countermeasures, cn_measures.judge, fold_record, (*EVERY, MIRRORS)),
    _list("cn_mofcom", cn_measures.stage_mofcom, cn_measures.judge, fold_record, (*EVERY, MIRRORS)),
    _list("un_sc", un_list.stage, judge_list),
    _list("eu_fsf", eu_list.stage, judge_list),
    _list("gb_sanctions", uk_list.stage, judge_list),
)

ACROSS = Across(parties.TABLES, parties.decide)
