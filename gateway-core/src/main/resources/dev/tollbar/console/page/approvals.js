// What people are asked.
import { html, useEffect, useMemo, useRef, useState } from './preact.js';
import { call, seg } from './api.js';
import { Empty, Pill, Tree, Wrong, date, lasting, short, useLoaded, useNow, visible } from './parts.js';

const WORDS = { pending: 'Pending', approved: 'Approved', denied: 'Denied', expired: 'Expired', used: 'Approved, used', withdrawn: 'Withdrawn' };
const KINDS = { pending: 'asked', approved: 'allowed', denied: 'denied', expired: 'hidden', used: 'allowed', withdrawn: 'hidden' };

const standing = (approval, now) =>
  approval.status === 'pending' && Date.parse(approval.expires) <= now ? 'expired' : approval.status;

function Left({ approval, now }) {
  const whole = Date.parse(approval.expires) - Date.parse(approval.created);
  const left = Math.max(0, Date.parse(approval.expires) - now);
  const share = whole > 0 ? Math.min(100, (100 * left) / whole) : 0;
  return html`<span class=${'left' + (share < 25 ? ' soon' : '')}>
    <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect width="100" height="4" class="track" /><rect width=${share} height="4" class="rest" /></svg>
    <span>${lasting(left)} left</span>
  </span>`;
}

function Item({ approval, now, chosen }) {
  const status = standing(approval, now);
  return html`<li>
    <a class="item" id=${'item-' + approval.id} href=${'#/approvals/' + seg(approval.id)} aria-current=${chosen ? 'true' : undefined}>
      <span class="item-head"><b>${visible(approval.tool)}</b><${Pill} kind=${KINDS[status]}>${WORDS[status]}<//></span>
      <span class="item-who">${approval.grant} → ${approval.server}</span>
      ${status === 'pending' ? html`<${Left} approval=${approval} now=${now} />` : html`<span class="item-when">${date(approval.created)}</span>`}
    </a>
  </li>`;
}

function Answers({ approval }) {
  if (approval.answers.length === 0) return null;
  return html`<section><h3>Answers</h3><ul class="answers">
    ${approval.answers.map((answer) => html`<li key=${answer.at + answer.by}>
      <${Pill} kind=${answer.decision === 'approve' ? 'allowed' : 'denied'}>${answer.decision === 'approve' ? 'Approved' : 'Denied'}<//>
      <span>by <b>${answer.by}</b>, ${date(answer.at)}${answer.comment ? html`: <q>${answer.comment}</q>` : null}</span>
    </li>`)}
  </ul></section>`;
}

const SIGNS = { changed: ['~', 'changed'], added: ['+', 'added'], removed: ['−', 'removed'] };

const shown = (value) => (value === undefined ? '' : visible(typeof value === 'string' ? value : JSON.stringify(value)));

/** What differs from the last call like this that was approved and made. */
function Compared({ approval }) {
  const { value: it } = useLoaded(() => call('/approvals/' + seg(approval.id)), [approval.id, approval.status]);
  if (!it || it.id !== approval.id) return null;
  if (!it.compared) return html`<p class="hint" id="compared">No call like this was approved and made before.</p>`;
  const { lines, made } = it.compared;
  const others = lines.filter((line) => line.change !== 'same');
  const same = lines.length - others.length;
  if (others.length === 0) return html`<p class="hint" id="compared">The same as in the last call like this, made ${date(made)}.</p>`;
  return html`<div class="compared" id="compared"><h4>Other than in the last call like this, made ${date(made)}</h4>
    <ul>${others.map((line) => {
      const [sign, word] = SIGNS[line.change];
      return html`<li class=${line.change} key=${line.pointer}>
        <span class="sign" aria-hidden="true">${sign}</span><span class="unseen">${word}: </span><code>${visible(line.pointer || '/')}</code>
        <span class="values">${line.before === undefined ? null : html`<del>${shown(line.before)}</del>`} ${line.now === undefined ? null : html`<ins>${shown(line.now)}</ins>`}</span>
      </li>`;
    })}</ul>
    ${same > 0 ? html`<p class="hint">${same === 1 ? 'One other value is' : `${same} other values are`} the same.</p>` : null}
  </div>`;
}

function Deciding({ approval, me, onDecided }) {
  const [comment, setComment] = useState('');
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    setComment('');
    setProblem(null);
    setBusy(false);
  }, [approval.id]);
  const decide = async (decision) => {
    setBusy(true);
    setProblem(null);
    try {
      onDecided(await call(`/approvals/${seg(approval.id)}/decision`, { method: 'POST', body: { decision, comment } }));
    } catch (refusal) {
      setProblem(refusal);
    }
    setBusy(false);
  };
  if (!me.may.includes('decide')) {
    return html`<p class="hint">Your role, ${me.role.replace('_', ' ')}, may not decide approvals.</p>`;
  }
  const given = approval.answers.filter((answer) => answer.decision === 'approve').length;
  return html`<form class="deciding" onSubmit=${(event) => event.preventDefault()}>
    <label class="field" for="comment"><span>Comment, for the agent <kbd>c</kbd></span></label>
    <textarea id="comment" rows="2" maxlength="500" value=${comment} onInput=${(event) => setComment(event.target.value)}></textarea>
    <${Wrong} problem=${problem} />
    <div class="buttons">
      <button type="button" class="approve" id="approve" disabled=${busy} onClick=${() => decide('approve')}>Approve <kbd>a</kbd></button>
      <button type="button" class="deny" id="deny" disabled=${busy} onClick=${() => decide('deny')}>Deny <kbd>d</kbd></button>
      ${approval.approvers > 1 ? html`<span class="hint">${given} of ${approval.approvers} people have approved</span>` : null}
    </div>
  </form>`;
}

