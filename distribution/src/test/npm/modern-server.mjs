// A server that speaks 2026-07-28 only, on the official SDK; what it is asked for is there to show what a bridge carries.
//   node modern-server.mjs            HTTP on loopback, on the port of the variable PORT; says which one it got
//   node modern-server.mjs --stdio
import http from 'node:http';
import { Readable } from 'node:stream';
import { createMcpHandler, createRequestStateCodec, inputRequired, ProtocolError, Server } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { randomBytes } from 'node:crypto';

const text = (value) => ({ content: [{ type: 'text', text: value }] });
const object = (properties = {}) => ({ type: 'object', properties });
const form = (name) => ({ type: 'object', properties: { [name]: { type: 'string' } }, required: [name] });
const codec = createRequestStateCodec({ key: randomBytes(32) });
let cancelled = 0;

const NAME = inputRequired.elicit({ message: 'What is your name?', requestedSchema: form('name') });
const MODEL = inputRequired.createMessage({
  messages: [{ role: 'user', content: { type: 'text', text: 'hello' } }],
  maxTokens: 10,
});

const TOOLS = {
  greet: { input: object({ name: { type: 'string' } }), call: ({ name }) => text(`Hello, ${name}!`) },
  echo: { input: object({ message: { type: 'string' } }), call: ({ message }) => text(message) },
  // Mirrors one argument in a header; over HTTP a call without that is refused.
  region: {
    input: object({ region: { type: 'string', 'x-mcp-header': 'Region' } }),
    call: ({ region }) => text(`region ${region}`),
  },
  list: { output: { type: 'array', items: { type: 'integer' } }, call: () => ({ ...text('[1,2]'), structuredContent: [1, 2] }) },
  count: {
    async call(_args, { mcpReq }) {
      const progressToken = mcpReq._meta?.progressToken;
      for (const progress of progressToken === undefined ? [] : [1, 2, 3]) {
        await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: 3 } });
      }
      return text('counted');
    },
  },
  log: {
    async call(_args, { mcpReq }) {
      await mcpReq.log('info', 'one line');
      return text('logged');
    },
  },
  // Tells of progress, and then waits for its client to give up.
  wait: {
    async call(_args, { mcpReq }) {
      const progressToken = mcpReq._meta?.progressToken;
      const gone = new Promise((resolve) => mcpReq.signal.addEventListener('abort', resolve));
      await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress: 1 } });
      await gone;
      cancelled++;
      return text('nobody reads this');
    },
  },
  cancelled: { call: () => text(`${cancelled} cancelled`) },
  ask_name: {
    call(_args, { mcpReq }) {
      const answer = mcpReq.inputResponses?.who;
      return answer ? text(`${answer.action} ${answer.content?.name}`) : inputRequired({ inputRequests: { who: NAME } });
    },
  },
  ask_model: {
    call(_args, { mcpReq }) {
      const answer = mcpReq.inputResponses?.model;
      return answer ? text(`${answer.model}: ${[answer.content].flat()[0].text}`) : inputRequired({ inputRequests: { model: MODEL } });
    },
  },
  ask_roots: {
    call(_args, { mcpReq }) {
      const answer = mcpReq.inputResponses?.roots;
      return answer ? text(answer.roots.map((root) => root.uri).join()) : inputRequired({ inputRequests: { roots: inputRequired.listRoots() } });
    },
  },
  // All at once, and then once more; what it remembers in between lies in the state alone.
  ask_twice: {
    async call(_args, { mcpReq }) {
      const step = mcpReq.requestState()?.step;
      const { who, model, roots } = mcpReq.inputResponses ?? {};
      if (step === 'two') return text(`then ${who.content.name}`);
      if (step === 'one' && who && model && roots) {
        return inputRequired({ inputRequests: { who: NAME }, requestState: await codec.mint({ step: 'two' }) });
      }
      return inputRequired({
        inputRequests: { who: NAME, model: MODEL, roots: inputRequired.listRoots() },
        requestState: await codec.mint({ step: 'one' }),
      });
    },
  },
  change_tools: { call: (_args, _ctx, tell) => (tell.toolsChanged(), text('changed')) },
  update: { call: (_args, _ctx, tell) => (tell.resourceUpdated('test://doc'), text('updated')) },
};

