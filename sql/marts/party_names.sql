-- A name under which a party is or was listed, folded for search.
-- grain: listing_id, name
-- vocabularies: kind: core.sanction_names.kind; quality: core.sanction_names.quality
CREATE TABLE marts.party_names AS
WITH names AS (
    SELECT listing_id, name, kind, quality FROM core.sanction_names
    UNION ALL
    SELECT listing_id, name, 'primary', 'strong' FROM core.sanction_listings
),
best AS (
    SELECT listing_id, name, kind, quality
    FROM names
    QUALIFY row_number() OVER (
        PARTITION BY listing_id, name
        ORDER BY list_position(['primary', 'aka', 'nka', 'fka'], kind), list_position(['strong', 'weak'], quality)
    ) = 1
),
folded AS (
    -- many listings share a name: each is folded once
    SELECT name, list_distinct(words) AS words, letters_hash(words) AS letters_hash
    FROM (SELECT name, distinctive_words(name) AS words FROM (SELECT DISTINCT name FROM best))
)
SELECT
    CAST(row_number() OVER (ORDER BY b.listing_id, b.name) AS INTEGER) AS name_no,
    b.listing_id,
    b.name,
    b.kind,
    b.quality,
    f.words,
    f.letters_hash
FROM best AS b
JOIN folded AS f ON f.name = b.name
ORDER BY b.listing_id, b.name;
COMMENT ON TABLE marts.party_names IS 'Names of listed parties, removed ones and former primary names too, folded for the macro find_party.';
COMMENT ON COLUMN marts.party_names.name_no IS 'Number of the row in this file.';
COMMENT ON COLUMN marts.party_names.listing_id IS 'The listing.';
COMMENT ON COLUMN marts.party_names.name IS 'Name as the list writes it.';
COMMENT ON COLUMN marts.party_names.kind IS 'primary, also known as, formerly known as, now known as.';
COMMENT ON COLUMN marts.party_names.quality IS 'weak: a broad or generic alias by the authority''s own word.';
COMMENT ON COLUMN marts.party_names.words IS 'Its distinctive words, each once, as the macro distinctive_words gives them.';
COMMENT ON COLUMN marts.party_names.letters_hash IS 'Hash of its distinctive words in order without blanks: a name in another script has its blanks elsewhere.';
