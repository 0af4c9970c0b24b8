-- A name under which a party is or was listed, folded for search.
-- grain: listing_id, name
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
)
SELECT
    listing_id,
    name,
    kind,
    quality,
    -- the same folding as the macro name_words, which is made after the marts
    list_sort(list_distinct(list_filter(
        string_split_regex(
            regexp_replace(regexp_replace(lower(strip_accents(name)), '[''’`]', '', 'g'), '\b(\p{L})\.', '\1', 'g'),
            '[^\p{L}\p{N}]+'
        ),
        lambda word: word <> ''
    ))) AS words
FROM best
ORDER BY listing_id, name;
COMMENT ON TABLE marts.party_names IS 'Names of listed parties, removed ones and former primary names too, folded for the macro find_party.';
COMMENT ON COLUMN marts.party_names.listing_id IS 'The listing.';
COMMENT ON COLUMN marts.party_names.name IS 'Name as the list writes it.';
COMMENT ON COLUMN marts.party_names.kind IS 'primary, also known as, formerly known as, now known as.';
COMMENT ON COLUMN marts.party_names.quality IS 'weak: a broad or generic alias by the authority''s own word.';
COMMENT ON COLUMN marts.party_names.words IS 'Its distinct words in lower case without accents, sorted, as the macro name_words gives them.';
