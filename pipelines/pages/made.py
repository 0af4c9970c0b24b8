"""Reports as files: one on request, and those of the pairs that a setting names, renewed with each publication."""

from __future__ import annotations

import importlib.metadata
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assets.errors import BilateralError
from pipelines.pages.charts import charts
from pipelines.pages.drawing import FONTS, Chart, picture
from pipelines.pages.holdings import Question, read
from pipelines.pages.page import page
from pipelines.readers import connect_for_readers


def html(published: Path, question: Question) -> str:
    """The report on a question as one HTML page."""
    with connect_for_readers(published) as con:
        held = read(con, question)
    return page(held, importlib.metadata.version("bilateral-relations-warehouse"))


def one_chart(published: Path, question: Question, name: str) -> Chart:
    """A chart of the report by its name.

    Raises:
        BilateralError: the report has no chart of that name, or nothing is held that it could show.
    """
    with connect_for_readers(published) as con:
        found = {c.name: c for c in charts(read(con, question))}
    if name not in found:
        raise BilateralError(f"{name} is no chart of this report. Its charts: {', '.join(found)}.")
    if found[name].empty:
        raise BilateralError(f"{name}: {found[name].empty} Nothing was written.")
    return found[name]


def png(chart: Chart) -> bytes:
    """A chart as a picture of twice its size, for screens and print.

    Raises:
        BilateralError: this machine has no font to write with.
    """
    from resvg_py import svg_to_bytes

    # without any font the letters are left out without a word
    blank = f'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" font-family="{FONTS}">{{}}</svg>'
    empty, written = (bytes(svg_to_bytes(svg_string=blank.format(text))) for text in ("", '<text y="15">M</text>'))
    if empty == written:
        raise BilateralError(
            "a picture cannot be made: this machine has no font. Install one (on Debian: apt install fonts-dejavu-core), "
            "or use --svg, which leaves letters to whoever shows it. Nothing was written."
        )
    return bytes(svg_to_bytes(svg_string=picture(chart), zoom=2))


def write(path: Path, content: bytes) -> None:
    """Put a file in its place in one step: whoever reads it meanwhile sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@dataclass
class Written:
    """What came of the reports of a publication.

    ``files``: those that were written. ``left_out``: in sentences, pairs on which nothing is held. ``failed``: those that this
    program could not write, which is a fault of it or of the disk.
    """

    files: list[Path] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def write_all(published: Path, folder: Path, pairs: Sequence[tuple[str, str]]) -> Written:
    """Write the reports of pairs into a folder.

    A report of an earlier publication does not stay behind where there is none now. What was published is whole without them: a
    report that cannot be written is reported, and harms nothing else.
    """
    done = Written()
    for source, target in pairs:
        path = folder / f"{source}-{target}.html"
        try:
            write(path, html(published, Question(source, target)).encode())
            done.files.append(path)
        except BilateralError as error:
            path.unlink(missing_ok=True)
            done.left_out.append(f"no report on {source} and {target}: {error}")
        except Exception as error:
            logging.getLogger(__name__).exception("report on %s and %s", source, target)
            path.unlink(missing_ok=True)
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            done.failed.append(f"the report on {source} and {target} could not be written: {reason}. The published file is whole")
    return done
