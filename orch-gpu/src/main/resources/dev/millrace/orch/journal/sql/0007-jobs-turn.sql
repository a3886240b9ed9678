-- The jobs of one function in the order in which they are planned, however many others are ahead.
CREATE INDEX jobs_turn ON jobs (tenant, function, priority DESC, admission, not_before)
  WHERE state = 'WAITING';
