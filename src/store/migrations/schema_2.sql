-- Schema 2, made from schema 1. Times are RFC 3339 in UTC. Nothing here names a person in clear:
-- `person` is a keyed digest; `request`, `body` and `note` are sealed (seal.rs), each for its table,
-- column and row.

-- One row: what belongs to the whole database. `site` (region and kiosk) says for which numbers
-- `case_sequence` and `slip_serial` count.
CREATE TABLE kiosk_2 (
    id             INTEGER PRIMARY KEY CHECK (id = 1),
    key_check      BLOB,
    site           TEXT,
    case_sequence  INTEGER NOT NULL,
    slip_serial    INTEGER NOT NULL,
    journal_seq    INTEGER NOT NULL,
    journal_hash   BLOB NOT NULL,
    -- When the newest row of the journal was written that a right clock has dated.
    trusted_at     TEXT,
    -- Where the platform's feed of changes was read up to.
    changes_cursor TEXT
) STRICT;
-- Schema 1 counted slips by their rows; where a row got lost, the serial on paper was higher.
INSERT INTO kiosk_2
SELECT id, key_check, NULL, case_sequence,
    (SELECT max(count(*) FILTER (WHERE kind = 'slip_ordered'),
                coalesce(max(CAST(CASE WHEN json_valid(detail) THEN detail ->> 'slip' END AS INTEGER)), 0))
     FROM journal WHERE kind IN ('slip_ordered', 'slip_outcome')),
    journal_seq, journal_hash,
    (SELECT at FROM journal WHERE clock_trusted ORDER BY seq DESC LIMIT 1), NULL
FROM kiosk;
DROP TABLE kiosk;
ALTER TABLE kiosk_2 RENAME TO kiosk;

-- `sequence` is the one inside the case number, so the number needs no index of its own. A new row
-- touches one index only; the other two fill when the platform answers.
CREATE TABLE application (
    sequence          INTEGER PRIMARY KEY,
    number            TEXT NOT NULL,
    idempotency_key   TEXT NOT NULL,
    item              TEXT NOT NULL,
    pack_version      TEXT NOT NULL,
    person            BLOB,
    status            TEXT NOT NULL
                      CHECK (status IN ('received', 'accepted', 'completed', 'returned')),
    received_at       TEXT NOT NULL,
    clock_trusted     INTEGER NOT NULL,
    limit_s           INTEGER,
    breach            TEXT,
    held              TEXT,
    -- The platform has it and has not finished it.
    under_way         INTEGER NOT NULL DEFAULT 0,
    accepted_at       TEXT,
    completed_at      TEXT,
    due_at            TEXT,
    correct_by        TEXT,
    acceptance_number TEXT,
    note              BLOB,
    -- What was handed in, while it may still be needed.
    request           BLOB,
    -- When the kiosk learned of the end.
    finished_at       TEXT,
    finished_trusted  INTEGER
) STRICT;
CREATE INDEX application_by_person ON application (person, sequence) WHERE person IS NOT NULL;
CREATE INDEX application_under_way ON application (idempotency_key) WHERE under_way;
CREATE INDEX application_finished ON application (finished_at) WHERE finished_at IS NOT NULL;
-- What the care of each minute looks for (retention.rs): few rows, however many are stored.
CREATE INDEX application_undated ON application (sequence)
    WHERE finished_at IS NOT NULL AND NOT finished_trusted;
CREATE INDEX application_returned ON application (finished_at) WHERE status = 'returned';

-- Sub-cases of a package, in their order.
CREATE TABLE part (
    application       INTEGER NOT NULL REFERENCES application ON DELETE CASCADE,
    place             INTEGER NOT NULL,
    item              TEXT NOT NULL,
    status            TEXT NOT NULL
                      CHECK (status IN ('received', 'accepted', 'completed', 'returned')),
    completed_at      TEXT,
    due_at            TEXT,
    acceptance_number TEXT,
    note              BLOB,
    PRIMARY KEY (application, place),
    UNIQUE (application, item)
) STRICT, WITHOUT ROWID;

-- Room for materials (材料), commitments (告知承诺) and consents (知情同意), which the visit does not
-- yet gather: nothing writes these three.
CREATE TABLE material (
    application INTEGER NOT NULL REFERENCES application ON DELETE CASCADE,
    material    TEXT NOT NULL,
    digest      BLOB NOT NULL,
    bytes       INTEGER NOT NULL,
    PRIMARY KEY (application, material)
) STRICT, WITHOUT ROWID;
CREATE TABLE commitment (
    application   INTEGER NOT NULL REFERENCES application ON DELETE CASCADE,
    commitment    TEXT NOT NULL,
    made_at       TEXT NOT NULL,
    clock_trusted INTEGER NOT NULL,
    PRIMARY KEY (application, commitment)
) STRICT, WITHOUT ROWID;
CREATE TABLE consent (
    application   INTEGER NOT NULL REFERENCES application ON DELETE CASCADE,
    consent       TEXT NOT NULL,
    given_at      TEXT NOT NULL,
    clock_trusted INTEGER NOT NULL,
    PRIMARY KEY (application, consent)
) STRICT, WITHOUT ROWID;

-- `kept`: a bad level without a reason, for following up; never sent.
CREATE TABLE evaluation_2 (
    id            INTEGER PRIMARY KEY,
    application   INTEGER UNIQUE REFERENCES application ON DELETE CASCADE,
    item          TEXT,
    level         TEXT NOT NULL,
    tags          TEXT NOT NULL,
    pressed_at    TEXT NOT NULL,
    clock_trusted INTEGER NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('waiting', 'taken', 'refused', 'kept'))
) STRICT;

CREATE INDEX evaluation_of_item ON evaluation_2 (id) WHERE application IS NULL;

-- What the platform has not answered yet, in the order in which it arose: the bytes that were and
-- will be sent, whatever program sends them.
CREATE TABLE outbox_2 (
    seq             INTEGER PRIMARY KEY,
    application     INTEGER REFERENCES application,
    evaluation      INTEGER REFERENCES evaluation_2 ON DELETE CASCADE,
    idempotency_key TEXT NOT NULL,
    body            BLOB NOT NULL,
    attempts        INTEGER NOT NULL DEFAULT 0,
    last_error      TEXT,
    -- What stood in the way of the last attempt.
    obstacle        TEXT,
    CHECK ((application IS NULL) <> (evaluation IS NULL))
) STRICT;

-- Each slip from its order on. `case_number` is no reference: a slip outlives its case.
CREATE TABLE slip (
    serial        INTEGER PRIMARY KEY,
    case_number   TEXT,
    item          TEXT NOT NULL,
    reprint       INTEGER NOT NULL,
    ordered_at    TEXT NOT NULL,
    clock_trusted INTEGER NOT NULL,
    outcome       TEXT CHECK (outcome IN ('printed', 'not_printed', 'unknown'))
) STRICT;
CREATE INDEX slip_open ON slip (serial) WHERE outcome IS NULL;

-- Append-only as before (chain.rs); the row before is not written a second time.
ALTER TABLE journal ADD COLUMN hash_version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE journal DROP COLUMN prev;
