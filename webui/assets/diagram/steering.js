// Moving and zooming a diagram: buttons for the mouse, arrows and + - 0 for the keyboard.
import { word } from '../app/page.js';

const STEP = 60;
const ARROWS = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] };

export function steer(viewer, region) {
  const canvas = viewer.get('canvas');
  const fit = () => canvas.zoom('fit-viewport', 'auto');
  const zoom = (factor) => canvas.zoom(Math.min(4, Math.max(0.2, canvas.zoom() * factor)));
  fit();
  const keys = { '+': () => zoom(1.2), '=': () => zoom(1.2), '-': () => zoom(1 / 1.2), 0: fit };
  region.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (ARROWS[event.key]) { const [dx, dy] = ARROWS[event.key]; canvas.scroll({ dx, dy }); event.preventDefault(); }
    else if (keys[event.key]) { keys[event.key](); event.preventDefault(); }
  });
  const tools = document.createElement('div');
  tools.className = 'diagram-tools';
  tools.append(button('−', word('zoomOut'), () => zoom(1 / 1.2)), button('+', word('zoomIn'), () => zoom(1.2)), button('⤢', word('fit'), fit));
  region.append(tools);
}

function button(text, label, act) {
  const one = document.createElement('button');
  Object.assign(one, { type: 'button', className: 'btn btn--icon', textContent: text });
  one.setAttribute('aria-label', label);
  one.addEventListener('click', act);
  return one;
}
