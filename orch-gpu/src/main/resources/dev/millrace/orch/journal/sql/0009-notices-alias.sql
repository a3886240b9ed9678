-- What the object was in the listing that a notice comes from: the next listing notes it only once.
ALTER TABLE notices ADD COLUMN alias TEXT;
