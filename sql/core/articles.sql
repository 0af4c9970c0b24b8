-- News articles: one row per article and version of its text.
-- sorted by: published_at, article_id
CREATE TABLE core.articles (
    article_id VARCHAR NOT NULL PRIMARY KEY,
    url VARCHAR,
    outlet VARCHAR,
    language VARCHAR,
    title VARCHAR,
    published_at TIMESTAMP,
    published_precision VARCHAR NOT NULL CHECK (published_precision IN ('second', 'minute', 'day', 'unknown')),
    known_from TIMESTAMP NOT NULL,
    known_basis VARCHAR NOT NULL CHECK (known_basis IN ('published', 'snapshot')),
    cluster_id VARCHAR,
    text VARCHAR,
    source VARCHAR NOT NULL,
    snapshot_id VARCHAR NOT NULL,
    file VARCHAR NOT NULL
);
COMMENT ON TABLE core.articles IS 'News articles. An article without a published date has none: it is never guessed.';
COMMENT ON COLUMN core.articles.article_id IS 'Hash of URL (else of file name) and text: another version of a text is another article.';
COMMENT ON COLUMN core.articles.url IS 'Address as given; NULL where unknown.';
COMMENT ON COLUMN core.articles.outlet IS 'Publisher; NULL where unknown.';
COMMENT ON COLUMN core.articles.language IS 'ISO 639-1 code; NULL where unknown.';
COMMENT ON COLUMN core.articles.title IS 'Headline; NULL where unknown.';
COMMENT ON COLUMN core.articles.published_at IS 'Time of publication, UTC; a day alone is 00:00. NULL where unknown.';
COMMENT ON COLUMN core.articles.published_precision IS 'How exact published_at is.';
COMMENT ON COLUMN core.articles.known_from IS 'published_at, else the retrieval of the first snapshot that held the article, UTC.';
COMMENT ON COLUMN core.articles.known_basis IS 'Which of the two known_from is.';
COMMENT ON COLUMN core.articles.cluster_id IS 'Same for copies of one text (exact after white space and case are folded).';
COMMENT ON COLUMN core.articles.text IS 'Body as plain text: mentions count characters in it, after the title and one line break.';
COMMENT ON COLUMN core.articles.source IS 'Source id.';
COMMENT ON COLUMN core.articles.snapshot_id IS 'The snapshot that first held it.';
COMMENT ON COLUMN core.articles.file IS 'File inside the snapshot.';
