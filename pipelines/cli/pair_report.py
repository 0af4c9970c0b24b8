"""``bilateral report``: what is known of a pair of states as a page, or one of its charts as a picture."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from assets.errors import BilateralError
from pipelines.pages import made
from pipelines.pages.drawing import picture
from pipelines.pages.holdings import Question
from pipelines.readers import connect_for_readers

if TYPE_CHECKING:
    from pipelines.settings import Settings


def report(
    settings: Settings,
    pair: tuple[str, str],
    period: tuple[str | None, str | None],
    as_known: str | None,
    charts: tuple[str | None, str | None],
    output: str | None,
) -> int:
    """Write the report.

    Args:
        settings: where the file is.
        pair: the two states.
        period: --from and --to.
        as_known: --as-known.
        charts: --svg and --png, the name of a chart each.
        output: --output; ``-`` is standard output.
    """
    source, target = as_actors(settings.published, pair)
    since, until = _day("--from", period[0]), _day("--to", period[1])
    question = Question(source, target, since, until, _day("--as-known", as_known))
    svg, png = charts
    if svg is not None and png is not None:
        raise BilateralError("give --svg or --png, not both. Nothing was written.")
    if svg is not None:
        content = picture(made.one_chart(settings.published, question, svg)).encode()
        name = f"{source}-{target}-{svg}.svg"
    elif png is not None:
        content = made.png(made.one_chart(settings.published, question, png))
        name = f"{source}-{target}-{png}.png"
    else:
        content = made.html(settings.published, question).encode()
        name = f"{source}-{target}.html"
    if output == "-":
        sys.stdout.buffer.write(content)
        return 0
    path = Path(output or name).resolve()
    made.write(path, content)
    print(f"{path}  ({len(content) / 1e6:.1f} MB)")
    if svg is None and png is None:
        print(f"Open it in any browser; it needs no network: {path.as_uri()}")
    return 0


def as_actors(published: Path, pair: tuple[str, str]) -> tuple[str, str]:
    """The two states as actor ids, with a word on standard error of what was taken where they were written otherwise."""
    with connect_for_readers(published) as con:
        # a file of an older version has no such macro
        knows = con.execute("SELECT count(*) FROM duckdb_functions() WHERE function_name = 'actor_named'").fetchone()
        asked = "SELECT coalesce(actor_named($name), upper($name))" if knows != (0,) else "SELECT upper($name)"
        found = [str(con.execute(asked, {"name": name}).fetchall()[0][0]) for name in pair]
    for name, actor in zip(pair, found, strict=True):
        if name.upper() != actor:
            print(f"{name}: taken for {actor}", file=sys.stderr)
    return found[0], found[1]


def _day(option: str, text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise BilateralError(f"{option} {text}: expected a date as YYYY-MM-DD. Nothing was written.") from error
