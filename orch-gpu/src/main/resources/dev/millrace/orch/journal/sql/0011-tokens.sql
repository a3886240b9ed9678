-- Tokens of people and programs, where several coordinators share the journal. One that was revoked
-- keeps its row without its digest: nothing brings it back.
CREATE TABLE tokens (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  PRIMARY KEY (tenant, id)
);
