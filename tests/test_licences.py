"""The licences of what is installed: listed, and none that asks for more than is known."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, version

import pytest

from tests.licences import PAGE, WEAK, is_permissive, licence_of, locked

ROWS = dict(re.findall(r"^\| (\S+) \| \d\S*(?:, \d\S*)* \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))


def is_installed(name: str) -> bool:
    try:
        return bool(version(name))
    except PackageNotFoundError:
        return False


def test_the_page_lists_the_packages_of_the_lock_file_with_their_versions() -> None:
    """`make licences` renews it."""
    listed = dict(re.findall(r"^\| (\S+) \| (\d\S*(?:, \d\S*)*) \| .+ \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert listed == {name: ", ".join(versions) for name, versions in locked().items()}


def test_each_installed_package_declares_the_licence_that_the_page_gives() -> None:
    other = {name: licence_of(name) for name in locked() if is_installed(name) and not ROWS[name].startswith(licence_of(name))}
    assert other == {}


def test_what_is_not_permissive_is_known_with_a_reason() -> None:
    asking = {name for name, licence in ROWS.items() if not is_permissive(licence.partition(" (")[0])}
    assert asking == set(WEAK)


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
