-- critical: What is mirrored is no mirror itself under that program: else a party would be left out twice and counted never.
-- table: core.list_mirrors
SELECT m.*
FROM core.list_mirrors AS m
JOIN core.list_mirrors AS o ON o.mirror_list_id = m.list_id AND (o.program = m.program OR o.list_id = m.mirror_list_id);
