"""The licences of what is installed: listed, and none that asks for more than is known."""

from importlib.metadata import PackageNotFoundError, version

import pytest

from tests.licences import PAGE, STATED, WEAK, is_permissive, licence_of, locked, page


def is_installed(name: str) -> bool:
    try:
        return bool(version(name))
    except PackageNotFoundError:
        return False


def test_the_page_is_that_of_the_lock_file() -> None:
    """`make licences` renews it."""
    if missing := [name for name in locked() if not is_installed(name) and name not in STATED]:
        pytest.skip(f"not installed here: {missing}")
    assert page() == PAGE.read_text(encoding="utf-8")


def test_what_is_not_permissive_is_known_with_a_reason() -> None:
    asking = {name for name in locked() if is_installed(name) and not is_permissive(licence_of(name))}
    assert asking == {name for name in WEAK if is_installed(name)}


def test_of_licences_to_choose_from_one_must_be_permissive_and_of_joined_ones_each() -> None:
    for licence in ("MIT", "BSD OR GPL", "Apache-2.0 AND (MIT)"):
        assert is_permissive(licence)
    for licence in ("GPL-3.0-only", "MPL-2.0 AND MIT", "Proprietary"):
        assert not is_permissive(licence)
