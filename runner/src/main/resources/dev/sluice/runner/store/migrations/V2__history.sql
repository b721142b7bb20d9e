-- Runs on SQLite and PostgreSQL alike.
ALTER TABLE sluice_sync ADD COLUMN attempts INTEGER;
-- Records and states the destination vouched for.
ALTER TABLE sluice_sync ADD COLUMN committed BIGINT;
ALTER TABLE sluice_sync ADD COLUMN checkpoints BIGINT;
-- SUCCEEDED, FAILED or CANCELLED; NULL while it runs or when it was killed.
ALTER TABLE sluice_sync ADD COLUMN outcome TEXT;
-- Its code; its message is in failure.
ALTER TABLE sluice_sync ADD COLUMN failure_code TEXT;
-- Where its log is, on the machine it ran on; NULL when it has none.
ALTER TABLE sluice_sync ADD COLUMN log TEXT;

UPDATE sluice_sync
SET attempts = 1, outcome = CASE WHEN failure = '' THEN 'SUCCEEDED' ELSE 'FAILED' END
WHERE ended_at IS NOT NULL;

-- 1 when older rows are to go once the generation is whole, although the stream goes on from its state: a refresh of
-- an incremental stream, which a later attempt has to finish as one.
ALTER TABLE sluice_generation ADD COLUMN refresh INTEGER NOT NULL DEFAULT 0;
