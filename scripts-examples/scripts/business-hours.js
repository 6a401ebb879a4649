/// <reference path="./tollbar.d.ts" />
// Calls pass from Monday to Friday, 9:00 to 16:59, where the office is. Summer time is taken care of.

const ZONE = "Europe/Berlin";
const OPENS = 9;
const CLOSES = 17;

export default (call) => {
  // `call.time` is the only clock, so that a test of this rule gives the same answer every day.
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, weekday: "short", hour: "2-digit", hourCycle: "h23" })
    .formatToParts(new Date(call.time));
  const part = (type) => parts.find((each) => each.type === type).value;
  if (["Sat", "Sun"].includes(part("weekday"))) return "The office is closed at weekends.";
  const hour = Number(part("hour"));
  return (hour >= OPENS && hour < CLOSES) || `The office is open from ${OPENS} to ${CLOSES} o'clock, ${ZONE}.`;
};
