-- ==== PreData, Main
-- SCHEMA pgsnap composite; owner postgres
CREATE SCHEMA "pgsnap composite";
-- TYPE pgsnap composite.a "type" é; owner pgsnap_owner
CREATE TYPE "pgsnap composite"."a ""type""
é" AS (
    "select" integer,
    "it's" text COLLATE pg_catalog."C",
    plain text,
    "new
line" numeric(10,2)[],
    bytes character(3),
    one "char",
    "when" timestamp(3) with time zone,
    a23456789012345678901234567890123456789012345678901234567890123 interval day to second(2)
);
-- COMMENT pgsnap composite.a "type" é
COMMENT ON COLUMN "pgsnap composite"."a ""type""
é"."select" IS 'a keyword';
-- COMMENT pgsnap composite.a "type" é
COMMENT ON COLUMN "pgsnap composite"."a ""type""
é"."new
line" IS 'after a dropped attribute';
-- TYPE pgsnap composite.empty; owner postgres
CREATE TYPE "pgsnap composite".empty AS (
);
-- TYPE pgsnap composite.nested; owner postgres
CREATE TYPE "pgsnap composite".nested AS (
    a "pgsnap composite"."a ""type""
é",
    more "pgsnap composite"."a ""type""
é"[]
);
-- COMMENT pgsnap composite.nested
COMMENT ON TYPE "pgsnap composite".nested IS 'nests';
-- TYPE pgsnap composite.ttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt63; owner postgres
CREATE TYPE "pgsnap composite".ttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt63 AS (
    a integer
);
-- ==== PreData, Privileges
-- ACL pgsnap composite.nested
GRANT ALL ON TYPE "pgsnap composite".nested TO pgsnap_owner;
