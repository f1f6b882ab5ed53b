-- Which exchange (a request and its answer) a batch came in by, so that all entries of the journal about it name the same.
ALTER TABLE batches ADD COLUMN exchange TEXT NOT NULL DEFAULT '';

-- What was sent and answered, as it stood on the wire; apart from the entries, so that listing those never reads it.
-- The sizes are those of the whole bodies; what is kept may be cut.
CREATE TABLE journal_bodies (
    entry BIGINT NOT NULL PRIMARY KEY REFERENCES journal (id) ON DELETE CASCADE,
    sandbox TEXT,
    kept BIGINT NOT NULL,
    request_head {blob} NOT NULL,
    request_body {blob} NOT NULL,
    request_size BIGINT NOT NULL,
    response_head {blob},
    response_body {blob},
    response_size BIGINT
);
CREATE INDEX journal_bodies_of_sandbox ON journal_bodies (sandbox, entry, kept);
