/// <reference path="./tollbar.d.ts" />
// Nothing that looks like a key leaves with a call, however deep in the arguments it stands.

const SECRETS = {
  "a private key": /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  "an AWS access key": /\bAKIA[0-9A-Z]{16}\b/,
  "a GitHub token": /\bgh[pousr]_[A-Za-z0-9]{36}/,
  "a Slack token": /\bxox[abprs]-[A-Za-z0-9-]{10,}/,
  "a password in a URL": /:\/\/[^\s/:@]+:[^\s/@]+@/,
};

// All texts of a value: keys too, because a secret may stand there as well.
const texts = (value) => {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return [...value].flatMap(texts);
  return Object.entries(value).flatMap(([key, held]) => [key, ...texts(held)]);
};

export default (call) => {
  for (const text of texts(call.args)) {
    for (const [name, pattern] of Object.entries(SECRETS)) {
      // The reason names the kind only: the secret itself must not be repeated.
      if (pattern.test(text)) return `The arguments hold ${name}. Leave it out.`;
    }
  }
  return true;
};
