-- The roles that Attain meets PostgreSQL with, and its database. psql runs this once, as a superuser, on an empty server:
-- the container of docker-compose.yml by itself, anywhere else `psql -v ON_ERROR_STOP=1 -f ops/postgres/roles.sql`.
-- The passwords come from the environment of psql. The names are fixed, because the policies name them.
\getenv app_password ATTAIN_APP_PASSWORD
\getenv owner_password ATTAIN_OWNER_PASSWORD
\getenv system_password ATTAIN_SYSTEM_PASSWORD
\getenv backup_password ATTAIN_BACKUP_PASSWORD

-- web and workers: owns nothing, so row-level security holds for it
CREATE ROLE attain_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB PASSWORD :'app_password';
-- `manage.py migrate`: owns the tables
CREATE ROLE attain_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB PASSWORD :'owner_password';
-- the scheduler's ticks: sees what is due across organizations
CREATE ROLE attain_system LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB PASSWORD :'system_password';
-- pg_dump: reads every row past the walls and writes none
CREATE ROLE attain_backup LOGIN NOSUPERUSER BYPASSRLS NOCREATEROLE NOCREATEDB PASSWORD :'backup_password';
GRANT pg_read_all_data TO attain_backup;

CREATE DATABASE attain OWNER attain_owner;
