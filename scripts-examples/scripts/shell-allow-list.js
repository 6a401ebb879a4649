/// <reference path="./tollbar.d.ts" />
// A shell tool may run a few programs, one at a time: no pipes, substitutions, redirections or variables.
// Lists of what is allowed hold; lists of what is forbidden have holes.

const PROGRAMS = {
  ls: () => true,
  cat: () => true,
  grep: () => true,
  git: (words) => ["status", "log", "diff", "show"].includes(words[1]) || "Only git status, log, diff and show.",
  npm: (words) => ["test", "ls"].includes(words[1]) || "Only npm test and npm ls.",
};
// Plain words: letters, digits and what paths and options are made of. Quotes are left out on purpose.
const PLAIN = /^[\w./=:@,+-]+$/;

export default (call) => {
  const { command } = call.args;
  if (typeof command !== "string") return "command must be a string.";
  const words = command.trim().split(/ +/);
  const odd = words.find((word) => !PLAIN.test(word));
  if (odd !== undefined) return `Only plain words are allowed in a command; found ${JSON.stringify(odd)}.`;
  if (words.some((word) => word.startsWith("--output") || word === "-o")) return "A command may not write files.";
  // hasOwn: "constructor" and "toString" are no programs.
  if (!Object.hasOwn(PROGRAMS, words[0])) return `Allowed programs: ${Object.keys(PROGRAMS).join(", ")}.`;
  return PROGRAMS[words[0]](words);
};
