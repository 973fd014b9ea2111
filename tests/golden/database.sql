-- ==== PreData, Main
-- DATABASE the database; owner pgsnap database 'owner
CREATE DATABASE "the database" WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = libc LC_COLLATE = 'C' LC_CTYPE = 'C';
-- COMMENT the database
COMMENT ON DATABASE "the database" IS 'it''s a "comment"; --';
-- DATABASE PROPERTIES the database
ALTER DATABASE "the database" SET work_mem TO '7MB';
-- DATABASE PROPERTIES the database
ALTER DATABASE "the database" SET search_path TO '$user', 'public', 'we ird,"x"';
-- DATABASE PROPERTIES the database
ALTER DATABASE "the database" SET "my.Knob" TO 'a=b''c';
-- DATABASE PROPERTIES the database
ALTER DATABASE "the database" SET default_transaction_read_only TO 'on';
-- DATABASE PROPERTIES the database
ALTER DATABASE "the database" SET bytea_output TO 'escape';
-- DATABASE PROPERTIES the database
ALTER DATABASE "the database" SET temp_tablespaces TO '';
-- DATABASE PROPERTIES the database
ALTER ROLE "pgsnap database 'owner" IN DATABASE "the database" SET work_mem TO '9MB';
-- TABLE public.kept; owner postgres
CREATE TABLE public.kept (
    id integer NOT NULL,
    data bytea DEFAULT '\x00ff'::bytea
);
-- ==== PostData, Main
-- CONSTRAINT public.kept_pkey
ALTER TABLE ONLY public.kept
    ADD CONSTRAINT kept_pkey PRIMARY KEY (id);
-- ==== PreData, Privileges
-- ACL the database
REVOKE CONNECT,TEMPORARY ON DATABASE "the database" FROM PUBLIC;
REVOKE ALL ON DATABASE "the database" FROM "pgsnap database 'owner";
GRANT CONNECT,TEMPORARY ON DATABASE "the database" TO "pgsnap database 'owner";
GRANT CREATE ON DATABASE "the database" TO "pgsnap database 'owner" WITH GRANT OPTION;
GRANT CONNECT ON DATABASE "the database" TO PUBLIC;
-- ==== PreData, Last
-- DATABASE PROPERTIES the database
ALTER DATABASE "the database" CONNECTION LIMIT = 99;
