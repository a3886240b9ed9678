-- Times are epoch microseconds, amounts of time microseconds, flags 0 or 1, memory MiB.
-- ${binary} makes a database compare text by its bytes; ${keyed} keeps short rows in their key's tree.

CREATE TABLE counters (
  name TEXT NOT NULL PRIMARY KEY,
  value BIGINT NOT NULL
) ${keyed};

CREATE TABLE notices (
  id BIGINT NOT NULL PRIMARY KEY,
  tenant TEXT NOT NULL,
  source TEXT NOT NULL,
  store TEXT NOT NULL,
  bucket TEXT NOT NULL,
  object_key TEXT NOT NULL,
  hint TEXT,
  received_at BIGINT NOT NULL,
  outcome TEXT,
  decided_at BIGINT
);
CREATE INDEX notices_undecided ON notices (id) WHERE decided_at IS NULL;
CREATE INDEX notices_object ON notices (tenant, object_key, bucket, store, id);

CREATE TABLE functions (
  tenant TEXT NOT NULL,
  name TEXT NOT NULL,
  revision BIGINT NOT NULL,
  spec TEXT NOT NULL,
  files TEXT NOT NULL,
  deployed_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, name, revision)
);

-- The newest revision of each function, and whether it takes jobs.
CREATE TABLE function_heads (
  tenant TEXT NOT NULL,
  name TEXT NOT NULL,
  revision BIGINT NOT NULL,
  deployed BIGINT NOT NULL,
  PRIMARY KEY (tenant, name),
  FOREIGN KEY (tenant, name, revision) REFERENCES functions (tenant, name, revision)
) ${keyed};

CREATE TABLE start_marks (
  tenant TEXT NOT NULL,
  function TEXT NOT NULL,
  store TEXT NOT NULL,
  bucket TEXT NOT NULL,
  since BIGINT NOT NULL,
  object_keys TEXT NOT NULL,
  PRIMARY KEY (tenant, function, store, bucket)
) ${keyed};

CREATE TABLE jobs (
  tenant TEXT NOT NULL,
  id TEXT ${binary} NOT NULL,
  function TEXT NOT NULL,
  state TEXT NOT NULL,
  store TEXT NOT NULL,
  bucket TEXT NOT NULL,
  object_key TEXT NOT NULL,
  version TEXT NOT NULL,
  etag TEXT NOT NULL,
  size BIGINT NOT NULL,
  last_modified BIGINT NOT NULL,
  admission BIGINT NOT NULL,
  version_order BIGINT NOT NULL,
  depth BIGINT NOT NULL,
  priority BIGINT NOT NULL,
  admitted_at BIGINT NOT NULL,
  not_before BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  losses BIGINT NOT NULL,
  cancel_requested BIGINT NOT NULL,
  reason TEXT,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, id)
);
CREATE INDEX jobs_plannable ON jobs (priority DESC, admission, not_before)
  WHERE state = 'WAITING';
CREATE INDEX jobs_not_before ON jobs (not_before) WHERE state = 'WAITING';
CREATE INDEX jobs_state ON jobs (state, admission);
CREATE INDEX jobs_tenant_state ON jobs (tenant, state, id);
CREATE INDEX jobs_function ON jobs (tenant, function, id);
CREATE INDEX jobs_object ON jobs (tenant, object_key, bucket, store, id);

CREATE TABLE job_counts (
  tenant TEXT NOT NULL,
  state TEXT NOT NULL,
  jobs BIGINT NOT NULL,
  PRIMARY KEY (tenant, state)
) ${keyed};

-- A version that a function has a job for, or (without a job) one overwritten before it was seen.
CREATE TABLE identities (
  tenant TEXT NOT NULL,
  function TEXT NOT NULL,
  store TEXT NOT NULL,
  bucket TEXT NOT NULL,
  object_key TEXT NOT NULL,
  version TEXT NOT NULL,
  job TEXT ${binary},
  PRIMARY KEY (tenant, function, store, bucket, object_key, version),
  FOREIGN KEY (tenant, job) REFERENCES jobs (tenant, id)
) ${keyed};

CREATE TABLE aliases (
  tenant TEXT NOT NULL,
  function TEXT NOT NULL,
  store TEXT NOT NULL,
  bucket TEXT NOT NULL,
  object_key TEXT NOT NULL,
  alias TEXT NOT NULL,
  version TEXT,
  PRIMARY KEY (tenant, function, store, bucket, object_key)
) ${keyed};

