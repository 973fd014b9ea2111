-- Adds embeddings to the sample database, where the server has the extension pgvector; else it says so
-- and changes nothing:
--   psql -d shop -f db/sample.sql -f db/sample-vector.sql

SELECT count(*) > 0 AS has_vector FROM pg_available_extensions WHERE name = 'vector' \gset
\if :has_vector

CREATE EXTENSION vector;

CREATE TABLE shop.embedding (
    product_id integer PRIMARY KEY REFERENCES shop.product,
    meaning vector(8) NOT NULL,
    draft vector
);
COMMENT ON TABLE shop.embedding IS 'Where a product lies among all meanings.';

INSERT INTO shop.embedding (product_id, meaning, draft)
SELECT id,
       ARRAY [id % 2, id % 3, id % 5, id % 7, id / 300.0, -id, 1e-3, 0.5]::vector(8),
       CASE WHEN id % 10 = 0 THEN ARRAY [id, 1.5, -2]::vector END
FROM shop.product;

CREATE INDEX embedding_meaning ON shop.embedding USING hnsw (meaning vector_cosine_ops) WITH (m = 8);

\else
\echo 'pgvector is not available on this server: no embeddings'
\endif
