"""What is easily got wrong about a source is named on its page and held by tests, and no test holds what no page names."""

import ast
import re
from collections import Counter
from pathlib import Path

from pipelines.domains import DOMAINS
from tests.whole.conftest import ROOT


def named(page: str) -> list[tuple[str, str | None]]:
    """Source and trap of each item below ``Beware:`` and of each row of a table of traps; None where an item has no name."""
    found: list[tuple[str, str | None]] = []
    for section in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        source = section.partition("\n")[0]
        for items in re.findall(r"^Beware:?(.*?)(?=^(?:\*\*|\||#)|\Z)", section, re.MULTILINE | re.DOTALL):
            assert items.startswith("\n\n- "), f"{source}: what is to beware of is a list with a name for each item"
            for item in re.findall(r"^- (.+)$", items, re.MULTILINE):
                name = re.match(r"`([a-z0-9-]+)` ", item)
                found.append((source, None if name is None else name[1]))
        for rows in re.findall(r"^\| trap \|.+\n\|[-|]+\n((?:\|.+\n)+)", section, re.MULTILINE):
            found += [(source, name or None) for name in re.findall(r"^\| (?:`([a-z0-9-]+)`)?", rows, re.MULTILINE)]
    return found


def held(text: str) -> list[tuple[str, str]]:
    """Source and trap of each mark on a test of a file."""
    return [
        (str(source.value), str(trap.value))
        for test in ast.walk(ast.parse(text))
        if isinstance(test, ast.FunctionDef) and test.name.startswith("test_")
        for mark in test.decorator_list
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.trap"
        for source, trap in [mark.args]
        if isinstance(source, ast.Constant) and isinstance(trap, ast.Constant)
    ]


def files() -> list[Path]:
    return sorted((ROOT / "tests").rglob("test_*.py"))


def test_every_trap_of_a_source_is_held_by_a_test_and_every_mark_names_a_trap() -> None:
    pages = [(ROOT / "docs" / "sources" / f"{domain}.md").read_text(encoding="utf-8") for domain in DOMAINS]
    on_pages = [trap for page in pages for trap in named(page)]
    assert [source for source, trap in on_pages if trap is None] == [], "an item without a name"
    assert [trap for trap, n in Counter(on_pages).items() if n > 1] == [], "named twice"
    in_tests = {trap for path in files() for trap in held(path.read_text(encoding="utf-8"))}
    assert len(in_tests) > 80
    assert sorted(set(on_pages) - in_tests) == [], "no test holds these"
    assert sorted(in_tests - set(on_pages)) == [], "no page names these"


def test_items_and_marks_are_found_and_an_item_without_a_name_too() -> None:
    page = (
        "# Lists\n\n## us_x\n\nBeware:\n\n- `a-b` **One.** More\n  of it.\n- Two.\n\n**Limits**:\n- none\n\n"
        "| trap | what |\n|---|---|\n| `c` | three |\n| four | |\n\n## us_y\n\nNothing.\n"
    )
    assert named(page) == [("us_x", "a-b"), ("us_x", None), ("us_x", "c"), ("us_x", None)]
    marked = '@pytest.mark.trap("us_x", "a-b")\n@pytest.mark.real_data\ndef test_it() -> None: ...\n'
    assert held(marked) == [("us_x", "a-b")]
    assert held(marked.replace("test_it", "helper")) == []