function build(hub) {
  const server = new Server(
    { name: 'modern-only', version: '1.0.0' },
    {
      capabilities: {
        tools: { listChanged: true },
        prompts: { listChanged: true },
        resources: { listChanged: true, subscribe: true },
        completions: {},
        logging: {},
        extensions: { 'io.modelcontextprotocol/tasks': {}, 'example.org/maps': {} },
      },
      instructions: 'Modern only.',
      requestState: { verify: codec.verify },
    },
  );
  const tell = hub ?? {
    toolsChanged: () => server.sendToolListChanged(),
    resourceUpdated: (uri) => server.sendResourceUpdated({ uri }),
  };
  server.setRequestHandler('tools/list', () => ({
    tools: Object.entries(TOOLS).map(([name, tool]) => ({
      name,
      inputSchema: tool.input ?? object(),
      ...(tool.output && { outputSchema: tool.output }),
    })),
  }));
  server.setRequestHandler('tools/call', (request, ctx) => {
    const tool = TOOLS[request.params.name];
    if (!tool) throw new ProtocolError(-32602, `Unknown tool: ${request.params.name}`);
    return tool.call(request.params.arguments ?? {}, ctx, tell);
  });
  server.setRequestHandler('prompts/list', () => ({ prompts: [{ name: 'hello', arguments: [{ name: 'who', required: true }] }] }));
  server.setRequestHandler('prompts/get', (request) => ({
    messages: [{ role: 'user', content: { type: 'text', text: `Hello, ${request.params.arguments.who}` } }],
  }));
  server.setRequestHandler('resources/list', () => ({ resources: [{ uri: 'test://doc', name: 'doc' }] }));
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: [{ uriTemplate: 'test://{id}', name: 'any' }] }));
  server.setRequestHandler('resources/read', ({ params: { uri } }) => {
    if (uri !== 'test://doc') throw new ProtocolError(-32602, 'Resource not found', { uri });
    return { contents: [{ uri, mimeType: 'text/plain', text: 'a document' }] };
  });
  server.setRequestHandler('completion/complete', () => ({ completion: { values: ['world'], total: 1, hasMore: false } }));
  return server;
}

function serveHttp(port) {
  const handler = createMcpHandler(() => build(handler.notify), { legacy: 'reject' });

  function mirrored(message, headers) {
    const region = message.method === 'tools/call' && message.params.name === 'region' ? message.params.arguments?.region : undefined;
    const said = headers['mcp-param-region'];
    const [, base64] = /^=\?base64\?(.*)\?=$/.exec(said) ?? [];
    return region === (base64 ? Buffer.from(base64, 'base64').toString() : said);
  }

  async function answer(req, body) {
    const request = new Request(`http://${req.headers.host}${req.url}`, {
      method: req.method,
      headers: req.headers,
      signal: req.gone,
      ...(body.length > 0 && { body }),
    });
    if (body.length > 0) {
      const message = JSON.parse(body);
      if (!mirrored(message, req.headers)) {
        return Response.json({ jsonrpc: '2.0', id: message.id, error: { code: -32020, message: 'Header mismatch' } }, { status: 400 });
      }
    }
    return handler.fetch(request);
  }

  const server = http.createServer(async (req, res) => {
    const gone = new AbortController();
    res.on('close', () => gone.abort());
    req.gone = gone.signal;
    try {
      const chunks = [];
      for await (const chunk of req) chunks.push(chunk);
      const response = await answer(req, Buffer.concat(chunks));
      res.writeHead(response.status, Object.fromEntries(response.headers));
      res.flushHeaders();
      if (response.body) for await (const chunk of Readable.fromWeb(response.body)) res.write(chunk);
      res.end();
    } catch (error) {
      if (!gone.signal.aborted) console.error(error);
      res.end();
    }
  });
  server.listen(port, '127.0.0.1', () => console.error(`loopback: port ${server.address().port}`));
}

if (process.argv.includes('--stdio')) serveStdio(() => build(), { legacy: 'reject' });
else serveHttp(Number(process.env.PORT ?? 0));
