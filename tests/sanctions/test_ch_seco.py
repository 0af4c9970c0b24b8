"""Switzerland's list. All targets are made up, in the layout on which public programs and excerpts of real editions agree."""

from datetime import date

import pytest

from assets.contracts import Staged
from assets.sanctions.history.compared.fold import fold_compared
from assets.sanctions.lists.ch import seco
from tests.sanctions.conftest import Memory, holds, refuses, snapshot, xml

PROGRAMS = xml(
    """sanctions-program[ssid=20 version-date=2026-05-21]<program-key[lang=ger]: Weissrussland; program-key[lang=eng]: Belarus;
    program-name[lang=eng]: Ordinance of 16 March 2022 on measures against Belarus (SR 946.231.116.9), annex 5;
    sanctions-set[ssid=21 lang=ger]: Anhang 13; sanctions-set[ssid=21 lang=eng]: annex 13;
    sanctions-set[ssid=22 lang=eng]: articles 16 and 17: capital market; origin: EU>"""
)
LISTED = xml("modification[modification-type=listed publication-date=2022-03-16 effective-date=2022-03-17]")
AMENDED = xml(
    """modification[modification-type=amended publication-date=2023-06-01 effective-date=2023-06-01]<added<
    target[ssid=100]<individual<identity<name<name-part<value: Old Copy>>>>>>>"""
)
DELISTED = xml("modification[modification-type=de-listed publication-date=2024-02-29 effective-date=2024-03-01]")
PERSON = xml(
    """target[ssid=100]<sanctions-set-id: 21; foreign-identifier: QDi.999; individual[sex=male]<identity[ssid=101 main=true]<
    name[name-type=primary-name quality=good lang=eng]<
      name-part[order=3 name-part-type=given-name]<value: Ivan; spelling-variant[lang=BEL script=CYRL]: Іван>
      name-part[order=2 name-part-type=family-name]<value: Madeupov; spelling-variant[lang=RUS script=LATN]: Madeupow;
        spelling-variant[lang=BEL script=CYRL]: Выдумаў> name-part[order=1 name-part-type=title]<value: General>>
    name[name-type=alias quality=low]<name-part[order=1 name-part-type=whole-name]<value: Vanya>>
    name[name-type=formerly-known-as]<name-part[order=1]<value: Ivan Oldname>>
    day-month-year[day=23 month=3 year=1980 calendar=Gregorian quality=good] place-of-birth[place-id=900]
    nationality<country[iso-code=BY]: Belarus> address[place-id=900]<c-o: An Office; 
    address-details: ul. Made Up, 4; zip-code: 220029>
    identification-document[document-type=passport]<number: MP 1234567; issuer[code=BY]: Belarus; expiry-date: 2030-12-31>>
    justification: He is made up.; relation[target-id=200 relation-type=related-to] other-information: Function: none.>listed>"""
).replace("<listed/>", LISTED)
PRIMARY = "identity[main=true]<name[name-type=primary-name]<name-part[order=1 name-part-type=whole-name]<value:"
ENTITY = xml(
    f"""target[ssid=200]<sanctions-set-id: 22; entity<{PRIMARY} Invented Works>>>
    other-information: Registration number: 123456789>listed>"""
).replace("<listed/>", LISTED)
SHIP = xml(
    f"""target[ssid=300]<sanctions-set-id: 21; object[object-type=vessel]<{PRIMARY} Imaginary Star>>>
    other-information: IMO Number: 9000001>listed>"""
).replace("<listed/>", LISTED)
PLACES = xml("place[ssid=900]<location: Minsk; area: Minsk Region; country[iso-code=BY]: Belarus>")


def made(*targets: str, kind: str = "whole-list") -> bytes:
    root = f'<swiss-sanctions-list list-type="{kind}" date="2026-09-28">'
    return f'<?xml version="1.0" encoding="UTF-8"?>{root}{PROGRAMS}{"".join(targets)}{PLACES}</swiss-sanctions-list>'.encode()


