"""The list of the United Nations Security Council."""

from pathlib import Path

import polars as pl
import pytest

from assets.contracts import RowGuard, Staged, StagedInfo
from assets.sanctions.lists.un import consolidated as un_list
from assets.sanctions.reading.gather import judge_list
from tests.sanctions.conftest import holds, info, refuses, unpacked, xml

INDIVIDUAL = xml(
    """INDIVIDUAL<DATAID: 690; FIRST_NAME: &#32;;&#32;;KIM&#32;;; SECOND_NAME: CHOL
         SAM; THIRD_NAME; UN_LIST_TYPE: DPRK; REFERENCE_NUMBER: &#32;;KPi.056&#32;;; LISTED_ON: 2017-12-22; GENDER: Male;
    NAME_ORIGINAL_SCRIPT: 김철삼; TITLE<VALUE: Mr> DESIGNATION<VALUE: Representative>
    COMMENTS1: Bank representative. INTERPOL-UN Security Council Special Notice web link:https://www.interpol.int/x;
    NATIONALITY<VALUE: Democratic People's Republic of Korea> LAST_DAY_UPDATED<VALUE: 2018-02-01; VALUE: 2020-03-04>
    INDIVIDUAL_ALIAS<QUALITY: Good; ALIAS_NAME: Jin Tie San&#32;;> INDIVIDUAL_ALIAS<QUALITY: Low; ALIAS_NAME: San>
    INDIVIDUAL_ALIAS<QUALITY; ALIAS_NAME> INDIVIDUAL_ADDRESS<CITY: Dalian; COUNTRY: China; NOTE: former>
    INDIVIDUAL_ADDRESS<NOTE: Branch 2: Zhuhai> INDIVIDUAL_DATE_OF_BIRTH<TYPE_OF_DATE: EXACT; DATE: 1971-03-11>
    INDIVIDUAL_DATE_OF_BIRTH<TYPE_OF_DATE: APPROXIMATELY; YEAR: 1972>
    INDIVIDUAL_DATE_OF_BIRTH<TYPE_OF_DATE: BETWEEN; FROM_YEAR: 1969; TO_YEAR: 1973>
    INDIVIDUAL_DATE_OF_BIRTH<NOTE: 30-35 years old>
    INDIVIDUAL_PLACE_OF_BIRTH<CITY: Pyongyang; COUNTRY: Democratic People's Republic of Korea>
    INDIVIDUAL_DOCUMENT<TYPE_OF_DOCUMENT: Passport; NUMBER: 645120378; ISSUING_COUNTRY: China; DATE_OF_ISSUE: 2013-06-11>
    INDIVIDUAL_DOCUMENT>"""
)
ENTITY = xml(
    """ENTITY<DATAID: 691; FIRST_NAME: DAEDONG CREDIT BANK; UN_LIST_TYPE: DPRK; REFERENCE_NUMBER: KPe.023;
    LISTED_ON: 2013-03-07T00:00:00-05:00; ENTITY_ALIAS<QUALITY: a.k.a.; ALIAS_NAME: DCB>
    ENTITY_ALIAS<QUALITY: f.k.a.; ALIAS_NAME: OLD BANK>
    ENTITY_ADDRESS<STREET: Suite 401; CITY: Pyongyang; STATE_PROVINCE: P; COUNTRY: Nowhereland>>"""
)


def made(individuals: str = INDIVIDUAL, entities: str = ENTITY) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<CONSOLIDATED_LIST dateGenerated="2026-02-27T00:00:09.554Z">\n'
        f"  <INDIVIDUALS>{individuals}\n  </INDIVIDUALS>\n  <ENTITIES>{entities}\n  </ENTITIES>\n</CONSOLIDATED_LIST>"
    ).encode()


def staged(data: bytes | None = None) -> Staged:
    return un_list.stage({"consolidated.xml": made() if data is None else data})


