-- ==== PreData, Main
-- SCHEMA pgsnap collation; owner postgres
CREATE SCHEMA "pgsnap collation";
-- COLLATION pgsnap collation.a "collation" é; owner pgsnap_owner
CREATE COLLATION "pgsnap collation"."a ""collation""
é" (provider = libc, locale = 'C');
-- COMMENT pgsnap collation.a "collation" é
COMMENT ON COLLATION "pgsnap collation"."a ""collation""
é" IS 'a collation';
-- COLLATION pgsnap collation.blind; owner postgres
CREATE COLLATION "pgsnap collation".blind (provider = icu, deterministic = false, locale = 'und-u-ks-level2');
-- COLLATION pgsnap collation.built_in; owner postgres
CREATE COLLATION "pgsnap collation".built_in (provider = builtin, locale = 'C.UTF-8');
-- COLLATION pgsnap collation.built_in_c; owner postgres
CREATE COLLATION "pgsnap collation".built_in_c (provider = builtin, locale = 'C');
-- COLLATION pgsnap collation.c2345678901234567890123456789012345678901234567890123456789012; owner postgres
CREATE COLLATION "pgsnap collation".c2345678901234567890123456789012345678901234567890123456789012 (provider = libc, locale = 'C');
-- COLLATION pgsnap collation.copied; owner postgres
CREATE COLLATION "pgsnap collation".copied (provider = libc, locale = 'POSIX');
-- COLLATION pgsnap collation.icu; owner postgres
CREATE COLLATION "pgsnap collation".icu (provider = icu, locale = 'en-US-u-va-posix');
-- COLLATION pgsnap collation.ruled; owner postgres
CREATE COLLATION "pgsnap collation".ruled (provider = icu, locale = 'und', rules = '&V << w <<< W < ''''x');
-- COLLATION pgsnap collation.select; owner postgres
CREATE COLLATION "pgsnap collation"."select" (provider = libc, lc_collate = 'C', lc_ctype = 'POSIX');
