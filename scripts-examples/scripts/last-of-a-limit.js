/// <reference path="./tollbar.d.ts" />
// Calls pass as long as there is enough: what would take the last tenth of a limit needs a person, who is told what is
// left. The limits themselves stand beside the script, as ever: `limits: { max: 1000, window: day, amount: args.amount }`.

export default (call) => {
  const scarce = call.limits.find((limit) => limit.left < limit.max / 10);
  return scarce === undefined || ask({ reason: `Only ${scarce.left} are left of ${scarce.limit}.`, within: "1h" });
};
