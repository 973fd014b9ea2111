-- Subscriptions of this database. Only who may read subconninfo may run this (subscription.rs says how
-- to ask). What a server does not know yet has the value that stands for what it does: before 16 changes
-- are applied as the owner.
SELECT s.oid,
       NULL::text AS schema,
       s.subname::text AS name,
       pg_catalog.pg_get_userbyid(s.subowner)::text AS owner,
       s.subconninfo AS connection,
       s.subslotname::text AS slot,
       s.subsynccommit AS synchronous_commit,
       s.subbinary AS send_binary, -- 14+
       CASE s.substream WHEN 'p' THEN 'parallel' WHEN 't' THEN 'on' ELSE 'off' END AS streaming, -- 16+
       CASE WHEN s.substream THEN 'on' ELSE 'off' END AS streaming, -- 14-15
       s.subtwophasestate <> 'd' AS two_phase, -- 15+
       s.subdisableonerr AS disable_on_error, -- 15+
       s.subpasswordrequired AS password_required, -- 16+
       s.subrunasowner::text AS run_as_owner, -- 16+
       s.suborigin AS origin, -- 16+
       s.subfailover AS failover, -- 17+
       false AS send_binary, -- <14
       NULL::text AS streaming, -- <14
       false AS two_phase, -- <15
       false AS disable_on_error, -- <15
       true AS password_required, -- <16
       NULL::text AS run_as_owner, -- <16
       'any'::text AS origin, -- <16
       false AS failover, -- <17
       s.subpublications AS publications
FROM pg_catalog.pg_subscription s
JOIN pg_catalog.pg_database d ON d.oid = s.subdbid
WHERE d.datname = pg_catalog.current_database()
ORDER BY s.subname
