"""What finder and coder look up: the registry in plain Python, kept in a compiled form that is never of other facts."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from assets.actors import lookups as module
from assets.actors import packaged, registry
from assets.actors.lookups import lookups, party_of
from assets.actors.packaged import code, content_of, facts
from pipelines.layers.fingerprint import closure

ROOT = Path(__file__).resolve().parents[2]


def test_a_process_that_outlives_its_code_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KEPT", tmp_path / "kept.pickle")
    monkeypatch.setattr(registry, "_KEPT", tmp_path / "read.pickle")
    monkeypatch.setattr(packaged, "_RUNNING", "of an hour ago")
    assert lookups.__wrapped__().actors["CHN"].kind == "state"
    assert registry._registry.__wrapped__(None).actors.height > 1_000
    assert list(tmp_path.iterdir()) == []


def test_a_byte_a_name_or_a_version_makes_another_content(tmp_path: Path) -> None:
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    one.write_text("a\n")
    before = content_of([one], "2.1.0")
    other.write_text("a\n")
    assert len({before, content_of([other], "2.1.0"), content_of([one], "2.1.1"), content_of([one, other], "2.1.0")}) == 4
    one.write_text("b\n")
    assert content_of([one], "2.1.0") != before


def test_all_that_shapes_the_lookups_is_of_their_content() -> None:
    used = {ROOT / f"{name.replace('.', '/')}.py" for name in closure(["assets.actors.lookups", "assets.actors.registry"], ROOT)}
    assert {path for path in used if path.exists()} <= set(code())
    assert set(registry.DATA.glob("*.csv")) <= set(facts())


def test_what_was_kept_is_what_was_made() -> None:
    made = module._made()
    assert module._read(pickle.loads(pickle.dumps(made))) == module._read(made) == lookups()
    read, kept = registry._made(), registry._registry.__wrapped__(None)
    assert [read.actors.equals(kept.actors), read.aliases.equals(kept.aliases), read.terms.equals(kept.terms)] == [True] * 3
    assert read.by_name == kept.by_name


def test_actors_of_the_users_own_are_in_them(tmp_path: Path) -> None:
    (tmp_path / "actors_mine.csv").write_text("actor_id,kind,name,country_id\nFRA.ACME,firm,Acme,FRA\n")
    (tmp_path / "aliases_mine.csv").write_text("scheme,alias,actor_id\nsurface,Acme Works,FRA.ACME\n")
    own = lookups(tmp_path)
    assert own.actors["FRA.ACME"] == ("firm", "Acme", "FRA")
    assert [s.actor_id for s in own.surfaces if s.surface == "Acme Works"] == ["FRA.ACME"]
    assert "FRA.ACME" not in lookups().actors


def test_names_are_found_without_frames_and_databases_once_they_are_kept() -> None:
    text = (
        "import sys; from assets.news.text.phrase_roles import parties_of;"
        "print(parties_of('China met Peru.', None)[1].actor_id);"
        "print([name for name in ('polars', 'duckdb', 'pyarrow') if name in sys.modules])"
    )
    lookups()
    said = subprocess.run([sys.executable, "-c", text], check=True, capture_output=True, text=True, cwd=ROOT).stdout
    assert said == "PER\n[]\n"


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
