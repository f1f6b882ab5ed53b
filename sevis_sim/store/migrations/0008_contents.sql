-- What stands in the files of batches, apart from them, so that copies of a sandbox share it: copying some hundred
-- megabytes of forms took seconds. A content goes with the last file that has it (the trigger is as SQLite writes one).
CREATE TABLE file_contents (
    key {key},
    content {blob} NOT NULL
);
INSERT INTO file_contents (key, content)
    SELECT ROW_NUMBER() OVER (ORDER BY batch_key, kind), content FROM batch_files;

CREATE TABLE shared_files (
    batch_key BIGINT NOT NULL REFERENCES batches (key) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('document', 'log', 'archive')),
    content_key BIGINT NOT NULL REFERENCES file_contents (key),
    PRIMARY KEY (batch_key, kind)
);
INSERT INTO shared_files (batch_key, kind, content_key)
    SELECT batch_key, kind, ROW_NUMBER() OVER (ORDER BY batch_key, kind) FROM batch_files;
DROP TABLE batch_files;
ALTER TABLE shared_files RENAME TO batch_files;
CREATE INDEX batch_files_by_content ON batch_files (content_key);

CREATE TRIGGER batch_files_last AFTER DELETE ON batch_files FOR EACH ROW BEGIN
    DELETE FROM file_contents WHERE key = OLD.content_key
        AND NOT EXISTS (SELECT 1 FROM batch_files WHERE content_key = OLD.content_key); END;
