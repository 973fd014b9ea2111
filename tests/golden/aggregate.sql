-- ==== PreData, Main
-- SCHEMA pgsnap aggregate; owner postgres
CREATE SCHEMA "pgsnap aggregate";
-- FUNCTION pgsnap aggregate.add "up"; owner postgres
CREATE FUNCTION "pgsnap aggregate"."add ""up"""(bigint, integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE
    AS $_$SELECT $1 + $2$_$;
-- FUNCTION pgsnap aggregate.count_any; owner postgres
CREATE FUNCTION "pgsnap aggregate".count_any(bigint, VARIADIC "any") RETURNS bigint
    LANGUAGE internal IMMUTABLE
    AS $$int8inc_any$$;
-- FUNCTION pgsnap aggregate.count_one; owner postgres
CREATE FUNCTION "pgsnap aggregate".count_one(text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $_$SELECT $1 || 'x'$_$;
-- FUNCTION pgsnap aggregate.finish; owner postgres
CREATE FUNCTION "pgsnap aggregate".finish(bigint, integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE
    AS $_$SELECT $1$_$;
-- FUNCTION pgsnap aggregate.take_away; owner postgres
CREATE FUNCTION "pgsnap aggregate".take_away(bigint, integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE
    AS $_$SELECT $1 - $2$_$;
-- AGGREGATE pgsnap aggregate.Full "aggregate" é; owner pgsnap_owner
CREATE AGGREGATE "pgsnap aggregate"."Full ""aggregate""
é"("select" integer) (
    SFUNC = "pgsnap aggregate"."add ""up""",
    STYPE = bigint,
    SSPACE = 16,
    INITCOND = '0',
    FINALFUNC = "pgsnap aggregate".finish,
    FINALFUNC_EXTRA,
    FINALFUNC_MODIFY = SHAREABLE,
    COMBINEFUNC = int8pl,
    MSFUNC = "pgsnap aggregate"."add ""up""",
    MINVFUNC = "pgsnap aggregate".take_away,
    MSTYPE = bigint,
    MSSPACE = 32,
    MINITCOND = '7',
    MFINALFUNC = "pgsnap aggregate".finish,
    MFINALFUNC_EXTRA,
    MFINALFUNC_MODIFY = READ_WRITE,
    PARALLEL = safe
);
-- COMMENT pgsnap aggregate.Full "aggregate" é
COMMENT ON AGGREGATE "pgsnap aggregate"."Full ""aggregate""
é"("select" integer) IS 'an aggregate';
-- AGGREGATE pgsnap aggregate.ggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggg63; owner postgres
CREATE AGGREGATE "pgsnap aggregate".ggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggg63(integer) (
    SFUNC = int4pl,
    STYPE = integer
);
-- OPERATOR pgsnap aggregate.<<<; owner postgres
CREATE OPERATOR "pgsnap aggregate".<<< (
    FUNCTION = int4lt,
    LEFTARG = integer,
    RIGHTARG = integer
);
-- AGGREGATE pgsnap aggregate.least_of; owner postgres
CREATE AGGREGATE "pgsnap aggregate".least_of(integer) (
    SFUNC = int4smaller,
    STYPE = integer,
    SORTOP = OPERATOR("pgsnap aggregate".<<<)
);
-- AGGREGATE pgsnap aggregate.least_of; owner postgres
CREATE AGGREGATE "pgsnap aggregate".least_of(bigint) (
    SFUNC = int8smaller,
    STYPE = bigint,
    SORTOP = OPERATOR(pg_catalog.<)
);
-- AGGREGATE pgsnap aggregate.mode; owner postgres
CREATE AGGREGATE "pgsnap aggregate".mode(ORDER BY anyelement) (
    SFUNC = ordered_set_transition,
    STYPE = internal,
    FINALFUNC = mode_final,
    FINALFUNC_EXTRA,
    FINALFUNC_MODIFY = READ_ONLY
);
-- AGGREGATE pgsnap aggregate.percentile; owner postgres
CREATE AGGREGATE "pgsnap aggregate".percentile(double precision ORDER BY anyelement) (
    SFUNC = ordered_set_transition,
    STYPE = internal,
    FINALFUNC = percentile_disc_final,
    FINALFUNC_EXTRA
);
-- AGGREGATE pgsnap aggregate.plain; owner postgres
CREATE AGGREGATE "pgsnap aggregate".plain(integer) (
    SFUNC = "pgsnap aggregate"."add ""up""",
    STYPE = bigint
);
-- AGGREGATE pgsnap aggregate.quoted; owner postgres
CREATE AGGREGATE "pgsnap aggregate".quoted(*) (
    SFUNC = "pgsnap aggregate".count_one,
    STYPE = text,
    INITCOND = 'it''s \',
    PARALLEL = restricted
);
-- AGGREGATE pgsnap aggregate.rank; owner postgres
CREATE AGGREGATE "pgsnap aggregate".rank(VARIADIC "any" ORDER BY VARIADIC "any") (
    SFUNC = ordered_set_transition_multi,
    STYPE = internal,
    FINALFUNC = rank_final,
    FINALFUNC_EXTRA,
    HYPOTHETICAL
);
-- AGGREGATE pgsnap aggregate.serialized; owner postgres
CREATE AGGREGATE "pgsnap aggregate".serialized(numeric) (
    SFUNC = numeric_avg_accum,
    STYPE = internal,
    FINALFUNC = numeric_avg,
    COMBINEFUNC = numeric_avg_combine,
    SERIALFUNC = numeric_avg_serialize,
    DESERIALFUNC = numeric_avg_deserialize,
    PARALLEL = safe
);
-- AGGREGATE pgsnap aggregate.starred; owner postgres
CREATE AGGREGATE "pgsnap aggregate".starred(*) (
    SFUNC = "pgsnap aggregate".count_one,
    STYPE = text,
    INITCOND = ''
);
-- COMMENT pgsnap aggregate.starred
COMMENT ON AGGREGATE "pgsnap aggregate".starred(*) IS 'no arguments';
-- AGGREGATE pgsnap aggregate.variadic; owner postgres
CREATE AGGREGATE "pgsnap aggregate"."variadic"(VARIADIC "any") (
    SFUNC = "pgsnap aggregate".count_any,
    STYPE = bigint,
    INITCOND = '0'
);
-- ==== PreData, Privileges
-- ACL pgsnap aggregate.starred
REVOKE ALL ON FUNCTION "pgsnap aggregate".starred() FROM PUBLIC;