def staged(*targets: str) -> Staged:
    return seco.stage({"list.xml": made(*(targets or (PERSON, ENTITY, SHIP)))})


@pytest.mark.trap("ch_seco", "not-every-set-blocks")
@pytest.mark.trap("ch_seco", "order-of-names")
def test_a_person_an_entity_and_a_ship_are_read_whole() -> None:
    ordinance = "Belarus|Ordinance of 16 March 2022 on measures against Belarus (SR 946.231.116.9)"
    holds(
        staged(),
        "listings native_id name party_type title: 100|Madeupov Ivan|person|General / 200|Invented Works|entity|- / "
         "300|Imaginary Star|vessel|-",
        f"listings programs citation: {ordinance} / {ordinance} / {ordinance}", "listings remarks native_id=100: Function: none.",
        "facts published: 2026-09-28", "notes text kind=measure: annex 13 / articles 16 and 17: capital market / annex 13",
        "names name kind quality: Madeupow Ivan|aka|strong / Выдумаў Іван|aka|strong / Vanya|aka|weak / "
         "Ivan Oldname|fka|strong",
        "addresses address city country_id: An Office, ul. Made Up, 4, 220029 Minsk, Minsk Region, Belarus|Minsk|BLR",
        "birth_places place country_id: Minsk, Minsk Region, Belarus|BLR",
        "identifiers native_id scheme value country_id note: 100|passport|MP 1234567|BLR|valid until 2030-12-31 / "
         "100|un_reference|QDi.999|-|- / 200|registration|123456789|-|- / 300|imo|9000001|-|-",
        "links native_id relation linked_name linked_listing_id: 100|related_to|Invented Works|ch_seco:200",
    )  # fmt: skip
    half = PERSON.replace('<spelling-variant lang="BEL" script="CYRL">Іван</spelling-variant>', "")
    holds(staged(half), "names kind quality name=Выдумаў: aka|weak")
    assert staged(PERSON.replace('place-id="900"', 'place-id="901"')).facts["missing"] == {"place": 2, "target": 1}


def test_a_set_may_stand_in_an_attribute_and_one_that_is_not_declared_is_reported() -> None:
    old = SHIP.replace("<sanctions-set-id>21</sanctions-set-id>", "").replace('ssid="300"', 'ssid="300" sanctions-set-id="21"')
    holds(staged(old), "listings programs: Belarus")
    lost = staged(SHIP.replace(">21<", ">77<"), ENTITY)
    holds(lost, "rejects column value: sanctions-set-id|77")
    assert (lost.frames["listings"].height, lost.n_rejected, lost.facts["missing"]) == (2, 0, {"sanctions-set": 1})


@pytest.mark.trap("ch_seco", "copies-in-amendments")
def test_copies_within_a_modification_are_history_and_no_targets() -> None:
    found = staged(PERSON.replace(LISTED, AMENDED + LISTED))
    assert (found.n_read, found.frames["listings"]["name"].to_list()) == (1, ["Madeupov Ivan"])


@pytest.mark.trap("ch_seco", "order-of-modifications")
@pytest.mark.parametrize(
    ("modifications", "listed_on", "published_on", "ends_on"),
    [
        (LISTED, date(2022, 3, 17), date(2022, 3, 16), None), (AMENDED + LISTED, date(2022, 3, 17), None, None),
        (DELISTED + AMENDED + LISTED, date(2022, 3, 17), None, date(2024, 3, 1)),
        (LISTED + DELISTED, date(2022, 3, 17), None, date(2024, 3, 1)),
        (LISTED.replace("2022", "2025") + DELISTED + LISTED, date(2025, 3, 17), date(2025, 3, 16), None),
        (LISTED.replace("2022-03-17", "2024-03-01") + DELISTED, date(2024, 3, 1), date(2022, 3, 16), None),
        (DELISTED + LISTED.replace("2022-03-17", "2024-03-01"), date(2024, 3, 1), None, date(2024, 3, 1)),
        (LISTED.replace(' effective-date="2022-03-17"', ""), date(2022, 3, 16), date(2022, 3, 16), None),
        (AMENDED, None, None, None), ("", None, None, None),
    ],
    ids=["listed", "amended", "ended", "by_day_not_by_place", "again", "first_of_a_day_is_later", "ended_on_its_day",
         "published", "amended_alone", "nothing"],
)  # fmt: skip
def test_the_last_time_on_the_list_is_what_the_modifications_state(
    modifications: str, listed_on: date | None, published_on: date | None, ends_on: date | None
) -> None:
    (party,) = staged(SHIP.replace(LISTED, modifications)).frames["listings"].to_dicts()
    assert [party.get(c) for c in ("listed_on", "published_on", "ends_on")] == [listed_on, published_on, ends_on]
    assert (party.get("listed_on_basis") is None) == (listed_on is None)