function Detail({ approval, me, now, onDecided }) {
  const status = standing(approval, now);
  return html`<article class="detail" aria-labelledby="asked">
    <a class="back" href="#/approvals">← All approvals</a>
    <header>
      <p class="kicker"><${Pill} kind=${KINDS[status]}>${WORDS[status]}<//> <span>asked ${date(approval.created)}</span></p>
      <h2 id="asked"><b>${visible(approval.grant)}</b> wants to call <b>${visible(approval.tool)}</b> on <b>${visible(approval.server)}</b></h2>
      ${approval.reason ? html`<p class="reason">${visible(approval.reason)}</p>` : null}
      ${status === 'pending' ? html`<${Left} approval=${approval} now=${now} />` : null}
    </header>
    <section><h3>Arguments</h3><div class="box"><${Tree} value=${approval.arguments} /></div><${Compared} approval=${approval} /></section>
    ${status === 'pending' ? html`<${Deciding} approval=${approval} me=${me} onDecided=${onDecided} />` : null}
    <${Answers} approval=${approval} />
    <section><h3>Why a person is asked</h3>
      <dl class="facts">
        <div><dt>Rule</dt><dd><code>${approval.rule}</code></dd></div>
        <div><dt>Revision</dt><dd><code>${short(approval.revision)}</code>${approval.current ? ' (in force)' : html` <b class="warn">another one is in force: the call is asked anew if its policy or its server is another now</b>`}</dd></div>
        ${approval.reuse_seconds > 0 ? html`<div><dt>Good for</dt><dd><b class="warn">exactly this call, again and again, for ${lasting(approval.reuse_seconds * 1000)} from the approval</b></dd></div>` : null}
        <div><dt>Decide until</dt><dd>${date(approval.expires)}</dd></div>
        ${approval.webhook ? html`<div><dt>Also asked by</dt><dd>webhook ${approval.webhook}</dd></div>` : null}
        <div><dt>Id</dt><dd><code>${approval.id}</code></dd></div>
      </dl>
    </section>
  </article>`;
}

function Notify() {
  const [permission, setPermission] = useState('Notification' in window ? Notification.permission : 'denied');
  if (permission !== 'default') return null;
  return html`<button class="small" onClick=${async () => setPermission(await Notification.requestPermission())}>Notify me</button>`;
}

const typing = (element) => ['INPUT', 'TEXTAREA', 'SELECT'].includes(element?.tagName);

function useKeys(list, chosen) {
  const now = useRef({});
  now.current = { list, chosen };
  useEffect(() => {
    const press = (event) => {
      if (event.key === 'Escape' && typing(document.activeElement)) {
        document.activeElement.blur();
      }
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
      const { list: all, chosen: one } = now.current;
      const index = all.findIndex((it) => it.id === one?.id);
      const step = { j: 1, k: -1 }[event.key];
      if (step && all.length > 0) {
        const next = all[Math.min(all.length - 1, Math.max(0, index + step))];
        location.hash = '#/approvals/' + seg(next.id);
        document.getElementById('item-' + next.id)?.focus();
      }
      // Only brings to the button: Enter is for pressing it.
      const target = { a: 'approve', d: 'deny', c: 'comment' }[event.key];
      const element = target && document.getElementById(target);
      if (element) {
        event.preventDefault();
        element.focus();
      }
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}

export function Approvals({ me, live, rest }) {
  const now = useNow();
  const { pending, over } = useMemo(() => {
    const all = [...live.approvals.values()];
    const isPending = (it) => standing(it, now) === 'pending';
    return {
      pending: all.filter(isPending).sort((a, b) => Date.parse(a.expires) - Date.parse(b.expires)),
      over: all.filter((it) => !isPending(it)).sort((a, b) => Date.parse(b.created) - Date.parse(a.created)),
    };
  }, [live.approvals, now]);
  const list = [...pending, ...over];
  const chosen = list.find((it) => it.id === rest[0]) ?? (rest[0] ? undefined : pending[0]);
  useKeys(list, chosen);
  return html`<div class=${'split' + (rest[0] ? ' opened' : '')}>
    <section class="list" aria-label="Approvals">
      <div class="list-head"><h1>Approvals</h1><${Notify} /></div>
      <h2 class="group" aria-live="polite">${pending.length === 0 ? 'Nobody is waiting' : `Pending, ${pending.length}`}</h2>
      <ul>${pending.map((it) => html`<${Item} key=${it.id} approval=${it} now=${now} chosen=${it.id === chosen?.id} />`)}</ul>
      ${over.length > 0 ? html`<h2 class="group">Decided or over</h2><ul>${over.map((it) => html`<${Item} key=${it.id} approval=${it} now=${now} chosen=${it.id === chosen?.id} />`)}</ul>` : null}
      <p class="keys"><kbd>j</kbd> <kbd>k</kbd> choose · <kbd>a</kbd> <kbd>d</kbd> then <kbd>Enter</kbd> decide · <kbd>c</kbd> comment</p>
    </section>
    <h1 class="unseen phone">Approvals</h1>
    ${chosen
      ? html`<${Detail} approval=${chosen} me=${me} now=${now} onDecided=${live.put} />`
      : html`<${Empty} title=${rest[0] ? 'This approval is not known any more' : 'Nobody is waiting'}>Calls that a policy wants a person to decide appear here by themselves.<//>`}
  </div>`;
}
