-- critical: What lists alone show under drug programs is an act on drugs of its own, and nothing else is: the question of drugs is asked by subject.
-- table: core.official_acts
SELECT a.act_id, a.subject, a.programs
FROM core.official_acts AS a
WHERE a.origin = 'listings'
    AND (a.subject IS NOT DISTINCT FROM 'drugs') <> regexp_matches(coalesce(a.programs, ''), '(^|; )(SDNT|ILLICIT-DRUGS)');
