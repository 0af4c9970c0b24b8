"""The sentence splitter."""

from hypothesis import given
from hypothesis import strategies as st

from assets.news.text.sentences import spans


def split(text: str) -> list[str]:
    return [text[start:end].strip() for start, end in spans(text)]


SPLIT = """
Xi met Biden.| They spoke.
The U.S. imposed tariffs on Mr. Wang.
The U.S. Treasury acted.
He flew to the U.S.| The talks went on.
On Sept. 22 and Oct. 3 it acted.| Done.
Gen. Li met J. Sullivan.| No one spoke.
“We will act.”| He left.
“Why?” he asked.| Nobody knew.
It rose 3.5 per cent to 1.2 million.| Why?
Huawei Technologies Co. Ltd. sued.| In 2019.| It lost.
A headline/|The text begins
a hard line break in/the middle of a sentence
one paragraph//|another one
中国宣布制裁。|美国回应！|“不会。”|他说
"""


def test_sentences_of_news_text() -> None:
    for row in (line.replace("/", "\n") for line in SPLIT.strip().splitlines()):
        assert split(row.replace("|", "")) == [sentence.strip() for sentence in row.split("|")]
    assert (split(""), split("   ")) == ([], [""])


@given(st.text(st.sampled_from("aB .!?\n“”。USr'\"1\r\t…"), max_size=60) | st.text(max_size=40))
def test_nothing_is_lost_between_sentences(text: str) -> None:
    found = spans(text)
    assert "".join(text[start:end] for start, end in found) == text
    assert all(start < end for start, end in found)
