-- ==== PreData, Main
-- SCHEMA we"ird; owner postgres
CREATE SCHEMA "we""ird";
-- FUNCTION we"ird.do 'it'; owner postgres
CREATE FUNCTION "we""ird"."do 'it'"() RETURNS event_trigger
    LANGUAGE plpgsql
    AS $$ BEGIN END $$;
-- ==== PostData, Last
-- EVENT TRIGGER aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa63; owner postgres
CREATE EVENT TRIGGER aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa63 ON sql_drop
    EXECUTE FUNCTION "we""ird"."do 'it'"();
-- EVENT TRIGGER dropped; owner postgres
CREATE EVENT TRIGGER dropped ON sql_drop
    EXECUTE FUNCTION "we""ird"."do 'it'"();
ALTER EVENT TRIGGER dropped ENABLE ALWAYS;
-- EVENT TRIGGER entered; owner postgres
CREATE EVENT TRIGGER entered ON login
    EXECUTE FUNCTION "we""ird"."do 'it'"();
-- EVENT TRIGGER rewritten; owner postgres
CREATE EVENT TRIGGER rewritten ON table_rewrite
    WHEN TAG IN ('ALTER TABLE')
    EXECUTE FUNCTION "we""ird"."do 'it'"();
ALTER EVENT TRIGGER rewritten ENABLE REPLICA;
-- EVENT TRIGGER select; -- ä; owner postgres
CREATE EVENT TRIGGER "select; --
ä" ON ddl_command_end
    WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE', 'DROP TABLE')
    EXECUTE FUNCTION "we""ird"."do 'it'"();
-- EVENT TRIGGER started; owner postgres
CREATE EVENT TRIGGER started ON ddl_command_start
    EXECUTE FUNCTION "we""ird"."do 'it'"();
ALTER EVENT TRIGGER started DISABLE;
-- COMMENT started
COMMENT ON EVENT TRIGGER started IS 'it''s off';
