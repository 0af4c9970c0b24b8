-- News articles: one row per article and version of its text. A headline alone, or an entry of a feed, is an article without text.
-- sorted by: published_at, article_id
-- packed: url, url_canonical, title, text
-- newest: published_at by source
CREATE TABLE core.articles (
    article_id VARCHAR NOT NULL PRIMARY KEY,
    url VARCHAR,
    url_canonical VARCHAR,
    outlet VARCHAR,
    outlet_country VARCHAR REFERENCES core.actors (actor_id),
    language VARCHAR,
    title VARCHAR,
    published_at TIMESTAMP,
    published_precision VARCHAR NOT NULL CHECK (published_precision IN ('second', 'minute', 'day', 'unknown')),
    known_from TIMESTAMP NOT NULL,
    known_basis VARCHAR NOT NULL CHECK (known_basis IN ('published', 'snapshot')),
    cluster_id VARCHAR,
    buckets UBIGINT[],
    text VARCHAR,
    source VARCHAR NOT NULL,
    snapshot_id VARCHAR NOT NULL,
    file VARCHAR NOT NULL
);
COMMENT ON TABLE core.articles IS 'News articles. An article without a published date has none: it is never guessed.';
COMMENT ON COLUMN core.articles.article_id IS 'Hash of the canonical URL (else of the id, the file name, or outlet, headline and time) and the text: another version of a text is another article.';
COMMENT ON COLUMN core.articles.url IS 'Address as given; NULL where unknown.';
COMMENT ON COLUMN core.articles.url_canonical IS 'The one form of the address: https, no www, mobile or AMP host, no tracking parameters, no fragment. NULL where there is no web address.';
COMMENT ON COLUMN core.articles.outlet IS 'Publisher: as stated, else by the table of outlets, else the host; NULL where unknown.';
COMMENT ON COLUMN core.articles.outlet_country IS 'The state of the publisher, by the table of outlets; NULL where it is not there.';
COMMENT ON COLUMN core.articles.language IS 'ISO 639-1 code; NULL where unknown.';
COMMENT ON COLUMN core.articles.title IS 'Headline; NULL where unknown.';
COMMENT ON COLUMN core.articles.published_at IS 'Time of publication, UTC; a day alone is written as its 00:00. A time that is written without its offset is taken where the zone of the outlet is known, else only its day. NULL where unknown.';
COMMENT ON COLUMN core.articles.published_precision IS 'How exact published_at is. second, minute, day: as far as it is stated; unknown: no time is stated.';
COMMENT ON COLUMN core.articles.known_from IS 'published_at, and of a day alone its last instant or the retrieval where that came before; else the retrieval of the first snapshot that had the article. UTC.';
COMMENT ON COLUMN core.articles.known_basis IS 'Which of the two known_from is. published: published_at; snapshot: the retrieval of the first snapshot that had the article.';
COMMENT ON COLUMN core.articles.cluster_id IS 'The id of the first article of its cluster: copies of one text, syndicated or slightly edited, share it (MinHash over runs of three words; of headlines the numbers, months and days must be the same).';
COMMENT ON COLUMN core.articles.buckets IS 'MinHash buckets in which this article was the first: what later articles are compared with. Not for analysis.';
COMMENT ON COLUMN core.articles.text IS 'Body as plain text: mentions count characters in it, after the title and one line break. NULL where there is only the headline.';
COMMENT ON COLUMN core.articles.source IS 'Source id.';
COMMENT ON COLUMN core.articles.snapshot_id IS 'The snapshot that had it first.';
COMMENT ON COLUMN core.articles.file IS 'File inside the snapshot.';
