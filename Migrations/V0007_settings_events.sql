-- Settings are changed by events of kind 10, settingsChanged, in the store's own stream: a
-- setting's column repeats the value that the last of them gave it. What a store kept to before
-- the first of them, no event says: `initial_strips_secrets` does. It is 0 in stores that were
-- created since.
--
-- Events of kind 11, findingAcknowledged, need no column of their own: replay reads their lines.
ALTER TABLE store ADD COLUMN initial_strips_secrets INTEGER NOT NULL DEFAULT 0
    CHECK (initial_strips_secrets IN (0, 1));
UPDATE store SET initial_strips_secrets = strips_secrets;
