#!/usr/bin/env node
// An MCP server that offers every tool, prompt and resource which the official conformance
// suite (@modelcontextprotocol/conformance) asks a server under test for. Own code, on top of
// the public npm package @modelcontextprotocol/server: the SDK does the protocol, this file
// only says what to answer. One endpoint serves both protocol eras:
//   legacy (initialize, sessions, GET stream, resumable SSE)  revisions up to 2025-11-25
//   modern (stateless, _meta on each request)                 revision 2026-07-28
// plus the Tasks extension (io.modelcontextprotocol/tasks) on the modern era.
//
//   PORT=3201 node fixture-server.mjs            HTTP on 127.0.0.1:3201/mcp
//   HOSTS=gateway.test,localhost ...             extra Host/Origin names to accept
//   node fixture-server.mjs --stdio              the same server on stdio
//   ... --era=legacy                             speaks nothing newer than 2025-11-25
//   ... --era=modern                             speaks 2026-07-28 only
import http from 'node:http';
import { randomBytes, randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { PassThrough, Readable } from 'node:stream';
import {
  CLIENT_CAPABILITIES_META_KEY,
  ProtocolError,
  Server,
  WebStandardStreamableHTTPServerTransport,
  createMcpHandler,
  createRequestStateCodec,
  inputRequired,
  isInitializeRequest,
  isLegacyRequest,
} from '@modelcontextprotocol/server';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';

const TASKS = 'io.modelcontextprotocol/tasks';
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgaPgPAAIDAYAkYfWXAAAAAElFTkSuQmCC';
const WAV = Buffer.concat([
  Buffer.from('RIFF'), Buffer.from([36, 0, 0, 0]), Buffer.from('WAVEfmt '),
  Buffer.from([16, 0, 0, 0, 1, 0, 1, 0, 64, 31, 0, 0, 64, 31, 0, 0, 1, 0, 8, 0]),
  Buffer.from('data'), Buffer.from([0, 0, 0, 0]),
]).toString('base64');

const ERA = process.argv.find((word) => word.startsWith('--era='))?.slice('--era='.length) ?? 'both';
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const text = (value) => ({ content: [{ type: 'text', text: value }] });
const failure = (value) => ({ ...text(value), isError: true });
const object = (properties = {}, required = []) => ({ type: 'object', properties, required });
const string = (description) => ({ type: 'string', description });
const form = (name, type = 'string') => object({ [name]: { type } }, [name]);
const ask = (message, name, type) => inputRequired.elicit({ message, requestedSchema: form(name, type) });
const sample = (prompt, maxTokens) =>
  inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text: prompt } }], maxTokens });
const accepted = (responses, key) =>
  responses?.[key]?.action === 'accept' ? responses[key].content : undefined;

const codec = createRequestStateCodec({ key: randomBytes(32) });
const stamped = async (step) => codec.mint({ step, nonce: randomUUID() });

// ---- tools ------------------------------------------------------------------------------

const DEFAULTS = object({
  name: { type: 'string', default: 'John Doe' },
  age: { type: 'integer', default: 30 },
  score: { type: 'number', default: 95.5 },
  status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
  verified: { type: 'boolean', default: true },
});
const named = (word) => [1, 2, 3].map((n) => ({ const: `value${n}`, title: `${['First', 'Second', 'Third'][n - 1]} ${word}` }));
const ENUMS = object({
  untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
  titledSingle: { type: 'string', oneOf: named('Option') },
  legacyEnum: { type: 'string', enum: ['opt1', 'opt2', 'opt3'], enumNames: ['Option One', 'Option Two', 'Option Three'] },
  untitledMulti: { type: 'array', items: { type: 'string', enum: ['option1', 'option2', 'option3'] } },
  titledMulti: { type: 'array', items: { anyOf: named('Choice') } },
});
const SCHEMA_2020_12 = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: { $anchor: 'addressDef', type: 'object', properties: { street: { type: 'string' }, city: { type: 'string' } } },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
};

// Asks the client while the call runs, or, since 2026-07-28, in a round of its own; undefined as long as there is no answer.
// send(), not elicitInput(): it ties the request to this call's own response stream. The SDK's shorthand uses the GET
// stream, and what is sent before the client has opened that one is lost.
async function answerOf(ctx, method, params) {
  return ctx.mcpReq.envelope === undefined ? ctx.mcpReq.send({ method, params }) : ctx.mcpReq.inputResponses?.answer;
}

