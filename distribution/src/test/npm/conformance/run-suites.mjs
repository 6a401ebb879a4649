#!/usr/bin/env node
// Runs the published conformance suites against one URL and records every check, or compares
// two such records. Needs Node 22 or newer (the suites import fs.globSync).
//
//   node run-suites.mjs http://localhost:3201/mcp direct.json
//   node run-suites.mjs http://localhost:7400/mcp/default gateway.json
//   node run-suites.mjs --compare direct.json gateway.json     exit 1 when a check got worse
//   SETS=stable-all,2026-07-28 node run-suites.mjs ...          only these sets
//
// The URL must name localhost or 127.0.0.1: the suite's DNS-rebinding scenario fails any other.
import { readFileSync, writeFileSync } from 'node:fs';
import { bad, passing, run } from './record.mjs';

const SETS = {
  'stable-all': ['conformance-stable', '--suite', 'all'],
  '2025-06-18': ['conformance-next', '--suite', 'all', '--spec-version', '2025-06-18'],
  '2025-11-25': ['conformance-next', '--requirements', '2025-11-25'],
  '2026-07-28': ['conformance-next', '--requirements', '2026-07-28'],
};

async function measure(url) {
  const record = { sets: {} };
  const wanted = process.env.SETS?.split(',') ?? Object.keys(SETS);
  for (const name of wanted) {
    const [suite, ...options] = SETS[name];
    const scenarios = {};
    const started = Date.now();
    const said = await run(suite, ['server', '--url', url, ...options], scenarios);
    record.sets[name] = { scenarios };
    const total = /Total: (\d+) passed, (\d+) failed/.exec(said) ?? [];
    console.log(`${name}: ${passing(scenarios)} of ${Object.keys(scenarios).length} scenarios pass, ${total[1]} checks passed, ${total[2]} failed (${Math.round((Date.now() - started) / 1000)} s)`);
  }
  return record;
}

function compare(direct, through) {
  let worse = 0;
  for (const [set, { scenarios }] of Object.entries(direct.sets)) {
    const other = through.sets[set]?.scenarios;
    if (!other) { console.log(`${set}: not measured`); continue; }
    let same = 0;
    for (const [scenario, checks] of Object.entries(scenarios)) {
      for (const [check, status] of Object.entries(checks)) {
        const now = other[scenario]?.[check] ?? 'ABSENT';
        if (now === status) same += 1;
        else {
          const regressed = bad(now) || (status === 'SUCCESS' && now !== 'SUCCESS');
          if (regressed) worse += 1;
          console.log(`${regressed ? 'WORSE' : 'other'} ${set} ${scenario} ${check}: ${status} direct, ${now} through the gateway`);
        }
      }
    }
    console.log(`${set}: ${same} checks the same`);
  }
  return worse;
}

const [first, second, third] = process.argv.slice(2);
if (first === '--compare' && third) {
  const [direct, through] = [second, third].map((file) => JSON.parse(readFileSync(file, 'utf8')));
  process.exitCode = compare(direct, through) === 0 ? 0 : 1;
} else if (first && second) {
  writeFileSync(second, `${JSON.stringify(await measure(first), null, 1)}\n`);
} else {
  console.error('usage: run-suites.mjs <url> <record.json> | --compare <direct.json> <gateway.json>');
  process.exitCode = 2;
}
