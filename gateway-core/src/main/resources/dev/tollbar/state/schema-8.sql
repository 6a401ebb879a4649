CREATE TABLE plugin_sets (
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  PRIMARY KEY (id, name)
) STRICT, WITHOUT ROWID;
ALTER TABLE revisions_in_force ADD COLUMN plugin_set TEXT;
