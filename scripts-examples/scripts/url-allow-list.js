/// <reference path="./tollbar.d.ts" />
// A fetch tool may reach a few hosts over https. Anything but a plain URL is refused: what two URL readers could
// understand differently (user names, backslashes, ports, encoded hosts) is how such lists are slipped past.
// The operator `host_in` of conditions does the same without a script, where the list is all you need.

const HOSTS = ["docs.example.com", "api.example.com"];
const SUFFIXES = [".wikipedia.org"];
const PLAIN_URL = /^https:\/\/([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?:[/?#][\x21-\x5b\x5d-\x7e]*)?$/;

export default (call) => {
  const { url } = call.args;
  if (typeof url !== "string") return "url must be a string.";
  const match = PLAIN_URL.exec(url);
  if (match === null) return "url must be a plain https URL with a lower-case host and no port or user name.";
  const host = match[1];
  const allowed = HOSTS.includes(host) || SUFFIXES.some((suffix) => host.endsWith(suffix));
  return allowed || `The host ${host} is not on the list.`;
};
