-- The undecided notices of one store, so that those of a store that is away are not read.
DROP INDEX notices_undecided;
CREATE INDEX notices_waiting ON notices (store, id) WHERE decided_at IS NULL;
