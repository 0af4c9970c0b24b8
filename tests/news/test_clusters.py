"""Copies of one text share a cluster; what merely resembles it does not."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.news.articles import clusters
from tests.depth import examples

EMPTY = pl.DataFrame(schema={"article_id": pl.String, "cluster_id": pl.String, "buckets": pl.List(pl.UInt64)})
BODY = (
    "Officials of both countries met in Beijing on Monday for talks on the export of chemicals that are used to make fentanyl. "
    "They agreed to exchange information on shipments twice a month, said a spokesman of the ministry of commerce after them. "
    "The delegation was led by a deputy secretary and will travel on to Shanghai before it returns to Washington this week. "
    "It was the third round of talks since the leaders of the two states agreed at their summit to begin working together again."
)


def of(*texts: str) -> list[int]:
    """Number of the first article of each one's cluster."""
    rows = pl.DataFrame({"article_id": [f"{i:02}" for i in range(len(texts))], "words": list(texts)})
    return [int(c) for c in clusters.clustered(rows, EMPTY)["cluster_id"]]


def test_a_copy_may_have_a_dateline_a_last_line_other_case_and_marks_but_no_other_words() -> None:
    assert of(BODY, f"BEIJING (Wire) - {BODY} Reporting by our staff.") == [0, 0]
    assert of("China acts now, again!", "CHINA  acts\nnow again") == [0, 0]
    other = "The two governments resumed their talks about fentanyl on Monday, when a deputy secretary came to Beijing for a day."
    assert of(BODY, other) == [0, 1]


@pytest.mark.trap("articles", "copies")
def test_headlines_that_differ_in_a_number_or_a_month_tell_of_two_things() -> None:
    march = "China's outstanding yuan funds for foreign exchange rise in March"
    assert of(march, march.replace("March", "April"), march) == [0, 1, 0]
    cases = "286 patients discharged from hospitals on the Chinese mainland on the day"
    assert of(cases, cases.replace("286", "287")) == [0, 1]
    # Chinese text is compared by its characters
    text = "中美两国官员周一在北京就管制芬太尼原料的出口举行会谈并同意每月两次交换有关货物的信息"
    assert of(text, f"{text}。", "外交部发言人说中国对此表示坚决反对") == [0, 0, 2]


@given(
    st.lists(st.sampled_from([BODY, f"{BODY} More.", "One two", "A b c d", "a B c d", "", "—"]), max_size=8), st.integers(0, 8)
)
@examples(60)
def test_clusters_do_not_depend_on_how_many_folds_the_articles_come_in(texts: list[str], cut: int) -> None:
    ids = [str(i) for i in range(len(texts))]
    rows = pl.DataFrame({"article_id": ids, "words": texts}, schema={"article_id": pl.String, "words": pl.String})
    at_once = clusters.clustered(rows, EMPTY)
    first = clusters.clustered(rows[:cut], EMPTY)
    assert pl.concat([first, clusters.clustered(rows[cut:], first)]).equals(at_once)


def test_buckets_are_the_same_on_every_machine() -> None:
    found: Any = clusters.buckets_of(["China acts now"])
    assert found.shape == (1, clusters.BANDS)
    assert [f"{b:016x}" for b in found[0, :2].tolist()] == ["fefd9f0ac4b456f7", "00116133a39afb3f"]
