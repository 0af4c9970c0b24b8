"""Canada's list of autonomous sanctions. All records are made up, in the layout on which public programs agree."""

import gzip
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from assets.contracts import RowGuard, Staged, StagedInfo, StagedSnapshot
from assets.errors import Quarantine
from assets.sanctions.history.compared.fold import fold_compared
from assets.sanctions.lists.ca import sema
from assets.sanctions.reading.gather import judge_named
from tests.sanctions.conftest import holds

PERSON = """<record><Country-Pays>Russia / Russie</Country-Pays><LastName-NomDeFamille>Madeupov </LastName-NomDeFamille>
  <GivenName-Prenom>Ivan</GivenName-Prenom><Aliases-Alias>Иван Выдумов; Madeupov, I.</Aliases-Alias>
  <TitleOrShipType-TitreOuTypeDeNavire>Director|Directeur</TitleOrShipType-TitreOuTypeDeNavire>
  <DateOfBirthOrShipBuildDate-DateDeNaissanceOuDateDeConstructionDuNavire>1970-03-11
  </DateOfBirthOrShipBuildDate-DateDeNaissanceOuDateDeConstructionDuNavire>
  <Schedule-Annexe>1, Part 1</Schedule-Annexe><Item-NumeroDarticle>7</Item-NumeroDarticle>
  <DateOfListing-DateDinscription>2022-02-24</DateOfListing-DateDinscription></record>"""
ENTITY = """<record><Country>Belarus / Bélarus</Country><EntityOrShip>Invented Works</EntityOrShip>
  <Aliases>Завод "Выдумка", АО</Aliases><Schedule>1, Part 2</Schedule><Item>3</Item>
  <DateOfListing>2021-06-21</DateOfListing></record>"""
SHIP = """<record><Country>Russia / Russie</Country><EntityOrShip>Imaginary Star</EntityOrShip>
  <TitleOrShip>Tanker | Pétrolier</TitleOrShip>
  <ShipIMONumber>IMO 9000001</ShipIMONumber><DateOfBirthOrShipBuildDate>2004</DateOfBirthOrShipBuildDate>
  <DateOfListing>2025-02-21</DateOfListing></record>"""


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


@pytest.mark.trap("ca_sema", "no-nationality")
@pytest.mark.parametrize("regulations", ["Ukraine", "Hamas Terrorist Attacks / Attaques terroristes du Hamas"])
def test_regulations_that_are_directed_at_no_state_of_their_name_give_no_country_and_no_warning(regulations: str) -> None:
    found = staged(ENTITY.replace("Belarus / Bélarus", regulations))
    assert (found.frames["countries"].height, found.facts["n_unknown_countries"]) == (0, 0)


@pytest.mark.trap("ca_sema", "dates-of-birth")
@pytest.mark.parametrize(
    ("written", "births"),
    [
        ("1970-03-11", "11 Mar 1970|day"),
        ("11-03-1970", "11 Mar 1970|day"),
        ("1970", "1970|year"),
        ("1963-1964", "1963 to 1964|interval"),
        ("1972-08-10 or 1974-05-31", "10 Aug 1972|day / 31 May 1974|day"),
        ("1975-19-25", ""),
        ("born in the early 1970s", ""),
    ],
)
def test_a_date_of_birth_is_as_exact_as_the_list_gives_it(written: str, births: str) -> None:
    found = staged(PERSON.replace("1970-03-11", written))
    holds(found, f"birth_dates born precision: {births}".strip(), "notes kind text:" + ("" if births else f" born|{written}"))


