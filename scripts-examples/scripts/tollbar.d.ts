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
}

/** What `allow`, `deny` and `ask` give. */
interface Answer {
  readonly " answer": never;
}

/** `true` permits, `false` denies, a string denies and is the reason that the agent reads. */
type Verdict = boolean | string | Answer;

interface Question {
  /** Why a person is asked, for that person. */
  reason?: string;
  /** The document's name of the webhook that is told; without it, people decide by CLI or admin page. */
  webhook?: string;
  /** How long the answer is waited for, then the call is denied: "30m". At most "30d"; "15m" if left out. */
  within?: string;
  /** How long the call is kept open before the agent is told to come back. At most "1h"; "30s" if left out. */
  hold?: string;
  /** How many different people must approve, 1 to 100; 1 if left out. */
  approvers?: number;
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
