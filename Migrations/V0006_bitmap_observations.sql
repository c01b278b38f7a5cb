-- What was seen of bitmaps: events of kind 9, bitmapObserved; 8 is lossAccepted. For replay
-- `disk` and `verdict` are kept beside the line, and in `creation_time` when the images were
-- looked at. `verdict` counts from 1 in the order valid, missing, inconsistent, not-recording,
-- gap-in-chain, unsupported-format, unknown, orphan. All other kinds leave both null.
ALTER TABLE event ADD COLUMN disk TEXT;
ALTER TABLE event ADD COLUMN verdict INTEGER;
