-- ==== PreData, Main
-- SCHEMA we"ird; owner postgres
CREATE SCHEMA "we""ird";
-- TEXT SEARCH TEMPLATE we"ird.template"s
CREATE TEXT SEARCH TEMPLATE "we""ird"."template""s" (
    INIT = dsimple_init,
    LEXIZE = dsimple_lexize
);
-- TEXT SEARCH DICTIONARY public.ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd63; owner postgres
CREATE TEXT SEARCH DICTIONARY public.ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd63 (
    TEMPLATE = pg_catalog.simple
);
-- TEXT SEARCH DICTIONARY public.english; owner pgsnap_reader
CREATE TEXT SEARCH DICTIONARY public.english (
    TEMPLATE = pg_catalog.snowball,
    language = 'english', stopwords = 'english'
);
-- COMMENT public.english
COMMENT ON TEXT SEARCH DICTIONARY public.english IS 'it''s a dictionary';
-- TEXT SEARCH DICTIONARY public.least; owner postgres
CREATE TEXT SEARCH DICTIONARY public."least" (
    TEMPLATE = pg_catalog.simple
);
-- TEXT SEARCH DICTIONARY public.synonyms; owner postgres
CREATE TEXT SEARCH DICTIONARY public.synonyms (
    TEMPLATE = pg_catalog.synonym,
    synonyms = 'synonym_sample', casesensitive = 'true'
);
-- TEXT SEARCH DICTIONARY we"ird.select; -- ä; owner postgres
CREATE TEXT SEARCH DICTIONARY "we""ird"."select; --
ä" (
    TEMPLATE = "we""ird"."template""s",
    accept = 'false'
);
