// Runs once with every engine, unbounded: what the language loads on first use must not count against a script.
export default (call) => {
  const seen = [
    JSON.stringify({ ...call.args }),
    Object.keys(call.labels).concat(Object.entries(call.args).map(([key, value]) => `${key}=${value}`)),
    call.args.list.filter((entry) => entry !== null).includes("x") || call.args.list.some((entry) => entry === 1),
    call.tool.startsWith("a") && /^[a-z]+(_[a-z]+)*$/i.test(call.tool),
    call.tool.replace(/[^a-z]/g, "").split("").sort().join(""),
    new Set(["a", "b"]).has(call.tool) || new Map([["a", 1]]).get(call.tool),
    new Date(call.time).getUTCHours(),
    new Date(call.time).toLocaleString("en-GB", { timeZone: "Europe/Berlin", weekday: "short", hour: "numeric" }),
    Number.parseFloat("1.5") + Math.max(1, call.args.number),
  ];
  try {
    throw new Error(String(seen.length));
  } catch (error) {
    return call.args.number > 0 ? ask({ reason: error.message }) : deny(error.message);
  }
};
