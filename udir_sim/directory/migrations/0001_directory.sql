-- The University Directory: what was delivered, what was loaded, and every version of every record.
-- Words in braces are the dialect's (sevis_sim/store/dialect.py).

CREATE TABLE deliveries (
    id TEXT NOT NULL PRIMARY KEY,
    location TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    name TEXT NOT NULL,
    door TEXT NOT NULL,
    received BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    header_location TEXT NOT NULL,
    created TEXT,
    data_records BIGINT NOT NULL,
    verdict TEXT NOT NULL,
    state TEXT NOT NULL,
    note TEXT NOT NULL,
    file TEXT NOT NULL,
    file_sha256 TEXT NOT NULL,
    report_sha256 TEXT NOT NULL,
    against BIGINT NOT NULL,
    decided BIGINT
){clustered};
CREATE INDEX deliveries_in_order ON deliveries (location, received, id);

CREATE TABLE loads (
    location TEXT NOT NULL,
    number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    delivery TEXT NOT NULL REFERENCES deliveries (id),
    back_to BIGINT,
    instant BIGINT NOT NULL,
    created TEXT,
    records BIGINT NOT NULL,
    added BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    deleted BIGINT NOT NULL,
    unchanged BIGINT NOT NULL,
    carried BIGINT NOT NULL,
    PRIMARY KEY (location, number)
){clustered};

-- A version of a record is in force from load `since` until load `until`; the ones in force now have no `until`.
CREATE TABLE records (
    key {key},
    location TEXT NOT NULL,
    student_id {blob} NOT NULL,
    net_id TEXT,
    since BIGINT NOT NULL,
    until BIGINT,
    digest {blob} NOT NULL,
    content {blob} NOT NULL
);
CREATE INDEX records_in_force ON records (location, student_id, digest) WHERE until IS NULL;
CREATE INDEX records_by_net_id ON records (net_id) WHERE until IS NULL AND net_id IS NOT NULL;
CREATE INDEX records_replaced ON records (location, until) WHERE until IS NOT NULL;
