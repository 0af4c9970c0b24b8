"""What makes a source be staged and folded again, and what does not: on a copy of the domains in which a file is changed."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from pipelines.domains import packages
from pipelines.storage import fingerprint
from pipelines.storage.fingerprint import ROOT, fingerprint_of, modules_of
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


def edited(copy: Path, path: str, edit: Callable[[str], str]) -> dict[str, str]:
    """The fingerprints while a file of the copy is edited."""
    file = copy / path
    text = file.read_text(encoding="utf-8")
    file.write_text(edit(text), encoding="utf-8")
    found = prints(copy)
    file.write_text(text, encoding="utf-8")
    return found


def differing(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


Changed = Callable[[str, Callable[[str], str]], set[str]]


@pytest.fixture
def changed(copy: Path, whole: dict[str, str]) -> Changed:
    """What would be made again after a file of the copy was edited."""
    return lambda path, edit: differing(whole, edited(copy, path, edit))


def appended(text: str) -> Callable[[str], str]:
    return lambda before: before + text


def test_comments_and_line_breaks_of_documents_make_nothing_again(copy: Path, whole: dict[str, str], changed: Changed) -> None:
    assert changed("assets/actors/data/README.md", appended("\n")) == set()
    code = '\n\n# a remark\ndef _unused() -> None:\n    """Words."""\n'
    path = "assets/overdose/seizures.py"
    one = edited(copy, path, appended(code))
    assert differing(whole, one) == {"us_cbp_drug_seizures"}
    assert edited(copy, path, appended(code.replace('Words."""', 'Other words."""\n    # and a remark'))) == one


def test_a_reader_of_one_list_makes_that_list_again_alone(changed: Changed) -> None:
    edit = appended("\n_MORE = 1\n")
    assert changed("assets/sanctions/lists/us_bis/denied_persons.py", edit) == {"us_bis_dpl"}
    assert changed("assets/sanctions/lists/un/consolidated.py", edit) == {"un_sc"}
    assert changed("assets/overdose/wonder.py", edit) == {"us_cdc_wonder"}


def test_a_reader_of_files_makes_again_those_who_read_with_it_alone(changed: Changed) -> None:
    edit = appended("\n_MORE = 1\n")
    assert changed("assets/reading/workbooks.py", edit) == {"us_nida_final", "us_cdc_sudors", "gb_sanctions"}
    tables = changed("assets/reading/tables.py", edit)
    assert {"us_bis_dpl", "us_csl", "us_cdc_vsrr", "icews", "articles"} <= tables
    assert not {"un_sc", "us_dod_1260h", "gdelt_v2_events", "actors"} & tables
    xml = changed("assets/reading/xml.py", edit)
    assert {"un_sc", "ca_sema", "us_ofac_sdn"} <= xml
    assert not {"us_cdc_vsrr", "us_bis_dpl", "articles", "gdelt_v2_events"} & xml


def test_a_table_of_facts_makes_its_users_again_alone(changed: Changed) -> None:
    assert changed("assets/sanctions/lists/cn/notices.csv", appended("\n")) == {"cn_countermeasures", "cn_mofcom"}
    assert changed("assets/sanctions/facts/party_overrides.csv", appended("\n")) == {"sanctions"}


def test_a_new_actor_makes_its_users_again(changed: Changed) -> None:
    found = changed("assets/actors/data/actors_firms.csv", appended("\n"))
    assert {"actors", "articles", "gdelt_v2_events", "us_ofac_sdn"} <= found


@pytest.mark.parametrize(
    ("library", "users", "others"),
    [
        ("onnxruntime", {"articles", "feeds"}, {"gdelt_v2_events", "us_ofac_sdn", "us_cdc_vsrr"}),
        ("feedparser", {"feeds"}, {"gdelt_v2_events", "us_ofac_sdn"}),
        ("trafilatura", {"articles", "feeds"}, {"gdelt_v2_events"}),
        ("anyascii", {"sanctions"}, {"us_cdc_vsrr"}),
    ],
)
def test_a_new_version_of_a_library_makes_its_users_again(
    copy: Path, whole: dict[str, str], library: str, users: set[str], others: set[str]
) -> None:
    found = differing(whole, prints(copy, **{library: "2"}))
    assert users <= found
    assert not found & others


def test_a_new_version_of_polars_makes_everything_again(copy: Path, whole: dict[str, str]) -> None:
    assert differing(whole, prints(copy, polars="2")) == whole.keys()


def test_actors_of_a_user_make_the_news_again_and_no_list(tmp_path: Path) -> None:
    (tmp_path / "actors.csv").write_text("actor_id,kind,name\n")
    own, none = packages(tmp_path), packages()
    for domain, differs in (("news", True), ("actors", True), ("sanctions", False), ("overdose", False)):
        makers = [*own[domain].sources, *([] if own[domain].cross_source is None else [own[domain].cross_source])]
        pairs = {fingerprint_of(m, own[domain]) != fingerprint_of(m, none[domain]) for m in makers if m is not None}
        assert pairs == {differs}, domain


def test_the_numbers_by_which_a_snapshot_is_judged_count() -> None:
    package = packages()["overdose"]
    code = package.sources[0]
    assert fingerprint_of(code, package, "a") == fingerprint_of(code, package, "a") != fingerprint_of(code, package, "b")


def test_functions_given_to_functions_count() -> None:
    code = next(c for c in packages()["news"].sources if c.source == "feeds")
    assert {"assets.news.coding.fold", "assets.news.articles.feed_articles"} <= set(modules_of(code.fold))
    assert "onnxruntime" in fingerprint.ModuleCache().libraries(["assets.news.coding.encoder"])


def test_what_is_remembered_of_texts_gives_the_fingerprints_that_reading_them_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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
