-- The jobs of one bucket, newest first, without reading those of others.
CREATE INDEX jobs_bucket ON jobs (tenant, bucket, store, id);
