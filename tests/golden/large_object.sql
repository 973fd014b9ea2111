-- ==== PreData, Main
-- SCHEMA public; owner pgsnap "large" owner

