// What a script of the rule kind `script` can see. Put this file beside your scripts and begin each one with
//   /// <reference path="./tollbar.d.ts" />
// to have your editor complete and check them.
//
// A script is a module whose default export is a function that takes the call and returns a verdict.
//   export default (call) => call.args.amount <= 100 || "Refunds above 100 need finance.";
// It runs anew for every call: nothing that it declares is kept. It sees the call and the language, and nothing else:
// no files, no network, no timers, no eval, no BigInt, no randomness, and no clock but `call.time`.
// It may import other files of the document's folder: import { ceiling } from "./money.js";
// A script that throws, takes too long or returns something else than a verdict denies the call.

/** The call to judge. Read-only: writing to it, or to anything in it, throws a TypeError. */
interface Call {
  /** The name of the tool; for a prompt its name, for a resource its URI. */
  readonly tool: string;
  /**
   * The arguments; empty if the call has none. What is left out is `undefined`.
   * Numbers are JavaScript numbers, the nearest to what was sent: leave sums of money that must be exact to the last
   * digit to conditions (`gt`, `lte`) and limits, which compute with exact decimals.
   */
  readonly args: { readonly [name: string]: any };
  /** The name of the server that the call is for. */
  readonly server: string;
  /** The name of the grant that the client showed. */
  readonly grant: string;
  /** The labels of the grant. */
  readonly labels: { readonly [name: string]: string };
  /** What the tool does, by its own account; `undefined` if it says nothing. A hint, not a fact. */
  readonly category?: "read" | "write" | "destructive";
  /** The annotations of the tool's own definition; a hint, not a fact. */
  readonly annotations: { readonly [name: string]: any };
  /** The MCP revision that the client speaks: "2025-11-25". */
  readonly protocolRevision: string;
  /** The protocol session; `undefined` if the client has none. */
  readonly session?: string;
  /** When the call arrived, in UTC: "2026-11-23T10:00:00Z". `new Date(call.time)` reads it. */
  readonly time: string;
  /** "tools/call", "prompts/get" or "resources/read". */
  readonly method: string;
  /**
   * What is left of the limits that this call counts against: those of every entry of the policy that matches the tool,
   * in the order of the document, wherever the script stands; empty if there are none. Shadow limits are left out, and
   * so is a limit that denies this very call because it cannot count it (an argument of its scope is missing).
   * Looked up when a script reads it. Throws if it cannot be told, as while the counters are out of reach: that denies
   * the call, unless the script catches it.
   */
  readonly limits: readonly Limit[];
}

/** What is left of a limit at this moment. Nothing of this call is taken yet, and other calls may take before it does. */
interface Limit {
  /** The rule that has it: its `id`, or else its place in the document: "/policies/shop/tools/pay/limits/0". */
  readonly rule: string;
  /** In words: "60 per minute". */
  readonly limit: string;
  /** The most that it admits: calls, or what its `amount` adds up. A JavaScript number, as in `args`. */
  readonly max: number;
  /** What is left of that before this call; 0 or more. The limit itself denies a call that asks for more. */
  readonly left: number;
  /**
   * When what this call takes counts no more, at the latest: the end of the hour, or now and the length of a window that
   * rolls. "2026-11-24T00:00:00Z"; `undefined` of calls in flight (`concurrency`).
   */
  readonly resetsAt?: string;
}

/** What `allow`, `deny` and `ask` give. */
interface Answer {
  readonly " answer": never;
}

/** `true` permits, `false` denies, a string denies and is the reason that the agent reads. */
type Verdict = boolean | string | Answer;

/** What the rule `approval` has, under the same names. Durations: "30s", "15m", "2h", "1d". */
interface Question {
  /** Why a person is asked, for that person. */
  reason?: string;
  /** The document's name of the webhook that is told; without it, people decide by CLI or admin page. */
  webhook?: string;
  /** How long the answer is waited for, then the call is denied: "1s" to "30d"; "15m" if left out. */
  within?: string;
  /** How long the call is kept open before the agent is told to come back: "0s" to "10m"; "30s" if left out. */
  hold?: string;
  /** How many different people must approve, 1 or more; 1 if left out. */
  approvers?: number;
  /**
   * What an approval is good for: "once", for one call, or for exactly the same call as often as it is made within such
   * a time: "1s" to "30d". "once" if left out.
   */
  reuse?: string;
  /** Who is asked: "people", or with "elicitation" also whoever sits at the client, if it can ask. */
  via?: "people" | "elicitation";
}

/** For who looks for a fault: into the call's decision record, up to 20 lines of 200 characters. No secrets. */
declare var console: Console;
interface Console {
  log(...values: any[]): void;
  debug(...values: any[]): void;
  info(...values: any[]): void;
  warn(...values: any[]): void;
  error(...values: any[]): void;
}

/** Permits the call: the same as `true`. */
declare function allow(): Answer;
/** Denies the call; the agent reads the reason. */
declare function deny(reason?: string): Answer;
/** Has a person asked, once every other rule has permitted the call. */
declare function ask(question?: Question): Answer;
