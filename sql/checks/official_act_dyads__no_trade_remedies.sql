-- critical: Antidumping and countervailing duties are cases of firms: no panel counts them as acts between the states.
-- table: marts.official_act_dyads
-- scope: build
SELECT d.act_id, a.title
FROM marts.official_act_dyads AS d
JOIN core.official_acts AS a ON a.act_id = d.act_id
WHERE a.sort = 'trade_remedy';
