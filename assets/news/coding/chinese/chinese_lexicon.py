"""Words of the coder for Chinese: acts with their codes, roles with their sectors, and the small words around them.

Everything is in simplified characters; a text in traditional ones is folded first, character by character (``simplified``), so
that places in it stay the same. Acts are rows of ``acts.csv``, of the kinds

- ``act``: who acts, the act, whom it meets (also 对 or 把 whom before the act, and 被 by whom);
- ``say``: the same, and what follows in the clause is what is said, not what is done;
- ``mutual``: both sides do it to each other (会谈, 签署);
- ``visit``: 访问, 抵达 and a place;
- ``list``: 把 or 将 whom on a list;

and rows of ``acts_in_two.csv``: acts in two words with others between them, the first row that fits.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ahocorasick_rs import AhoCorasick, MatchKind

FOLDER = Path(__file__).parent
FACTS = ("acts.csv", "acts_in_two.csv", "traditional.csv")

NEGATIONS = ("没有", "并未", "从未", "尚未", "未曾", "未能", "未", "不会", "不再", "不予", "并不", "不", "无意", "没")
INTENTIONS = ("即将", "拟", "计划", "准备", "打算", "预计", "有意", "考虑", "决心")
CONDITIONS = ("如果", "若", "如若", "一旦", "倘若", "假如", "可能", "或将", "或许")
PASSIVES = ("被", "遭到", "遭", "受到")
TOWARDS = ("对", "向", "给", "就", "针对", "因")
WITH = ("同", "与", "和", "跟", "及")
TAKING = ("把", "将")
"""Before what is taken (把三家企业列入清单); 将 is also the future, where nothing is taken."""
PLACES = ("在", "于", "从", "自")
DENIALS = ("否认", "是否", "未决定", "尚未决定")
"""What leaves nothing told in its clause."""
HOSTS = ("主办", "承办", "主持", "斡旋", "促成", "安排", "调停", "调解")
BOTH = ("双方", "两国")
ACTS = ("act", "say", "mutual", "visit", "list")
"""Kinds of words that are acts."""
_OTHER = """
不可靠实体 不断 不久 不少 不仅 不同 不满 对外 对话 和平 和谐 与会 共同 同时 同意 向来 就业
成就 将军 将领 存在 现在 正在 在内 关于 由于 对于 给予 未来 不明 不动 不等 不管 不法
不过 
来自 调查船 调查员 调查团 原产于 产自 进口自 出口自 位于 处于 基于 鉴于 有关 有望 相关
同比 就此 对此 与此 因此 合同 协同 不得 相同 同胞 一同 针对性 和解
"""
OTHER_WORDS = tuple(_OTHER.split())
"""Words that hold one of the small words and are none."""

ROLES = {
    "GOV": "外交部 外长 外交部长 外务省 外务大臣 外交官 大使 公使 总统 总理 首相 主席 国王 政府 国务院 国务卿 "
    "商务部 商务部长 财政部 财长 官员 发言人 总书记 内阁 大臣 当局 领导人 特使 代表",
    "MIL": "国防部 国防部长 防长 国防相 军方 军队 军人 部队 海军 空军 陆军 军机 军舰 士兵",
    "LEG": "议会 国会 议员 议长 众议院 参议院",
    "COP": "警方 警察 海警船 海警 边防",
    "JUD": "法院 检方 检察官 法官",
    "SPY": "情报机构 情报部门 间谍",
    "BUS": "企业 公司 银行 集团 产品",
    "MED": "媒体 记者 报纸",
    "EDU": "学者 学生 大学 专家",
    "REB": "武装人员 叛军 反政府武装 武装分子",
    "OPP": "反对派 反对党 抗议者",
    "CVL": "公民 平民 民众 渔民 居民 定居者 游客",
}

_SHORT_STATES = "CHN USA RUS JPN KOR PRK GBR FRA DEU IND AUS CAN EU UKR ISR IRN VNM PHL TWN MNG THA ITA SAU"
SHORT = dict(zip("中美俄日韩朝英法德印澳加欧乌以伊越菲台蒙泰意沙", _SHORT_STATES.split(), strict=True))
"""States in one character, as two or three of them stand together: ``中美两国``. 巴, 新 and 土 are several states' or words."""


_BETWEEN = r"[^，。；：]{0,16}?"


@dataclass(frozen=True)
class Word:
    """A word found in a text. ``kind`` is that of an act, ``role`` (``value``: sector), or the name of a group of small words."""

    start: int
    end: int
    kind: str
    value: str


def _rows(name: str) -> list[list[str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


@cache
def _folding() -> dict[int, str]:
    return {ord(traditional): plain for traditional, plain in _rows("traditional.csv")}


def simplified(text: str) -> str:
    """The text in simplified characters, as long as before."""
    return text.translate(_folding())


@cache
def _words() -> tuple[AhoCorasick, list[tuple[str, str]]]:
    groups = {
        "not": NEGATIONS,
        "will": INTENTIONS,
        "if": CONDITIONS,
        "by": PASSIVES,
        "to": TOWARDS,
        "with": WITH,
        "take": TAKING,
        "at": PLACES,
        "deny": DENIALS,
        "host": HOSTS,
        "both": BOTH,
        "other": OTHER_WORDS,
    }
    found: dict[str, tuple[str, str]] = {}
    for kind, words in groups.items():
        for word in words:
            found.setdefault(word, (kind, word))
    for sector, words_of_role in ROLES.items():
        for word in words_of_role.split():
            found[word] = ("role", sector)
    for word, code, kind in _rows("acts.csv"):
        found[word] = (kind, code)
    return AhoCorasick(list(found), matchkind=MatchKind.LeftmostLongest), list(found.values())


@cache
def _patterns() -> list[tuple[re.Pattern[str], str, str]]:
    return [
        (re.compile(f"(?P<act>{begin}){_BETWEEN}(?:{end})"), kind, code) for begin, end, code, kind in _rows("acts_in_two.csv")
    ]


def words_in(text: str) -> list[Word]:
    """The words of the lexicon in a simplified text, the longest from the left; of an act in two words no other within it."""
    automaton, values = _words()
    found = [Word(start, end, *values[n]) for n, start, end in automaton.find_matches_as_indexes(text)]
    taken: list[tuple[int, int]] = []
    for pattern, kind, code in _patterns():
        for m in pattern.finditer(text):
            if not any(a < m.end() and m.start() < b for a, b in taken):
                taken.append(m.span())
                found = [w for w in found if not (w.kind in (*ACTS, "not") and m.start() <= w.start < m.end())]
                found.append(Word(m.start(), m.end("act"), kind, code))
    return sorted(found, key=lambda w: w.start)
