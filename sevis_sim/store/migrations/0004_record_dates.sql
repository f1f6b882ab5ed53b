-- When the calendar next changes a record. Apart from the records, so that a new date writes no new version of one.
CREATE TABLE record_dates (
    sandbox TEXT NOT NULL REFERENCES sandboxes (name) ON DELETE CASCADE,
    system TEXT NOT NULL,
    sevis_id TEXT NOT NULL,
    day TEXT,
    since TEXT,
    PRIMARY KEY (sandbox, system, sevis_id)
){clustered};
CREATE INDEX record_dates_by_day ON record_dates (sandbox, system, day);
