"""Canada's list of autonomous sanctions. All records are made up, in the layout on which public programs agree."""

from datetime import date
from pathlib import Path

import pytest

from assets.contracts import RowGuard, Staged
from assets.sanctions.history.compared.fold import fold_compared
from assets.sanctions.lists.ca import sema
from assets.sanctions.reading.gather import judge_named
from tests.sanctions.conftest import Memory, holds, info, refuses, snapshot, unpacked, xml

PERSON = xml(
    """record<Country-Pays: Russia / Russie; LastName-NomDeFamille: Madeupov; GivenName-Prenom: Ivan;
    Aliases-Alias: Иван Выдумов;; Madeupov, I.; TitleOrShipType-TitreOuTypeDeNavire: Director|Directeur;
    DateOfBirthOrShipBuildDate-DateDeNaissanceOuDateDeConstructionDuNavire: 1970-03-11; Schedule-Annexe: 1, Part 1;
    Item-NumeroDarticle: 7; DateOfListing-DateDinscription: 2022-02-24>"""
)
ENTITY = xml(
    """record<Country: Belarus / Bélarus; EntityOrShip: Invented Works; Aliases: Завод "Выдумка", АО; Schedule: 1, Part 2;
    DateOfListing: 2021-06-21>"""
)
SHIP = xml(
    """record<Country: Russia / Russie; EntityOrShip: Imaginary Star; TitleOrShip: Tanker | Pétrolier; ShipIMONumber: IMO 9000001;
    DateOfBirthOrShipBuildDate: 2004; DateOfListing: 2025-02-21>"""
)


