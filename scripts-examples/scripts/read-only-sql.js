/// <reference path="./tollbar.d.ts" />
// A database tool may only read: one SELECT, without comments and without anything that writes.
// This is a seat belt, not a wall: give the tool a database user that cannot write as well.

const WRITES =
  /\b(insert|update|delete|merge|replace|drop|alter|create|truncate|grant|revoke|into|call|exec|execute|do|copy|attach|pragma|vacuum|set|lock|nextval|pg_\w+|lo_\w+|load_file|dblink\w*)\b/i;

export default (call) => {
  const { sql } = call.args;
  if (typeof sql !== "string") return "sql must be a string.";
  // What hides text from a simple reader is refused, before anything is looked for.
  if (/--|\/\*|#|\\|\$\$|\$\w+\$/.test(sql)) return "Comments, backslashes and dollar quotes are not allowed.";
  // Names and texts in quotes may contain any word.
  const bare = sql.replace(/'(?:[^']|'')*'|"[^"]*"|`[^`]*`/g, "''").trim().replace(/;$/, "");
  if (bare.includes(";")) return "One statement at a time.";
  if (!/^(select|with|explain\s+select)\b/i.test(bare)) return "Only SELECT is allowed.";
  const found = WRITES.exec(bare);
  return found === null || `Only reading is allowed; found ${found[0].toUpperCase()}.`;
};
