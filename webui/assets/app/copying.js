// data-copy="text" copies; the button says so for two seconds.
import { announce, word } from './page.js';

export function copying(root) {
  root.addEventListener('click', async (event) => {
    const button = event.target.closest('[data-copy]');
    if (!button) return;
    await write(button.dataset.copy);
    announce(word('copied'));
    const label = button.textContent;
    button.textContent = word('copied');
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}

// The clipboard interface exists on https only; intranets may not have that.
async function write(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
  return undefined;
}