def made(*records: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><data-set>{"".join(records)}</data-set>'.encode()


def staged(*records: str) -> Staged:
    return sema.stage({"sema-lmes.xml": made(*(records or (PERSON, ENTITY, SHIP)))})


@pytest.mark.trap("ca_sema", "corrected-name")
@pytest.mark.trap("ca_sema", "no-nationality")
@pytest.mark.trap("ca_sema", "separators")
@pytest.mark.trap("ca_sema", "dates-of-birth")
def test_a_person_an_entity_and_a_ship_are_read_whole() -> None:
    holds(
        staged(),
        "listings native_id name party_type programs title vessel_type listed_on listed_on_basis citation: "
        "russia.ivan-madeupov|Ivan Madeupov|person|Russia|Director|-|2022-02-24|source_field|Schedule 1, Part 1 / "
        "belarus.invented-works|Invented Works|entity|Belarus|-|-|2021-06-21|source_field|Schedule 1, Part 2 / "
        "russia.imo-9000001|Imaginary Star|vessel|Russia|-|Tanker|2025-02-21|source_field|-",
        "identifiers scheme value: imo|9000001",
        "countries country_id basis: RUS|list_destination / BLR|list_destination / RUS|list_destination",
        'names name: Иван Выдумов / Madeupov, I. / Завод "Выдумка", АО',
        "notes native_id kind text: russia.imo-9000001|year_built|2004",
    )
    other = PERSON.replace("1, Part 1", "N/A").replace("Иван Выдумов; Madeupov, I.", "Vanya Madeupov, Иван Выдумов")
    holds(staged(other), "listings citation: -", "names name: Vanya Madeupov / Иван Выдумов")
    assert staged(ENTITY.replace("Belarus / Bélarus", "Nowhereland"), SHIP).facts["unknown_countries"] == {"Nowhereland": 1}
    # regulations that are directed at no state of their name
    for regulations in ("Ukraine", "Hamas Terrorist Attacks / Attaques terroristes du Hamas"):
        found = staged(ENTITY.replace("Belarus / Bélarus", regulations))
        assert (found.frames["countries"].height, found.facts["n_unknown_countries"]) == (0, 0)


@pytest.mark.trap("ca_sema", "dates-of-birth")
def test_a_date_of_birth_is_as_exact_as_the_list_gives_it_and_what_cannot_be_read_is_rejected_and_the_row_kept() -> None:
    for written, births in {
        "1970-03-11": "11 Mar 1970|day", "11-03-1970": "11 Mar 1970|day", "1970": "1970|year", "1975-19-25": "",
        "1963-1964": "1963 to 1964|interval", "1972-08-10 or 1974-05-31": "10 Aug 1972|day / 31 May 1974|day",
        "born in the early 1970s": "",
    }.items():  # fmt: skip
        found, note = staged(PERSON.replace("1970-03-11", written)), "" if births else f" born|{written}"
        holds(found, f"birth_dates born precision: {births}".strip(), f"notes kind text:{note}")
    for good, bad, column in (
        ("2025-02-21", "21 février", "DateOfListing"), ("IMO 9000001", "شمس", "ShipIMONumber"),
        (">2004<", ">19575<", "DateOfBirthOrShipBuildDate"),
    ):  # fmt: skip
        found = staged(SHIP.replace(good, bad))
        assert (found.frames["listings"].height, found.rejects["column"][0]) == (1, column)
        assert "kept without it" in found.rejects["reason"][0]


@pytest.mark.trap("ca_sema", "corrected-name")
def test_records_without_name_or_country_are_rejected_and_two_of_one_name_are_one_party() -> None:
    found = staged(PERSON, ENTITY.replace("Invented Works", " "), SHIP.replace("Russia / Russie", ""))
    assert found.rejects["reason"].to_list() == ["the name is empty", "the country of the regulations is missing"]
    assert (found.n_read, found.n_rejected, found.facts["n_illegible"]) == (3, 2, 2)
    found = staged(PERSON, PERSON.replace("2022-02-24", "2019-03-04"))
    assert (found.frames["listings"]["listed_on"].to_list(), found.facts["n_joined"]) == ([date(2019, 3, 4)], 1)
    refuses(sema.stage, ("no party", {"sema-lmes.xml": made()}))


OF_2020 = xml(
    """record<Country: Burma / Birmanie; LastName: Madeupov; GivenName: Ivan; Title: Major General/major-général;
    DateOfBirth: 1955-11; Schedule: 1; Item: 2> record<Country: Iran; Entity: Invented Works; Item: 3>"""
)


@pytest.mark.trap("ca_sema", "layout-of-2020")
def test_the_layout_of_2020_is_read_whole_and_schedules_that_another_numbers_in_another_way_are_no_edit() -> None:
    found = staged(OF_2020)
    holds(
        found,
        "listings native_id party_type title listed_on: "
        "myanmar-burma.ivan-madeupov|person|Major General/major-général|- / iran.invented-works|entity|-|-",
        "birth_dates born born_from born_before precision: Nov 1955|1955-11-01|1955-12-01|month",
    )
    assert (found.n_read, found.n_rejected, found.facts["unread_elements"]) == (2, 0, {})
    later = PERSON.replace("Russia / Russie", "Myanmar (Burma)").replace("Director|Directeur", "Major General/major-général")
    later = later.replace("2022-02-24", "2018-02-24")
    editions = [snapshot(found, "2020-03-01"), snapshot(staged(later, OF_2020), "2021-03-01")]
    Memory().after(fold_compared("ca_sema", Memory(), editions)).shows(
        "events kind event_date: added|2018-02-24",
        "listings citation native_id=myanmar-burma.ivan-madeupov known_to=-: Schedule 1, Part 1",
    )


def test_an_unknown_element_and_a_list_long_without_a_new_start_are_told_of() -> None:
    found = staged(ENTITY.replace("<Schedule>", "<Owner-Proprietaire>Somebody</Owner-Proprietaire><Schedule>"))
    assert any("record/Owner-Proprietaire (1)" in told for told in judge_named(info(found), None, RowGuard()).warnings)
    old, new = (judge_named(info(staged(), f"{year}-03-01"), None, RowGuard()).warnings for year in (2028, 2026))
    assert any("2025-02-21, 3.0 years" in warning for warning in old)
    assert new == ()


@pytest.mark.parametrize(("day", "n_read", "n_births"), [("2020-04-15", 1369, 212), ("2025-05-25", 4759, 1825)])
def test_both_real_layouts_are_read_whole(real_data: Path, day: str, n_read: int, n_births: int) -> None:
    found = sema.stage({"x.xml": unpacked(real_data / "more" / "ca_sema" / f"sema-lmes_{day}.xml.gz")})
    assert (found.n_read, found.n_rejected, found.rejects.height, found.facts["unread_elements"]) == (n_read, 0, 0, {})
    births = [
        found.frames["birth_dates"], found.frames["notes"].filter(kind="born"), found.frames["notes"].filter(kind="year_built"),
    ]  # fmt: skip
    assert sum(frame["native_id"].n_unique() for frame in births) >= 0.97 * n_births
