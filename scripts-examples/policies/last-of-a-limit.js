// The last tenth of a budget is for people to spend.
export default (call) => {
  const budget = call.limits.find((limit) => limit.rule === "budget");
  return budget.left - call.args.amount >= budget.max / 10 || ask({ reason: `Only ${budget.left} are left for today.` });
};