def test_what_the_reader_does_not_know_is_reported_or_rejected_and_nobody_removed() -> None:
    holds(staged(SHIP.replace("listed", "suspended"), ENTITY), "rejects column value: modification-type|suspended")
    found = staged(SHIP.replace('"vessel"', '"spacecraft"'), ENTITY)
    assert (found.n_rejected, found.facts["unreadable_ids"]) == (1, ["300"])


def test_the_primary_name_is_that_of_the_main_identity_and_other_identities_are_aliases() -> None:
    other = xml(
        """identity[main=false]<name[name-type=primary-name]<name-part<value: Piotr Second>>
        nationality<country[iso-code=RU]: Russia>>"""
    )
    found = staged(PERSON.replace('<identity ssid="101"', f'{other}<identity ssid="101"'))
    holds(found, "listings name: Madeupov Ivan", "countries basis country_id=RUS: nationality")
    assert "Piotr Second" in found.frames["names"]["name"]


@pytest.mark.parametrize(
    ("attributes", "born", "note"),
    [
        ('day="23" month="3" year="1980"', "23 Mar 1980|day|False", ""),
        ('month="3" year="1980" quality="low"', "circa Mar 1980|month|True", ""),
        ('year="1980" calendar="Gregorian"', "1980|year|False", ""), ('day="9" month="2"', "", "--02-09"),
        ('year="1358" calendar="Persian"', "", "1358 (Persian)"), ('day="31" month="2" year="1980"', "", "1980-02-31"),
    ],
)  # fmt: skip
def test_a_date_of_birth_is_as_exact_as_the_list_gives_it(attributes: str, born: str, note: str) -> None:
    record = PERSON.replace('day="23" month="3" year="1980" calendar="Gregorian" quality="good"', attributes)
    holds(staged(record), f"birth_dates born precision is_circa: {born}", f"notes text kind=born: {note}")


@pytest.mark.trap("ch_seco", "no-whole-list")
def test_a_partial_list_and_one_without_a_party_are_quarantined() -> None:
    refuses(seco.stage, ("no whole list", {"x.xml": made(PERSON, kind="delta")}), ("no party", {"x.xml": made()}))


def fold(*editions: tuple[str, ...]) -> Memory:
    snapshots = [snapshot(staged(*targets), f"2024-0{n}-01T18:00") for n, targets in enumerate(editions, 3)]
    return Memory().after(fold_compared("ch_seco", Memory(), snapshots))


@pytest.mark.trap("ch_seco", "de-listed-stay")
def test_folded_a_de_listing_ends_the_listing_on_its_day_also_before_the_first_and_what_stays_does_not_come_back() -> None:
    ended = ENTITY.replace(LISTED, DELISTED + LISTED)
    fold((PERSON, ENTITY), (PERSON, ended), (PERSON.replace("MP 1", "MP 2"), ended)).shows(
        "events listing_id event_date kind=removed: ch_seco:200|2024-03-01",
        "listings valid_from valid_to listing_id=ch_seco:200 known_to=-: 2022-03-17|2024-03-01",
        "listings valid_from valid_to listing_id=ch_seco:100 known_to=-: 2022-03-17|-",
    )
    fold((PERSON, ended)).shows("listings valid_from valid_to listing_id=ch_seco:200: 2022-03-17|2024-03-01")
