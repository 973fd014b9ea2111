-- ==== PreData, Main
-- SCHEMA pgsnap "other" operator; owner postgres
CREATE SCHEMA "pgsnap ""other"" operator";
-- SCHEMA pgsnap operator; owner postgres
CREATE SCHEMA "pgsnap operator";
-- TYPE pgsnap operator.a "type" é; owner postgres
CREATE TYPE "pgsnap operator"."a ""type""
é" AS ENUM (
    'a'
);
-- FUNCTION pgsnap operator.differs; owner postgres
CREATE FUNCTION "pgsnap operator".differs("pgsnap operator"."a ""type""
é", "pgsnap operator"."a ""type""
é") RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT
    AS $$enum_ne$$;
-- FUNCTION pgsnap operator.equal "to"; owner postgres
CREATE FUNCTION "pgsnap operator"."equal ""to"""("pgsnap operator"."a ""type""
é", "pgsnap operator"."a ""type""
é") RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT
    AS $$enum_eq$$;
-- OPERATOR pgsnap "other" operator.<!=>; owner postgres
CREATE OPERATOR "pgsnap ""other"" operator".<!=> (
    FUNCTION = "pgsnap operator".differs,
    LEFTARG = "pgsnap operator"."a ""type""
é",
    RIGHTARG = "pgsnap operator"."a ""type""
é",
    COMMUTATOR = OPERATOR("pgsnap ""other"" operator".<!=>),
    NEGATOR = OPERATOR("pgsnap operator".===),
    RESTRICT = neqsel,
    JOIN = neqjoinsel
);
-- OPERATOR pgsnap operator.+*/%^&|~!@#<>=?`@+*/%^&|~!@#<>=?`@+*/%^&|~!@#<>=?`@+*/%^&|~!@#=; owner postgres
CREATE OPERATOR "pgsnap operator".+*/%^&|~!@#<>=?`@+*/%^&|~!@#<>=?`@+*/%^&|~!@#<>=?`@+*/%^&|~!@#= (
    FUNCTION = int4mul,
    LEFTARG = integer,
    RIGHTARG = integer
);
-- OPERATOR pgsnap operator.<-|; owner postgres
CREATE OPERATOR "pgsnap operator".<-| (
    FUNCTION = int84mi,
    LEFTARG = bigint,
    RIGHTARG = integer,
    COMMUTATOR = OPERATOR("pgsnap operator".|-<)
);
-- OPERATOR pgsnap operator.===; owner pgsnap_owner
CREATE OPERATOR "pgsnap operator".=== (
    FUNCTION = "pgsnap operator"."equal ""to""",
    LEFTARG = "pgsnap operator"."a ""type""
é",
    RIGHTARG = "pgsnap operator"."a ""type""
é",
    COMMUTATOR = OPERATOR("pgsnap operator".===),
    NEGATOR = OPERATOR("pgsnap ""other"" operator".<!=>),
    MERGES,
    HASHES,
    RESTRICT = eqsel,
    JOIN = eqjoinsel
);
-- COMMENT pgsnap operator.===
COMMENT ON OPERATOR "pgsnap operator".=== ("pgsnap operator"."a ""type""
é", "pgsnap operator"."a ""type""
é") IS 'an operator';
-- OPERATOR pgsnap operator.@#@; owner postgres
CREATE OPERATOR "pgsnap operator".@#@ (
    FUNCTION = int4abs,
    RIGHTARG = integer
);
-- OPERATOR pgsnap operator.@#@; owner postgres
CREATE OPERATOR "pgsnap operator".@#@ (
    FUNCTION = int8abs,
    RIGHTARG = bigint
);
-- COMMENT pgsnap operator.@#@
COMMENT ON OPERATOR "pgsnap operator".@#@ (NONE, bigint) IS 'a prefix operator';
-- OPERATOR pgsnap operator.@#@; owner postgres
CREATE OPERATOR "pgsnap operator".@#@ (
    FUNCTION = array_larger,
    LEFTARG = anyarray,
    RIGHTARG = anyarray
);
-- OPERATOR pgsnap operator.@#@; owner postgres
CREATE OPERATOR "pgsnap operator".@#@ (
    FUNCTION = int4pl,
    LEFTARG = integer,
    RIGHTARG = integer
);
-- OPERATOR pgsnap operator.|->; owner postgres
CREATE OPERATOR "pgsnap operator".|-> (
    FUNCTION = int84pl,
    LEFTARG = bigint,
    RIGHTARG = integer
);
