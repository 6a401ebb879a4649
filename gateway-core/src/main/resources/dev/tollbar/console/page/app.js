// The frame: who is logged in, what is shown, what happens.
import { html, render, useEffect, useRef, useState } from './preact.js';
import { call, follow, whenLoggedOut } from './api.js';
import { Wrong, clock, short, visible } from './parts.js';
import { Approvals } from './approvals.js';
import { Traffic } from './traffic.js';
import { Stack } from './stack.js';
import { Policy } from './policy.js';

const VIEWS = [
  ['approvals', 'Approvals', Approvals, 'M4 12.5 9 17.5 20 6.5'],
  ['traffic', 'Traffic', Traffic, 'M3 17v4M8 12v9M13 15v6M18 6v15'],
  ['stack', 'Stack', Stack, 'M12 3 21 8 12 13 3 8ZM3 13l9 5 9-5'],
  ['policy', 'Policy', Policy, 'M6 3h9l4 4v14H6ZM9 12h7M9 16h7M9 8h3'],
];

function place() {
  const [view, ...rest] = location.hash.replace(/^#\/?/, '').split('/');
  return { view: VIEWS.some(([name]) => name === view) ? view : 'approvals', rest: rest.map(decodeURIComponent) };
}

function usePlace() {
  const [at, setAt] = useState(place());
  useEffect(() => {
    const move = () => setAt(place());
    addEventListener('hashchange', move);
    return () => removeEventListener('hashchange', move);
  }, []);
  return at;
}

const Icon = ({ path }) =>
  html`<svg viewBox="0 0 24 24" class="icon" aria-hidden="true"><path d=${path} /></svg>`;

function Theme() {
  const [theme, setTheme] = useState(document.documentElement.dataset.theme ?? '');
  const dark = theme === '' ? matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark';
  const turn = () => {
    const next = dark ? 'light' : 'dark';
    document.documentElement.dataset.theme = next;
    localStorage.setItem('tollbar-theme', next);
    setTheme(next);
  };
  return html`<button class="quiet" id="theme" onClick=${turn} aria-label=${dark ? 'Light colours' : 'Dark colours'} title=${dark ? 'Light colours' : 'Dark colours'}>
    <${Icon} path=${dark ? 'M12 4V2M12 22v-2M4 12H2M22 12h-2M6 6 5 5M19 19l-1-1M6 18l-1 1M19 5l-1 1M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z' : 'M20 14A8 8 0 1 1 10 4a6.5 6.5 0 0 0 10 10Z'} />
  </button>`;
}

function Login({ onDone, said }) {
  const [token, setToken] = useState('');
  const [problem, setProblem] = useState(said);
  const [busy, setBusy] = useState(false);
  const enter = async (event) => {
    event.preventDefault();
    setBusy(true);
    try {
      onDone(await call('/login', { method: 'POST', body: { token: token.trim() } }));
    } catch (refusal) {
      setProblem(refusal);
      setBusy(false);
    }
  };
  return html`<main class="login">
    <form onSubmit=${enter}>
      <img src="icon.svg" alt="" width="44" height="44" />
      <h1>Tollbar</h1>
      <label class="field" for="token"><span>Admin token</span></label>
      <input id="token" type="password" autocomplete="current-password" spellcheck="false" placeholder="tba_…"
        value=${token} onInput=${(event) => setToken(event.target.value)} required />
      <${Wrong} problem=${problem} />
      <button class="primary" type="submit" disabled=${busy}>Log in</button>
      <p class="hint">The gateway prints the first one when it starts. More are made with${' '}
        <code>tollbar admin token create NAME --role ROLE</code>.</p>
    </form>
  </main>`;
}

function useLive(loggedIn) {
  const [approvals, setApprovals] = useState(new Map());
  const [loaded, setLoaded] = useState(false);
  const [health, setHealth] = useState(null);
  const [revision, setRevision] = useState('');
  const [live, setLive] = useState(false);
  const [lost, setLost] = useState(null);
  const [missed, setMissed] = useState(0);
  const listeners = useRef(new Set());
  const arrived = useRef(new Map());
  useEffect(() => {
    if (!loggedIn) return undefined;
    const take = (approval) => {
      arrived.current.set(approval.id, approval);
      setApprovals((before) => new Map(before).set(approval.id, approval));
    };
    const load = async () => {
      const mine = new Map();
      arrived.current = mine;
      try {
        // What waits is shown however much was decided since.
        const pages = await Promise.all([
          call('/approvals', { query: { limit: 100 } }),
          call('/approvals', { query: { status: 'pending', limit: 500 } }),
        ]);
        if (arrived.current !== mine) return; // a later load has the word
        const all = pages.flatMap((page) => page.items).map((approval) => [approval.id, approval]);
        setApprovals(new Map([...all, ...mine])); // what arrived meanwhile is newer
        setLoaded(true);
      } catch {
        // The stream says that the gateway is gone.
      }
    };
    load();
    return follow({
      open: () => {
        setLive(true);
        setLost(null);
        load();
      },
      lost: () => {
        setLive(false);
        setLost((since) => since ?? new Date().toISOString());
      },
      missed: (it) => setMissed((before) => before + it.lines),
      approval: take,
      health: setHealth,
      revision: (it) => setRevision(it.revision),
      decision: (record) => listeners.current.forEach((hear) => hear(record)),
    });
  }, [loggedIn]);
  const whenDecided = (hear) => {
    listeners.current.add(hear);
    return () => listeners.current.delete(hear);
  };
  const put = (approval) => {
    arrived.current.set(approval.id, approval);
    setApprovals((before) => new Map(before).set(approval.id, approval));
  };
  return { approvals, loaded, health, revision, live, lost, missed, forgetMissed: () => setMissed(0), whenDecided, put };
}

function usePending(approvals, loaded) {
  const pending = [...approvals.values()].filter((it) => it.status === 'pending');
  const known = useRef(null);
  useEffect(() => {
    document.title = pending.length > 0 ? `(${pending.length}) Tollbar` : 'Tollbar';
    const fresh = known.current === null ? [] : pending.filter((it) => !known.current.has(it.id));
    if (loaded) {
      known.current = new Set(pending.map((it) => it.id));
    }
    if (document.hidden && 'Notification' in window && Notification.permission === 'granted') {
      fresh.forEach((it) => {
        const note = new Notification(visible(`${it.grant} asks: ${it.tool}`), { body: visible(it.reason || it.rule), tag: it.id });
        note.onclick = () => {
          focus();
          location.hash = `#/approvals/${it.id}`;
        };
      });
    }
  }, [approvals, loaded]);
  return pending.length;
}

const STATUS = { lost: 'No answer', up: 'All is well', degraded: 'Something is wrong', down: 'No call is permitted' };

function Frame({ me, onLeave }) {
  const at = usePlace();
  const live = useLive(true);
  const pending = usePending(live.approvals, live.loaded);
  const View = VIEWS.find(([name]) => name === at.view)[2];
  // Another page begins at its top; on a phone one approval is a page.
  const phone = matchMedia('(max-width: 760px)').matches;
  useEffect(() => scrollTo(0, 0), [at.view, phone ? at.rest[0] : '']);
  const status = live.lost ? 'lost' : live.health?.status ?? 'unknown';
  const leave = () => call('/logout', { method: 'POST' }).finally(onLeave);
  const skip = (event) => {
    event.preventDefault();
    document.getElementById('content').focus();
  };
  return html`<div class="frame">
    <a class="skip" href="#content" onClick=${skip}>Skip to content</a>
    <nav class="rail" aria-label="Main">
      <span class="brand"><img src="icon.svg" alt="" width="26" height="26" /><b>Tollbar</b></span>
      ${VIEWS.map(([name, title, , path]) => html`<a key=${name} href=${'#/' + name} aria-current=${at.view === name ? 'page' : undefined}>
        <${Icon} path=${path} /><span>${title}</span>
        ${name === 'approvals' && pending > 0 ? html`<b class="count" aria-label=${pending + ' pending'}>${pending}</b>` : null}
      </a>`)}
    </nav>
    <header class="bar">
      <a class=${'health ' + status} href="#/stack" title=${STATUS[status] ?? ''}><i aria-hidden="true"></i><span>${STATUS[status] ?? 'Asking…'}</span></a>
      <a class="revision" href="#/policy" title="The revision in force">rev <code>${short(live.revision) || '…'}</code></a>
      <span class=${'live ' + (live.live ? 'on' : 'off')} role="status">${live.live ? 'live' : 'connecting…'}</span>
      <span class="gap"></span>
      <span class="who"><b>${me.name}</b> <span class="role">${me.role.replace('_', ' ')}</span></span>
      <${Theme} />
      <button class="quiet" onClick=${leave} aria-label="Log out" title="Log out"><${Icon} path="M10 4H5v16h5M14 8l4 4-4 4M18 12H9" /></button>
    </header>
    <main id="content" tabindex="-1">${live.lost ? html`<p class="gone" role="alert">The gateway does not answer, since ${clock(live.lost)}. What stands here is from before. It is asked again every few seconds.</p>` : null}
      <${View} me=${me} live=${live} rest=${at.rest} />
    </main>
  </div>`;
}

function App() {
  const [me, setMe] = useState(undefined);
  const [said, setSaid] = useState(undefined);
  const here = useRef(false);
  here.current = Boolean(me);
  useEffect(() => whenLoggedOut((problem) => {
    if (here.current) setSaid(problem); // who was not there yet need not be told
    setMe(null);
  }), []);
  useEffect(() => {
    const token = location.hash.startsWith('#token=') ? location.hash.slice(7) : '';
    if (token === '') {
      call('/me').then(setMe, () => setMe(null));
      return;
    }
    // The token must not stay in the address, nor in the history.
    history.replaceState(null, '', location.pathname + '#/approvals');
    call('/login', { method: 'POST', body: { token } }).then(setMe, (problem) => {
      setSaid(problem);
      setMe(null);
    });
  }, []);
  if (me === undefined) return html`<main class="login" aria-busy="true"></main>`;
  return me === null ? html`<${Login} onDone=${setMe} said=${said} />` : html`<${Frame} me=${me} onLeave=${() => {
    setSaid(undefined);
    setMe(null);
  }} />`;
}

render(html`<${App} />`, document.getElementById('app'));
