-- Documents by which authorities make acts known, as their registers serve them.
-- sorted by: publication_date, document_id, known_from
-- packed: url, title
-- newest: publication_date by register
CREATE TABLE core.act_documents (
    document_id VARCHAR NOT NULL,
    register VARCHAR NOT NULL,
    document_number VARCHAR NOT NULL,
    authority_id VARCHAR REFERENCES core.actors (actor_id),
    authority_basis VARCHAR CHECK (authority_basis IN ('register', 'summary')),
    document_type VARCHAR,
    citation VARCHAR,
    title VARCHAR NOT NULL,
    abstract VARCHAR,
    summary_words VARCHAR,
    signing_date DATE,
    publication_date DATE NOT NULL,
    effective_date DATE,
    start_page INTEGER,
    end_page INTEGER,
    url VARCHAR NOT NULL,
    known_from TIMESTAMP NOT NULL,
    known_to TIMESTAMP,
    snapshot_id VARCHAR NOT NULL,
    PRIMARY KEY (document_id, known_from),
    CHECK (known_to IS NULL OR known_from < known_to),
    CHECK (start_page <= end_page),
    CHECK ((authority_id IS NULL) = (authority_basis IS NULL))
);
COMMENT ON TABLE core.act_documents IS 'Documents of the Federal Register and entries of OFAC''s recent actions: what core.official_acts is made of, besides listings and reviewed acts. One row per version.';
COMMENT ON COLUMN core.act_documents.document_id IS '<register>:<document_number>.';
COMMENT ON COLUMN core.act_documents.register IS 'Source id of the register.';
COMMENT ON COLUMN core.act_documents.document_number IS 'Number in the register: of the Federal Register 2023-25557, of OFAC the end of the address (20231003).';
COMMENT ON COLUMN core.act_documents.authority_id IS 'The body that acts; NULL where it is none of the registry of actors, or none is named.';
COMMENT ON COLUMN core.act_documents.authority_basis IS 'register: the register states its agencies. summary: it states none, and the summary begins with the body that acts.';
COMMENT ON COLUMN core.act_documents.document_type IS 'Type as the register has it (Rule, Notice, Presidential Document; Sanctions List Updates).';
COMMENT ON COLUMN core.act_documents.citation IS 'Volume and first page (88 FR 80131); NULL where the register has none.';
COMMENT ON COLUMN core.act_documents.title IS 'Title as printed.';
COMMENT ON COLUMN core.act_documents.abstract IS 'Summary as printed; NULL where there is none.';
COMMENT ON COLUMN core.act_documents.summary_words IS 'States and drugs that the summary names, with ; between, where the summary itself is not kept: of the built-in record.';
COMMENT ON COLUMN core.act_documents.signing_date IS 'Day of signature of a presidential document; NULL where none is stated.';
COMMENT ON COLUMN core.act_documents.publication_date IS 'Day of publication, Washington.';
COMMENT ON COLUMN core.act_documents.effective_date IS 'Day from which it is in force; NULL where none is stated.';
COMMENT ON COLUMN core.act_documents.start_page IS 'First page in the volume.';
COMMENT ON COLUMN core.act_documents.end_page IS 'Last page in the volume.';
COMMENT ON COLUMN core.act_documents.url IS 'Its page.';
COMMENT ON COLUMN core.act_documents.known_from IS 'The last second of the day of publication, or the retrieval where that came before; of a changed version the retrieval. UTC.';
COMMENT ON COLUMN core.act_documents.known_to IS 'When another version became known, UTC; NULL while this one is current.';
COMMENT ON COLUMN core.act_documents.snapshot_id IS 'The snapshot that first showed this version.';
