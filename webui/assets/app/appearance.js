// Light, dark or the system's colours, and 大字: kept in cookies, so that the server sends the page right.
import { announce, remember, word } from './page.js';

const NEXT = { system: 'light', light: 'dark', dark: 'system' };

export function appearance(root) {
  root.addEventListener('click', (event) => {
    const theme = event.target.closest('[data-theme-switch]');
    if (theme) switchTheme(theme);
    if (event.target.closest('[data-text-switch]')) switchText();
  });
}

function switchTheme(button) {
  const html = document.documentElement;
  const next = NEXT[html.dataset.theme ?? 'system'];
  if (next === 'system') delete html.dataset.theme;
  else html.dataset.theme = next;
  remember('theme', next === 'system' ? '' : next);
  button.setAttribute('aria-label', word(next));
  announce(word(next));
}

function switchText() {
  const html = document.documentElement;
  const large = html.dataset.text !== 'large';
  if (large) html.dataset.text = 'large';
  else delete html.dataset.text;
  remember('text', large ? 'large' : '');
  for (const button of document.querySelectorAll('[data-text-switch]')) button.setAttribute('aria-pressed', String(large));
}
