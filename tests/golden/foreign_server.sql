-- ==== PreData, Main
-- FOREIGN DATA WRAPPER wrap"per; owner postgres
CREATE FOREIGN DATA WRAPPER "wrap""per";
-- SERVER least; owner postgres
CREATE SERVER "least" FOREIGN DATA WRAPPER "wrap""per";
-- COMMENT least
COMMENT ON SERVER "least" IS 'it''s a server';
-- SERVER owned; owner pgsnap_reader
CREATE SERVER owned VERSION '' FOREIGN DATA WRAPPER "wrap""per";
-- SERVER select; -- ä; owner postgres
CREATE SERVER "select; --
ä" TYPE 'it''s' VERSION '1.0 \ "x"' FOREIGN DATA WRAPPER "wrap""per" OPTIONS (
    "User" 'it''s',
    empty '',
    host E'back\\slash',
    port '1'
);
-- SERVER sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss63; owner postgres
CREATE SERVER sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss63 FOREIGN DATA WRAPPER "wrap""per";
-- ==== PreData, Privileges
-- ACL wrap"per
GRANT ALL ON FOREIGN DATA WRAPPER "wrap""per" TO pgsnap_reader;