async function elicit(ctx, message, requestedSchema, label) {
  const answer = await answerOf(ctx, 'elicitation/create', { message, requestedSchema });
  if (answer === undefined) return inputRequired({ inputRequests: { answer: inputRequired.elicit({ message, requestedSchema }) } });
  return text(`${label}: action=${answer.action}, content=${JSON.stringify(answer.content ?? {})}`);
}

let cancellations = 0;

// name -> { description, input (JSON Schema), call(args, ctx, hub), task?: 'optional' | 'required' }
const TOOLS = {
  test_simple_text: { call: () => text('This is a simple text response for testing.') },
  test_image_content: { call: () => ({ content: [{ type: 'image', data: PNG, mimeType: 'image/png' }] }) },
  test_audio_content: { call: () => ({ content: [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }] }) },
  test_embedded_resource: {
    call: () => ({ content: [{ type: 'resource', resource: { uri: 'test://embedded-resource', mimeType: 'text/plain', text: 'This is an embedded resource content.' } }] }),
  },
  test_multiple_content_types: {
    call: () => ({
      content: [
        { type: 'text', text: 'Multiple content types test:' },
        { type: 'image', data: PNG, mimeType: 'image/png' },
        { type: 'resource', resource: { uri: 'test://mixed-content-resource', mimeType: 'application/json', text: '{"test":"data","value":123}' } },
      ],
    }),
  },
  test_tool_with_logging: {
    async call(_args, ctx) {
      for (const line of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
        await ctx.mcpReq.log('info', line);
        await pause(50);
      }
      return text('Tool with logging executed');
    },
  },
  test_logging_tool: {
    async call(_args, ctx) {
      await ctx.mcpReq.log('info', 'one line, only for a caller that asked for logs');
      return text('Logged');
    },
  },
  test_tool_with_progress: {
    async call(_args, ctx) {
      const progressToken = ctx.mcpReq._meta?.progressToken;
      for (const progress of [0, 50, 100]) {
        if (progressToken !== undefined) {
          await ctx.mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: 100 } });
        }
        await pause(50);
      }
      return text('Tool with progress executed');
    },
  },
  test_error_handling: { call: () => failure('This tool intentionally returns an error for testing') },
  test_sampling: {
    input: object({ prompt: string('The prompt to send to the LLM') }, ['prompt']),
    async call({ prompt }, ctx) {
      const params = { messages: [{ role: 'user', content: { type: 'text', text: prompt } }], maxTokens: 100 };
      const reply = await answerOf(ctx, 'sampling/createMessage', params);
      if (reply === undefined) return inputRequired({ inputRequests: { answer: inputRequired.createMessage(params) } });
      return text(`LLM response: ${[reply.content].flat()[0]?.text ?? ''}`);
    },
  },
  test_elicitation: {
    input: object({ message: string('The message to show the user') }, ['message']),
    call: ({ message }, ctx) =>
      elicit(ctx, message, object({ username: string("User's response"), email: string("User's email address") }, ['username', 'email']), 'User response'),
  },
  test_elicitation_sep1034_defaults: { call: (_a, ctx) => elicit(ctx, 'Check the defaults', DEFAULTS, 'Elicitation completed') },
  test_elicitation_sep1330_enums: { call: (_a, ctx) => elicit(ctx, 'Choose from each enum', ENUMS, 'Elicitation completed') },
  test_reconnection: {
    async call(_args, ctx) {
      ctx.http?.closeSSE?.(); // ends the connection, not the stream: the client must poll for the rest
      await pause(100);
      return text('Reconnection test completed');
    },
  },
  json_schema_2020_12_tool: { input: SCHEMA_2020_12, call: (args) => text(JSON.stringify(args)) },
  test_x_mcp_header: {
    description: 'One argument is mirrored to the Mcp-Param-Region header',
    input: object({ region: { type: 'string', 'x-mcp-header': 'Region' }, query: { type: 'string' } }, ['region']),
    call: ({ region }) => text(`region ${region}`),
  },
  test_structured: {
    description: 'Returns structuredContent, a nested _meta and a field no schema knows',
    output: object({ temperature: { type: 'number' } }, ['temperature']),
    call: () => ({
      ...text('{"temperature":22.5}'),
      structuredContent: { temperature: 22.5 },
      _meta: { 'example.org/trace': { a: [1, 2, { b: null }] } },
      'x-unknown-result-field': { kept: true },
    }),
  },

  test_cancellation: {
    description: 'Says that it began and then waits until it is cancelled; test_cancellations counts those that were',
    async call(_args, ctx) {
      const cancelled = new Promise((done) => ctx.mcpReq.signal.addEventListener('abort', done));
      const progressToken = ctx.mcpReq._meta?.progressToken;
      await ctx.mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress: 0 } });
      await cancelled;
      cancellations += 1;
      return text('cancelled');
    },
  },
  test_cancellations: { call: () => text(String(cancellations)) },

  // multi-round-trip requests (modern era)
  test_input_required_result_elicitation: {
    call(_args, ctx) {
      const name = accepted(ctx.mcpReq.inputResponses, 'user_name')?.name;
      return typeof name === 'string' ? text(`Hello, ${name}!`) : inputRequired({ inputRequests: { user_name: ask('What is your name?', 'name') } });
    },
  },
  test_input_required_result_sampling: {
    call(_args, ctx) {
      const reply = ctx.mcpReq.inputResponses?.capital_question;
      return reply
        ? text([reply.content].flat()[0]?.text ?? '')
        : inputRequired({ inputRequests: { capital_question: sample('What is the capital of France?', 100) } });
    },
  },
  test_input_required_result_list_roots: {
    call(_args, ctx) {
      const reply = ctx.mcpReq.inputResponses?.client_roots;
      return reply
        ? text(`Roots: ${(reply.roots ?? []).map((root) => root.uri).join(', ')}`)
        : inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
    },
  },
  test_input_required_result_request_state: {
    async call(_args, ctx) {
      if (accepted(ctx.mcpReq.inputResponses, 'confirm') && ctx.mcpReq.requestState()?.step === 'confirm') return text('state-ok');
      return inputRequired({ inputRequests: { confirm: ask('Please confirm', 'ok', 'boolean') }, requestState: await stamped('confirm') });
    },
  },
  test_input_required_result_multiple_inputs: {
    async call(_args, ctx) {
      const { user_name: name, greeting, client_roots: roots } = ctx.mcpReq.inputResponses ?? {};
      if (name && greeting && roots) return text('All three inputs received');
      return inputRequired({
        inputRequests: { user_name: ask('What is your name?', 'name'), greeting: sample('Generate a greeting', 50), client_roots: inputRequired.listRoots() },
        requestState: await stamped('all'),
      });
    },
  },
  test_input_required_result_multi_round: {
    async call(_args, ctx) {
      const state = ctx.mcpReq.requestState();
      if (state?.step === 'two') return text(`Color ${accepted(ctx.mcpReq.inputResponses, 'step2')?.color}`);
      if (state?.step === 'one') {
        return inputRequired({ inputRequests: { step2: ask('Step 2: What is your favorite color?', 'color') }, requestState: await stamped('two') });
      }
      return inputRequired({ inputRequests: { step1: ask('Step 1: What is your name?', 'name') }, requestState: await stamped('one') });
    },
  },
  test_input_required_result_tampered_state: {
    async call(_args, ctx) {
      if (ctx.mcpReq.requestState()?.step === 'tamper') return text('untouched');
      return inputRequired({ inputRequests: { confirm: ask('Please confirm', 'ok', 'boolean') }, requestState: await stamped('tamper') });
    },
  },
  test_input_required_result_capabilities: {
    call(_args, ctx) {
      if (ctx.mcpReq.inputResponses) return text('done');
      const can = ctx.mcpReq.envelope?.[CLIENT_CAPABILITIES_META_KEY] ?? {};
      const inputRequests = {};
      if (can.elicitation) inputRequests.user_name = ask('What is your name?', 'name');
      if (can.sampling) inputRequests.greeting = sample('Generate a greeting', 50);
      if (can.roots) inputRequests.client_roots = inputRequired.listRoots();
      return Object.keys(inputRequests).length ? inputRequired({ inputRequests }) : text('no usable capability');
    },
  },
  test_missing_capability: {
    description: 'Needs sampling: a caller that did not declare it is refused',
    call: (_args, ctx) => (ctx.mcpReq.inputResponses ? text('done') : inputRequired({ inputRequests: { greeting: sample('Hello', 10) } })),
  },
  test_streaming_elicitation: {
    async call(_args, ctx) {
      if (ctx.mcpReq.inputResponses) return text('done');
      await ctx.mcpReq.notify({ method: 'notifications/progress', params: { progressToken: 'none', progress: 1 } }).catch(() => {});
      return inputRequired({ inputRequests: { user_name: ask('What is your name?', 'name') } });
    },
  },
  test_trigger_tool_change: { call: (_a, _c, hub) => (hub.changed('tools'), text('tools changed')) },
  test_trigger_prompt_change: { call: (_a, _c, hub) => (hub.changed('prompts'), text('prompts changed')) },

  // the Tasks extension; `call` is the synchronous form for callers without the extension
  greet: { input: object({ name: string('Who') }), call: ({ name }) => text(`Hello, ${name}!`) },
  slow_compute: {
    task: 'optional',
    input: object({ seconds: { type: 'number' }, label: { type: 'string' } }),
    async call({ seconds = 0, label = '' }) {
      await pause(seconds * 1000);
      return text(`computed ${label}`);
    },
    start: ({ seconds = 0, label = '' }, task) => task.after(seconds * 1000, () => task.complete(text(`computed ${label}`))),
  },
  failing_job: { task: 'required', start: (_args, task) => task.after(1000, () => task.complete(failure('the job failed'))) },
  protocol_error_job: {
    task: 'optional',
    call: () => { throw new ProtocolError(-32603, 'the job crashed'); },
    start: (_args, task) => task.after(50, () => task.fail({ code: -32603, message: 'the job crashed' })),
  },
  confirm_delete: {
    task: 'optional',
    input: object({ filename: { type: 'string' } }),
    call: ({ filename }) => text(`kept ${filename}`),
    start: ({ filename }, task) =>
      task.require({ [randomUUID()]: { method: 'elicitation/create', params: { message: `Delete ${filename}?`, requestedSchema: form('confirm', 'boolean') } } },
        () => task.complete(text(`deleted ${filename}`))),
  },
  multi_input: {
    task: 'optional',
    call: () => text('nothing asked'),
    start: (_args, task) =>
      task.require(Object.fromEntries(['first', 'second'].map((word) =>
        [`${word}-${randomUUID()}`, { method: 'elicitation/create', params: { message: `The ${word} question`, requestedSchema: form('name') } }])),
      () => task.complete(text('both answered'))),
  },
  test_tool_with_task: {
    task: 'required',
    askFirst: { user_name: { method: 'elicitation/create', params: { mode: 'form', message: 'What is your name?', requestedSchema: form('name') } } },
    start: (_args, task, responses) => task.after(50, () => task.complete(text(`Hello, ${accepted(responses, 'user_name')?.name}!`))),
  },
};

