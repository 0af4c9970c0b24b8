-- warning: The reviewed record has the days that the documents state which it cites by number; where one differs, the row or the register is wrong.
-- table: core.official_acts
SELECT a.act_id, a.date_signed, a.date_published, d.document_number, d.signing_date, d.publication_date
FROM core.official_acts AS a
JOIN core.act_documents AS d ON contains(a.citation, d.document_number) AND d.known_to IS NULL
WHERE a.origin = 'reviewed'
    AND d.register = 'us_federal_register'
    AND (a.date_published <> d.publication_date OR a.date_signed <> d.signing_date);
