"""The sources of this room, as the layers run them."""

from __future__ import annotations

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
    ofac_xml,
    parties,
    transcribed,
    uk_list,
    un_list,
)
from assets.sanctions.collected import judge_list
from assets.sanctions.listings import fold_compared
from assets.sanctions.mirrors import TABLE as MIRRORS
from assets.sanctions.mirrors import fold_mirror, fold_record
from assets.sanctions.remarks import details_of
from assets.sanctions.shape import DETAILS
from assets.sanctions.stated import TABLES as STATED
from assets.sanctions.stated import fold_stated
from pipelines.contract import Across, SourceCode

EVERY = ("sanction_lists", "sanction_listings", "sanction_programs", *(f"sanction_{n}" for n in DETAILS), "sanction_events")
"""What a list staged in the shape of the room fills."""

SOURCES: tuple[SourceCode, ...] = (
    SourceCode(
        source="us_ofac_sdn",
        tables=(*EVERY, "program_aliases"),
        stage=partial(ofac_xml.stage, "us_ofac_sdn"),
        fold=partial(fold_compared, "us_ofac_sdn", read_remarks=details_of),
        judge=ofac_xml.judge,
        takes_repeats=True,
    ),
    SourceCode(
        source="us_ofac_cons",
        tables=EVERY,
        stage=partial(ofac_xml.stage, "us_ofac_cons"),
        fold=partial(fold_compared, "us_ofac_cons", read_remarks=details_of),
        judge=ofac_xml.judge,
        takes_repeats=True,
    ),
    SourceCode(
        source="us_bis_entity_list",
        tables=STATED,
        stage=entity_list.stage,
        fold=partial(fold_stated, "us_bis_entity_list"),
        judge=entity_list.judge,
        takes_repeats=True,
    ),
    SourceCode(
        source="us_bis_meu",
        tables=STATED,
        stage=partial(ecfr.stage_list, supplement=ecfr.MILITARY_END_USERS, list_id="bis-meu"),
        fold=partial(fold_stated, "us_bis_meu"),
        judge=ecfr.judge_texts,
        takes_repeats=True,
    ),
    SourceCode(
        source="us_bis_uvl",
        tables=STATED,
        stage=partial(ecfr.stage_list, supplement=ecfr.UNVERIFIED_LIST, list_id="bis-uvl"),
        fold=partial(fold_stated, "us_bis_uvl"),
        judge=ecfr.judge_texts,
        takes_repeats=True,
    ),
    SourceCode(
        source="us_dhs_uflpa",
        tables=STATED,
        stage=partial(ecfr.stage_list, supplement=None, list_id="dhs-uflpa"),
        fold=partial(fold_stated, "us_dhs_uflpa"),
        judge=ecfr.judge_texts,
        takes_repeats=True,
    ),
    SourceCode(
        source="us_csl",
        tables=(*EVERY, MIRRORS),
        stage=csl.stage,
        fold=partial(fold_mirror, "us_csl"),
        judge=csl.judge,
        takes_repeats=True,
    ),
    SourceCode(
        source="us_bis_dpl",
        tables=EVERY,
        stage=dpl.stage,
        fold=partial(fold_compared, "us_bis_dpl"),
        judge=dpl.judge,
        takes_repeats=True,
    ),
    SourceCode(
        source="us_dod_1260h",
        tables=EVERY,
        stage=dod_1260h.stage,
        fold=partial(fold_compared, "us_dod_1260h"),
        judge=transcribed.judge,
        takes_repeats=True,
    ),
    SourceCode(
        source="us_ofac_cmic",
        tables=(*EVERY, MIRRORS),
        stage=ns_cmic.stage,
        fold=partial(fold_mirror, "us_ofac_cmic"),
        judge=transcribed.judge,
        takes_repeats=True,
    ),
    SourceCode(
        source="cn_countermeasures",
        tables=(*EVERY, MIRRORS),
        stage=cn_measures.stage_countermeasures,
        fold=partial(fold_record, "cn_countermeasures"),
        judge=cn_measures.judge,
        takes_repeats=True,
    ),
    SourceCode(
        source="cn_mofcom",
        tables=(*EVERY, MIRRORS),
        stage=cn_measures.stage_mofcom,
        fold=partial(fold_record, "cn_mofcom"),
        judge=cn_measures.judge,
        takes_repeats=True,
    ),
    *(
        SourceCode(
            source=list_id, tables=EVERY, stage=stage, fold=partial(fold_compared, list_id), judge=judge_list, takes_repeats=True
        )
        for list_id, stage in (("un_sc", un_list.stage), ("eu_fsf", eu_list.stage), ("gb_sanctions", uk_list.stage))
    ),
)

ACROSS = Across(parties.TABLES, parties.decide)
