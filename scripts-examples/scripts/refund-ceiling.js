/// <reference path="./tollbar.d.ts" />
// Refunds: small ones pass, larger ones need a person, very large ones are never made by an agent.

const FREE = 100;
const CEILING = 1000;

export default (call) => {
  const { amount, reason } = call.args;
  // A string such as "50" is not a number: say so, instead of guessing.
  if (typeof amount !== "number" || !(amount > 0)) return "amount must be a number above 0.";
  if (typeof reason !== "string" || reason.trim() === "") return "Give a reason for the refund.";
  if (amount > CEILING) return `Refunds above ${CEILING} are made by finance.`;
  if (amount > FREE) return ask({ reason: `Refund of ${amount}: ${reason}`, within: "30m" });
  return true;
};
