// What several views are made of.
import { html, useEffect, useState } from './preact.js';

const pad = (number, width = 2) => String(number).padStart(width, '0');

/** 14:03:59, of the day and zone of the reader. */
export function clock(iso, seconds = true) {
  const time = new Date(iso);
  return `${pad(time.getHours())}:${pad(time.getMinutes())}${seconds ? ':' + pad(time.getSeconds()) : ''}`;
}

/** 26 Nov 14:03, and the year where it is another one. */
export function date(iso) {
  const time = new Date(iso);
  const year = time.getFullYear() === new Date().getFullYear() ? undefined : 'numeric';
  return time.toLocaleDateString(undefined, { day: 'numeric', month: 'short', year }) + ' ' + clock(iso, false);
}

/** 4 m 12 s */
export function lasting(millis) {
  const seconds = Math.max(0, Math.floor(millis / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${pad(seconds % 60)} s`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${pad(Math.floor((seconds % 3600) / 60))} m`;
  return `${Math.floor(seconds / 86400)} d ${Math.floor((seconds % 86400) / 3600)} h`;
}

export const short = (id) => (id ?? '').slice(0, 12);

/** The time now, anew each second. */
export function useNow() {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** Loads something, and again when one of `on` changes. `{value, problem, again}` */
export function useLoaded(load, on) {
  const [state, setState] = useState({});
  const [round, setRound] = useState(0);
  useEffect(() => {
    let current = true;
    load().then(
      (value) => current && setState({ value }),
      (problem) => current && setState((before) => ({ value: before.value, problem })),
    );
    return () => {
      current = false;
    };
  }, [...on, round]);
  return { ...state, again: () => setRound((r) => r + 1) };
}

export const Pill = ({ kind, children, title }) =>
  html`<span class=${'pill ' + kind} title=${title}>${children}</span>`;

export const Wrong = ({ problem }) =>
  problem ? html`<p class="wrong" role="alert">${problem.message}</p>` : null;

export const Empty = ({ title, children }) =>
  html`<div class="empty"><p class="empty-title">${title}</p>${children ? html`<p>${children}</p>` : null}</div>`;

/** What does not show, or turns the direction of what follows, is written out: it could hide what a call does. */
export const visible = (text) =>
  String(text).replace(/[^\P{C}\n\t]|[\p{Zl}\p{Zp}]/gu, (it) => '\\u{' + it.codePointAt(0).toString(16) + '}');

const plain = (value) => value === null || typeof value !== 'object';

function Scalar({ value }) {
  if (typeof value === 'string') {
    return html`<span class="j-text">${value === '' ? '(empty)' : visible(value)}</span>`;
  }
  return html`<span class="j-other">${String(value)}</span>`;
}

/** Arguments as people read them: names, values, and what is inside of them. */
export function Tree({ value }) {
  if (plain(value)) return html`<${Scalar} value=${value} />`;
  const entries = Array.isArray(value) ? value.map((item, i) => [i + 1, item]) : Object.entries(value);
  if (entries.length === 0) {
    return html`<span class="j-none">${Array.isArray(value) ? 'an empty list' : 'no arguments'}</span>`;
  }
  return html`<dl class="tree">
    ${entries.map(([name, item]) => html`<div class=${plain(item) ? 'leaf' : 'branch'} key=${name}>
      <dt>${visible(name)}</dt><dd><${Tree} value=${item} /></dd>
    </div>`)}
  </dl>`;
}

/** A list of words to choose one of. */
export function Choice({ label, value, options, onChange }) {
  return html`<label class="field" data-field=${label}><span>${label}</span>
    <select value=${value} onChange=${(event) => onChange(event.target.value)}>
      ${options.map(([key, text]) => html`<option value=${key} selected=${key === value} key=${key}>${text}</option>`)}
    </select>
  </label>`;
}
