-- What is large of the files of batches is kept beside the database, too (spool.py); content is then empty.
ALTER TABLE file_contents ADD COLUMN place BIGINT;
CREATE INDEX file_contents_by_place ON file_contents (place) WHERE place IS NOT NULL;
-- From which byte on the contents at its place stand in a body, whose other bytes are in its own column.
ALTER TABLE journal_bodies ADD COLUMN request_start BIGINT NOT NULL DEFAULT 0;
ALTER TABLE journal_bodies ADD COLUMN response_start BIGINT NOT NULL DEFAULT 0;
