CREATE TABLE counters (
  id INTEGER PRIMARY KEY,
  policy TEXT NOT NULL,
  owner TEXT NOT NULL,
  named INTEGER NOT NULL,
  shadow INTEGER NOT NULL,
  length TEXT NOT NULL,
  scope TEXT NOT NULL,
  holder TEXT NOT NULL,
  UNIQUE (policy, owner, named, shadow, length, scope)
) STRICT;

CREATE TABLE leases (
  counter INTEGER NOT NULL REFERENCES counters (id) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  process INTEGER NOT NULL,
  amount TEXT NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (counter, place, process)
) STRICT, WITHOUT ROWID;

CREATE INDEX leases_until ON leases (until);
