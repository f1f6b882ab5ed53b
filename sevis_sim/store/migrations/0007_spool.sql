-- Where a large body is kept beside the database (spool.py); NULL where it is in its own column, as all were before.
ALTER TABLE journal_bodies ADD COLUMN request_place BIGINT;
ALTER TABLE journal_bodies ADD COLUMN response_place BIGINT;
