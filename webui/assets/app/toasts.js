// Toasts float below, count ten seconds down while nobody points at them, then go; their undo is a form.
import { word } from './page.js';

const SECONDS = 10;

export function toasts(root) {
  for (const toast of root.querySelectorAll('[data-toast]')) {
    document.getElementById('toasts')?.append(toast);
    countDown(toast, SECONDS);
  }
}

function countDown(toast, seconds) {
  const held = toast.matches(':hover') || toast.contains(document.activeElement);
  const place = toast.querySelector('[data-countdown]');
  if (place) place.textContent = word('seconds', { n: seconds });
  if (seconds <= 0) { toast.remove(); return; }
  setTimeout(() => countDown(toast, held ? seconds : seconds - 1), 1000);
}
