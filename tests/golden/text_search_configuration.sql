-- ==== PreData, Main
-- SCHEMA we"ird; owner postgres
CREATE SCHEMA "we""ird";
-- TEXT SEARCH PARSER we"ird.parser"s
CREATE TEXT SEARCH PARSER "we""ird"."parser""s" (
    START = prsd_start,
    GETTOKEN = prsd_nexttoken,
    END = prsd_end,
    LEXTYPES = prsd_lextype
);
-- TEXT SEARCH DICTIONARY we"ird.dict"s; owner postgres
CREATE TEXT SEARCH DICTIONARY "we""ird"."dict""s" (
    TEMPLATE = pg_catalog.simple
);
-- TEXT SEARCH CONFIGURATION public.ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc63; owner postgres
CREATE TEXT SEARCH CONFIGURATION public.ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc63 (
    PARSER = pg_catalog."default"
);
-- TEXT SEARCH CONFIGURATION public.english; owner pgsnap_reader
CREATE TEXT SEARCH CONFIGURATION public.english (
    PARSER = pg_catalog."default"
);
ALTER TEXT SEARCH CONFIGURATION public.english
    ADD MAPPING FOR asciiword WITH english_stem;
ALTER TEXT SEARCH CONFIGURATION public.english
    ADD MAPPING FOR word WITH english_stem;
ALTER TEXT SEARCH CONFIGURATION public.english
    ADD MAPPING FOR numword WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.english
    ADD MAPPING FOR email WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.english
    ADD MAPPING FOR url WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.english
    ADD MAPPING FOR host WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.english
    ADD MAPPING FOR sfloat WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.english
    ADD MAPPING FOR version WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.english
    ADD MAPPING FOR hword_numpart WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.english
    ADD MAPPING FOR hword_part WITH english_stem;
ALTER TEXT SEARCH CONFIGURATION public.english
    ADD MAPPING FOR hword_asciipart WITH english_stem;
ALTER TEXT SEARCH CONFIGURATION public.english
    ADD MAPPING FOR numhword WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.english
    ADD MAPPING FOR asciihword WITH english_stem;
ALTER TEXT SEARCH CONFIGURATION public.english
    ADD MAPPING FOR hword WITH english_stem;
ALTER TEXT SEARCH CONFIGURATION public.english
    ADD MAPPING FOR url_path WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.english
    ADD MAPPING FOR file WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.english
    ADD MAPPING FOR "float" WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.english
    ADD MAPPING FOR "int" WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.english
    ADD MAPPING FOR uint WITH simple;
-- COMMENT public.english
COMMENT ON TEXT SEARCH CONFIGURATION public.english IS 'it''s a configuration';
-- TEXT SEARCH CONFIGURATION public.least; owner postgres
CREATE TEXT SEARCH CONFIGURATION public."least" (
    PARSER = pg_catalog."default"
);
-- TEXT SEARCH CONFIGURATION we"ird.select; -- ä; owner postgres
CREATE TEXT SEARCH CONFIGURATION "we""ird"."select; --
ä" (
    PARSER = "we""ird"."parser""s"
);
ALTER TEXT SEARCH CONFIGURATION "we""ird"."select; --
ä"
    ADD MAPPING FOR asciiword WITH "we""ird"."dict""s", english_stem, simple;
ALTER TEXT SEARCH CONFIGURATION "we""ird"."select; --
ä"
    ADD MAPPING FOR word WITH "we""ird"."dict""s", english_stem, simple;
ALTER TEXT SEARCH CONFIGURATION "we""ird"."select; --
ä"
    ADD MAPPING FOR url_path WITH simple, "we""ird"."dict""s";
ALTER TEXT SEARCH CONFIGURATION "we""ird"."select; --
ä"
    ADD MAPPING FOR "float" WITH "we""ird"."dict""s", english_stem, simple;
ALTER TEXT SEARCH CONFIGURATION "we""ird"."select; --
ä"
    ADD MAPPING FOR "int" WITH "we""ird"."dict""s", english_stem, simple;
