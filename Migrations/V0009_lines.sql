-- The line is the event. All that stands beside it follows from it and is here for an index:
-- the domain's number (0 for the store itself), the place in the domain's stream, and the kind.
-- Readers decode the line, and `verify` recomputes the numbers.
CREATE TABLE new_event (
    sequence INTEGER PRIMARY KEY,
    domain   INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    kind     INTEGER NOT NULL,
    line     TEXT    NOT NULL
) STRICT;
INSERT INTO new_event SELECT sequence, domain, revision, kind, line FROM event ORDER BY sequence;

-- A commit keeps its place and the nodes of the Merkle tree's right edge that were not part of
-- the edge before: the edge and the root of any commit follow from them. All else that is known
-- of a commit, its events' lines say.
CREATE TABLE new_log_commit (
    number INTEGER PRIMARY KEY,
    size   INTEGER NOT NULL,
    nodes  BLOB    NOT NULL
) STRICT;
INSERT INTO new_log_commit
SELECT number, size,
    momentlog_new_nodes(coalesce(lag(size) OVER (ORDER BY number), 0), size, edge)
FROM log_commit ORDER BY number;

-- The answer to a request follows from the commit that it led to, or else from the domain at
-- the revision at which nothing was to be appended. `sha256` is over the other columns.
CREATE TABLE new_request (
    name        TEXT    NOT NULL PRIMARY KEY,
    fingerprint BLOB    NOT NULL,
    number      INTEGER,
    domain      INTEGER,
    revision    INTEGER,
    sha256      BLOB    NOT NULL,
    CHECK ((number IS NULL) = (domain IS NOT NULL) AND (number IS NULL) = (revision IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX event_of_revision ON event (revision);
INSERT INTO new_request
SELECT name, fingerprint, number, found, known,
    momentlog_request_checksum(name, fingerprint, number, found, known)
FROM (
    SELECT *, iif(r.number IS NULL, (
        SELECT max(e.domain) FROM event AS e INDEXED BY event_of_revision
        WHERE e.revision = r.revision AND e.kind NOT IN (8, 10)
            AND iif(e.kind = 2, instr(e.line, ',"name":' || json_quote(r.domain) || '}'),
                instr(e.line, ',"domain":' || json_quote(r.domain) || ','))
    ), NULL) AS found, iif(r.number IS NULL, r.revision, NULL) AS known
    FROM request AS r
)
WHERE number IS NOT NULL OR found IS NOT NULL;
DROP INDEX event_of_revision;

-- What a store kept to before its first event that changes a setting; for stores whose first
-- event says which process appended it, nothing.
CREATE TABLE new_store (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    uuid TEXT NOT NULL,
    initial_strips_secrets INTEGER NOT NULL DEFAULT 0 CHECK (initial_strips_secrets IN (0, 1))
) STRICT;
INSERT INTO new_store SELECT id, uuid, initial_strips_secrets FROM store;

DROP TABLE request;
DROP TABLE event;
DROP TABLE log_commit;
DROP TABLE disk_list;
DROP TABLE store;
ALTER TABLE new_event RENAME TO event;
ALTER TABLE new_log_commit RENAME TO log_commit;
ALTER TABLE new_request RENAME TO request;
ALTER TABLE new_store RENAME TO store;

-- What domains were at some of their revisions: caches, which are made anew. `sequence` and
-- `leaf` name the event that one ends with, `leaf` being its line's hash in the Merkle tree;
-- `sha256` is over all the other columns.
DROP TABLE snapshot;
CREATE TABLE snapshot (
    id       INTEGER PRIMARY KEY,
    domain   INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    leaf     BLOB    NOT NULL,
    format   INTEGER NOT NULL,
    sha256   BLOB    NOT NULL,
    content  BLOB    NOT NULL
) STRICT;

CREATE UNIQUE INDEX event_of_domain ON event (domain, revision);
CREATE INDEX identity_of_domain ON event (domain) WHERE kind < 4;
CREATE UNIQUE INDEX snapshot_of_domain ON snapshot (domain, revision);
CREATE INDEX domain_name ON domain (name);

CREATE TRIGGER event_continues BEFORE INSERT ON event
WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM event)
    OR NEW.revision IS NOT
        (SELECT coalesce(max(revision), 0) + 1 FROM event WHERE domain = NEW.domain)
BEGIN SELECT RAISE(ABORT, 'an event only continues the log'); END;

CREATE TRIGGER event_refuses_update BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'an event is never changed'); END;

CREATE TRIGGER event_refuses_delete BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END;

CREATE TRIGGER event_needs_lease BEFORE INSERT ON event WHEN NOT momentlog_lease()
BEGIN SELECT RAISE(ABORT, 'only the holder of the write lease appends'); END;

CREATE TRIGGER log_commit_continues BEFORE INSERT ON log_commit
WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM log_commit)
BEGIN SELECT RAISE(ABORT, 'a commit only continues the log'); END;

CREATE TRIGGER log_commit_refuses_update BEFORE UPDATE ON log_commit
BEGIN SELECT RAISE(ABORT, 'a commit is never changed'); END;

CREATE TRIGGER log_commit_refuses_delete BEFORE DELETE ON log_commit
BEGIN SELECT RAISE(ABORT, 'a commit is never deleted'); END;

CREATE TRIGGER log_commit_needs_lease BEFORE INSERT ON log_commit WHEN NOT momentlog_lease()
BEGIN SELECT RAISE(ABORT, 'only the holder of the write lease appends'); END;

CREATE TRIGGER request_is_new BEFORE INSERT ON request
WHEN EXISTS (SELECT 1 FROM request WHERE name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'a request is never replaced'); END;

CREATE TRIGGER request_refuses_update BEFORE UPDATE ON request
BEGIN SELECT RAISE(ABORT, 'a request is never changed'); END;

CREATE TRIGGER request_refuses_delete BEFORE DELETE ON request
BEGIN SELECT RAISE(ABORT, 'a request is never deleted'); END;

CREATE TRIGGER snapshot_needs_lease BEFORE INSERT ON snapshot WHEN NOT momentlog_lease()
BEGIN SELECT RAISE(ABORT, 'only the holder of the write lease keeps snapshots'); END;
