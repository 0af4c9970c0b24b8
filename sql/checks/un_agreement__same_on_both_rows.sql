-- warning: Agreement of two of the six powers is the same on both of their rows, as it is in every session of the vintage of 2024.
-- table: core.un_agreement
SELECT a.actor_id, a.partner_id, a.session, a.agreement, b.agreement AS other
FROM core.un_agreement AS a
JOIN core.un_agreement AS b ON b.actor_id = a.partner_id AND b.partner_id = a.actor_id AND b.session = a.session AND b.known_to IS NULL
WHERE a.known_to IS NULL AND abs(a.agreement - b.agreement) > 0.000001
