-- ==== PreData, Main
-- SCHEMA pgsnap transform; owner postgres
CREATE SCHEMA "pgsnap transform";
-- TYPE pgsnap transform.a "type" é; owner postgres
CREATE TYPE "pgsnap transform"."a ""type""
é" AS (
    a integer
);
-- FUNCTION pgsnap transform.from "sql"; owner postgres
CREATE FUNCTION "pgsnap transform"."from ""sql"""(internal) RETURNS internal
    LANGUAGE internal IMMUTABLE STRICT
    AS $$prsd_lextype$$;
-- FUNCTION pgsnap transform.to_sql; owner postgres
CREATE FUNCTION "pgsnap transform".to_sql(internal) RETURNS "pgsnap transform"."a ""type""
é"
    LANGUAGE internal IMMUTABLE STRICT
    AS $$record_recv$$;
-- TRANSFORM a "type" é plpgsql
CREATE TRANSFORM FOR "pgsnap transform"."a ""type""
é" LANGUAGE plpgsql (FROM SQL WITH FUNCTION "pgsnap transform"."from ""sql"""(internal), TO SQL WITH FUNCTION "pgsnap transform".to_sql(internal));
-- COMMENT a "type" é plpgsql
COMMENT ON TRANSFORM FOR "pgsnap transform"."a ""type""
é" LANGUAGE plpgsql IS 'a transform';
-- TRANSFORM a "type" é sql
CREATE TRANSFORM FOR "pgsnap transform"."a ""type""
é" LANGUAGE sql (TO SQL WITH FUNCTION "pgsnap transform".to_sql(internal));
-- TRANSFORM int4 sql
CREATE TRANSFORM FOR integer LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal), TO SQL WITH FUNCTION int4recv(internal));
-- TRANSFORM timestamptz sql
CREATE TRANSFORM FOR timestamp with time zone LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal));
