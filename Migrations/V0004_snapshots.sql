-- What domains were at some of their revisions, so that a replay need not begin at the first
-- event. These are caches: any row may go, and one whose `format` or `sha256` is not as
-- expected is passed over. `sha256` is over the content and the event that it ends with.
CREATE TABLE snapshot (
    id       INTEGER PRIMARY KEY,
    domain   INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    format   INTEGER NOT NULL,
    sha256   BLOB    NOT NULL,
    content  BLOB    NOT NULL
) STRICT;

-- The last one of a domain before a revision.
CREATE UNIQUE INDEX snapshot_of_domain ON snapshot (domain, revision);
