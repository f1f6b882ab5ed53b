-- What any simulator keeps: its sandboxes, what falls due in them, and the journal.
-- Words in braces are the dialect's (dialect.py). Deleting a sandbox deletes all that refers to it.

CREATE TABLE meta (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE sandboxes (
    name TEXT NOT NULL PRIMARY KEY,
    seed TEXT NOT NULL,
    clock TEXT NOT NULL,
    settings TEXT NOT NULL
);

CREATE TABLE due_work (
    sequence {key},
    sandbox TEXT NOT NULL REFERENCES sandboxes (name) ON DELETE CASCADE,
    instant BIGINT NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL
);
CREATE INDEX due_work_in_order ON due_work (sandbox, instant, sequence);

CREATE TABLE journal (
    id {key},
    sandbox TEXT REFERENCES sandboxes (name) ON DELETE CASCADE,
    instant BIGINT NOT NULL,
    kind TEXT NOT NULL,
    summary TEXT NOT NULL,
    subjects TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX journal_of_sandbox ON journal (sandbox, id);

CREATE TABLE journal_subjects (
    entry BIGINT NOT NULL REFERENCES journal (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (entry, name)
){clustered};
CREATE INDEX journal_subjects_by_value ON journal_subjects (name, value, entry);
