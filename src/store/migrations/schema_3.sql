-- Schema 3, made from schema 2: how often a policy was shown and printed (四进两知). Nobody's: there is
-- no person, no time of day and no order in it.

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
