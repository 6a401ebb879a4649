CREATE TABLE approvals (
  id TEXT PRIMARY KEY,
  binding TEXT NOT NULL,
  grant_name TEXT NOT NULL,
  server TEXT NOT NULL,
  tool TEXT NOT NULL,
  arguments TEXT NOT NULL,
  rule TEXT NOT NULL,
  reason TEXT NOT NULL,
  webhook TEXT,
  revision TEXT NOT NULL,
  approvers INTEGER NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  used INTEGER
) STRICT;

CREATE INDEX approvals_binding ON approvals (binding, rule);

CREATE TABLE answers (
  number INTEGER PRIMARY KEY,
  approval TEXT NOT NULL REFERENCES approvals (id) ON DELETE CASCADE,
  approve INTEGER NOT NULL,
  answered_by TEXT NOT NULL,
  comment TEXT NOT NULL,
  answered INTEGER NOT NULL
) STRICT;

CREATE INDEX answers_approval ON answers (approval);

CREATE TABLE grants (
  name TEXT PRIMARY KEY,
  token_sha256 TEXT NOT NULL,
  servers TEXT NOT NULL,
  labels TEXT NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER,
  revoked INTEGER
) STRICT;

CREATE TABLE grants_version (version INTEGER NOT NULL) STRICT;

INSERT INTO grants_version VALUES (0);
