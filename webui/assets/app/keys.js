// Keys: J K move through [data-item] (or .item > a), Enter opens, and [data-key="c"] is pressed by C.
// Single keys are off while typing, with a modifier, in a dialog, and where the person switched them off.
import { open } from './dialogs.js';

const OFF = 'tongban-keys-off';

export function keys(root) {
  const box = root.querySelector('[data-keys-switch]');
  if (box) {
    box.checked = !off();
    box.addEventListener('change', () => store(!box.checked));
  }
  root.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && event.key === 'Enter') { press('ctrl+enter', event); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || off()) return;
    if (document.querySelector('dialog[open]')) return;
    const key = event.key.toLowerCase();
    if (key === 'j' || key === 'k') move(key === 'j' ? 1 : -1, event);
    else if (key === '?') { event.preventDefault(); open(document.getElementById('keys'), document.activeElement); }
    else if (key.length === 1) press(key, event);
  });
}

function off() {
  try { return localStorage.getItem(OFF) === '1'; } catch { return false; }
}

function store(value) {
  try { localStorage.setItem(OFF, value ? '1' : '0'); } catch { /* private window: the choice lasts for this page */ }
}

const typing = (place) => place.isContentEditable || (place.matches('input, textarea, select') && !/^(checkbox|radio|button|submit)$/.test(place.type));

function move(step, event) {
  const items = [...document.querySelectorAll('[data-item], .item > a')].filter((item) => item.offsetParent);
  if (!items.length) return;
  const at = items.findIndex((item) => item === document.activeElement);
  const from = at >= 0 ? at : items.findIndex((item) => item.getAttribute('aria-current'));
  const next = items[Math.min(items.length - 1, Math.max(0, from + step))];
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
}

function press(key, event) {
  const found = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((item) => item.offsetParent && !item.disabled);
  if (!found) return;
  event.preventDefault();
  if (found.matches('input, textarea, select, form')) found.focus();
  else found.click();
}
