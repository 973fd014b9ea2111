-- ==== PreData, Main
-- SCHEMA pgsnap conversion; owner postgres
CREATE SCHEMA "pgsnap conversion";
-- CONVERSION pgsnap conversion.a "conversion" é; owner pgsnap_owner
CREATE DEFAULT CONVERSION "pgsnap conversion"."a ""conversion""
é" FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
-- COMMENT pgsnap conversion.a "conversion" é
COMMENT ON CONVERSION "pgsnap conversion"."a ""conversion""
é" IS 'a conversion';
-- CONVERSION pgsnap conversion.c2345678901234567890123456789012345678901234567890123456789012; owner postgres
CREATE CONVERSION "pgsnap conversion".c2345678901234567890123456789012345678901234567890123456789012 FOR 'WIN1252' TO 'UTF8' FROM win_to_utf8;
-- CONVERSION pgsnap conversion.select; owner postgres
CREATE CONVERSION "pgsnap conversion"."select" FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
