-- ==== PreData, Main
-- SCHEMA pgsnap enum; owner postgres
CREATE SCHEMA "pgsnap enum";
-- TYPE pgsnap enum.Ein "Zitat", 'Apostroph' und Zeilenumbruch é; owner pgsnap_owner
CREATE TYPE "pgsnap enum"."Ein ""Zitat"", 'Apostroph' und
Zeilenumbruch é" AS ENUM (
    '',
    'before a',
    'a',
    'it''s',
    'back\slash',
    'new
line',
    'dollar $$',
    'größe'
);
-- TYPE pgsnap enum.n23456789012345678901234567890123456789012345678901234567890123; owner postgres
CREATE TYPE "pgsnap enum".n23456789012345678901234567890123456789012345678901234567890123 AS ENUM (
    'l23456789012345678901234567890123456789012345678901234567890123'
);
-- TYPE pgsnap enum.select; owner postgres
CREATE TYPE "pgsnap enum"."select" AS ENUM (
);
-- COMMENT pgsnap enum.select
COMMENT ON TYPE "pgsnap enum"."select" IS 'no labels; it''s a keyword';
-- ==== PreData, Privileges
-- ACL pgsnap enum.select
REVOKE ALL ON TYPE "pgsnap enum"."select" FROM PUBLIC;
GRANT ALL ON TYPE "pgsnap enum"."select" TO pgsnap_owner WITH GRANT OPTION;
