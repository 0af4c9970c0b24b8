"""``marts.party_word_grams`` in a copy of the published file: only the pieces of words that came, went or occur otherwise often.

The pieces of a word follow from the word. What is put in stands behind the others, so that after many refreshes all is made anew.
"""

from __future__ import annotations

import re

import duckdb

MART = "marts.party_word_grams"
MOST_RENEWED = 0.2
"""Share of the words that may be others: of more, all are made anew."""
MOST_BEHIND = 0.1
"""Share of the rows that may stand behind those in order."""
_SELECT = re.compile(
    r"\nCREATE TABLE marts\.party_word_grams AS\n(.*?)\bFROM marts\.party_words\n(.*?)\nORDER BY gram, word;\n", re.DOTALL
)


def renew(con: duckdb.DuckDBPyConnection, text: str) -> bool:
    """Put the pieces of the words that changed in place of those before; False where all are better made anew.

    Args:
        con: the copy in use, with the words of now, and the file before attached as ``earlier``.
        text: the script of the mart.

    Raises:
        ValueError: the text is not that of the mart.
    """
    found = _SELECT.search(text)
    if found is None:
        raise ValueError("party_word_grams.sql: expected one SELECT of the words, in order of gram and word")
    con.execute(
        """CREATE OR REPLACE TEMP TABLE words_renewed AS
           SELECT DISTINCT word
           FROM (
               (FROM earlier.marts.party_words EXCEPT FROM marts.party_words)
               UNION ALL
               (FROM marts.party_words EXCEPT FROM earlier.marts.party_words)
           )"""
    )
    try:
        ((n_words, n_changed),) = con.execute(
            "SELECT (SELECT count(*) FROM marts.party_words), (SELECT count(*) FROM words_renewed)"
        ).fetchall()
        ((n_rows, n_in_order),) = con.execute(
            f"""SELECT count(*), coalesce(min(place) FILTER (gram < gram_before), count(*))
                FROM (SELECT row_number() OVER () AS place, gram, lag(gram) OVER () AS gram_before FROM {MART})"""
        ).fetchall()
        if n_changed > MOST_RENEWED * n_words or n_rows - n_in_order > MOST_BEHIND * n_rows:
            return False
        con.execute(f"DELETE FROM {MART} WHERE word IN (FROM words_renewed)")
        con.execute(
            f"""INSERT INTO {MART}
                {found[1]}FROM (SELECT * FROM marts.party_words WHERE word IN (FROM words_renewed)) AS party_words
                {found[2]}
                ORDER BY gram, word"""
        )
        return True
    finally:
        con.execute("DROP TABLE temp.words_renewed")
