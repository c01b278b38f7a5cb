-- The last complete observation of each domain in a libvirt. It is evidence for conclusions and
-- not part of the record: without it they are only more careful. `time` is in microseconds since
-- 1970, `checkpoints` has a line 'creation time in seconds, space, name' for each checkpoint that
-- the libvirt had, sorted by name, or is null if it was not observed yet; `pruned` has a line
-- 'revision of the deletion, space, creation time, space, name' for each checkpoint that was pruned
-- in the record alone. `sha256` is over the other columns.
CREATE TABLE observation (
    uuid        TEXT    NOT NULL PRIMARY KEY,
    time        INTEGER NOT NULL,
    uri         TEXT    NOT NULL,
    host        TEXT    NOT NULL,
    libvirt     TEXT    NOT NULL,
    is_persistent INTEGER NOT NULL CHECK (is_persistent IN (0, 1)),
    checkpoints TEXT,
    pruned      TEXT    NOT NULL,
    sha256      BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER observation_needs_lease BEFORE INSERT ON observation WHEN NOT momentlog_lease()
BEGIN SELECT RAISE(ABORT, 'only the holder of the write lease stores observations'); END;
