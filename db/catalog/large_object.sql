-- Large objects with their sizes. Owners, comments and privileges are set from the other columns and
-- queries. A descriptor is opened for each, asked for the end and closed, in this order: OFFSET 0 keeps
-- the planner from folding the steps.
SELECT m.oid,
       pg_catalog.pg_get_userbyid(m.lomowner)::text AS owner,
       size.bytes,
       pg_catalog.has_table_privilege('pg_catalog.pg_largeobject', 'SELECT') AS pages_seen
FROM pg_catalog.pg_largeobject_metadata m
CROSS JOIN LATERAL (SELECT pg_catalog.lo_open(m.oid, 262144) AS fd OFFSET 0) opened
CROSS JOIN LATERAL (SELECT pg_catalog.lo_lseek64(opened.fd, 0, 2) AS bytes OFFSET 0) size
CROSS JOIN LATERAL (SELECT pg_catalog.lo_close(opened.fd) AS done, size.bytes AS after OFFSET 0) closed
WHERE closed.done = 0
ORDER BY m.oid
