"""Chinese: dates, parties, acts and modality of sentences, the labelled sample, and which language a text is in."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.actors import registry
from assets.news.coding import languages
from assets.news.coding.chinese.chinese_coder import Found, events_in
from assets.news.coding.chinese.chinese_dates import dates_in
from assets.news.coding.chinese.chinese_lexicon import FOLDER, simplified
from assets.news.coding.interface import Event, Text
from assets.news.coding.jsonl import code_lines
from benchmarks import chinese as sample
from tests.depth import examples

DAY = date(2023, 11, 16)


DATES = """
2023-11-15 day: 2023年11月15日 11月15日 15日 十一月十五日 昨日 周三
2022-12-03 day: 12月3日
2023-10-20 day: 20日
2023-11-10 day: 周五 上周五
2023-11-12 day: 星期天
2023-10-01 month: 二〇二三年十月 上月
2022-01-01 year: 2022年 去年
"""


def test_dates_are_counted_back_from_publication() -> None:
    for when, texts in (line.split(": ") for line in DATES.strip().splitlines()):
        for text in texts.split():
            (found,) = dates_in(f"中方{text}宣布", DAY)
            assert f"{found.when.first} {found.when.precision}" == when, text


def test_what_is_to_come_or_beyond_the_calendar_is_none_and_without_a_day_of_publication_only_a_stated_year_counts() -> None:
    for text, published, days in (
        ("下周一，本周日，2月30日，13月5日，日本，今后", DAY, []),
        ("2021年3月5日，4月6日，昨日，周三", None, [date(2021, 3, 5)]),
        ("昨日，去年，上月，上周三", date(1, 1, 1), []),
        ("今天，今年，本月，15日", date(9999, 12, 31), [date(9999, 12, 15)]),
        ("9999年，9999年12月31日，0000年，〇〇〇〇年3月，2021年2月30日，13月5日", DAY, []),
    ):
        assert [d.when.first for d in dates_in(text, published)] == days, text


ACTS = """
中国谴责日本。 CHN JPN 111 past
中國譴責日本。 CHN JPN 111 past
中方向美方提出严正交涉。 CHN USA 114 past
中国企业被美国制裁。 USA CHN 163 past
中国把三家美国企业列入不可靠实体清单。 CHN USA 163 past
中国将三家美国企业列入不可靠实体清单。 CHN USA 163 past
美国没有制裁中国。 USA CHN 163 denied
美国将制裁中国。 USA CHN 163 intended
如果美国制裁中国，市场会下跌。 USA CHN 163 hypothetical
美国否认制裁中国。
法国批评英国访问俄罗斯。 FRA GBR 111 past
王毅会见法国外长。 CHN FRA 040 past, FRA CHN 040 past
中美两国举行磋商。 CHN USA 046 past, USA CHN 046 past
来华访问的法国总统说。
日本在法国举行展览。
中国宣布对美国商品加征34%的关税。 CHN USA 163 past
中国暂停对美国加征的关税。 CHN USA 085 past
美国撤销对中国企业的制裁。 USA CHN 085 past
中国对日本水产品实施进口禁令。 CHN JPN 163 past
俄罗斯无人机侵入波兰领空。 RUS POL 190 past
巴西总统卢拉将访华。 BRA CHN 042 intended
习近平在北京会见来访的德国总理朔尔茨。 CHN DEU 040 past, DEU CHN 040 past
日本谴责韩美联合军演。 JPN KOR 111 past, JPN USA 111 past
立陶宛关闭与白俄罗斯的两处边境口岸。 LTU BLR 163 past
德国向乌克兰追加提供两套防空系统。 DEU UKR 072 past
俄外交部宣布五名挪威外交官为不受欢迎的人。 RUS NOR 161 past
中方宣布暂停从立陶宛进口牛肉。 CHN LTU 163 past
印度和巴基斯坦同意停火。 IND PAK 030 past, PAK IND 030 past
白宫尚未决定是否制裁土耳其。
应俄罗斯总统普京邀请，越南总理访问莫斯科。 VNM RUS 042 past
朝鲜发射导弹，韩国和日本予以谴责。 KOR PRK 111 past, JPN PRK 111 past
土耳其主办俄罗斯和乌克兰的直接谈判。 RUS UKR 046 past, UKR RUS 046 past
韩国外交部召见日本大使，对日本表示抗议。 KOR JPN 114 past
"""


def test_an_act_stands_between_the_parties_that_the_words_mark() -> None:
    for text, _, expected in (line.partition(" ") for line in ACTS.strip().splitlines()):
        found = [f"{e.source.side} {e.target.side} {e.code} {e.modality}" for e in events_in(text, DAY)]
        assert ", ".join(found) == expected, text


def test_an_event_has_the_sector_of_its_parties_no_date_unless_it_is_stated_and_its_place_in_the_text() -> None:
    text = "天氣晴。俄罗斯军队炮击乌克兰村庄。"
    (event,) = events_in(text, DAY)
    assert (event.source.sector, event.target.actor_id, event.when) == ("MIL", "UKR", None)
    assert text[event.start : event.end] == "俄罗斯军队炮击乌克兰村庄。"
    assert simplified("中國外交部") == "中国外交部"


def test_every_act_has_a_code_of_the_table() -> None:
    acts = pl.concat(
        pl.read_csv(FOLDER / name, columns=["cameo_code"], infer_schema=False) for name in ("acts.csv", "acts_in_two.csv")
    )
    assert set(acts["cameo_code"]) <= set(registry.cameo_codes()["cameo_code"])


def test_the_sample_is_195_sentences_of_which_30_and_30_are_held_out() -> None:
    rows = sample.rows()
    assert Counter(r["split"] for r in rows) == {"dev": 135, "held": 30, "later": 30}
    actors = set(registry.actors()["actor_id"])
    assert {e[side] for r in rows for e in r["events"] for side in ("source", "target")} <= actors
    assert len({r["text"] for r in rows}) == len(rows)


@pytest.mark.parametrize(("split", "precision", "recall"), [("dev", 0.95, 0.9), ("held", 0.85, 0.8), ("later", 0.9, 0.85)])
def test_pair_and_class_hold_on_the_sample(split: str, precision: float, recall: float) -> None:
    score = sample.measure(split)
    assert score["class"] >= precision * score["coded"]
    assert score["class"] >= recall * score["expected"]


def test_the_language_of_a_text_is_told_by_letters_and_common_words() -> None:
    texts = {
        "中国外交部发言人": "zh",
        "日本の首相は訪中した。": "ja",
        "미국과 중국": "ko",
        "Россия и Китай": "Cyrillic letters",
        "Le président de la France est dans le pays pour une visite": "fr",
        "Der Kanzler hat sich mit dem Präsidenten der USA getroffen": "de",
        "No deals, no pacts, no coalition with SNP - Labour leader": "en",
        "Xi met Biden": "en",
        "": "en",
    }
    assert {text: languages.language_of(text) for text in texts} == texts


class English:
    """A coder that only remembers what it was given."""

    name = "en"
    version = "1"

    def __init__(self) -> None:
        self.given: list[Any] = []

    def code(self, texts: Iterable[Text]) -> Iterator[tuple[Text, list[Event]]]:
        for text in texts:
            self.given.append(text.id)
            yield text, []

    def relation(self, text: Text, source: str, target: str) -> Event:
        raise AssertionError((text, source, target))


def test_each_text_is_coded_by_the_coder_of_its_language_in_order() -> None:
    english = English()
    texts = [Text(1, "A b."), Text(2, "中国谴责日本。", DAY), Text(3, "Россия и Китай"), Text(4, "C d.")]
    coded = [(t.id, [(e.cameo_code, e.language) for e in events]) for t, events in languages.ByLanguage(english).code(texts)]
    assert coded == [(1, []), (2, [("111", "zh")]), (3, []), (4, [])]
    assert english.given == [1, 4]


def test_the_relation_of_two_parties_in_a_chinese_text_is_the_event_between_them() -> None:
    event = languages.ByLanguage(English()).relation(Text(1, "法国谴责日本，并会见德国外长。", DAY), "法国", "日本")
    assert (event.source_id, event.target_id, event.cameo_code) == ("FRA", "JPN", "111")


def test_json_lines_say_what_coded_a_chinese_text_and_that_a_russian_one_is_not_coded() -> None:
    lines = [json.dumps({"id": 1, "text": "中国谴责日本。"}), json.dumps({"id": 2, "text": "Россия и Китай"})]
    chinese, russian = [json.loads(line.json) for line in code_lines(lines, languages.ByLanguage(English()))]
    assert (chinese["coder"], chinese["plover_event"]) == (languages.CHINESE, "ACCUSE")
    assert russian == {
        "id": 2,
        "skipped": "line 2: the text is in Cyrillic letters; English and Chinese are coded, so it has no events",
    }


_ODD = "中美俄日韩被对向将把没不如果的在同与谴责制裁会见访问列入双方两国，。：；年月日周三15昨 \n"


@examples(60)
@given(st.text(st.sampled_from(_ODD), max_size=60))
def test_no_text_raises(text: str) -> None:
    found: list[Found] = events_in(text, DAY)
    assert all(0 <= e.start < e.end <= len(text) and e.source.side != e.target.side for e in found)
