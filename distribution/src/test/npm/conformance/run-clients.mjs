#!/usr/bin/env node
// Runs the suite's client scenarios, those of OAuth left out, and records every check as run-suites.mjs does. The suite
// plays the server, drive-client.mjs the client; with VIA the gateway is in between. Needs Node 22 or newer.
//
//   node run-clients.mjs direct.json
//   VIA="node start-gateway.mjs ARCHIVE POLICY" node run-clients.mjs gateway.json
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { passing, run } from './record.mjs';

const SETS = {
  'client-2025-11-25': ['initialize', 'tools_call', 'elicitation-sep1034-client-defaults', 'sse-retry', 'json-schema-2020-12-preservation'],
  'client-2026-07-28': ['tools_call', 'request-metadata', 'sep-2322-client-request-state', 'http-standard-headers', 'http-custom-headers',
    'http-invalid-tool-headers', 'json-schema-ref-no-deref', 'json-schema-2020-12-preservation'],
};
// Each scenario starts a gateway of its own: two at once keep two cores busy.
const AT_ONCE = 2;

const command = [process.execPath, fileURLToPath(new URL('drive-client.mjs', import.meta.url))].map((word) => `"${word}"`).join(' ');
const record = { sets: Object.fromEntries(Object.keys(SETS).map((set) => [set, { scenarios: {} }])) };
const waiting = Object.entries(SETS).flatMap(([set, scenarios]) => scenarios.map((scenario) => [set, scenario]));

async function work() {
  for (let next; (next = waiting.shift());) {
    const [set, scenario] = next;
    const said = await run('conformance-next',
      ['client', '--command', command, '--scenario', scenario, '--spec-version', set.replace('client-', '')], record.sets[set].scenarios);
    if (!said.includes('OVERALL: PASSED')) console.log(`${set} ${scenario}:\n${said}`);
  }
}

if (process.argv.length !== 3) {
  console.error('usage: run-clients.mjs <record.json>');
  process.exitCode = 2;
} else {
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  for (const [set, { scenarios }] of Object.entries(record.sets)) {
    record.sets[set].scenarios = Object.fromEntries(Object.entries(scenarios).sort(([one], [other]) => (one < other ? -1 : 1)));
    console.log(`${set}: ${passing(scenarios)} of ${Object.keys(scenarios).length} scenarios pass`);
  }
  writeFileSync(process.argv[2], `${JSON.stringify(record, null, 1)}\n`);
}
