-- Schema 1, as it was shipped; `schema_2.sql` makes today's of it. Times are RFC 3339 in UTC. Nothing here names a person in clear: `person` is a keyed
-- digest, `sealed` and `note` (the platform's words) are SM4-CCM (seal.rs).

-- One row: the counters, and the head of the journal's chain.
CREATE TABLE kiosk (
    id            INTEGER PRIMARY KEY CHECK (id = 1),
    key_check     BLOB,
    case_sequence INTEGER NOT NULL DEFAULT 0,
    journal_seq   INTEGER NOT NULL DEFAULT 0,
    journal_hash  BLOB NOT NULL
) STRICT;
INSERT INTO kiosk (id, journal_hash) VALUES (1, zeroblob(32));

-- `sequence` is the one inside the case number, so the number needs no index of its own.
CREATE TABLE case_record (
    sequence      INTEGER PRIMARY KEY,
    number        TEXT NOT NULL,
    item          TEXT NOT NULL,
    person        BLOB,
    status        TEXT NOT NULL CHECK (status IN ('received', 'accepted', 'completed', 'returned')),
    received_at   TEXT NOT NULL,
    clock_trusted INTEGER NOT NULL,
    accepted_at   TEXT,
    completed_at  TEXT,
    due_at        TEXT,
    note          BLOB,
    sealed        BLOB
) STRICT;
CREATE INDEX case_by_person ON case_record (person, sequence) WHERE person IS NOT NULL;
CREATE INDEX case_unfinished ON case_record (sequence) WHERE status IN ('received', 'accepted');

CREATE TABLE evaluation (
    id            INTEGER PRIMARY KEY,
    case_sequence INTEGER UNIQUE REFERENCES case_record,
    item          TEXT,
    level         TEXT NOT NULL,
    tags          TEXT NOT NULL,
    pressed_at    TEXT NOT NULL,
    clock_trusted INTEGER NOT NULL,
    state         TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'taken', 'refused'))
) STRICT;

-- What the platform has not answered yet, in the order in which it arose.
CREATE TABLE outbox (
    seq             INTEGER PRIMARY KEY,
    case_sequence   INTEGER REFERENCES case_record,
    evaluation      INTEGER REFERENCES evaluation,
    idempotency_key TEXT NOT NULL,
    attempts        INTEGER NOT NULL DEFAULT 0,
    last_error      TEXT,
    CHECK ((case_sequence IS NULL) <> (evaluation IS NULL))
) STRICT;

-- Append-only, each row bound to the one before (journal.rs).
CREATE TABLE journal (
    seq           INTEGER PRIMARY KEY,
    at            TEXT NOT NULL,
    clock_trusted INTEGER NOT NULL,
    kind          TEXT NOT NULL,
    case_number   TEXT,
    detail        TEXT NOT NULL,
    prev          BLOB NOT NULL,
    hash          BLOB NOT NULL
) STRICT;
CREATE TRIGGER journal_is_not_changed BEFORE UPDATE ON journal
BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_not_shortened BEFORE DELETE ON journal
BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
