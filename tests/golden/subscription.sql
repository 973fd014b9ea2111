-- ==== PostData, Main
-- SUBSCRIPTION pgsnap; -- ä"x; owner postgres
CREATE SUBSCRIPTION "pgsnap; --
ä""x" CONNECTION 'host=none password=''it\''s secret'' dbname=none' PUBLICATION "select", "a,b""c", two WITH (connect = false, slot_name = NONE, streaming = parallel, synchronous_commit = 'local');
-- SUBSCRIPTION pgsnap_14; owner postgres
CREATE SUBSCRIPTION pgsnap_14 CONNECTION 'dbname=none' PUBLICATION one WITH (connect = false, slot_name = NONE, binary = true, streaming = on);
-- SUBSCRIPTION pgsnap_14_off; owner postgres
CREATE SUBSCRIPTION pgsnap_14_off CONNECTION 'dbname=none' PUBLICATION one WITH (connect = false, slot_name = NONE, streaming = off);
-- SUBSCRIPTION pgsnap_15; owner postgres
CREATE SUBSCRIPTION pgsnap_15 CONNECTION 'dbname=none' PUBLICATION one WITH (connect = false, slot_name = NONE, streaming = parallel, two_phase = on, disable_on_error = true);
-- SUBSCRIPTION pgsnap_16; owner postgres
CREATE SUBSCRIPTION pgsnap_16 CONNECTION 'dbname=none' PUBLICATION one WITH (connect = false, slot_name = NONE, streaming = parallel, password_required = false, run_as_owner = true, origin = 'none');
-- SUBSCRIPTION pgsnap_17; owner postgres
CREATE SUBSCRIPTION pgsnap_17 CONNECTION 'dbname=none' PUBLICATION one WITH (connect = false, slot_name = NONE, streaming = parallel, failover = true);
-- SUBSCRIPTION pgsnap_least; owner postgres
CREATE SUBSCRIPTION pgsnap_least CONNECTION 'dbname=none' PUBLICATION one WITH (connect = false, slot_name = NONE, streaming = parallel);
-- COMMENT pgsnap_least
COMMENT ON SUBSCRIPTION pgsnap_least IS 'it''s a subscription';
-- SUBSCRIPTION pgsnap_local; owner postgres
CREATE SUBSCRIPTION pgsnap_local CONNECTION 'dbname=none' PUBLICATION one WITH (connect = false, slot_name = NONE, streaming = parallel, synchronous_commit = 'remote_apply');
-- SUBSCRIPTION pgsnap_off; owner postgres
CREATE SUBSCRIPTION pgsnap_off CONNECTION 'dbname=none' PUBLICATION one WITH (connect = false, slot_name = NONE, streaming = off, origin = 'none');
-- SUBSCRIPTION pgsnap_on; owner postgres
CREATE SUBSCRIPTION pgsnap_on CONNECTION 'dbname=none' PUBLICATION one WITH (connect = false, slot_name = NONE, streaming = on);
-- SUBSCRIPTION pgsnap_slot; owner postgres
CREATE SUBSCRIPTION pgsnap_slot CONNECTION 'dbname=none' PUBLICATION one WITH (connect = false, slot_name = NONE, streaming = parallel);
-- SUBSCRIPTION sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss63; owner postgres
CREATE SUBSCRIPTION sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss63 CONNECTION 'dbname=none' PUBLICATION one WITH (connect = false, slot_name = NONE, streaming = parallel);
