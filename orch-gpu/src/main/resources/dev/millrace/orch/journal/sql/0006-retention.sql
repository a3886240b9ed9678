-- What is kept of a job that has ended: 2 all, 1 not its logs, 0 which it was and how it ended.
-- While removing is 1 some of the rest may still be there.
ALTER TABLE jobs ADD COLUMN kept BIGINT NOT NULL DEFAULT 2;
ALTER TABLE jobs ADD COLUMN removing BIGINT NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN removed_at BIGINT;
CREATE INDEX jobs_ended ON jobs (kept, updated_at, id)
  WHERE kept > 0 AND state IN ('SUCCEEDED', 'CANCELLED', 'DISCARDED', 'SUPERSEDED', 'INPUT_GONE');
CREATE INDEX jobs_removing ON jobs (removed_at, id) WHERE removing = 1;

-- Times that retention goes by.
CREATE TABLE retention (
  name TEXT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL
) ${keyed};