@pytest.mark.parametrize(
    ("good", "bad", "column"),
    [
        ("2025-02-21", "21 février", "DateOfListing"), ("IMO 9000001", "شمس", "ShipIMONumber"),
        (">2004<", ">19575<", "DateOfBirthOrShipBuildDate"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_read_is_rejected_and_the_row_kept(good: str, bad: str, column: str) -> None:
    found = staged(SHIP.replace(good, bad))
    assert found.frames["listings"].height == 1
    assert found.rejects["column"][0] == column
    assert "kept without it" in found.rejects["reason"][0]


@pytest.mark.trap("ca_sema", "corrected-name")
def test_records_without_name_or_country_are_rejected_and_two_of_one_name_are_one_party() -> None:
    found = staged(PERSON, ENTITY.replace("Invented Works", " "), SHIP.replace("Russia / Russie", ""))
    assert found.rejects["reason"].to_list() == ["the name is empty", "the country of the regulations is missing"]
    assert (found.n_read, found.n_rejected, found.facts["n_illegible"]) == (3, 2, 2)
    found = staged(PERSON, PERSON.replace("2022-02-24", "2019-03-04"))
    assert (found.frames["listings"]["listed_on"].to_list(), found.facts["n_joined"]) == ([date(2019, 3, 4)], 1)
    with pytest.raises(Quarantine, match="no party"):
        sema.stage({"sema-lmes.xml": made()})


OF_2020 = """<record><Country>Burma / Birmanie</Country><LastName>Madeupov</LastName><GivenName>Ivan</GivenName>
  <Title>Major General/major-général</Title><DateOfBirth>1955-11</DateOfBirth><Schedule>1</Schedule><Item>2</Item></record>
  <record><Country>Iran</Country><Entity>Invented Works</Entity><Item>3</Item></record>"""


@pytest.mark.trap("ca_sema", "layout-of-2020")
def test_the_layout_of_2020_is_read_whole() -> None:
    found = staged(OF_2020)
    holds(
        found,
        "listings native_id party_type title listed_on: "
        "myanmar-burma.ivan-madeupov|person|Major General/major-général|- / iran.invented-works|entity|-|-",
        "birth_dates born born_from born_before precision: Nov 1955|1955-11-01|1955-12-01|month",
    )
    assert (found.n_read, found.n_rejected, found.facts["unread_elements"]) == (2, 0, {})


def test_schedules_that_another_layout_numbers_in_another_way_are_no_edit(history: Any) -> None:
    later = PERSON.replace("Russia / Russie", "Myanmar (Burma)").replace("Director|Directeur", "Major General/major-général")
    later = later.replace("2022-02-24", "2018-02-24")
    editions = [StagedSnapshot(f"sha-{n}", datetime(2020 + n, 3, 1), True, s.facts, s.frames)
                for n, s in enumerate((staged(OF_2020), staged(later, OF_2020)))]  # fmt: skip
    found = history.after(fold_compared("ca_sema", history, editions))
    found.shows(
        "events kind event_date: added|2018-02-24",
        "listings citation native_id=myanmar-burma.ivan-madeupov known_to=-: Schedule 1, Part 1",
    )


def test_an_unknown_element_and_a_list_long_without_a_new_start_are_told_of() -> None:
    found = staged(ENTITY.replace("<Item>", "<Owner-Proprietaire>Somebody</Owner-Proprietaire><Item>"))
    info = StagedInfo("sha", datetime(2026, 3, 1), 1, 0, found.facts)
    assert any("record/Owner-Proprietaire (1)" in warning for warning in judge_named(info, None, RowGuard()).warnings)
    found = staged()
    old, new = (StagedInfo("sha", datetime(year, 3, 1), 3, 0, found.facts) for year in (2028, 2026))
    assert any("2025-02-21, 3.0 years" in warning for warning in judge_named(old, None, RowGuard()).warnings)
    assert judge_named(new, None, RowGuard()).warnings == ()


@pytest.mark.real_data
@pytest.mark.parametrize(("day", "n_read", "n_births"), [("2020-04-15", 1369, 212), ("2025-05-25", 4759, 1825)])
def test_both_real_layouts_are_read_whole(real_data: Path, day: str, n_read: int, n_births: int) -> None:
    name = f"sema-lmes_{day}.xml"
    found = sema.stage({name: gzip.decompress((real_data / "more" / "ca_sema" / f"{name}.gz").read_bytes())})
    assert (found.n_read, found.n_rejected, found.rejects.height, found.facts["unread_elements"]) == (n_read, 0, 0, {})
    births = [
        found.frames["birth_dates"], found.frames["notes"].filter(kind="born"), found.frames["notes"].filter(kind="year_built"),
    ]  # fmt: skip
    assert sum(frame["native_id"].n_unique() for frame in births) >= 0.97 * n_births
