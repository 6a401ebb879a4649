// The admin API.

/** What the gateway says when it refuses: RFC 9457. */
export class Problem extends Error {
  constructor(json, status) {
    super(json.detail ?? `The gateway answered ${status}.`);
    this.status = status;
    this.code = json.code ?? '';
  }
}

// Of a number that JavaScript would round or shorten, what the gateway has sent.
const exact = (name, value, context) =>
  typeof value === 'number' && context?.source !== undefined && String(value) !== context.source
    ? context.source
    : value;

const hearers = new Set();
const ended = (problem) => hearers.forEach((hear) => hear(problem));

/** Called when the session is over, with what the gateway says. Returns what ends that. */
export function whenLoggedOut(hear) {
  hearers.add(hear);
  return () => hearers.delete(hear);
}

export async function call(path, { method = 'GET', body, query } = {}) {
  const url = new URL('/api/v1' + path, location.href);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') {
      url.searchParams.set(name, value);
    }
  }
  const headers = { Accept: 'application/json' };
  if (method !== 'GET') {
    headers['X-Tollbar-Console'] = '1';
  }
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
  }
  let response;
  try {
    response = await fetch(url, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: 'same-origin',
      cache: 'no-store',
    });
  } catch {
    throw new Problem({ detail: 'The gateway cannot be reached.', code: 'unreachable' }, 0);
  }
  const text = await response.text();
  let json = {};
  try {
    json = text === '' ? {} : JSON.parse(text, exact);
  } catch {
    json = {};
  }
  if (!response.ok) {
    const problem = new Problem(json, response.status);
    if (response.status === 401 && path !== '/login') {
      ended(problem);
    }
    throw problem;
  }
  return json;
}

export const seg = encodeURIComponent;

const AGAIN = 3000;

/**
 * Listens to what happens. `on` has a function for each kind of event, and `open`, `lost`. A stream that is refused is
 * tried again: after a restart of the gateway the session is over, and that is what the refusal says.
 */
export function follow(on) {
  let source;
  let timer;
  const begin = () => {
    source = new EventSource('/api/v1/events');
    for (const kind of ['decision', 'approval', 'health', 'revision', 'missed']) {
      source.addEventListener(kind, (event) => on[kind]?.(JSON.parse(event.data, exact)));
    }
    source.addEventListener('over', () => {
      source.close();
      ended(new Problem({ detail: 'The session is over. Log in again.', code: 'session_over' }, 401));
    });
    source.onopen = () => on.open?.();
    source.onerror = () => {
      on.lost?.();
      if (source.readyState === EventSource.CLOSED) {
        call('/me').catch(() => {});
        timer = setTimeout(begin, AGAIN);
      }
    };
  };
  begin();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
