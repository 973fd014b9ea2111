-- ==== PreData, Main
-- SCHEMA we"ird; owner postgres
CREATE SCHEMA "we""ird";
-- FUNCTION we"ird.lexize"it; owner postgres
CREATE FUNCTION "we""ird"."lexize""it"(internal, internal, internal, internal) RETURNS internal
    LANGUAGE internal STRICT
    AS $$dsimple_lexize$$;
-- TEXT SEARCH TEMPLATE public.least
CREATE TEXT SEARCH TEMPLATE public."least" (
    LEXIZE = dsimple_lexize
);
-- TEXT SEARCH TEMPLATE public.ttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt63
CREATE TEXT SEARCH TEMPLATE public.ttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt63 (
    LEXIZE = dsimple_lexize
);
-- TEXT SEARCH TEMPLATE we"ird.table; -- ä
CREATE TEXT SEARCH TEMPLATE "we""ird"."table; --
ä" (
    INIT = dsimple_init,
    LEXIZE = "we""ird"."lexize""it"
);
-- COMMENT we"ird.table; -- ä
COMMENT ON TEXT SEARCH TEMPLATE "we""ird"."table; --
ä" IS 'it''s a template';
