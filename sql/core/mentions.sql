-- Actors named in articles, with the characters that name them.
-- sorted by: actor_id, article_id, char_start
-- newest: known_from
CREATE TABLE core.mentions (
    article_id VARCHAR NOT NULL REFERENCES core.articles (article_id),
    sentence INTEGER NOT NULL CHECK (sentence >= 0),
    char_start INTEGER NOT NULL CHECK (char_start >= 0),
    char_end INTEGER NOT NULL,
    surface VARCHAR NOT NULL,
    actor_id VARCHAR NOT NULL REFERENCES core.actors (actor_id),
    country_id VARCHAR,
    sector VARCHAR,
    confidence DOUBLE NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    known_from TIMESTAMP NOT NULL,
    PRIMARY KEY (article_id, char_start),
    CHECK (char_start < char_end)
);
COMMENT ON TABLE core.mentions IS 'Actors named in articles: one row per mention. Of overlapping names the longest counts.';
COMMENT ON COLUMN core.mentions.article_id IS 'The article.';
COMMENT ON COLUMN core.mentions.sentence IS 'Number of the sentence from 0; the title is sentence 0.';
COMMENT ON COLUMN core.mentions.char_start IS 'First character, counted from 0 in title, line break, text.';
COMMENT ON COLUMN core.mentions.char_end IS 'Character after the last one.';
COMMENT ON COLUMN core.mentions.surface IS 'The words as written in the text.';
COMMENT ON COLUMN core.mentions.actor_id IS 'The actor named.';
COMMENT ON COLUMN core.mentions.country_id IS 'The state the actor belongs to.';
COMMENT ON COLUMN core.mentions.sector IS 'CAMEO sector: of the office held on the day, of the actor, or as the words around the name show (US troops: MIL). ELI: no longer in office.';
COMMENT ON COLUMN core.mentions.confidence IS '1 for an unambiguous name in its tenure; less where the date is unknown or the name is shared.';
COMMENT ON COLUMN core.mentions.known_from IS 'When the article was first known, UTC.';
