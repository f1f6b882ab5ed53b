-- What SEVIS keeps: organizations, certificates, batches with their files, and records.

CREATE TABLE organizations (
    sandbox TEXT NOT NULL REFERENCES sandboxes (name) ON DELETE CASCADE,
    org_id TEXT NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (sandbox, org_id)
);

CREATE TABLE certificates (
    fingerprint TEXT NOT NULL PRIMARY KEY,
    sandbox TEXT NOT NULL REFERENCES sandboxes (name) ON DELETE CASCADE,
    name TEXT NOT NULL,
    pem TEXT NOT NULL,
    subject TEXT NOT NULL,
    issuer TEXT NOT NULL,
    serial TEXT NOT NULL,
    not_before BIGINT NOT NULL,
    not_after BIGINT NOT NULL,
    revoked BIGINT
);
CREATE INDEX certificates_of_sandbox ON certificates (sandbox);

CREATE TABLE certificate_registrations (
    fingerprint TEXT NOT NULL REFERENCES certificates (fingerprint) ON DELETE CASCADE,
    org_id TEXT NOT NULL,
    sandbox TEXT NOT NULL,
    registered BIGINT NOT NULL,
    PRIMARY KEY (fingerprint, org_id),
    FOREIGN KEY (sandbox, org_id) REFERENCES organizations (sandbox, org_id) ON DELETE CASCADE
);
CREATE INDEX certificate_registrations_of_organization ON certificate_registrations (sandbox, org_id);

CREATE TABLE batches (
    key {key},
    sandbox TEXT NOT NULL REFERENCES sandboxes (name) ON DELETE CASCADE,
    system TEXT NOT NULL,
    org_id TEXT NOT NULL,
    batch_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    file_name TEXT NOT NULL,
    received BIGINT NOT NULL,
    due BIGINT NOT NULL,
    available BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('accepted', 'processed')),
    processed BIGINT,
    success BIGINT NOT NULL,
    failure BIGINT NOT NULL,
    UNIQUE (sandbox, system, org_id, batch_id)
);
CREATE INDEX batches_of_sandbox ON batches (sandbox, key);

-- Apart from the batches, so that listing those never reads a document.
CREATE TABLE batch_files (
    batch_key BIGINT NOT NULL REFERENCES batches (key) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('document', 'log', 'archive')),
    content {blob} NOT NULL,
    PRIMARY KEY (batch_key, kind)
);

-- The latest version of each record; when it changes, the row moves to record_versions first.
CREATE TABLE records (
    sandbox TEXT NOT NULL REFERENCES sandboxes (name) ON DELETE CASCADE,
    system TEXT NOT NULL,
    sevis_id TEXT NOT NULL,
    org_id TEXT NOT NULL,
    population TEXT NOT NULL,
    status TEXT NOT NULL,
    identity TEXT NOT NULL,
    version BIGINT NOT NULL,
    batch_key BIGINT,
    instant BIGINT NOT NULL,
    payload TEXT NOT NULL,
    PRIMARY KEY (sandbox, system, sevis_id)
);
CREATE INDEX records_by_identity ON records (sandbox, system, population, identity);

CREATE TABLE record_versions (
    sandbox TEXT NOT NULL,
    system TEXT NOT NULL,
    sevis_id TEXT NOT NULL,
    org_id TEXT NOT NULL,
    population TEXT NOT NULL,
    status TEXT NOT NULL,
    identity TEXT NOT NULL,
    version BIGINT NOT NULL,
    batch_key BIGINT,
    instant BIGINT NOT NULL,
    payload TEXT NOT NULL,
    PRIMARY KEY (sandbox, system, sevis_id, version),
    FOREIGN KEY (sandbox, system, sevis_id) REFERENCES records (sandbox, system, sevis_id) ON DELETE CASCADE
);

-- Every SEVIS ID that was ever given out, of principals and dependents, and whose record it stands in.
CREATE TABLE record_ids (
    sandbox TEXT NOT NULL REFERENCES sandboxes (name) ON DELETE CASCADE,
    system TEXT NOT NULL,
    sevis_id TEXT NOT NULL,
    principal TEXT NOT NULL,
    PRIMARY KEY (sandbox, system, sevis_id)
){clustered};
