// Conditional fields: data-show-if="field=value", "field=a|b", "field!=value"; several joined by "&".
// A hidden part is disabled too, so that its old value is not sent; the server checks the same rule.
export function holds(condition, values) {
  return condition.split('&').every((term) => {
    const [, name, sign, wanted] = term.trim().match(/^([^!=]+?)\s*(!?=)\s*(.*)$/) ?? [];
    if (!name) return true;
    const found = wanted.split('|').some((one) => (values(name).length ? values(name) : ['']).includes(one));
    return sign === '=' ? found : !found;
  });
}

export function conditions(root) {
  const forms = new Set([...root.querySelectorAll('[data-show-if]')].map((part) => part.closest('form')).filter(Boolean));
  for (const form of forms) {
    if (form.dataset.conditions) { apply(form); continue; }
    form.dataset.conditions = 'on';
    form.addEventListener('change', () => apply(form));
    form.addEventListener('input', () => apply(form));
    apply(form);
  }
}

function apply(form) {
  const values = (name) => [...form.elements]
    .filter((input) => input.name === name && !input.matches(':disabled'))
    .filter((input) => !/^(radio|checkbox)$/.test(input.type) || input.checked)
    .map((input) => input.value);
  for (const part of form.querySelectorAll('[data-show-if]')) {
    const shown = holds(part.dataset.showIf, values);
    part.hidden = !shown;
    for (const input of part.querySelectorAll('input, select, textarea')) {
      if (shown && input.dataset.off) { input.disabled = false; delete input.dataset.off; }
      if (!shown && !input.disabled) { input.disabled = true; input.dataset.off = '1'; }
    }
  }
  // A step of the intake of which no question is asked is not shown either.
  for (const step of form.querySelectorAll('.intake > li')) {
    const grid = step.querySelector(':scope > .panel > .grid2');
    if (grid?.children.length) step.hidden = [...grid.children].every((part) => part.hidden);
  }
}
