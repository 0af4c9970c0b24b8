"""Who reports an event, by the words beside a name."""

import pytest

from assets.news.coding.interface import Text
from assets.news.coding.pairs import pairs_in, reporter_of
from assets.news.coding.parties import actors_in
from assets.news.coding.pieces import pieces_of


@pytest.mark.parametrize(
    ("text", "pair", "reporter"),
    [
        ("Kenya said on Friday that Uganda had invaded Rwanda.", ("UGA", "RWA"), "KEN"),
        ("Uganda had invaded Rwanda, Kenya said on Friday.", ("UGA", "RWA"), "KEN"),
        ("Uganda has invaded Rwanda, according to Kenya.", ("UGA", "RWA"), "KEN"),
        ("Uganda invaded Rwanda: Kenya", ("UGA", "RWA"), "KEN"),
        ("Uganda invaded Rwanda and bombed Kenya.", ("UGA", "RWA"), None),
        ("Uganda said it had invaded Rwanda.", ("UGA", "RWA"), None),
    ],
)
def test_a_third_who_says_it_reports_it(text: str, pair: tuple[str, str], reporter: str | None) -> None:
    (piece,) = pieces_of(Text(1, text), None)
    actors = actors_in(piece.words, piece.mentions, piece.start)
    found = next(p for p in pairs_in(piece.words, actors) if p.dyad == pair)
    told_by = reporter_of(found, piece.words, actors)
    assert (None if told_by is None else told_by.party) == reporter
