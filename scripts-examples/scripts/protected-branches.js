/// <reference path="./tollbar.d.ts" />
// An agent works on branches of its own. Shared branches are for people, and history is not rewritten.

const PREFIX = "agent/";
const SHARED = /^(main|master|release\/.*)$/;
// As strict as git itself, and a little more: no "..", "@{", "~", "^", ":", spaces or control characters.
const BRANCH = /^(?!.*(?:\.\.|@\{|\/\/))[\w.@/-]+$/;

export default (call) => {
  const { branch, force } = call.args;
  if (force !== undefined && force !== false) return "History is not rewritten: leave force out.";
  if (typeof branch !== "string") return "Name the branch.";
  const name = branch.replace(/^refs\/heads\//, "");
  if (!BRANCH.test(name)) return "That is no plain branch name.";
  if (SHARED.test(name)) return `${name} is changed by pull requests only.`;
  return name.startsWith(PREFIX) || `Agents push to branches that begin with ${PREFIX}.`;
};
