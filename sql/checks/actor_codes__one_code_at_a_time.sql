-- critical: On any day a state has one code of a scheme and a code one state: else rows double when a panel is joined by it.
-- table: core.actor_codes
SELECT a.scheme, a.code, a.actor_id, b.code AS other_code, b.actor_id AS other_id
FROM core.actor_codes AS a
JOIN core.actor_codes AS b ON b.scheme = a.scheme AND (b.actor_id = a.actor_id OR b.code = a.code)
WHERE (a.code, a.actor_id, coalesce(a.valid_from, DATE '-infinity')) < (b.code, b.actor_id, coalesce(b.valid_from, DATE '-infinity'))
    AND coalesce(a.valid_from, DATE '-infinity') < coalesce(b.valid_to, DATE 'infinity')
    AND coalesce(b.valid_from, DATE '-infinity') < coalesce(a.valid_to, DATE 'infinity')
