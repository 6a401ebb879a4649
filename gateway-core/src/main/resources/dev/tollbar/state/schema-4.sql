ALTER TABLE approvals ADD COLUMN reuse INTEGER NOT NULL DEFAULT 0;
ALTER TABLE approvals ADD COLUMN withdrawn INTEGER;
CREATE INDEX approvals_used ON approvals (grant_name, server, tool, rule, used);
ALTER TABLE answers ADD COLUMN link TEXT;
CREATE UNIQUE INDEX answers_link ON answers (approval, link) WHERE link IS NOT NULL;
