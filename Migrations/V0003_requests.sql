-- Requests that were carried out and the answers to them, by the callers' own names for
-- them, so that one that comes again is answered and not carried out again. `fingerprint`
-- tells whether it asks for the same; `number`, `first` and `last` are null where nothing
-- was to be appended.
CREATE TABLE request (
    name        TEXT    NOT NULL PRIMARY KEY,
    fingerprint BLOB    NOT NULL,
    domain      TEXT    NOT NULL,
    number      INTEGER REFERENCES log_commit (number),
    first       INTEGER,
    last        INTEGER,
    revision    INTEGER NOT NULL,
    checkpoint  TEXT
) STRICT, WITHOUT ROWID;

-- Of names that were recorded before, it is not known what was asked for: no fingerprint
-- is theirs. Of several commits under one name the first counts.
INSERT INTO request (name, fingerprint, domain, number, first, last, revision)
SELECT c.request, x'', '', c.number, min(e.sequence), max(e.sequence), max(e.revision)
FROM log_commit AS c JOIN event AS e ON e.sequence > coalesce(
        (SELECT b.size FROM log_commit AS b WHERE b.number = c.number - 1), 0)
    AND e.sequence <= c.size
WHERE c.number IN
    (SELECT min(number) FROM log_commit WHERE request IS NOT NULL GROUP BY request)
GROUP BY c.number;

CREATE TRIGGER request_is_new BEFORE INSERT ON request
WHEN EXISTS (SELECT 1 FROM request WHERE name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'a request is never replaced'); END;

CREATE TRIGGER request_refuses_update BEFORE UPDATE ON request
BEGIN SELECT RAISE(ABORT, 'a request is never changed'); END;

CREATE TRIGGER request_refuses_delete BEFORE DELETE ON request
BEGIN SELECT RAISE(ABORT, 'a request is never deleted'); END;