@pytest.mark.trap("un_sc", "aliases-and-births")
def test_a_person_and_an_entity_are_read_whole() -> None:
    holds(
        staged(),
        "listings row native_id name party_type programs title remarks listed_on listed_on_basis: "
        "1|KPi.056|KIM CHOL SAM|person|DPRK|Mr; Representative|Bank representative.|2017-12-22|source_field / "
        "2|KPe.023|DAEDONG CREDIT BANK|entity|DPRK|-|-|2013-03-07|source_field",
        "names native_id name kind quality: KPi.056|김철삼|aka|strong / KPi.056|Jin Tie San|aka|strong / "
        "KPi.056|San|aka|weak / KPe.023|DCB|aka|strong / KPe.023|OLD BANK|fka|strong",
        "birth_dates born born_from born_before precision is_circa: 11 Mar 1971|1971-03-11|1971-03-12|day|False / "
        "circa 1972|1972-01-01|1973-01-01|year|True / 1969 to 1973|1969-01-01|1974-01-01|interval|False",
        "countries native_id country_id basis: KPi.056|PRK|nationality / KPi.056|PRK|place_of_birth",
        "addresses address city country_id country_raw note: Dalian, China|Dalian|CHN|China|former / "
        "Branch 2: Zhuhai|-|-|-|- / Suite 401, Pyongyang, P, Nowhereland|Pyongyang, P|-|Nowhereland|-",
        "birth_places place country_id: Pyongyang, Democratic People's Republic of Korea|PRK",
        "identifiers scheme value country_id note: passport|645120378|CHN|issued 2013-06-11",
        "notes native_id text kind=born: KPi.056|30-35 years old",
        "notes native_id text kind=last_amended: KPi.056|2020-03-04",
    )


def test_parties_without_id_or_name_and_a_repeated_id_are_rejected_and_none_is_taken_as_removed() -> None:
    no_id = INDIVIDUAL.replace("<REFERENCE_NUMBER>&#32;KPi.056&#32;</REFERENCE_NUMBER>", "")
    no_name = ENTITY.replace("DAEDONG CREDIT BANK", " ").replace("KPe.023", "KPe.024")
    found = staged(made(INDIVIDUAL + no_id, ENTITY + ENTITY + no_name))
    holds(
        found,
        "rejects reason: the id is missing / the id stands in an earlier row / the name is empty",
        "facts n_illegible unreadable_ids: 1|['KPe.024']",
    )
    assert (found.n_read, found.n_rejected) == (5, 3)
    refuses(
        staged, ("root element", b"<sdnList><sdnEntry/></sdnList>"), ("no party", made("", "")),
        ("document type", b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + made().split(b"?>", 1)[1]),
    )  # fmt: skip
    refuses(un_list.stage, ("a snapshot is one file", {"a.xml": made(), "b.xml": made()}))


def many(individuals: int, entities: int) -> StagedInfo:
    people = "".join(INDIVIDUAL.replace("KPi.056", f"KPi.{n:03}") for n in range(individuals))
    return info(staged(made(people, "".join(ENTITY.replace("KPe.023", f"KPe.{n:03}") for n in range(entities)))))


@pytest.mark.trap("un_sc", "end-of-a-regime")
def test_a_list_without_its_entities_is_no_mass_delisting() -> None:
    (refusal,) = judge_list(many(150, 0), many(150, 40), RowGuard(0.7, 1.25, 0.01)).refusals
    assert "0 parties of the type entity where the last accepted snapshot had 40" in refusal


def test_what_papers_in_another_name_say_of_the_birth_is_kept_with_the_party() -> None:
    alias = """INDIVIDUAL_ALIAS<QUALITY: Good; ALIAS_NAME: Made Up; DATE_OF_BIRTH: 1979-12-31; CITY_OF_BIRTH: Tunis;
        COUNTRY_OF_BIRTH: Tunisia; NOTE: passport>"""
    holds(
        staged(made(INDIVIDUAL.replace("<INDIVIDUAL_ALIAS>", xml(alias) + "<INDIVIDUAL_ALIAS>", 1))),
        "birth_dates born_from born=1979-12-31: 1979-12-31", "birth_places place country_id=TUN: Tunis, Tunisia",
        "notes text kind=alias: Made Up: passport", "facts unread_elements: {}",
    )  # fmt: skip


def test_known_answer_un_2026(real_data: Path) -> None:
    real = un_list.stage({"x.xml": unpacked(real_data / "sanctions/un/un_consolidated_2026-02-27.xml.gz")})
    assert real.facts["sections"] == {"person": 730, "entity": 273}
    assert [real.facts["programs"][p] for p in ("Al-Qaida", "DPRK", "Iran")] == [341, 155, 121]
    assert (real.facts["n_undated"], real.facts["n_unknown_countries"], real.n_rejected) == (0, 0, 0)
    counts = real.frames["addresses"].group_by("country_id").agg(pl.col("native_id").n_unique())
    assert dict(counts.filter(pl.col("country_id").is_in(["CHN", "HKG"])).rows()) == {"CHN": 6, "HKG": 1}
