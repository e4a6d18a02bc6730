-- Roles and database, the same in production, demo and tests. Run once by a superuser with psql, with
-- OWNER_PASSWORD and APP_PASSWORD in the environment.
-- The owner runs migrations; the application only reads and writes rows, so no bug in it can change the schema,
-- drop a table, or step around row-level security.
\set ON_ERROR_STOP on
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD

CREATE ROLE peersupport_owner LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE peersupport_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'app_password';
CREATE DATABASE peersupport OWNER peersupport_owner;
REVOKE ALL ON DATABASE peersupport FROM PUBLIC;
GRANT CONNECT ON DATABASE peersupport TO peersupport_app;

\connect peersupport
ALTER DEFAULT PRIVILEGES FOR ROLE peersupport_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO peersupport_app;
ALTER DEFAULT PRIVILEGES FOR ROLE peersupport_owner GRANT USAGE, SELECT ON SEQUENCES TO peersupport_app;

-- Databases that the owner makes later (tests, a restore that is tried out) get the same rights.
\connect template1
ALTER DEFAULT PRIVILEGES FOR ROLE peersupport_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO peersupport_app;
ALTER DEFAULT PRIVILEGES FOR ROLE peersupport_owner GRANT USAGE, SELECT ON SEQUENCES TO peersupport_app;
