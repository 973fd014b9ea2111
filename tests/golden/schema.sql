-- ==== PreData, Main
-- SCHEMA  ; owner postgres
CREATE SCHEMA " ";
-- SCHEMA "; owner postgres
CREATE SCHEMA """";
-- SCHEMA $dollar$; owner postgres
CREATE SCHEMA "$dollar$";
-- SCHEMA --; DROP SCHEMA public;; owner pgsnap_schema "owner" x
CREATE SCHEMA "--; DROP SCHEMA public;";
-- SCHEMA Größe.größer; owner postgres
CREATE SCHEMA "Größe.größer";
-- SCHEMA \; owner postgres
CREATE SCHEMA "\";
-- SCHEMA pgx; owner postgres
CREATE SCHEMA pgx;
-- SCHEMA public; owner pgsnap_schema "owner" x

-- COMMENT public
COMMENT ON SCHEMA public IS 'ours';
-- SCHEMA select; owner postgres
CREATE SCHEMA "select";
-- SCHEMA sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss63; owner postgres
CREATE SCHEMA sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss63;
-- SCHEMA we"ird schema; owner postgres
CREATE SCHEMA "we""ird
schema";
-- COMMENT we"ird schema
COMMENT ON SCHEMA "we""ird
schema" IS 'it''s
a \comment; --';
-- SCHEMA zz back\slash'quote; owner postgres
CREATE SCHEMA "zz back\slash'quote";
-- TABLE ".""; owner postgres
CREATE TABLE """"."""""" (
    """ """ integer
);
-- TABLE --; DROP SCHEMA public;.table; owner postgres
CREATE TABLE "--; DROP SCHEMA public;"."table" (
    a integer
);
-- TABLE \.\.; owner postgres
CREATE TABLE "\"."\." (
    a text
);
-- ==== PreData, Privileges
-- ACL Größe.größer
GRANT ALL ON SCHEMA "Größe.größer" TO "pgsnap_schema ""owner""
x" WITH GRANT OPTION;
-- ACL select
GRANT USAGE ON SCHEMA "select" TO PUBLIC;
-- ACL public
REVOKE ALL ON SCHEMA public FROM "pgsnap_schema ""owner""
x";
REVOKE USAGE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO "pgsnap_schema ""owner""
x";
