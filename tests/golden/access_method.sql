-- ==== PreData, Main
-- SCHEMA pgsnap access; owner postgres
CREATE SCHEMA "pgsnap access";
-- FUNCTION pgsnap access.hand "ler"; owner postgres
CREATE FUNCTION "pgsnap access"."hand ""ler"""(internal) RETURNS index_am_handler
    LANGUAGE internal STRICT
    AS $$gisthandler$$;
-- ACCESS METHOD mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm63
CREATE ACCESS METHOD mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm63 TYPE INDEX HANDLER bthandler;
-- ACCESS METHOD pgsnap "index" é
CREATE ACCESS METHOD "pgsnap ""index""
é" TYPE INDEX HANDLER "pgsnap access"."hand ""ler""";
-- COMMENT pgsnap "index" é
COMMENT ON ACCESS METHOD "pgsnap ""index""
é" IS 'an access method';
-- ACCESS METHOD pgsnap_table
CREATE ACCESS METHOD pgsnap_table TYPE TABLE HANDLER heap_tableam_handler;
