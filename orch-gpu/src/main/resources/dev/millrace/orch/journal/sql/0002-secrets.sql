-- Secrets of functions: what is sealed is base64 of nonce, ciphertext and tag.
CREATE TABLE secrets (
  tenant TEXT NOT NULL,
  name TEXT ${binary} NOT NULL,
  key_id TEXT NOT NULL,
  sealed TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  set_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, name)
);
