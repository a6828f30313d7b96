// Files dropped or pasted on [data-drop] go into its file input, which stays the one thing that is sent.
import { word } from './page.js';

export function uploads(root) {
  for (const zone of root.querySelectorAll('[data-drop]')) {
    const input = zone.querySelector('input[type=file]');
    input.addEventListener('change', () => list(zone, input));
    zone.addEventListener('dragover', (event) => { event.preventDefault(); zone.classList.add('is-over'); });
    zone.addEventListener('dragleave', () => zone.classList.remove('is-over'));
    zone.addEventListener('drop', (event) => { event.preventDefault(); zone.classList.remove('is-over'); take(input, event.dataTransfer.files); });
  }
  if (root !== document) return;
  document.addEventListener('paste', (event) => {
    const input = document.querySelector('[data-drop] input[type=file]');
    if (input && event.clipboardData?.files.length) take(input, event.clipboardData.files);
  });
}

function take(input, files) {
  const all = new DataTransfer();
  if (input.multiple) for (const file of input.files) all.items.add(file);
  for (const file of files) if (input.multiple || !all.items.length) all.items.add(file);
  input.files = all.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

function list(zone, input) {
  const place = document.querySelector(`[data-drop-list="${CSS.escape(zone.dataset.drop)}"]`);
  if (!place) return;
  const limit = Number(input.dataset.limit);
  place.replaceChildren(...[...input.files].map((file) => {
    const item = document.createElement('li');
    const size = `${(file.size / 1048576).toFixed(1)} MB`;
    const text = document.createElement('span');
    text.textContent = `${file.name}, ${size}`;
    item.append(document.createElement('span'), text);
    if (limit && file.size > limit * 1048576) {
      const problem = document.createElement('small');
      problem.className = 'error';
      problem.textContent = word('tooBig', { n: limit });
      text.append(document.createElement('br'), problem);
      input.setCustomValidity(word('tooBig', { n: limit }));
    }
    return item;
  }));
  if ([...input.files].every((file) => !limit || file.size <= limit * 1048576)) input.setCustomValidity('');
}
