// Moving and zooming a diagram: buttons for the mouse, arrows and + - 0 for the keyboard.
import { word } from '../app/page.js';

const STEP = 60;
const READABLE = 0.55; // below this nobody reads the labels
const ARROWS = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] };

export function steer(viewer, region, follow) {
  const canvas = viewer.get('canvas');
  const fit = () => canvas.zoom('fit-viewport', 'auto');
  shape(canvas, region);
  const zoom = (factor) => canvas.zoom(Math.min(4, Math.max(0.2, canvas.zoom() * factor)));
  fit();
  if (follow && canvas.zoom() < READABLE) bringNear(viewer, region);
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

// As high as the drawing wants at full width; the style sheet holds it between its bounds.
function shape(canvas, region) {
  const { width, height } = canvas.viewbox().inner;
  region.style.height = `${Math.ceil(region.clientWidth * height / width) + 2}px`;
  canvas.resized();
}

// The drawing of one case, too wide to be read, begins where the case stands; fit shows the whole of it.
function bringNear(viewer, region) {
  const canvas = viewer.get('canvas');
  const [here] = viewer.get('elementRegistry').filter((one) => !one.waypoints && (canvas.hasMarker(one, 'now') || canvas.hasMarker(one, 'bad')));
  if (!here) return;
  const { inner } = canvas.viewbox();
  const along = (start, size, from, whole, length) => Math.max(from, Math.min(start + size / 2 - length / 2, from + whole - length));
  const [width, height] = [region.clientWidth / READABLE, region.clientHeight / READABLE];
  canvas.viewbox({
    x: along(here.x, here.width, inner.x, inner.width, width),
    y: along(here.y, here.height, inner.y, inner.height, height),
    width,
    height,
  });
}

function button(text, label, act) {
  const one = document.createElement('button');
  Object.assign(one, { type: 'button', className: 'btn btn--icon', textContent: text });
  one.setAttribute('aria-label', label);
  one.addEventListener('click', act);
  return one;
}