CREATE TABLE timeline (
  tenant TEXT NOT NULL,
  job TEXT ${binary} NOT NULL,
  step BIGINT NOT NULL,
  at BIGINT NOT NULL,
  state TEXT NOT NULL,
  attempt BIGINT NOT NULL,
  what TEXT NOT NULL,
  PRIMARY KEY (tenant, job, step),
  FOREIGN KEY (tenant, job) REFERENCES jobs (tenant, id)
) ${keyed};

CREATE TABLE providers (
  id TEXT NOT NULL PRIMARY KEY,
  pool TEXT NOT NULL,
  public_key TEXT NOT NULL,
  seen_at BIGINT NOT NULL
);

CREATE TABLE accelerators (
  id TEXT NOT NULL PRIMARY KEY,
  provider TEXT NOT NULL,
  pool TEXT NOT NULL,
  kind TEXT NOT NULL,
  model TEXT NOT NULL,
  address TEXT NOT NULL,
  memory BIGINT NOT NULL,
  cores BIGINT NOT NULL,
  enforcement TEXT NOT NULL,
  simulated BIGINT NOT NULL,
  present BIGINT NOT NULL,
  place BIGINT NOT NULL,
  FOREIGN KEY (provider) REFERENCES providers (id)
);
CREATE INDEX accelerators_provider ON accelerators (provider, place);

CREATE TABLE attempts (
  tenant TEXT NOT NULL,
  job TEXT ${binary} NOT NULL,
  number BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  state TEXT NOT NULL,
  provider TEXT NOT NULL,
  pool TEXT NOT NULL,
  token BIGINT NOT NULL,
  signed_order TEXT NOT NULL,
  run TEXT,
  placed_at BIGINT NOT NULL,
  staged_at BIGINT,
  claimed_at BIGINT,
  ended_at BIGINT,
  outcome TEXT,
  exit_code BIGINT,
  reason TEXT,
  manifest TEXT,
  PRIMARY KEY (tenant, job, number),
  FOREIGN KEY (tenant, job) REFERENCES jobs (tenant, id)
);
CREATE INDEX attempts_job ON attempts (job, number);

CREATE TABLE leases (
  token BIGINT NOT NULL PRIMARY KEY,
  tenant TEXT NOT NULL,
  job TEXT ${binary} NOT NULL,
  number BIGINT NOT NULL,
  provider TEXT NOT NULL,
  run TEXT,
  state TEXT NOT NULL,
  counter BIGINT NOT NULL,
  duration BIGINT NOT NULL,
  hard_limit BIGINT NOT NULL,
  reason TEXT,
  UNIQUE (tenant, job, number),
  FOREIGN KEY (tenant, job, number) REFERENCES attempts (tenant, job, number)
);
CREATE INDEX leases_live ON leases (token) WHERE state <> 'FREE';

CREATE TABLE lease_slices (
  token BIGINT NOT NULL,
  place BIGINT NOT NULL,
  accelerator TEXT NOT NULL,
  memory BIGINT NOT NULL,
  compute_percent BIGINT NOT NULL,
  live BIGINT NOT NULL,
  PRIMARY KEY (token, place),
  FOREIGN KEY (token) REFERENCES leases (token),
  FOREIGN KEY (accelerator) REFERENCES accelerators (id)
) ${keyed};
CREATE INDEX lease_slices_live ON lease_slices (accelerator, memory, compute_percent)
  WHERE live = 1;

CREATE TABLE published (
  tenant TEXT NOT NULL,
  job TEXT ${binary} NOT NULL,
  place BIGINT NOT NULL,
  store TEXT NOT NULL,
  bucket TEXT NOT NULL,
  object_key TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (tenant, job, place),
  FOREIGN KEY (tenant, job) REFERENCES jobs (tenant, id)
);
CREATE INDEX published_object ON published (object_key, bucket, store, place);

CREATE TABLE outbox (
  id BIGINT NOT NULL PRIMARY KEY,
  tenant TEXT NOT NULL,
  job TEXT ${binary} NOT NULL,
  number BIGINT NOT NULL,
  entry TEXT NOT NULL,
  settled BIGINT NOT NULL,
  UNIQUE (tenant, job, number),
  FOREIGN KEY (tenant, job, number) REFERENCES attempts (tenant, job, number)
);
CREATE INDEX outbox_open ON outbox (id) WHERE settled = 0;

CREATE TABLE late_receipts (
  tenant TEXT NOT NULL,
  job TEXT ${binary} NOT NULL,
  number BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  manifest TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (tenant, job, number, sha256),
  FOREIGN KEY (tenant, job, number) REFERENCES attempts (tenant, job, number)
);

CREATE TABLE checkpoints (
  source TEXT NOT NULL PRIMARY KEY,
  place TEXT NOT NULL
) ${keyed};
