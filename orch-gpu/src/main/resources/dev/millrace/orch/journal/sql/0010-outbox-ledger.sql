-- Which ledger gets what a provider does: that of the coordinator that took it in. Empty: anyone's.
ALTER TABLE providers ADD COLUMN ledger TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN ledger TEXT NOT NULL DEFAULT '';
DROP INDEX outbox_open;
CREATE INDEX outbox_open ON outbox (ledger, id) WHERE settled = 0;
