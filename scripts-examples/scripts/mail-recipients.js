/// <reference path="./tollbar.d.ts" />
// Mail to colleagues passes, mail to others needs a person, mail to many is refused.

const OWN_DOMAIN = "example.com";
const MOST = 5;
const ADDRESS = /^[a-z0-9._+-]+@([a-z0-9-]+(?:\.[a-z0-9-]+)+)$/i;

export default (call) => {
  const recipients = ["to", "cc", "bcc"].flatMap((field) => {
    const value = call.args[field];
    if (value === undefined || value === null) return [];
    return Array.isArray(value) ? [...value] : [value];
  });
  if (recipients.length === 0) return "Name a recipient.";
  if (recipients.length > MOST) return `At most ${MOST} recipients.`;
  const domains = recipients.map((each) => (typeof each === "string" ? ADDRESS.exec(each)?.[1] : undefined));
  if (domains.includes(undefined)) return "A recipient must be a plain address such as ann@example.com.";
  const foreign = recipients.filter((_, i) => domains[i].toLowerCase() !== OWN_DOMAIN);
  return foreign.length === 0 || ask({ reason: `Mail to ${foreign.join(", ")}` });
};
