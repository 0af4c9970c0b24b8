"""What makes a source be staged and folded again, and what does not: on a copy of the domains in which a file is changed."""

import shutil
from functools import partial
from pathlib import Path

import pytest

from pipelines.domains import packages
from pipelines.storage import fingerprint
from pipelines.storage.fingerprint import ROOT, fingerprint_of
from pipelines.util.state import State


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds a copy of ``assets``; tests that change it take that back."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "assets", folder / "assets", ignore=shutil.ignore_patterns("__pycache__", "*.onnx"))
    return folder


def prints(root: Path, **versions: str) -> dict[str, str]:
    """The fingerprint of every source, and of what is made across sources by the name of its domain."""
    of = partial(fingerprint_of, root=root, version_of=lambda d: versions.get(d, "1"))
    found = {code.source: of(code, package) for package in packages().values() for code in package.sources}
    return found | {p.domain: of(p.cross_source, p) for p in packages().values() if p.cross_source is not None}


@pytest.fixture(scope="module")
def whole(copy: Path) -> dict[str, str]:
    """The fingerprints of the copy as it is."""
    return prints(copy)


def differing(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


MORE = {".py": "\n_MORE = 1\n", ".csv": "\n", ".md": "\n"}


def edited(copy: Path, path: str, more: str = "") -> dict[str, str]:
    """The fingerprints while a file of the copy has more at its end."""
    file = copy / "assets" / path
    text = file.read_text(encoding="utf-8")
    file.write_text(text + (more or MORE[file.suffix]), encoding="utf-8")
    found = prints(copy)
    file.write_text(text, encoding="utf-8")
    return found


def test_comments_and_line_breaks_of_documents_make_nothing_again(copy: Path, whole: dict[str, str]) -> None:
    assert differing(whole, edited(copy, "actors/data/README.md")) == set()
    code, path = '\n\n# a remark\ndef _unused() -> None:\n    """Words."""\n', "overdose/seizures.py"
    one = edited(copy, path, code)
    assert differing(whole, one) == {"us_cbp_drug_seizures"}
    assert edited(copy, path, code.replace('Words."""', 'Other words."""\n    # and a remark')) == one


ALONE = "nothing else"


@pytest.mark.parametrize(
    ("path", "again", "others"),
    [
        ("sanctions/lists/us_bis/denied_persons.py", "us_bis_dpl", ALONE),
        ("sanctions/lists/un/consolidated.py", "un_sc", ALONE),
        ("overdose/wonder.py", "us_cdc_wonder", ALONE),
        ("reading/workbooks.py", "us_nida_final us_cdc_sudors gb_sanctions", ALONE),
        ("sanctions/lists/cn/notices.csv", "cn_countermeasures cn_mofcom", ALONE),
        ("sanctions/facts/party_overrides.csv", "sanctions", ALONE),
        ("reading/tables.py", "us_bis_dpl us_csl us_cdc_vsrr icews articles", "un_sc us_dod_1260h gdelt_v2_events actors"),
        ("reading/xml.py", "un_sc ca_sema us_ofac_sdn", "us_cdc_vsrr us_bis_dpl articles gdelt_v2_events"),
        ("actors/data/actors_firms.csv", "actors articles gdelt_v2_events us_ofac_sdn", ""),
        ("onnxruntime", "articles feeds", "gdelt_v2_events us_ofac_sdn us_cdc_vsrr"),
        ("feedparser", "feeds", "gdelt_v2_events us_ofac_sdn"),
        ("trafilatura", "articles feeds", "gdelt_v2_events"),
        ("anyascii", "sanctions", "us_cdc_vsrr"),
    ],
)
def test_what_a_source_is_made_with_makes_it_again(copy: Path, whole: dict[str, str], path: str, again: str, others: str) -> None:
    found = differing(whole, edited(copy, path) if "/" in path else prints(copy, **{path: "2"}))
    assert set(again.split()) <= found
    assert not set(others.split()) & found
    assert others != ALONE or found == set(again.split())


def test_a_new_polars_makes_everything_again_and_numbers_of_guards_count(copy: Path, whole: dict[str, str]) -> None:
    assert differing(whole, prints(copy, polars="2")) == whole.keys()
    package = packages()["overdose"]
    code = package.sources[0]
    assert fingerprint_of(code, package, "a") == fingerprint_of(code, package, "a") != fingerprint_of(code, package, "b")


def test_actors_of_a_user_make_the_news_again_and_no_list(tmp_path: Path) -> None:
    (tmp_path / "actors.csv").write_text("actor_id,kind,name\n")
    own, none = packages(tmp_path), packages()
    for domain, differs in (("news", True), ("actors", True), ("sanctions", False), ("overdose", False)):
        makers = [*own[domain].sources, *([] if own[domain].cross_source is None else [own[domain].cross_source])]
        pairs = {fingerprint_of(m, own[domain]) != fingerprint_of(m, none[domain]) for m in makers if m is not None}
        assert pairs == {differs}, domain


def test_what_is_remembered_gives_the_fingerprints_that_reading_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = State(tmp_path)
    code = packages()["sanctions"].sources[0]

    def read() -> str:
        fingerprint._parse.cache_clear()
        return fingerprint_of(code, packages()["sanctions"], modules_read=fingerprint.ModuleCache(state=state))

    first = read()
    assert len(state.entries("module")) > 20
    with monkeypatch.context() as patch:
        patch.setattr("ast.parse", None)
        assert read() == first
    state.path.write_bytes(b"cut")
    assert read() == first
