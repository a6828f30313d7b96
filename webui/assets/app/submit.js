// A form is sent once: the second press of an impatient finger is dropped until the page answers.
// The button keeps its name and value, so it is marked busy and not disabled.
export function submitOnce(root) {
  root.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.method !== 'post' || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = '1';
    (event.submitter ?? form).setAttribute('aria-busy', 'true');
    // A download or an answer 204 leaves the page standing: allow it again.
    setTimeout(() => release(form), 8000);
  });
  window.addEventListener('pageshow', () => document.querySelectorAll('form[data-sent]').forEach(release));
}

function release(form) {
  delete form.dataset.sent;
  for (const busy of [form, ...form.querySelectorAll('[aria-busy]')]) busy.removeAttribute('aria-busy');
}
