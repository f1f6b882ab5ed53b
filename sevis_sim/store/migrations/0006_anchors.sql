-- Whether the TLS port takes a certificate as its own trust anchor: not those that are meant to die in the handshake.
ALTER TABLE certificates ADD COLUMN anchor BIGINT NOT NULL DEFAULT 1;
