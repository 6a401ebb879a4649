CREATE TABLE revisions (
  id TEXT PRIMARY KEY,
  file TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;

CREATE TABLE revision_files (
  revision TEXT NOT NULL REFERENCES revisions (id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (revision, path)
) STRICT;

CREATE TABLE revisions_in_force (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  revision TEXT NOT NULL,
  file TEXT NOT NULL,
  how TEXT NOT NULL
) STRICT;
