"""The list of the United Nations Security Council."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from assets.contracts import RowGuard, Staged, StagedInfo
from assets.errors import Quarantine
from assets.sanctions.lists.un import consolidated as un_list
from assets.sanctions.reading.gather import judge_list
from tests.sanctions.conftest import holds

INDIVIDUAL = """
    <INDIVIDUAL>
      <DATAID>690</DATAID><VERSIONNUM>1</VERSIONNUM>
      <FIRST_NAME>  KIM </FIRST_NAME><SECOND_NAME>CHOL
         SAM</SECOND_NAME><THIRD_NAME/>
      <UN_LIST_TYPE>DPRK</UN_LIST_TYPE><REFERENCE_NUMBER> KPi.056 </REFERENCE_NUMBER><LISTED_ON>2017-12-22</LISTED_ON>
      <GENDER>Male</GENDER><NAME_ORIGINAL_SCRIPT>김철삼</NAME_ORIGINAL_SCRIPT>
      <COMMENTS1>Bank representative. INTERPOL-UN Security Council Special Notice web link:https://www.interpol.int/x</COMMENTS1>
      <TITLE><VALUE>Mr</VALUE></TITLE><DESIGNATION><VALUE>Representative</VALUE></DESIGNATION>
      <NATIONALITY><VALUE>Democratic People's Republic of Korea</VALUE></NATIONALITY>
      <LAST_DAY_UPDATED><VALUE>2018-02-01</VALUE><VALUE>2020-03-04</VALUE></LAST_DAY_UPDATED>
      <INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Jin Tie San </ALIAS_NAME></INDIVIDUAL_ALIAS>
      <INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>San</ALIAS_NAME></INDIVIDUAL_ALIAS>
      <INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>
      <INDIVIDUAL_ADDRESS><CITY>Dalian</CITY><COUNTRY>China</COUNTRY><NOTE>former</NOTE></INDIVIDUAL_ADDRESS>
      <INDIVIDUAL_ADDRESS><NOTE>Branch 2: Zhuhai</NOTE></INDIVIDUAL_ADDRESS>
      <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>1971-03-11</DATE></INDIVIDUAL_DATE_OF_BIRTH>
      <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>APPROXIMATELY</TYPE_OF_DATE><YEAR>1972</YEAR></INDIVIDUAL_DATE_OF_BIRTH>
      <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1969</FROM_YEAR><TO_YEAR>1973</TO_YEAR>
      </INDIVIDUAL_DATE_OF_BIRTH>
      <INDIVIDUAL_DATE_OF_BIRTH><NOTE>30-35 years old</NOTE></INDIVIDUAL_DATE_OF_BIRTH>
      <INDIVIDUAL_PLACE_OF_BIRTH><CITY>Pyongyang</CITY><COUNTRY>Democratic People's Republic of Korea</COUNTRY>
      </INDIVIDUAL_PLACE_OF_BIRTH>
      <INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Passport</TYPE_OF_DOCUMENT><NUMBER>645120378</NUMBER>
        <ISSUING_COUNTRY>China</ISSUING_COUNTRY><DATE_OF_ISSUE>2013-06-11</DATE_OF_ISSUE></INDIVIDUAL_DOCUMENT>
      <INDIVIDUAL_DOCUMENT/>
    </INDIVIDUAL>"""
ENTITY = """
    <ENTITY>
      <DATAID>691</DATAID><FIRST_NAME>DAEDONG CREDIT BANK</FIRST_NAME>
      <UN_LIST_TYPE>DPRK</UN_LIST_TYPE><REFERENCE_NUMBER>KPe.023</REFERENCE_NUMBER><LISTED_ON>2013-03-07T00:00:00-05:00</LISTED_ON>
      <ENTITY_ALIAS><QUALITY>a.k.a.</QUALITY><ALIAS_NAME>DCB</ALIAS_NAME></ENTITY_ALIAS>
      <ENTITY_ALIAS><QUALITY>f.k.a.</QUALITY><ALIAS_NAME>OLD BANK</ALIAS_NAME></ENTITY_ALIAS>
      <ENTITY_ADDRESS><STREET>Suite 401</STREET><CITY>Pyongyang</CITY><STATE_PROVINCE>P</STATE_PROVINCE>
        <COUNTRY>Nowhereland</COUNTRY></ENTITY_ADDRESS>
    </ENTITY>"""


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
    no_id = INDIVIDUAL.replace("<REFERENCE_NUMBER> KPi.056 </REFERENCE_NUMBER>", "")
    no_name = ENTITY.replace("DAEDONG CREDIT BANK", " ").replace("KPe.023", "KPe.024")
    found = staged(made(INDIVIDUAL + no_id, ENTITY + ENTITY + no_name))
    holds(
        found,
        "rejects reason: the id is missing / the id stands in an earlier row / the name is empty",
        "facts n_illegible unreadable_ids: 1|['KPe.024']",
    )
    assert (found.n_read, found.n_rejected) == (5, 3)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<sdnList><sdnEntry/></sdnList>", "root element"),
        (made("", ""), "no party"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + made().split(b"?>", 1)[1], "document type"),
    ],
)
def test_another_list_one_without_a_party_and_one_with_a_document_type_are_quarantined(data: bytes, said: str) -> None:
    with pytest.raises(Quarantine, match=said):
        staged(data)


def test_a_snapshot_of_several_files_is_quarantined() -> None:
    with pytest.raises(Quarantine, match="a snapshot is one file"):
        un_list.stage({"a.xml": made(), "b.xml": made()})


def info(found: Staged, when: int = 1) -> StagedInfo:
    return StagedInfo(f"sha-{when}", datetime(2026, 2, when, tzinfo=UTC), found.n_read, found.n_rejected or 0, found.facts)


def many(individuals: int, entities: int) -> Staged:
    return staged(
        made(
            "".join(INDIVIDUAL.replace("KPi.056", f"KPi.{n:03}") for n in range(individuals)),
            "".join(ENTITY.replace("KPe.023", f"KPe.{n:03}") for n in range(entities)),
        )
    )


@pytest.mark.trap("un_sc", "end-of-a-regime")
def test_a_list_without_its_entities_is_no_mass_delisting() -> None:
    before, now = many(150, 40), many(150, 0)
    found = judge_list(info(now, 2), info(before), RowGuard(0.7, 1.25, 0.01))
    assert len(found.refusals) == 1
    assert "0 parties of the type entity where the last accepted snapshot had 40" in found.refusals[0]


def test_what_papers_in_another_name_say_of_the_birth_is_kept_with_the_party() -> None:
    alias = """<INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Made Up</ALIAS_NAME><DATE_OF_BIRTH>1979-12-31</DATE_OF_BIRTH>
      <CITY_OF_BIRTH>Tunis</CITY_OF_BIRTH><COUNTRY_OF_BIRTH>Tunisia</COUNTRY_OF_BIRTH><NOTE>passport</NOTE></INDIVIDUAL_ALIAS>"""
    data = made(INDIVIDUAL.replace("<INDIVIDUAL_ALIAS>", alias + "<INDIVIDUAL_ALIAS>", 1))
    holds(
        staged(data),
        "birth_dates born_from born=1979-12-31: 1979-12-31", "birth_places place country_id=TUN: Tunis, Tunisia",
        "notes text kind=alias: Made Up: passport", "facts unread_elements: {}",
    )  # fmt: skip


@pytest.fixture(scope="module")
def real(real_data: Path) -> Staged:
    data = gzip.decompress((real_data / "sanctions/un/un_consolidated_2026-02-27.xml.gz").read_bytes())
    return un_list.stage({"un_consolidated_2026-02-27.xml": data})


@pytest.mark.real_data
def test_known_answer_un_2026(real: Staged) -> None:
    assert real.facts["sections"] == {"person": 730, "entity": 273}
    assert [real.facts["programs"][p] for p in ("Al-Qaida", "DPRK", "Iran")] == [341, 155, 121]
    assert (real.facts["n_undated"], real.facts["n_unknown_countries"], real.n_rejected) == (0, 0, 0)
    counts = real.frames["addresses"].group_by("country_id").agg(pl.col("native_id").n_unique())
    assert dict(counts.filter(pl.col("country_id").is_in(["CHN", "HKG"])).rows()) == {"CHN": 6, "HKG": 1}
