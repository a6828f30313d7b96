// Marks of a diagram: {marks: {element: "passed"|"now"|"bad"}, counts: {element: 3}} become classes and badges.
// An element may have two marks at once, "passed now": a loop came back to it.
export function mark(viewer, { marks = {}, counts = {} }) {
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  const overlays = viewer.get('overlays');
  for (const [id, classes] of Object.entries(marks)) {
    if (!registry.get(id)) continue;
    for (const one of classes.split(' ')) canvas.addMarker(id, one);
    const badge = symbol(classes);
    if (badge && !registry.get(id).waypoints) overlays.add(id, { position: { top: -10, right: 10 }, html: badge });
  }
  for (const [id, count] of Object.entries(counts)) {
    if (registry.get(id)) overlays.add(id, { position: { bottom: 10, left: -6 }, html: badgeOf(String(count), 'mark') });
  }
}

function symbol(classes) {
  if (classes.includes('bad')) return badgeOf('!', 'mark mark--bad');
  if (classes.includes('now')) return badgeOf('●', 'mark mark--now');
  return classes.includes('passed') ? badgeOf('✓', 'mark') : null;
}

function badgeOf(text, css) {
  const badge = document.createElement('span');
  badge.className = css;
  badge.textContent = text;
  badge.setAttribute('aria-hidden', 'true');
  return badge;
}
