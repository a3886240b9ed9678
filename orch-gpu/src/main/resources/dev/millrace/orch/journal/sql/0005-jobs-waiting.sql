-- The longest waiting jobs of one function, without reading those of others.
CREATE INDEX jobs_waiting ON jobs (tenant, function, not_before, admission)
  WHERE state = 'WAITING';
