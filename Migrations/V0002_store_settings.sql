-- What a store is told once and keeps: whether definitions are recorded without the
-- secrets in them.
ALTER TABLE store ADD COLUMN strips_secrets INTEGER NOT NULL DEFAULT 0
    CHECK (strips_secrets IN (0, 1));
