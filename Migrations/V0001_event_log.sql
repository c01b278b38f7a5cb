-- The log of events, and beside it what can be rebuilt from it.

-- One row for each event. `line` is the event: its canonical JSON line. The other
-- columns repeat what replay and the questions need, so that neither parses JSON.
-- `kind` counts from 1 in the order domainDefined, domainRenamed, domainUndefined,
-- checkpointCreated, checkpointRedefined, checkpointDeleted, currentSet.
CREATE TABLE event (
    sequence      INTEGER PRIMARY KEY,
    domain        INTEGER NOT NULL REFERENCES domain (id),
    revision      INTEGER NOT NULL,
    kind          INTEGER NOT NULL,
    checkpoint    TEXT,
    parent        TEXT,
    creation_time INTEGER,
    disks         INTEGER REFERENCES disk_list (id),
    definition    INTEGER REFERENCES definition (id),
    claims        INTEGER,
    description   TEXT,
    number        INTEGER NOT NULL REFERENCES log_commit (number),
    line          TEXT    NOT NULL
) STRICT;

-- Replay of one domain.
CREATE UNIQUE INDEX event_of_domain ON event (domain, revision);

-- One row for each commit. `size`, `root` and `edge` describe the Merkle tree of
-- all lines after it (RFC 9162, SHA-256): the number of leaves, the root's hash,
-- and the hashes of the complete subtrees from left to right.
CREATE TABLE log_commit (
    number  INTEGER PRIMARY KEY,
    time    INTEGER NOT NULL,
    actor   TEXT    NOT NULL,
    reason  TEXT,
    request TEXT,
    size    INTEGER NOT NULL,
    root    BLOB    NOT NULL,
    edge    BLOB    NOT NULL
) STRICT;

-- Definitions of domains, each content once.
CREATE TABLE definition (
    id      INTEGER PRIMARY KEY,
    sha256  BLOB NOT NULL UNIQUE,
    content BLOB NOT NULL
) STRICT;

-- What checkpoints say of their disks, each list once, as JSON. A bitmap that bears
-- its checkpoint's name stands as true.
CREATE TABLE disk_list (
    id      INTEGER PRIMARY KEY,
    content TEXT NOT NULL UNIQUE
) STRICT;

-- What the domains' own events say: who is there now.
CREATE TABLE domain (
    id      INTEGER PRIMARY KEY,
    name    TEXT    NOT NULL,
    uuid    TEXT    UNIQUE,
    is_live INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX live_domain_name ON domain (name) WHERE is_live;

-- The store's own name, for the first line of its head.
CREATE TABLE store (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    uuid TEXT NOT NULL
) STRICT;

-- The past is not changed. INSERT OR REPLACE deletes without asking these triggers, so
-- that only what continues the log may be inserted: which also keeps it without gaps.
CREATE TRIGGER event_continues BEFORE INSERT ON event
WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM event)
    OR NEW.revision IS NOT
        (SELECT coalesce(max(revision), 0) + 1 FROM event WHERE domain = NEW.domain)
BEGIN SELECT RAISE(ABORT, 'an event only continues the log'); END;

CREATE TRIGGER event_refuses_update BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'an event is never changed'); END;

CREATE TRIGGER event_refuses_delete BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END;

CREATE TRIGGER log_commit_continues BEFORE INSERT ON log_commit
WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM log_commit)
BEGIN SELECT RAISE(ABORT, 'a commit only continues the log'); END;

CREATE TRIGGER log_commit_refuses_update BEFORE UPDATE ON log_commit
BEGIN SELECT RAISE(ABORT, 'a commit is never changed'); END;

CREATE TRIGGER log_commit_refuses_delete BEFORE DELETE ON log_commit
BEGIN SELECT RAISE(ABORT, 'a commit is never deleted'); END;

CREATE TRIGGER definition_is_new BEFORE INSERT ON definition
WHEN EXISTS (SELECT 1 FROM definition WHERE sha256 = NEW.sha256 OR id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a definition is never replaced'); END;

CREATE TRIGGER definition_refuses_update BEFORE UPDATE ON definition
BEGIN SELECT RAISE(ABORT, 'a definition is never changed'); END;

CREATE TRIGGER definition_refuses_delete BEFORE DELETE ON definition
BEGIN SELECT RAISE(ABORT, 'a definition is never deleted'); END;
