// A server of 2026-07-28 over streamable HTTP, by hand: one result of 10 MB, one stream of 10,000 events of 10 KB each,
// and a tool that says how many events of the last stream it could write so far.
import { once } from 'node:events';
import http from 'node:http';

const EVENTS = 10_000;
const FILLING = 'x'.repeat(10_000);
let sent = 0;

async function stream(res, message, last) {
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  const { progressToken } = message.params._meta;
  for (sent = 0; sent < EVENTS && !res.destroyed; sent++) {
    const params = { progressToken, progress: sent, message: FILLING };
    const event = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/progress', params });
    if (!res.write(`data: ${event}\n\n`)) await Promise.race([once(res, 'drain'), once(res, 'close')]);
  }
  res.end(`data: ${last}\n\n`);
}

http
  .createServer(async (req, res) => {
    let body = '';
    for await (const part of req) body += part;
    const message = JSON.parse(body);
    const answer = (result) =>
      JSON.stringify({ jsonrpc: '2.0', id: message.id, result: { resultType: 'complete', ...result } });
    const json = (result) => res.writeHead(200, { 'content-type': 'application/json' }).end(answer(result));
    const text = (value) => ({ content: [{ type: 'text', text: value }] });
    const kept = { ttlMs: 0, cacheScope: 'private' };
    switch (message.method === 'tools/call' ? message.params.name : message.method) {
      case 'server/discover':
        return json({ supportedVersions: ['2026-07-28'], capabilities: { tools: {} }, ...kept });
      case 'tools/list':
        return json({ tools: ['large', 'stream', 'sent'].map((name) => ({ name, inputSchema: { type: 'object' } })), ...kept });
      case 'large':
        return json(text('é'.repeat(5_000_000)));
      case 'stream':
        return stream(res, message, answer(text('done')));
      default:
        return json(text(String(sent)));
    }
  })
  .listen(Number(process.env.PORT));
