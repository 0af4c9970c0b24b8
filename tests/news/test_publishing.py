"""When and where an article was published: times as outlets write them, one address for one page, outlets and their states."""

import csv
import gzip
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.actors import registry
from assets.news.articles import addresses
from assets.news.articles.stated import as_written

CHINA = "Asia/Shanghai"


TIMES = """
2022-06-28T23:36:42.000Z = 2022-06-28 23:36:42 second
23:59, 14-Apr-2022 = 2022-04-14 15:59:00 minute
Updated: 2022-06-30 09:08 = 2022-06-30 01:08:00 minute
Published: May 31, 2022 11:44 PM = 2022-05-31 15:44:00 minute
Published: May 31, 2022 06:15 PM Updated: May 31, 2022 06:12 PM = 2022-05-31 10:15:00 minute
2022-06-30 07:40:00 = 2022-06-29 23:40:00 second
2022-06-30 = 2022-06-30 00:00:00 day
June 30, 2022 = 2022-06-30 00:00:00 day
30 June 2022 = 2022-06-30 00:00:00 day
Thu, 30 Jun 2022 09:08:00 +0800 = 2022-06-30 01:08:00 second
2022-06-30T09:08+08:00 = 2022-06-30 01:08:00 minute
"""


def test_times_as_outlets_write_them_and_what_is_none() -> None:
    for text, expected in (line.split(" = ") for line in TIMES.strip().splitlines()):
        found = as_written(text, CHINA)
        assert found is not None
        assert f"{found[0]} {found[1]}" == expected
    for text in ("12:05 AM", "yesterday", "June 2022", "2022-13-30", "Published: ", "30/06/2022", "Marvel 31, 2022"):
        assert as_written(text, CHINA) is None, text
    # without an offset it is a day where the zone is not known
    for text in ("23:59, 14-Apr-2022", "2022-04-14 23:59", "Published: Apr 14, 2022 11:59 PM"):
        assert as_written(text, None) == (datetime(2022, 4, 14), "day")
    assert as_written("2022-06-28T23:36:42.000Z", None) == (datetime(2022, 6, 28, 23, 36, 42), "second")


@given(st.text(st.sampled_from("Published: Updated 0123456789-:,/TZ JunMayAPM+"), max_size=50))
@settings(max_examples=100, deadline=None)
def test_any_text_is_a_time_or_none(text: str) -> None:
    found = as_written(text, CHINA)
    assert found is None or found[1] in ("second", "minute", "day")


@pytest.mark.trap("articles", "one-address")
def test_one_page_has_one_address() -> None:
    pages = {
        "http://www.scmp.com/news/x?utm_source=t&id=3&fbclid=1#top": "https://scmp.com/news/x?id=3",
        "https://m.scmp.com/news/x/": "https://scmp.com/news/x",
        "https://AMP.cnn.com:443/cnn/index.html": "https://cnn.com/cnn/index.html",
        "https://www.theguardian.com/world/a/amp?amp=1": "https://theguardian.com/world/a",
        "https://www.example.org/a.amp.html": "https://example.org/a.html",
        "https://www.google.com/amp/s/www.example.org/a.amp": "https://example.org/a",
        "https://www-example-org.cdn.ampproject.org/c/s/www.example.org/a": "https://example.org/a",
        "https://a.org/n?id=1&page=2&cid=3&source=x": "https://a.org/n?id=1&page=2&cid=3&source=x",
        "http://example.org:8080/a//b": "https://example.org:8080/a/b",
        "https://m.com/a": "https://m.com/a",
        "https://example.org": "https://example.org",
        "mailto:a@example.org": None,
        "http://[half": None,
        "example.org/a": None,
    }
    assert {url: addresses.canonical(url) for url in pages} == pages


@given(st.text(st.sampled_from("htps:/.?&=#amwcdn[]@%0a "), max_size=40).map(lambda t: "http://" + t))
@settings(max_examples=100, deadline=None)
def test_a_canonical_address_is_its_own_canonical_address(url: str) -> None:
    found = addresses.canonical(url)
    assert found is None or addresses.canonical(found) == found


@pytest.mark.trap("articles", "seat-of-the-outlet")
def test_an_outlet_is_named_as_stated_and_placed_by_the_table() -> None:
    for name, url, expected in (
        (None, "https://english.news.cn/x", ("Xinhua", "CHN")),
        ("Xinhuanet", None, ("Xinhuanet", "CHN")),
        (None, "https://m.scmp.com/x", ("South China Morning Post", "HKG")),
        ("My Gazette", "https://www.bbc.co.uk/x", ("My Gazette", "GBR")),
        (None, "https://www.nobody.example/x", ("nobody.example", None)),
        ("My Gazette", None, ("My Gazette", None)),
    ):
        found = addresses.outlet_of(name, url)
        assert found is not None
        assert (found.name, found.country_id) == expected
    assert addresses.outlet_of(None, None) is None
    with (Path(addresses.__file__).parent / "outlets.csv").open(encoding="utf-8", newline="") as file:
        states = {row["country_id"] for row in csv.DictReader(file)}
    assert states <= set(registry.actors().filter(kind="state")["actor_id"])


@pytest.mark.real_data
def test_every_real_headline_has_a_time_before_it_was_captured(real_data: Path) -> None:
    late = []
    with gzip.open(real_data / "news/headlines/headlines_until_2022-06.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            outlet = addresses.outlet_of(row["outlet"], None)
            assert outlet is not None
            found = as_written(row["published"], outlet.timezone)
            assert found is not None, row["published"]
            captured = datetime.strptime(row["captured"], "%Y-%b-%d %H:%M:%S")  # noqa: DTZ007  (naive UTC throughout)
            if found[0] > captured:
                late.append(row)
    assert late == [], "a zone is wrong where headlines were captured before they were published"
