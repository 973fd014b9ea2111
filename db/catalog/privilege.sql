-- Privileges that differ from what a fresh object has, columns (sub <> 0) after their table.
-- class, oid: the object whose entry they belong to; for the row type of a table that is the table, for
-- the constructors of a range and of its multirange the range. So a pair may come more than once.
-- member: the object comes from an extension or from initdb (schema public included), so it has no
-- definition in a copy but its privileges count.
-- base: pg_init_privs where there is a row, else the built-in default; columns start from nothing.
-- Schema public ignores pg_init_privs, as pg_dump does: its owner may have changed since, and an empty
-- database of 15 or later lets PUBLIC only use it. Before 15 PUBLIC could also create in it; no real item
-- gives PUBLIC a grant option, so that base is always revoked first, whatever the target started with.
-- Not told: information_schema, temporary and TOAST schemas, untrusted languages (not grantable),
-- multiranges (they follow their range) and what users put into pg_catalog (its definition is not told).
WITH told AS (
    SELECT n.oid, n.nspname::text AS name, pg_catalog.quote_ident(n.nspname) AS quoted,
           n.nspname = 'pg_catalog' AS system
    FROM pg_catalog.pg_namespace n
    WHERE n.nspname = 'pg_catalog' OR (n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')
), member AS (
    SELECT e.classid, e.objid FROM pg_catalog.pg_depend e WHERE e.deptype = 'e' AND e.objsubid = 0
), granted AS (
    SELECT 2615::oid AS class, n.oid, 0 AS sub, 'schema'::text AS kind, n.oid AS original, n.system AS system,
           'SCHEMA ' || n.quoted AS identity, NULL::text AS column_name, s.nspowner AS owner, 'n'::"char" AS letter,
           s.nspacl AS acl,
           CASE WHEN n.name <> 'public' THEN i.initprivs::text[]
                ELSE pg_catalog.acldefault('n', s.nspowner)::text[] || -- 15+
                     pg_catalog.makeaclitem(0, s.nspowner, 'USAGE', false)::text -- 15+
                ELSE pg_catalog.acldefault('n', s.nspowner)::text[] || pg_catalog.replace( -- <15
                     pg_catalog.makeaclitem(0, s.nspowner, 'USAGE', true)::text, '=U*/', '=U*C*/') -- <15
           END AS init
    FROM told n
    JOIN pg_catalog.pg_namespace s ON s.oid = n.oid
    LEFT JOIN pg_catalog.pg_init_privs i ON i.classoid = 2615 AND i.objoid = n.oid AND i.objsubid = 0
    WHERE s.nspacl IS NOT NULL OR i.objoid IS NOT NULL OR n.name = 'public'
    UNION ALL
    SELECT 1259, k.oid, 0, CASE k.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END, k.oid, n.system,
           CASE k.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END
           || n.quoted || '.' || pg_catalog.quote_ident(k.relname),
           NULL, k.relowner, CASE k.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", k.relacl, i.initprivs::text[]
    FROM told n
    JOIN pg_catalog.pg_class k ON k.relnamespace = n.oid AND k.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    LEFT JOIN pg_catalog.pg_init_privs i ON i.classoid = 1259 AND i.objoid = k.oid AND i.objsubid = 0
    WHERE k.relacl IS NOT NULL OR i.objoid IS NOT NULL
    UNION ALL
    SELECT 1259, k.oid, a.attnum, 'column', k.oid, n.system,
           'TABLE ' || n.quoted || '.' || pg_catalog.quote_ident(k.relname),
           pg_catalog.quote_ident(a.attname), k.relowner, 'c'::"char", a.attacl, i.initprivs::text[]
    FROM (
        -- First the few that have any: a join of all columns would cost more than the rest of this query.
        SELECT o.attrelid AS relation, o.attnum AS place FROM pg_catalog.pg_attribute o WHERE o.attacl IS NOT NULL
        UNION
        SELECT o.objoid, o.objsubid FROM pg_catalog.pg_init_privs o WHERE o.classoid = 1259 AND o.objsubid <> 0) p
    JOIN pg_catalog.pg_class k ON k.oid = p.relation AND k.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    JOIN told n ON n.oid = k.relnamespace
    JOIN pg_catalog.pg_attribute a ON a.attrelid = k.oid AND a.attnum = p.place AND NOT a.attisdropped
    LEFT JOIN pg_catalog.pg_init_privs i ON i.classoid = 1259 AND i.objoid = k.oid AND i.objsubid = a.attnum
    UNION ALL
    SELECT coalesce(c.refclassid, 1255),
           coalesce(x.rngtypid, c.refobjid, f.oid), -- 14+
           coalesce(c.refobjid, f.oid), -- <14
           0, 'function', f.oid, n.system,
           CASE f.prokind WHEN 'p' THEN 'PROCEDURE ' ELSE 'FUNCTION ' END
           || n.quoted || '.' || pg_catalog.quote_ident(f.proname) || '('
           || CASE f.prokind
                  WHEN 'a' THEN pg_catalog.array_to_string(ARRAY(
                      SELECT pg_catalog.format_type(p.type, NULL)
                      FROM pg_catalog.unnest(f.proargtypes) WITH ORDINALITY AS p(type, place)
                      ORDER BY p.place), ', ')
                  ELSE pg_catalog.pg_get_function_identity_arguments(f.oid) END || ')',
           NULL, f.proowner, 'f'::"char", f.proacl, i.initprivs::text[]
    FROM told n
    JOIN pg_catalog.pg_proc f ON f.pronamespace = n.oid
    LEFT JOIN pg_catalog.pg_init_privs i ON i.classoid = 1255 AND i.objoid = f.oid AND i.objsubid = 0
    LEFT JOIN pg_catalog.pg_depend c ON c.classid = 1255 AND c.objid = f.oid AND c.deptype = 'i'
    LEFT JOIN pg_catalog.pg_range x ON c.refclassid = 1247 AND x.rngmultitypid = c.refobjid -- 14+
    WHERE f.proacl IS NOT NULL OR i.objoid IS NOT NULL
    UNION ALL
    SELECT CASE WHEN t.typrelid <> 0 AND k.relkind <> 'c' THEN 1259 ELSE 1247 END,
           CASE WHEN t.typrelid <> 0 AND k.relkind <> 'c' THEN k.oid ELSE t.oid END,
           0, 'usage', t.oid, n.system, 'TYPE ' || n.quoted || '.' || pg_catalog.quote_ident(t.typname),
           NULL, t.typowner, 'T'::"char", t.typacl, i.initprivs::text[]
    FROM told n
    JOIN pg_catalog.pg_type t ON t.typnamespace = n.oid AND t.typtype <> 'm'
    LEFT JOIN pg_catalog.pg_class k ON k.oid = t.typrelid
    LEFT JOIN pg_catalog.pg_init_privs i ON i.classoid = 1247 AND i.objoid = t.oid AND i.objsubid = 0
    WHERE t.typacl IS NOT NULL OR i.objoid IS NOT NULL
    UNION ALL
    SELECT 2612, l.oid, 0, 'usage', l.oid, false, 'LANGUAGE ' || pg_catalog.quote_ident(l.lanname),
           NULL, l.lanowner, 'l'::"char", l.lanacl, i.initprivs::text[]
    FROM pg_catalog.pg_language l
    LEFT JOIN pg_catalog.pg_init_privs i ON i.classoid = 2612 AND i.objoid = l.oid AND i.objsubid = 0
    WHERE l.lanpltrusted AND (l.lanacl IS NOT NULL OR i.objoid IS NOT NULL)
    UNION ALL
    SELECT 2328, w.oid, 0, 'usage', w.oid, false, 'FOREIGN DATA WRAPPER ' || pg_catalog.quote_ident(w.fdwname),
           NULL, w.fdwowner, 'F'::"char", w.fdwacl, i.initprivs::text[]
    FROM pg_catalog.pg_foreign_data_wrapper w
    LEFT JOIN pg_catalog.pg_init_privs i ON i.classoid = 2328 AND i.objoid = w.oid AND i.objsubid = 0
    WHERE w.fdwacl IS NOT NULL OR i.objoid IS NOT NULL
    UNION ALL
    SELECT 1417, s.oid, 0, 'usage', s.oid, false, 'FOREIGN SERVER ' || pg_catalog.quote_ident(s.srvname),
           NULL, s.srvowner, 'S'::"char", s.srvacl, i.initprivs::text[]
    FROM pg_catalog.pg_foreign_server s
    LEFT JOIN pg_catalog.pg_init_privs i ON i.classoid = 1417 AND i.objoid = s.oid AND i.objsubid = 0
    WHERE s.srvacl IS NOT NULL OR i.objoid IS NOT NULL
    UNION ALL
    SELECT 2613, b.oid, 0, 'large_object', b.oid, false, 'LARGE OBJECT ' || b.oid::text,
           NULL, b.lomowner, 'L'::"char", b.lomacl, NULL
    FROM pg_catalog.pg_largeobject_metadata b
    WHERE b.lomacl IS NOT NULL
    UNION ALL
    SELECT 1262, b.oid, 0, 'database', b.oid, false, 'DATABASE ' || pg_catalog.quote_ident(b.datname),
           NULL, b.datdba, 'd'::"char", b.datacl, NULL
    FROM pg_catalog.pg_database b
    WHERE b.datname = pg_catalog.current_database() AND b.datacl IS NOT NULL
), compared AS (
    SELECT g.*,
           coalesce(g.acl, pg_catalog.acldefault(g.letter, g.owner))::text[] AS current,
           coalesce(g.init, pg_catalog.acldefault(g.letter, g.owner)::text[]) AS base,
           EXISTS (SELECT FROM member m WHERE m.classid = g.class AND m.objid = g.oid) AS extension
    FROM granted g
)
SELECT c.class,
       c.oid,
       c.sub::int4 AS sub,
       c.kind,
       c.identity,
       c.column_name,
       pg_catalog.pg_get_userbyid(c.owner)::text AS owner,
       c.current,
       c.base,
       c.class <> 2613 AND (c.original < 16384 OR c.extension OR c.identity = 'SCHEMA public') AS member
FROM compared c
WHERE NOT (c.current @> c.base AND c.base @> c.current)
  AND (NOT c.system OR c.original < 16384 OR c.extension)
ORDER BY c.identity COLLATE "C", c.sub <> 0, c.sub
