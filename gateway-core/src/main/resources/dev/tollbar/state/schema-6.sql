CREATE TABLE deliveries (
  approval TEXT NOT NULL REFERENCES approvals (id) ON DELETE CASCADE,
  message TEXT NOT NULL,
  webhook TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  due INTEGER NOT NULL,
  claimed INTEGER,
  problem TEXT,
  changed INTEGER NOT NULL,
  PRIMARY KEY (approval, message)
) STRICT;
CREATE INDEX deliveries_due ON deliveries (state, due);
INSERT INTO deliveries (approval, message, webhook, state, attempts, due, changed)
SELECT id, 'requested', webhook, 'waiting', 0, created, created FROM approvals
WHERE webhook IS NOT NULL AND used IS NULL;
