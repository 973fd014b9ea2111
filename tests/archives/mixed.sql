-- The database of which tests/archives/*.tar.zst are copies: a little of all that an archive can hold.
CREATE TYPE mood AS ENUM ('calm', 'glad', 'new
line');
CREATE TYPE pair AS (a int, m mood);
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE SCHEMA "odd "" name";
CREATE TABLE film (
    id serial PRIMARY KEY, title text NOT NULL, moods mood[], pairs pair[], price numeric(8, 2),
    seen timestamptz, tags text[], body bytea, size positive, kept interval, of regclass
);
INSERT INTO film (title, moods, pairs, price, seen, tags, body, size, kept, of)
    SELECT 'film ' || n, ARRAY['calm', 'glad']::mood[], ARRAY[ROW(n, 'glad')::pair], n / 7.0,
           '2026-01-01 UTC'::timestamptz + n * interval '1 hour', ARRAY[n::text, NULL, E'a\\b\nc'],
           decode(md5(n::text), 'hex'), n, n * interval '1 day', 'pg_class'
    FROM generate_series(1, 300) n;
CREATE TABLE "odd "" name"."ta
ble" (a int REFERENCES film, "b c" text DEFAULT E'it''s');
INSERT INTO "odd "" name"."ta
ble" VALUES (1, NULL), (2, ''), (3, E'\\.'), (4, 'Größe ☃');
CREATE TABLE paper (x xml);
INSERT INTO paper VALUES ('<?xml version="1.0"?><a/>');
CREATE TABLE empty (a int);
CREATE TABLE part (a int, b text) PARTITION BY RANGE (a);
CREATE TABLE part_low PARTITION OF part FOR VALUES FROM (0) TO (10);
CREATE TABLE part_high PARTITION OF part FOR VALUES FROM (10) TO (100);
INSERT INTO part SELECT n, 'row ' || n FROM generate_series(0, 99) n;
CREATE INDEX ON part (b);
CREATE VIEW cheap AS SELECT id, title FROM film WHERE price < 10;
CREATE MATERIALIZED VIEW counts AS SELECT count(*) FROM film;
CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2';
CREATE TRIGGER t BEFORE UPDATE ON film FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
COMMENT ON TABLE film IS 'with ''quotes'' and \connect';
GRANT SELECT ON film TO PUBLIC;
SELECT setval('film_id_seq', 4711);
SELECT lo_from_bytea(4711, decode(repeat('ab', 5000), 'hex'));
