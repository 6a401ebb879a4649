// Runs once in every new context, before the script of an author. Leaves the language and takes away the rest: what is
// not listed here does not exist, and nothing that does exist can be changed. Returns what prepares the script.
(function (write, wrong, ...samples) {
  const kept = new Set([
    "AggregateError", "Array", "Boolean", "Date", "Error", "EvalError", "Infinity", "Intl", "Iterator", "JSON", "Map",
    "Math", "NaN", "Number", "Object", "Promise", "Proxy", "RangeError", "ReferenceError", "Reflect", "RegExp", "Set",
    "String", "Symbol", "SyntaxError", "TypeError", "URIError", "WeakMap", "WeakSet", "decodeURI", "decodeURIComponent",
    "encodeURI", "encodeURIComponent", "globalThis", "isFinite", "isNaN", "parseFloat", "parseInt", "undefined",
  ]);
  for (const name of Reflect.ownKeys(globalThis)) {
    if (!kept.has(name)) delete globalThis[name];
  }

  delete Intl.Segmenter; // Its results have prototypes that only it can reach.

  // A verdict depends on the call alone: no chance, and no clock but the time of the call.
  delete Math.random;
  const noClock = () => {
    throw new TypeError("There is no clock here; use call.time.");
  };
  const RealDate = Date;
  const CallDate = function Date(...parts) {
    if (new.target === undefined || parts.length === 0) noClock();
    return Reflect.construct(RealDate, parts, new.target);
  };
  Object.defineProperties(CallDate, Object.getOwnPropertyDescriptors(RealDate));
  CallDate.now = noClock;
  RealDate.prototype.constructor = CallDate;
  globalThis.Date = CallDate;

  // Only the host reads verdicts, and only as text: no getter of a script runs on the way out.
  class Verdict {
    #text;
    constructor(text) {
      this.#text = text;
      Object.freeze(this);
    }
    static text(value) {
      return #text in value ? value.#text : undefined;
    }
  }
  const textOf = Verdict.text;
  delete Verdict.prototype.constructor;

  // No text leaves a context longer than anybody will read of it.
  const LONGEST = 1001;
  const short = (text) => (text.length > LONGEST ? text.slice(0, LONGEST) : text);

  const permitted = new Verdict("p");
  // Options of ask(), as text for the host: nothing of a script's own goes there.
  const MOST_OPTIONS = 20;
  const plain = (value) => {
    if (typeof value === "string") return short(value);
    if (value === null || typeof value === "number" || typeof value === "boolean") return value;
    return Array.isArray(value) ? [] : {};
  };
  const globals = {
    allow() {
      return permitted;
    },
    deny(reason) {
      if (reason !== undefined && typeof reason !== "string") {
        throw new TypeError("deny(): the reason must be a string.");
      }
      return new Verdict("d" + short(reason ?? ""));
    },
    ask(options = {}) {
      if (options === null || typeof options !== "object") {
        throw new TypeError("ask() takes an object such as { reason: \"…\", within: \"30m\" }.");
      }
      const pairs = [];
      for (const key of Reflect.ownKeys(options).slice(0, MOST_OPTIONS)) {
        const value = options[key];
        if (value !== undefined) pairs.push([short(String(key)), plain(value)]);
      }
      const text = JSON.stringify(pairs);
      const problems = wrong(text);
      if (problems !== "") throw new TypeError(problems);
      return new Verdict("a" + text);
    },
  };
  // What only the operator reads; never a getter of the host.
  const shown = (value) => {
    try {
      if (value instanceof Error) return `${value.name}: ${value.message}`;
      if (typeof value === "object" && value !== null) return JSON.stringify(value) ?? "";
      return String(value);
    } catch {
      return "(cannot be shown)";
    }
  };
  const log = (...values) => {
    write(short(values.map((value) => String(shown(value))).join(" ")));
  };
  globals.console = { log, debug: log, info: log, warn: log, error: log };
  for (const [name, value] of Object.entries(globals)) globalThis[name] = value;

  // Some of the language can be reached only by its syntax.
  const hidden = [
    function* () {}, async function () {}, async function* () {}, (function* () {})(), (async function* () {})(),
    [][Symbol.iterator](), new Map()[Symbol.iterator](), new Set()[Symbol.iterator](), ""[Symbol.iterator](),
    "".matchAll(/x/g), Iterator.from({ next() {} }), [].values().map((x) => x),
  ];
  // Every new context pays for this walk, so it is written for speed.
  const seen = new Set();
  const waiting = [];
  const see = (value) => {
    if ((typeof value === "object" || typeof value === "function") && value !== null && !seen.has(value)) {
      seen.add(value);
      waiting.push(value);
    }
  };
  see(globalThis);
  see(Verdict.prototype);
  hidden.forEach(see);
  samples.forEach((sample) => see(Object.getPrototypeOf(sample)));
  while (waiting.length > 0) {
    const value = waiting.pop();
    Object.freeze(value);
    see(Object.getPrototypeOf(value));
    const keys = Reflect.ownKeys(value);
    if (typeof value === "function" && keys.length === 2) continue; // length and name
    for (const key of keys) {
      const descriptor = Reflect.getOwnPropertyDescriptor(value, key);
      see(descriptor.value);
      see(descriptor.get);
      see(descriptor.set);
    }
  }

  const kindOf = (value) => {
    if (value === null) return "null";
    if (typeof value !== "object") return typeof value;
    return value instanceof Promise ? "promise" : Array.isArray(value) ? "array" : "object";
  };
  const answer = (result) => {
    if (typeof result === "boolean") return result ? "p" : "d";
    if (typeof result === "string") return "d" + short(result);
    if (typeof result === "object" && result !== null) {
      const text = textOf(result);
      if (text !== undefined) return text;
    }
    return "u" + kindOf(result);
  };
  // The body of the script runs anew for every call, so nothing that it declares outlives the call.
  return (needs, ...bodies) => {
    const indices = JSON.parse(needs);
    const body = bodies.pop();
    const made = () => {
      const modules = [];
      bodies.forEach((each, i) => modules.push(Object.freeze(each(...indices[i].map((n) => modules[n])))));
      return body(...indices[bodies.length].map((n) => modules[n]));
    };
    const start = bodies.length === 0 ? body : made;
    const predicate = start();
    if (typeof predicate !== "function") return kindOf(predicate);
    const form = Object.prototype.toString.call(predicate);
    if (form !== "[object Function]") return form.slice("[object ".length, -1);
    return (call) => answer(start()(call));
  };
})
