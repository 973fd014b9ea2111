-- Event triggers.
SELECT e.oid,
       NULL::text AS schema,
       e.evtname::text AS name,
       pg_catalog.pg_get_userbyid(e.evtowner)::text AS owner,
       e.evtevent::text AS event,
       e.evttags AS tags,
       e.evtfoid::pg_catalog.regproc::text AS function,
       e.evtenabled::text AS enabled
FROM pg_catalog.pg_event_trigger e
WHERE e.oid >= 16384
ORDER BY e.evtname
