-- The write lease moved from the head file to the database file. A connection of an earlier build
-- that was opened before this step does not hold it, and does not have the function either: what
-- it tries to insert fails, and changes nothing.
CREATE TRIGGER event_needs_lease BEFORE INSERT ON event WHEN NOT momentlog_lease()
BEGIN SELECT RAISE(ABORT, 'only the holder of the write lease appends'); END;

CREATE TRIGGER log_commit_needs_lease BEFORE INSERT ON log_commit WHEN NOT momentlog_lease()
BEGIN SELECT RAISE(ABORT, 'only the holder of the write lease appends'); END;

CREATE TRIGGER snapshot_needs_lease BEFORE INSERT ON snapshot WHEN NOT momentlog_lease()
BEGIN SELECT RAISE(ABORT, 'only the holder of the write lease keeps snapshots'); END;
