-- ==== PostData, Main
-- PUBLICATION aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa63; owner postgres
CREATE PUBLICATION aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa63 WITH (publish = 'update, delete');
-- PUBLICATION generated; owner postgres
CREATE PUBLICATION generated WITH (publish = 'insert', publish_generated_columns = stored);
-- PUBLICATION least; owner pgsnap_reader
CREATE PUBLICATION "least" WITH (publish = 'insert, update, delete, truncate');
-- COMMENT least
COMMENT ON PUBLICATION "least" IS 'it''s empty';
-- PUBLICATION nothing; owner postgres
CREATE PUBLICATION nothing FOR ALL TABLES WITH (publish = '');
-- PUBLICATION rooted; owner postgres
CREATE PUBLICATION rooted WITH (publish = 'insert, update, delete, truncate', publish_via_partition_root = true);
-- PUBLICATION select; -- ä; owner postgres
CREATE PUBLICATION "select; --
ä" FOR ALL TABLES WITH (publish = 'insert, update, delete, truncate');
-- PUBLICATION some; owner postgres
CREATE PUBLICATION "some" WITH (publish = 'insert, truncate');
