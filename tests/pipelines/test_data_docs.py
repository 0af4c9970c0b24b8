"""The page of results: everything that was served is text on it, and nothing on it runs."""

import json
from datetime import datetime
from pathlib import Path

from lxml import html

from pipelines.checks.data_docs import MOST_TEXT, page
from pipelines.checks.validations import Validation

HOSTILE = "<img src=x onerror=alert(1)></pre></style><script>alert(2)</script>\"'&"


def outcome(status: str = "failed", **columns: object) -> Validation:
    return Validation(
        **{
            "table_name": "core.t",
            "expectation": "key_is_unique",
            "severity": "critical",
            "status": status,
            "description": "id is the key",
            "observed": None,
            "n_unexpected": None,
            "offending_rows": None,
            "validated_at": datetime(2026, 1, 2, 3, 4),
            **columns,
        }  # type: ignore[arg-type]
    )


def test_nothing_that_a_table_holds_becomes_markup_and_no_style_but_the_own_is_allowed() -> None:
    rows = json.dumps([{HOSTILE: HOSTILE}, HOSTILE])
    text = page([outcome(description=HOSTILE, observed=json.dumps(HOSTILE), offending_rows=rows, n_unexpected=2)])
    tree = html.document_fromstring(text)
    assert tree.xpath("//img | //script | //@onerror") == []
    assert [p.text_content() for p in tree.xpath("//pre")] == [HOSTILE, f"{HOSTILE}: {HOSTILE}", HOSTILE]
    tree = html.document_fromstring(page([outcome("passed")]))
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]
    assert all(a.startswith("#") for a in tree.xpath("//@href | //@src"))


def test_failures_come_first_then_warnings_and_one_that_could_not_be_asked_is_an_error() -> None:
    failed = outcome(expectation="z", observed="2", n_unexpected=2, offending_rows='[{"id": "y", "note": null}]')
    tree = html.document_fromstring(page([outcome("passed"), failed]))
    first, second = tree.xpath("//table[@class='checks']/tbody/tr")
    assert next(td.text_content() for td in first) == "failed"
    assert first.xpath(".//pre/text()") == ["2", "id: y"]
    assert next(td.text_content() for td in second) == "passed"
    assert "1 failed. A warning keeps" in tree.text_content()
    warned = outcome(expectation="a", severity="warning")
    tree = html.document_fromstring(page([warned, outcome("passed"), outcome(expectation="z")]))
    cells = [next(td.text_content() for td in row) for row in tree.xpath("//table[@class='checks']/tbody/tr")]
    assert cells == ["failed", "warning", "passed"]
    assert tree.xpath("//table[@class='overview']/tbody/tr/td[2]")[0].text_content() == "1 failed, 1 warning"
    only = html.document_fromstring(page([warned])).text_content()
    assert "1 warning. A warning keeps nothing from being published." in only
    assert "failed" not in only.split("Outcome")[1]
    tree = html.document_fromstring(page([outcome("error", severity="warning")]))
    assert tree.xpath("//td[@class='error']/text()") == ["error"]


def test_values_are_cut_and_half_of_a_surrogate_pair_is_written(tmp_path: Path) -> None:
    text = page([outcome(observed=json.dumps("x" * 10_000))])
    assert "x" * MOST_TEXT + " ... (10,000 characters)" in text
    assert "x" * (MOST_TEXT + 1) not in text
    from pipelines.checks.data_docs import write_page

    write_page(tmp_path, [outcome(observed='"\\ud800"')])
    assert "?" in (tmp_path / "index.html").read_text(encoding="utf-8")
