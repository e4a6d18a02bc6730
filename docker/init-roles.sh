#!/bin/sh
# PostgreSQL's image runs this once, when its data folder is empty.
set -e
psql --no-psqlrc --quiet --username postgres --dbname postgres --file /roles.sql
