"""Whatever the bytes, the rows that are read and those that are rejected add up to the rows of the file."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.contracts import Staged
from assets.news.articles import feed_articles
from assets.news.articles import read as articles
from assets.news.gdelt import events, mentions, themes
from assets.news.published import icews
from tests.depth import examples
from tests.fuzz import staged_or_none
from tests.news import test_gdelt_mentions, test_gdelt_themes, test_gdelt_v1, test_headlines, test_icews

FILES: dict[str, tuple[Callable[..., Staged], bytes]] = {
    test_gdelt_v1.DAY: (events.stage_v1, test_gdelt_v1.line().encode() * 2),
    "201303.csv": (events.stage_v1, test_gdelt_v1.of_day("20130301").encode() * 2),
    test_gdelt_mentions.SLOT: (mentions.stage, f"{test_gdelt_mentions.line()}\n{test_gdelt_mentions.line()}\n".encode()),
    test_gdelt_themes.SLOT: (themes.stage, f"{test_gdelt_themes.line()}\n{test_gdelt_themes.line()}\n".encode()),
    "events.tab": (icews.stage, test_icews.table({}, {})),
    "headlines.csv": (articles.stage, test_headlines.CSV.encode()),
    "feed.xml": (feed_articles.stage, test_headlines.RSS.encode()),
}


@pytest.mark.parametrize("name", FILES)
@given(inserted=st.binary(max_size=300), at=st.integers(0, 700))
@examples(80)
def test_mutated_files_end_in_quarantine_or_rejects(name: str, inserted: bytes, at: int) -> None:
    stage, data = FILES[name]
    found = staged_or_none(stage, {name: data[:at] + inserted + data[at:]})
    if found is not None:
        n_rejected = found.rejects.height if found.n_rejected is None else found.n_rejected
        assert found.n_read == next(iter(found.frames.values())).height + n_rejected
