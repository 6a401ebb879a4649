/// <reference path="./tollbar.d.ts" />
// Tools that call themselves read-only pass; the rest is asked about, destructive ones of two people.
// What a tool says of itself is a hint of its server. Use this with servers that you trust to know themselves.

export default (call) => {
  if (call.category === "read") return allow();
  if (call.category === "write" && call.labels.trust === "high") return allow();
  const what = `${call.tool} on ${call.server}, for ${call.grant}`;
  if (call.category === "destructive") return ask({ reason: `Destructive: ${what}`, approvers: 2, within: "2h" });
  return ask({ reason: what });
};
