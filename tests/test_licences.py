"""The licences of what is installed: listed, and none that asks for more than is known."""

from importlib.metadata import PackageNotFoundError, version

import pytest

from tests.licences import PAGE, STATED, WEAK, is_permissive, licence_of, locked, page


def is_installed(name: str) -> bool:
    try:
        return bool(version(name))
    except PackageNotFoundError:
        return False


def test_what_is_not_permissive_is_known_with_a_reason_and_the_page_that_of_the_lock_file() -> None:
    """`make licences` renews it."""
    permissive = {"MIT": True, "BSD OR GPL": True, "Apache-2.0 AND (MIT)": True, "GPL-3.0-only": False, "MPL-2.0 AND MIT": False}
    assert {licence: is_permissive(licence) for licence in permissive} == permissive
    asking = {name for name in locked() if is_installed(name) and not is_permissive(licence_of(name))}
    assert asking == {name for name in WEAK if is_installed(name)}
    if missing := [name for name in locked() if not is_installed(name) and name not in STATED]:
        pytest.skip(f"not installed here: {missing}")
    assert page() == PAGE.read_text(encoding="utf-8")
