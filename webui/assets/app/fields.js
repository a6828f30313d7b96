// Small comforts of fields: the chosen option is marked, passwords can be shown, the error summary has the focus.
import { word } from './page.js';

export function fields(root) {
  root.addEventListener('change', (event) => {
    const box = event.target.closest('.choice, .hits');
    if (!box) return;
    for (const input of box.querySelectorAll('input')) {
      const label = input.closest('label');
      (label.closest('li') ?? label).classList.toggle('is-on', input.checked);
    }
  });
  for (const button of root.querySelectorAll('[data-show-password]')) button.hidden = false;
  root.addEventListener('click', (event) => {
    const button = event.target.closest('[data-show-password]');
    if (!button) return;
    const input = document.getElementById(button.dataset.showPassword);
    input.type = input.type === 'password' ? 'text' : 'password';
    button.textContent = word(input.type === 'password' ? 'show' : 'hide');
  });
  root.querySelector('[data-focus]')?.focus();
}
