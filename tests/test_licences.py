"""The licences of what is installed: listed, and none that asks for more than is known."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

import pytest

from tests.licences import PAGE, WEAK, is_permissive, licence_of, locked

LINES = PAGE.read_text(encoding="utf-8").rpartition("|---|---|\n")[2].splitlines()
ROWS = {name: licence for _, licence, names, _ in (line.split("|") for line in LINES) for name in names.strip().split(", ")}
"""Packages of the last table of the page, to the licence of their row."""


def is_installed(name: str) -> bool:
    try:
        return bool(version(name))
    except PackageNotFoundError:
        return False


def test_the_page_lists_the_packages_of_the_lock_file() -> None:
    """`make licences` renews it."""
    assert ROWS.keys() | WEAK.keys() == locked().keys()


def test_each_installed_package_declares_the_licence_that_the_page_gives() -> None:
    assert {name: licence_of(name) for name in ROWS if is_installed(name) and ROWS[name].strip() != licence_of(name)} == {}


def test_what_is_not_permissive_is_known_with_a_reason() -> None:
    assert [name for name, licence in ROWS.items() if not is_permissive(licence.strip())] == []
    assert [name for name in WEAK if is_installed(name) and is_permissive(licence_of(name))] == []


@pytest.mark.parametrize(
    ("licence", "permissive"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("MPL-2.0 AND MIT", False),
        ("BSD OR GPL", True),
        ("Apache-2.0 AND (MIT)", True),
        ("Proprietary", False),
    ],
)
def test_of_licences_to_choose_from_one_must_be_permissive_and_of_joined_ones_each(licence: str, permissive: bool) -> None:
    assert is_permissive(licence) is permissive
