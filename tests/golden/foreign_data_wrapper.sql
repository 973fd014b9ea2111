-- ==== PreData, Main
-- SCHEMA we"ird; owner postgres
CREATE SCHEMA "we""ird";
-- FUNCTION we"ird.valid"ator; owner postgres
CREATE FUNCTION "we""ird"."valid""ator"(text[], oid) RETURNS void
    LANGUAGE plpgsql
    AS $$BEGIN END$$;
-- FOREIGN DATA WRAPPER checked; owner pgsnap super
CREATE FOREIGN DATA WRAPPER checked VALIDATOR postgresql_fdw_validator;
-- FOREIGN DATA WRAPPER least; owner postgres
CREATE FOREIGN DATA WRAPPER "least";
-- COMMENT least
COMMENT ON FOREIGN DATA WRAPPER "least" IS 'it''s a wrapper';
-- FOREIGN DATA WRAPPER select; -- ä; owner postgres
CREATE FOREIGN DATA WRAPPER "select; --
ä" VALIDATOR "we""ird"."valid""ator" OPTIONS (
    "Debug ""it" 'it''s',
    a E'back\\slash',
    empty '',
    z 'last'
);
-- FOREIGN DATA WRAPPER wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww63; owner postgres
CREATE FOREIGN DATA WRAPPER wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww63;
