"""The sources of this room, as the layers run them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from assets.contract import Across, Folded, Judge, Room, SourceCode, Stage
from assets.sanctions import parties
from assets.sanctions.history.compared import fold_compared
from assets.sanctions.history.mirrors import TABLE as MIRRORS
from assets.sanctions.history.mirrors import fold_mirror, fold_record
from assets.sanctions.history.stated import TABLES as STATED
from assets.sanctions.history.stated import fold_stated
from assets.sanctions.lists.cn import measures as cn_measures
from assets.sanctions.lists.eu import financial_sanctions as eu_list
from assets.sanctions.lists.gb import uk_sanctions as uk_list
from assets.sanctions.lists.un import consolidated as un_list
from assets.sanctions.lists.us_bis import denied_persons as dpl
from assets.sanctions.lists.us_bis import ecfr, entity_list
from assets.sanctions.lists.us_dhs import uflpa
from assets.sanctions.lists.us_dod import section_1260h as dod_1260h
from assets.sanctions.lists.us_ita import csl
from assets.sanctions.lists.us_ofac import delta as ofac_delta
from assets.sanctions.lists.us_ofac import ns_cmic
from assets.sanctions.reading.gather import judge_list, judge_named
from assets.sanctions.reading.shape import DETAILS

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


def room() -> Room:
    """The room: its lists, and what is decided across them (which listings are one party)."""
    return Room("sanctions", SOURCES, Across(parties.TABLES, parties.decide))
