-- Triggers, and the clones on partitions whose firing state differs from that of the trigger they were
-- cloned from at the root: creating the root's trigger gives all clones the root's state. (pg_dump
-- compares with the next parent only and relies on recursion, which depends on the order of entries.)
-- Clones are found by pg_trigger.tgparentid, in 12 by pg_depend. Before 15 clones count as internal.
-- Only roots decide what is a clone, so internal triggers of foreign keys never get in.
-- pg_get_triggerdef is not pretty: pretty leaves out parentheses in WHEN.
WITH RECURSIVE edge AS (
    SELECT c.oid AS child, c.tgparentid AS parent FROM pg_catalog.pg_trigger c WHERE c.tgparentid <> 0 -- 13+
    SELECT d.objid AS child, d.refobjid AS parent FROM pg_catalog.pg_depend d -- <13
    WHERE d.classid = 2620 AND d.refclassid = 2620 -- <13
), family AS (
    SELECT r.oid, r.oid AS root
    FROM pg_catalog.unnest($1::oid[]) AS wanted(oid)
    JOIN pg_catalog.pg_trigger r ON r.tgrelid = wanted.oid
    WHERE NOT r.tgisinternal
      AND r.tgparentid = 0 -- 13+
    UNION ALL
    SELECT e.child, f.root FROM family f JOIN edge e ON e.parent = f.oid
)
SELECT t.oid,
       n.nspname::text AS schema,
       r.tgname::text AS name,
       NULL::text AS owner,
       t.tgrelid AS relation,
       k.relname::text AS relation_name,
       r.oid AS root,
       t.tgenabled::text AS enabled,
       CASE WHEN t.oid = r.oid THEN pg_catalog.pg_get_triggerdef(t.oid, false) END AS definition
FROM family f
JOIN pg_catalog.pg_trigger t ON t.oid = f.oid
JOIN pg_catalog.pg_trigger r ON r.oid = f.root
JOIN pg_catalog.unnest($1::oid[]) AS wanted(oid) ON wanted.oid = t.tgrelid
JOIN pg_catalog.pg_class k ON k.oid = t.tgrelid
JOIN pg_catalog.pg_namespace n ON n.oid = k.relnamespace
WHERE t.oid = r.oid OR t.tgenabled <> r.tgenabled
ORDER BY n.nspname, r.tgname, k.relname