const listing = () => Object.entries(TOOLS).map(([name, tool]) => ({
  name,
  description: tool.description ?? `Conformance fixture: ${name}`,
  inputSchema: tool.input ?? object(),
  ...(tool.output && { outputSchema: tool.output }),
}));

// ---- resources and prompts --------------------------------------------------------------

const RESOURCES = {
  'test://static-text': { name: 'static-text', mimeType: 'text/plain', text: 'This is the content of the static text resource.' },
  'test://static-binary': { name: 'static-binary', mimeType: 'image/png', blob: PNG },
  'test://watched-resource': { name: 'watched-resource', mimeType: 'text/plain', text: 'Watched resource content' },
};
function read(uri, legacy) {
  const templated = /^test:\/\/template\/([^/]+)\/data$/.exec(uri);
  if (templated) {
    const id = decodeURIComponent(templated[1]);
    return { contents: [{ uri, mimeType: 'application/json', text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }) }] };
  }
  const found = RESOURCES[uri];
  if (!found) throw new ProtocolError(legacy ? -32002 : -32602, 'Resource not found', { uri });
  const { name: _name, ...body } = found;
  return { contents: [{ uri, ...body }] };
}
const says = (...content) => ({ messages: content.map((item) => ({ role: 'user', content: typeof item === 'string' ? { type: 'text', text: item } : item })) });
const PROMPTS = {
  test_simple_prompt: { get: () => says('This is a simple prompt for testing.') },
  test_prompt_with_arguments: { args: ['arg1', 'arg2'], get: (a) => says(`Prompt with arguments: arg1='${a.arg1}', arg2='${a.arg2}'`) },
  test_prompt_with_embedded_resource: {
    args: ['resourceUri'],
    get: (a) => says(
      { type: 'resource', resource: { uri: a.resourceUri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' } },
      'Please process the embedded resource above.'),
  },
  test_prompt_with_image: { get: () => says({ type: 'image', data: PNG, mimeType: 'image/png' }, 'Please analyze the image above.') },
  test_input_required_result_prompt: {
    get(_args, ctx) {
      const context = accepted(ctx.mcpReq.inputResponses, 'user_context')?.context;
      return typeof context === 'string' ? says(`Use: ${context}`)
        : inputRequired({ inputRequests: { user_context: ask('What context should the prompt use?', 'context') } });
    },
  },
};

// ---- one protocol instance --------------------------------------------------------------

function build(hub, legacy) {
  const capabilities = {
    tools: { listChanged: true },
    prompts: { listChanged: true },
    resources: { listChanged: true, subscribe: true },
    completions: {},
    logging: {},
    ...(legacy ? {} : { extensions: { [TASKS]: {} } }),
  };
  const server = new Server(
    { name: 'conformance-fixture', version: '1.0.0' },
    { capabilities, instructions: 'Fixture for conformance tests.', requestState: { verify: codec.verify } },
  );
  const local = hub ?? { changed: (what) => server[what === 'tools' ? 'sendToolListChanged' : 'sendPromptListChanged']() };

  server.setRequestHandler('tools/list', () => ({ tools: listing() }));
  server.setRequestHandler('tools/call', async (request, ctx) => {
    const tool = TOOLS[request.params.name];
    if (!tool?.call) throw new ProtocolError(-32602, `Unknown tool: ${request.params.name}`);
    return tool.call(request.params.arguments ?? {}, ctx, local);
  });
  server.setRequestHandler('resources/list', () => ({
    resources: Object.entries(RESOURCES).map(([uri, { name, mimeType }]) => ({ uri, name, mimeType })),
  }));
  server.setRequestHandler('resources/templates/list', () => ({
    resourceTemplates: [{ uriTemplate: 'test://template/{id}/data', name: 'template', mimeType: 'application/json' }],
  }));
  server.setRequestHandler('resources/read', (request) => read(request.params.uri, legacy));
  server.setRequestHandler('prompts/list', () => ({
    prompts: Object.entries(PROMPTS).map(([name, { args = [] }]) => ({
      name,
      description: `Conformance fixture: ${name}`,
      arguments: args.map((arg) => ({ name: arg, required: true })),
    })),
  }));
  server.setRequestHandler('prompts/get', (request, ctx) => {
    const prompt = PROMPTS[request.params.name];
    if (!prompt) throw new ProtocolError(-32602, `Unknown prompt: ${request.params.name}`);
    return prompt.get(request.params.arguments ?? {}, ctx);
  });
  server.setRequestHandler('completion/complete', () => ({ completion: { values: ['hello', 'help'], total: 2, hasMore: false } }));
  if (legacy) {
    const watched = new Set();
    server.setRequestHandler('resources/subscribe', (request) => (watched.add(request.params.uri), {}));
    server.setRequestHandler('resources/unsubscribe', (request) => (watched.delete(request.params.uri), {}));
  }
  return server;
}

// ---- the Tasks extension ----------------------------------------------------------------

const tasks = new Map();
class Task {
  constructor(start) {
    this.taskId = randomUUID();
    this.status = 'working';
    this.createdAt = this.lastUpdatedAt = new Date().toISOString();
    tasks.set(this.taskId, this);
    start(this);
  }
  get done() { return this.status !== 'working' && this.status !== 'input_required'; }
  move(status, more = {}) {
    if (!this.done) Object.assign(this, { status, lastUpdatedAt: new Date().toISOString() }, more);
  }
  after(ms, action) { this.timer = setTimeout(action, ms); this.timer.unref(); }
  complete(result) { this.move('completed', { result: { resultType: 'complete', ...result } }); }
  fail(error) { this.move('failed', { error }); }
  cancel() { clearTimeout(this.timer); this.move('cancelled'); }
  require(inputRequests, then) { this.pending = inputRequests; this.then = then; this.move('input_required'); }
  answer(responses) {
    if (this.status !== 'input_required') return;
    for (const key of Object.keys(responses ?? {})) delete this.pending[key];
    if (Object.keys(this.pending).length === 0) { this.move('working'); this.then(); }
  }
  wire(detailed) {
    const { taskId, status, createdAt, lastUpdatedAt } = this;
    const base = { taskId, status, createdAt, lastUpdatedAt, ttlMs: 600000, pollIntervalMs: 200 };
    if (!detailed) return { resultType: 'task', ...base };
    return {
      resultType: 'complete', ...base,
      ...(status === 'input_required' && { inputRequests: this.pending }),
      ...(status === 'completed' && { result: this.result }),
      ...(status === 'failed' && { error: this.error }),
    };
  }
}

// Answers the requests which belong to the extension; undefined leaves a request to the SDK. No headers: it came over stdio.
function taskReply(message, headers) {
  if (ERA === 'legacy') return undefined;
  const { method, params = {} } = message;
  const can = params._meta?.[CLIENT_CAPABILITIES_META_KEY];
  if (can === undefined) return undefined;
  const declared = can.extensions?.[TASKS] !== undefined;
  const tool = method === 'tools/call' ? TOOLS[params.name] : undefined;
  const about = ['tasks/get', 'tasks/update', 'tasks/cancel'].includes(method);
  if (!about && !(tool?.task && (declared || tool.task === 'required'))) return undefined;

  const name = about ? params.taskId : params.name;
  const mismatch = headers && (headers['mcp-method'] !== method || decoded(headers['mcp-name']) !== name
    || headers['mcp-protocol-version'] !== params._meta['io.modelcontextprotocol/protocolVersion']);
  if (mismatch) return { status: 400, error: { code: -32020, message: 'Header mismatch' } };
  if (!declared) {
    return { status: 400, error: { code: -32021, message: 'Missing required client capability', data: { requiredCapabilities: { extensions: { [TASKS]: {} } } } } };
  }
  if (tool) {
    if (tool.askFirst && !params.inputResponses) return { result: { resultType: 'input_required', inputRequests: tool.askFirst } };
    return { result: new Task((task) => tool.start(params.arguments ?? {}, task, params.inputResponses)).wire(false) };
  }
  const task = tasks.get(params.taskId);
  if (!task) return { error: { code: -32602, message: `Unknown task: ${params.taskId}` } };
  if (method === 'tasks/get') return { result: task.wire(true) };
  if (method === 'tasks/update') task.answer(params.inputResponses);
  else task.cancel();
  return { result: { resultType: 'complete' } };
}

// ---- Mcp-Param-* headers ----------------------------------------------------------------

// undefined: header absent; null: malformed Base64 form; else the value.
function decoded(value) {
  if (value === undefined) return undefined;
  const wrapped = /^=\?base64\?(.*)\?=$/.exec(value);
  if (!wrapped) return value;
  const bytes = Buffer.from(wrapped[1], 'base64');
  return bytes.toString('base64') === wrapped[1] ? bytes.toString('utf8') : null;
}
function paramHeadersAgree(message, headers) {
  const properties = message.method === 'tools/call' ? TOOLS[message.params?.name]?.input?.properties : undefined;
  return Object.entries(properties ?? {}).every(([key, schema]) => {
    if (schema['x-mcp-header'] === undefined) return true;
    const sent = decoded(headers[`mcp-param-${schema['x-mcp-header'].toLowerCase()}`]);
    const body = message.params.arguments?.[key];
    return body === undefined || body === null ? sent === undefined : sent === String(body);
  });
}

// ---- HTTP -------------------------------------------------------------------------------

class Replay {
  #events = [];
  async storeEvent(streamId, message) {
    this.#events.push({ id: `${streamId}/${this.#events.length}`, streamId, message });
    return this.#events.at(-1).id;
  }
  async replayEventsAfter(lastId, { send }) {
    const at = this.#events.findIndex((event) => event.id === lastId);
    const { streamId } = this.#events[at] ?? {};
    for (const event of this.#events.slice(at + 1)) {
      if (event.streamId === streamId && Object.keys(event.message ?? {}).length) await send(event.id, event.message);
    }
    return streamId;
  }
}

function serveHttp(port) {
  const hub = { changed: (what) => (what === 'tools' ? modern.notify.toolsChanged() : modern.notify.promptsChanged()) };
  const modern = createMcpHandler(() => build(hub, false), { legacy: 'reject' });
  const sessions = new Map();
  const names = new Set(['localhost', '127.0.0.1', '[::1]', ...(process.env.HOSTS ?? '').split(',').filter(Boolean)]);
  const known = (url) => { try { return names.has(new URL(url).hostname); } catch { return false; } };
  const refuse = (status, code, message, id = null, data) =>
    Response.json({ jsonrpc: '2.0', id, error: { code, message, ...(data && { data }) } }, { status });

  async function legacy(request, message) {
    const id = request.headers.get('mcp-session-id');
    if (id) {
      const session = sessions.get(id);
      return session ? session.handleRequest(request, { parsedBody: message }) : refuse(404, -32001, 'Session not found');
    }
    if (!isInitializeRequest(message)) return refuse(400, -32000, 'Bad Request: Session ID required');
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: new Replay(),
      retryInterval: 500,
      onsessioninitialized: (sid) => void sessions.set(sid, transport),
    });
    transport.onclose = () => sessions.delete(transport.sessionId);
    await build(undefined, true).connect(transport);
    return transport.handleRequest(request, { parsedBody: message });
  }

  async function answer(request, headers) {
    if (new URL(request.url).pathname !== '/mcp') return new Response('Not found', { status: 404 });
    if (!known(`http://${headers.host}`)) return refuse(403, -32000, 'Invalid Host');
    if (headers.origin !== undefined && !known(headers.origin)) return refuse(403, -32000, 'Invalid Origin');
    if (request.method !== 'POST') return ERA === 'modern' ? modern.fetch(request) : legacy(request);
    let message;
    try { message = JSON.parse(await request.clone().text()); } catch { return refuse(400, -32700, 'Parse error'); }
    if (ERA === 'legacy' || (ERA === 'both' && (await isLegacyRequest(request.clone())))) return legacy(request, message);
    const reply = taskReply(message, headers);
    if (reply) {
      const { status = 200, ...body } = reply;
      return Response.json({ jsonrpc: '2.0', id: message.id, ...body }, { status });
    }
    if (!paramHeadersAgree(message, headers)) return refuse(400, -32020, 'Header mismatch: Mcp-Param', message.id);
    return modern.fetch(request, { parsedBody: message });
  }

  const server = http.createServer(async (req, res) => {
    const gone = new AbortController();
    res.on('close', () => gone.abort());
    try {
      const hasBody = req.method !== 'GET' && req.method !== 'HEAD';
      const request = new Request(`http://${req.headers.host}${req.url}`, {
        method: req.method, headers: req.headers, signal: gone.signal,
        ...(hasBody && { body: Readable.toWeb(req), duplex: 'half' }),
      });
      const response = await answer(request, req.headers);
      res.writeHead(response.status, Object.fromEntries(response.headers));
      res.flushHeaders();
      if (response.body) for await (const chunk of response.body) res.write(chunk);
      res.end();
    } catch (error) {
      if (!gone.signal.aborted) console.error(error);
      if (!res.headersSent) res.writeHead(500);
      res.end();
    }
  });
  server.listen(port, '127.0.0.1', () => console.error(`fixture server on http://127.0.0.1:${server.address().port}/mcp`));
}

// ---- stdio ------------------------------------------------------------------------------

function serveLines() {
  const rest = new PassThrough();
  createInterface(process.stdin).on('line', (line) => {
    let message = {};
    try { message = JSON.parse(line); } catch { /* the SDK says what it thinks of that */ }
    const { status: _http, ...reply } = taskReply(message) ?? {};
    if (reply.result || reply.error) process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id: message.id, ...reply })}\n`);
    else rest.write(`${line}\n`);
  }).on('close', () => rest.end());
  const transport = new StdioServerTransport(rest, process.stdout);
  if (ERA === 'legacy') build(undefined, true).connect(transport);
  else serveStdio(({ era }) => build(undefined, era === 'legacy'), { transport, legacy: ERA === 'modern' ? 'reject' : 'serve' });
}

if (process.argv.includes('--stdio')) serveLines();
else serveHttp(Number(process.env.PORT ?? 3201));
