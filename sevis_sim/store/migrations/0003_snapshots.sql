-- A snapshot is a sandbox that nobody can enter: a copy of another's rows, deleted together with it.
ALTER TABLE sandboxes ADD COLUMN snapshot_of TEXT REFERENCES sandboxes (name) ON DELETE CASCADE;
ALTER TABLE sandboxes ADD COLUMN taken BIGINT;
CREATE INDEX sandboxes_by_origin ON sandboxes (snapshot_of);

-- A certificate decides one sandbox and cannot be copied. This is what it was good for when the snapshot was taken:
-- one row for each organization, and one with a blank organization that says whether it was revoked.
CREATE TABLE snapshot_certificates (
    sandbox TEXT NOT NULL REFERENCES sandboxes (name) ON DELETE CASCADE,
    fingerprint TEXT NOT NULL REFERENCES certificates (fingerprint) ON DELETE CASCADE,
    org_id TEXT NOT NULL,
    instant BIGINT,
    PRIMARY KEY (sandbox, fingerprint, org_id)
){clustered};
CREATE INDEX snapshot_certificates_by_fingerprint ON snapshot_certificates (fingerprint);
