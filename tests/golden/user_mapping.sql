-- ==== PreData, Main
-- FOREIGN DATA WRAPPER wrapper; owner postgres
CREATE FOREIGN DATA WRAPPER wrapper;
-- SERVER one; owner postgres
CREATE SERVER one FOREIGN DATA WRAPPER wrapper;
-- SERVER select; -- ä; owner postgres
CREATE SERVER "select; --
ä" FOREIGN DATA WRAPPER wrapper;
-- USER MAPPING pgsnap "quo'ted" ä SERVER select; -- ä
CREATE USER MAPPING FOR "pgsnap ""quo'ted"" ä" SERVER "select; --
ä";
-- USER MAPPING pgsnap_reader SERVER one
CREATE USER MAPPING FOR pgsnap_reader SERVER one OPTIONS (
    "User" '',
    password E'it''s \\ secret'
);
-- USER MAPPING postgres SERVER one
CREATE USER MAPPING FOR postgres SERVER one OPTIONS (
    a '1'
);
-- USER MAPPING public SERVER one
CREATE USER MAPPING FOR public SERVER one;
-- USER MAPPING public SERVER select; -- ä
CREATE USER MAPPING FOR public SERVER "select; --
ä" OPTIONS (
    b '
'
);
