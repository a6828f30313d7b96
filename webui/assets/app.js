// The script of every page. Each module finds its own data- attributes; without any of them it does nothing.
import htmx from 'htmx.org';
import { appearance } from './app/appearance.js';
import { conditions } from './app/conditions.js';
import { copying } from './app/copying.js';
import { dialogs } from './app/dialogs.js';
import { drafts } from './app/drafts.js';
import { fields } from './app/fields.js';
import { keys } from './app/keys.js';
import { submitOnce } from './app/submit.js';
import { toasts } from './app/toasts.js';
import { uploads } from './app/uploads.js';
import { csrfToken } from './app/page.js';

const once = [appearance, dialogs, keys, copying, submitOnce, fields, drafts];
const perFragment = [conditions, toasts, uploads];

once.forEach((start) => start(document));
perFragment.forEach((start) => start(document));

document.addEventListener('htmx:configRequest', (event) => {
  event.detail.headers['X-CSRF-Token'] = csrfToken();
});
htmx.onLoad((fragment) => {
  if (fragment !== document.body) perFragment.forEach((start) => start(fragment));
});
