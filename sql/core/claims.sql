-- Numeric claims in articles on measures that this warehouse holds, as the text says them: one row per number.
-- sorted by: measure, known_from, article_id, char_start
-- newest: known_from
-- warning: not_comparable: what a text says, found by patterns, not what is so: marts.claims_judged compares it with the data.
CREATE TABLE core.claims (
    article_id VARCHAR NOT NULL REFERENCES core.articles (article_id),
    sentence INTEGER NOT NULL CHECK (sentence >= 0),
    char_start INTEGER NOT NULL CHECK (char_start >= 0),
    char_end INTEGER NOT NULL,
    surface VARCHAR NOT NULL,
    evidence VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    measure VARCHAR NOT NULL CHECK (measure IN ('overdose_deaths', 'overdose_deaths_share', 'overdose_deaths_change', 'drugs_seized', 'listings_added', 'listings_removed', 'listings_in_force')),
    drug VARCHAR,
    comparator VARCHAR NOT NULL CHECK (comparator IN ('exactly', 'more_than', 'at_least', 'less_than', 'at_most', 'nearly', 'about', 'between')),
    number DOUBLE NOT NULL,
    number_to DOUBLE,
    low DOUBLE,
    high DOUBLE,
    unit VARCHAR NOT NULL CHECK (unit IN ('deaths', 'share', 'pounds', 'listings')),
    actor_id VARCHAR REFERENCES core.actors (actor_id),
    source_id VARCHAR REFERENCES core.actors (actor_id),
    source_body_id VARCHAR REFERENCES core.actors (actor_id),
    target_id VARCHAR REFERENCES core.actors (actor_id),
    list_id VARCHAR,
    party_type VARCHAR CHECK (party_type IN ('person', 'entity', 'vessel')),
    period_from DATE,
    period_to DATE,
    period_basis VARCHAR NOT NULL CHECK (period_basis IN ('stated', 'none', 'not_read')),
    published_on DATE,
    known_from TIMESTAMP NOT NULL,
    PRIMARY KEY (article_id, char_start),
    CHECK (char_start < char_end),
    CHECK (low IS NOT NULL OR high IS NOT NULL),
    CHECK (low IS NULL OR high IS NULL OR low <= high),
    CHECK (period_from <= period_to),
    CHECK ((period_basis = 'stated') = (period_from IS NOT NULL AND period_to IS NOT NULL)),
    CHECK ((drug IS NULL) = (unit = 'listings'))
);
COMMENT ON TABLE core.claims IS 'Numbers that articles state of overdose deaths, of the share of a drug in them, of drugs seized and of parties listed. One row per number and sentence; an article repeats a claim where its headline does. Plans, fears, wishes, denials and counts of a day or a week are left out. Claims about places without data are here too.';
COMMENT ON COLUMN core.claims.article_id IS 'The article.';
COMMENT ON COLUMN core.claims.sentence IS 'Number of the sentence from 0; the title is sentence 0.';
COMMENT ON COLUMN core.claims.char_start IS 'First character of the number with the word that limits it, counted from 0 in title, line break, text.';
COMMENT ON COLUMN core.claims.char_end IS 'Character after the last one, the unit included.';
COMMENT ON COLUMN core.claims.surface IS 'The number as written, with the word that limits it.';
COMMENT ON COLUMN core.claims.evidence IS 'The sentence.';
COMMENT ON COLUMN core.claims.rule IS 'The rule that read it (assets/news/claims/claim_rules.py).';
COMMENT ON COLUMN core.claims.measure IS 'What is counted. overdose_deaths: deaths; overdose_deaths_share: deaths with the drug in all overdose deaths; overdose_deaths_change: on the year before, a fall below 0; drugs_seized: seized at the borders; listings_added, listings_removed: parties put on a list or taken off; listings_in_force: parties on a list at the time of the article.';
COMMENT ON COLUMN core.claims.drug IS 'Of deaths as in core.overdose_observations (all, T40.4 for fentanyl and other synthetic opioids, ...), of seizures as in core.drug_seizures; NULL of listings.';
COMMENT ON COLUMN core.claims.comparator IS 'How the number is limited. exactly: as written, to its last digit that is no zero at the end (from 1,000 on); more_than, at_least, less_than, at_most: on one side; nearly: a little below it; about: to either side; between: from low to high.';
COMMENT ON COLUMN core.claims.number IS 'The number, in the unit; a share and a change from 0 to 1.';
COMMENT ON COLUMN core.claims.number_to IS 'The upper number of between; else NULL.';
COMMENT ON COLUMN core.claims.low IS 'The least value that the claim admits, in the unit; of more_than the value itself is not admitted. NULL: no bound. exactly: half the last digit written to either side (a bare fraction: 0.025); nearly: 5 % of the number below it; about: 5 % to either side.';
COMMENT ON COLUMN core.claims.high IS 'The greatest value that it admits, in the unit; of less_than the value itself is not admitted. NULL: no bound.';
COMMENT ON COLUMN core.claims.unit IS 'deaths, share (0 to 1), pounds, or listings. A ton is taken for 2,000 pounds, a tonne for 1,000 kilograms.';
COMMENT ON COLUMN core.claims.actor_id IS 'The place whose deaths are counted, or the state that seized; NULL of listings, and where the text names none.';
COMMENT ON COLUMN core.claims.source_id IS 'Of listings the state or organisation that listed; NULL where the text names none.';
COMMENT ON COLUMN core.claims.source_body_id IS 'The body that listed or seized, where the text names it.';
COMMENT ON COLUMN core.claims.target_id IS 'Of listings the state of the parties; NULL where the text names none.';
COMMENT ON COLUMN core.claims.list_id IS 'Of listings the list that is named, or that of the body named (Treasury: the SDN list; Commerce: the Entity List); it need not be here. NULL where neither is.';
COMMENT ON COLUMN core.claims.party_type IS 'Of listings the sort of party, where all words for them say the same one.';
COMMENT ON COLUMN core.claims.period_from IS 'First day of the period.';
COMMENT ON COLUMN core.claims.period_to IS 'Last day of the period.';
COMMENT ON COLUMN core.claims.period_basis IS 'stated: by a date, or relative to the day of publication. none: the sentence states no period. not_read: it states one that is not understood or is longer than a year (since 1999), or it is relative and the day of publication is unknown.';
COMMENT ON COLUMN core.claims.published_on IS 'Day of publication, UTC; NULL where unknown.';
COMMENT ON COLUMN core.claims.known_from IS 'When the article was first known, UTC.';
