-- ==== PreData, Main
-- SCHEMA pgsnap domain; owner postgres
CREATE SCHEMA "pgsnap domain";
-- DOMAIN pgsnap domain.Full "domain" é; owner pgsnap_owner
CREATE DOMAIN "pgsnap domain"."Full ""domain""
é" AS character varying(10) COLLATE pg_catalog."C" CONSTRAINT "Full ""domain""
é_not_null" NOT NULL DEFAULT 'it''s'::character varying
    CONSTRAINT "a
check" CHECK (((VALUE)::text ~ '^[a-z\\'']*$'::text))
    CONSTRAINT "not ""empty""" CHECK (((VALUE)::text <> ''::text));
-- COMMENT pgsnap domain.Full "domain" é
COMMENT ON DOMAIN "pgsnap domain"."Full ""domain""
é" IS 'a domain';
-- COMMENT pgsnap domain.Full "domain" é
COMMENT ON CONSTRAINT "not ""empty""" ON DOMAIN "pgsnap domain"."Full ""domain""
é" IS 'inside';
-- FUNCTION pgsnap domain.zz_fine; owner postgres
CREATE FUNCTION "pgsnap domain".zz_fine(text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$SELECT true$$;
-- DOMAIN pgsnap domain.checked; owner postgres
CREATE DOMAIN "pgsnap domain".checked AS text
    CONSTRAINT checked_check CHECK ("pgsnap domain".zz_fine(VALUE));
-- DOMAIN pgsnap domain.plain; owner postgres
CREATE DOMAIN "pgsnap domain".plain AS integer;
-- DOMAIN pgsnap domain.d2345678901234567890123456789012345678901234567890123456789012; owner postgres
CREATE DOMAIN "pgsnap domain".d2345678901234567890123456789012345678901234567890123456789012 AS "pgsnap domain".plain CONSTRAINT d23456789012345678901234567890123456789012345678901234_not_null NOT NULL DEFAULT (1 + 1)
    CONSTRAINT d23456789012345678901234567890123456789012345678901234567_check CHECK (((VALUE)::integer > 0))
    CONSTRAINT d2345678901234567890123456789012345678901234567890123456_check1 CHECK (((VALUE)::integer < 10));
-- DOMAIN pgsnap domain.looped; owner postgres
CREATE DOMAIN "pgsnap domain".looped AS text;
-- DOMAIN pgsnap domain.named; owner postgres
CREATE DOMAIN "pgsnap domain".named AS text CONSTRAINT "not ""null""" NOT NULL DEFAULT 'x'::text;
-- COMMENT pgsnap domain.named
COMMENT ON CONSTRAINT "not ""null""" ON DOMAIN "pgsnap domain".named IS 'a named not-null constraint';
-- DOMAIN pgsnap domain.now; owner postgres
CREATE DOMAIN "pgsnap domain".now AS timestamp with time zone DEFAULT CURRENT_TIMESTAMP;
-- DOMAIN pgsnap domain.select; owner postgres
CREATE DOMAIN "pgsnap domain"."select" AS numeric(5,2)[] DEFAULT NULL::numeric[]
    CONSTRAINT select_check CHECK ((array_length(VALUE, 1) < 3));
-- FUNCTION pgsnap domain.is_fine; owner postgres
CREATE FUNCTION "pgsnap domain".is_fine("pgsnap domain".looped) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$SELECT true$$;
-- ==== PostData, Main
-- CHECK CONSTRAINT pgsnap domain.fine
ALTER DOMAIN "pgsnap domain".looped ADD CONSTRAINT fine CHECK ("pgsnap domain".is_fine((VALUE)::"pgsnap domain".looped));
-- CHECK CONSTRAINT pgsnap domain.later
ALTER DOMAIN "pgsnap domain"."Full ""domain""
é" ADD CONSTRAINT later CHECK ((length((VALUE)::text) > 1)) NOT VALID;
-- COMMENT pgsnap domain.later
COMMENT ON CONSTRAINT later ON DOMAIN "pgsnap domain"."Full ""domain""
é" IS 'outside';
