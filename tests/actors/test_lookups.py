"""What finder and coder look up: the registry in plain Python."""

from pathlib import Path

import pytest

from assets.actors.lookups import lookups, party_of


def test_actors_of_the_users_own_are_in_them(tmp_path: Path) -> None:
    (tmp_path / "actors_mine.csv").write_text("actor_id,kind,name,country_id\nFRA.ACME,firm,Acme,FRA\n")
    (tmp_path / "aliases_mine.csv").write_text("scheme,alias,actor_id\nsurface,Acme Works,FRA.ACME\n")
    own = lookups(tmp_path)
    assert own.actors["FRA.ACME"] == ("firm", "Acme", "FRA")
    assert [s.actor_id for s in own.surfaces if s.surface == "Acme Works"] == ["FRA.ACME"]
    assert "FRA.ACME" not in lookups().actors


@pytest.mark.parametrize(
    ("actor", "country", "party"),
    [
        ("CHN.MPS", "CHN", "CHN"),
        ("UN", None, "UN"),
        ("UN.SC", None, "UN"),
        ("UN.BAN_KI_MOON", None, "UN"),
        ("UNHCR", None, "UNHCR"),
        ("REG.AFR", None, "REG.AFR"),
    ],
)
def test_an_actor_acts_for_its_state_or_its_organisation(actor: str, country: str | None, party: str) -> None:
    assert party_of(actor, country) == party


def test_the_id_of_every_part_of_an_organisation_begins_with_the_organisation() -> None:
    known = lookups().actors
    for actor, one in known.items():
        if one.country_id is None and one.kind in ("body", "person"):
            assert known[party_of(actor, None)].kind == "organisation", actor
