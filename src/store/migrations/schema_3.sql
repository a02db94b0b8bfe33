-- Schema 3, made from schema 2. Requests to people with their time window and who goes first; for which
-- enterprise; who handles a case; and whether a limit was warned of.

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
