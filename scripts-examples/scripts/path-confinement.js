/// <reference path="./tollbar.d.ts" />
// Every path of a call stays in one folder, whatever the argument is called: path, source, destination, paths, …
// Links in the file system are invisible here; the server must not follow them out of the folder.

const ROOT = "/srv/data";
const PATHS = ["path", "paths", "source", "destination", "file", "directory"];

const problem = (path) => {
  if (typeof path !== "string" || path === "") return "a path must be a text.";
  if (/[\0-\x1f\\%~$*?]/.test(path)) return `odd characters in ${JSON.stringify(path)}.`;
  if (path.split("/").includes("..")) return `no ".." in ${JSON.stringify(path)}.`;
  if (path !== ROOT && !path.startsWith(`${ROOT}/`)) return `${JSON.stringify(path)} is outside of ${ROOT}.`;
  return undefined;
};

export default (call) => {
  const paths = PATHS.filter((name) => name in call.args).flatMap((name) => {
    const value = call.args[name];
    return Array.isArray(value) ? [...value] : [value];
  });
  // A call without any path that we know is not ours to judge kindly.
  if (paths.length === 0) return "Name a path.";
  const found = paths.map(problem).find((each) => each !== undefined);
  return found === undefined || `Paths stay in ${ROOT}: ${found}`;
};
