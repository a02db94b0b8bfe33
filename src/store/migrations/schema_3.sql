-- Schema 3, made from schema 2. Requests to people with their time window and who goes first; for which
-- enterprise; who handles a case; whether a limit was warned of; and how often a policy was shown.

-- First in the outbox and in every list.
ALTER TABLE application ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
-- Of a request: what is asked of people and when, as JSON.
ALTER TABLE application ADD COLUMN asked TEXT;
-- Name of the enterprise, sealed.
ALTER TABLE application ADD COLUMN enterprise BLOB;
ALTER TABLE application ADD COLUMN route TEXT
    CHECK (route IN ('at_once', 'back_office', 'other_department', 'statutory_limit'));
ALTER TABLE application ADD COLUMN department TEXT;
-- Why it goes that way, in the platform's words; sealed.
ALTER TABLE application ADD COLUMN route_reason BLOB;
-- That the limit is nearly over stands in the journal.
ALTER TABLE application ADD COLUMN warned INTEGER NOT NULL DEFAULT 0;

-- How often a policy was shown and printed (四进两知). Nobody's: there is no person, no time of day
-- and no order in it.

-- `day` is that of China. Counted by a clock that nobody has set it is empty, until a right clock gives
-- it the day on which it was found; `certain` stays 0 then.
CREATE TABLE policy_count (
    day          TEXT NOT NULL,
    certain      INTEGER NOT NULL,
    policy       TEXT NOT NULL,
    pack_version TEXT NOT NULL,
    shown        INTEGER NOT NULL,
    printed      INTEGER NOT NULL,
    PRIMARY KEY (day, certain, policy, pack_version)
) STRICT, WITHOUT ROWID;

-- Of a slip of a policy: which one, and of which pack. Counted when it is known to be printed.
ALTER TABLE slip ADD COLUMN policy TEXT;
ALTER TABLE slip ADD COLUMN pack_version TEXT;
