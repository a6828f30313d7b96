// data-dialog="id" opens <dialog id>, data-close closes it, and the focus returns where it was.
// Browsers without showModal (Firefox 91, Safari 15.0) show the same box without the scrim.
const openers = new WeakMap();

export function open(dialog, opener) {
  openers.set(dialog, opener);
  if (dialog.showModal) dialog.showModal();
  else dialog.setAttribute('open', '');
  dialog.querySelector('input:not([type=hidden]), select, textarea, button')?.focus();
}

export function close(dialog) {
  if (dialog.close && dialog.open) dialog.close();
  else dialog.removeAttribute('open');
  if (location.hash === `#${dialog.id}`) history.replaceState(null, '', location.pathname + location.search);
  openers.get(dialog)?.focus();
}

export function dialogs(root) {
  root.addEventListener('click', (event) => {
    const opener = event.target.closest('[data-dialog]');
    const dialog = opener && document.getElementById(opener.dataset.dialog);
    if (dialog) { event.preventDefault(); open(dialog, opener); return; }
    const closer = event.target.closest('[data-close]');
    if (closer) close(closer.closest('dialog'));
    for (const menu of document.querySelectorAll('details.me[open]')) if (!menu.contains(event.target)) menu.open = false;
  });
  root.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    const menu = document.querySelector('details.me[open]');
    if (menu) { menu.open = false; menu.querySelector('summary').focus(); }
    const dialog = document.querySelector('dialog[open]');
    if (dialog && !dialog.showModal) close(dialog);
  });
}
