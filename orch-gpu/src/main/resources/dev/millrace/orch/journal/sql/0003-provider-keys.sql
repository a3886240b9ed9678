-- Every key that a provider ever signed with: its receipts in the ledger stay provable.
CREATE TABLE provider_keys (
  provider TEXT NOT NULL,
  public_key TEXT NOT NULL,
  enrolled_at BIGINT NOT NULL,
  PRIMARY KEY (provider, public_key),
  FOREIGN KEY (provider) REFERENCES providers (id)
);
INSERT INTO provider_keys (provider, public_key, enrolled_at)
  SELECT id, public_key, seen_at FROM providers;
