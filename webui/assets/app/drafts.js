// Drafts and the guard against leaving: form[data-draft-url] is sent there a second after the last key,
// form[data-guard] only warns. What was typed never leaves the page for the browser's own storage.
import { csrfToken, word } from './page.js';

const PAUSE = 1200;
const dirty = new Set();

export function drafts(root) {
  root.addEventListener('input', (event) => touched(event.target.form ?? event.target.closest('form')));
  root.addEventListener('change', (event) => touched(event.target.form ?? event.target.closest('form')));
  root.addEventListener('submit', (event) => dirty.delete(event.target));
  window.addEventListener('beforeunload', (event) => {
    if ([...dirty].some((form) => form.isConnected)) { event.preventDefault(); event.returnValue = ''; }
  });
}

const timers = new WeakMap();

function touched(form) {
  if (!form || !('draftUrl' in form.dataset || 'guard' in form.dataset)) return;
  dirty.add(form);
  if (!form.dataset.draftUrl) return;
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => save(form), PAUSE));
}

async function save(form) {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  const before = new URLSearchParams(data).toString();
  say(form, word('saving'));
  try {
    const answer = await fetch(form.dataset.draftUrl, {
      method: 'POST', body: data, credentials: 'same-origin', headers: { 'X-CSRF-Token': csrfToken() }, redirect: 'error',
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const now = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Shanghai' }).format();
    say(form, document.documentElement.lang.startsWith('zh') ? `${now} ${word('saved')}` : `${word('saved')} ${now}`);
    const after = new FormData(form);
    for (const [name, value] of [...after]) if (value instanceof File) after.delete(name);
    if (new URLSearchParams(after).toString() === before) dirty.delete(form);
  } catch {
    say(form, word('unsaved'));
  }
}

function say(form, text) {
  const place = form.querySelector('[data-draft-status]') ?? document.querySelector(`[data-draft-status="${form.id}"]`);
  if (place) place.textContent = text;
}
