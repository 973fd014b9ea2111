-- ==== PreData, Main
-- SCHEMA we"ird; owner postgres
CREATE SCHEMA "we""ird";
-- FUNCTION we"ird.start"it; owner postgres
CREATE FUNCTION "we""ird"."start""it"(internal, integer) RETURNS internal
    LANGUAGE internal STRICT
    AS $$prsd_start$$;
-- TEXT SEARCH PARSER public.least
CREATE TEXT SEARCH PARSER public."least" (
    START = prsd_start,
    GETTOKEN = prsd_nexttoken,
    END = prsd_end,
    LEXTYPES = prsd_lextype
);
-- TEXT SEARCH PARSER public.ppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp63
CREATE TEXT SEARCH PARSER public.ppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp63 (
    START = prsd_start,
    GETTOKEN = prsd_nexttoken,
    END = prsd_end,
    LEXTYPES = prsd_lextype
);
-- TEXT SEARCH PARSER we"ird.select; -- ä
CREATE TEXT SEARCH PARSER "we""ird"."select; --
ä" (
    START = "we""ird"."start""it",
    GETTOKEN = prsd_nexttoken,
    END = prsd_end,
    HEADLINE = prsd_headline,
    LEXTYPES = prsd_lextype
);
-- COMMENT we"ird.select; -- ä
COMMENT ON TEXT SEARCH PARSER "we""ird"."select; --
ä" IS 'it''s a parser';
