-- The pairs of states in which an act counts, and why.
SELECT d.source_id, d.target_id, d.basis, d.n_parties FROM marts.official_act_dyads AS d WHERE d.act_id = $act ORDER BY ALL;
