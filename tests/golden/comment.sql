-- ==== PreData, Main
-- COMMENT public
COMMENT ON SCHEMA public IS '';
-- SCHEMA we"ird; owner postgres
CREATE SCHEMA "we""ird";
-- COMMENT we"ird
COMMENT ON SCHEMA "we""ird" IS 'it''s
a schema';
-- TYPE we"ird.pair; owner postgres
CREATE TYPE "we""ird".pair AS (
    a integer,
    "b,c" text
);
-- COMMENT we"ird.pair
COMMENT ON COLUMN "we""ird".pair."b,c" IS 'an attribute';
-- TABLE we"ird.table; owner postgres
CREATE TABLE "we""ird"."table" (
    a integer,
    "b,c" text
);
-- COMMENT we"ird.table
COMMENT ON TABLE "we""ird"."table" IS 'Größe \ "x"';
-- COMMENT we"ird.table
COMMENT ON COLUMN "we""ird"."table"."b,c" IS 'a column';
