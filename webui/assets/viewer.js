// A process diagram to look at: <div data-bpmn-url data-marks-url>, or with its text in data-bpmn-xml. The marks say where a case has been.
// Dragging and the wheel move it, and so do the arrow keys and + - 0; the licence's watermark stays visible.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import { word } from './app/page.js';
import { mark } from './diagram/marks.js';
import { steer } from './diagram/steering.js';

async function draw(region) {
  const [xml, marks] = await content(region.dataset);
  // The library writes colours as style properties, so it can be given ours, which follow the theme.
  const viewer = new NavigatedViewer({
    container: region,
    bpmnRenderer: { defaultFillColor: 'var(--surface)', defaultStrokeColor: 'var(--control)', defaultLabelColor: 'var(--ink)' },
  });
  await viewer.importXML(document.documentElement.lang.startsWith('zh') ? xml : inEnglish(xml));
  region.classList.add('is-drawn');
  mark(viewer, marks);
  steer(viewer, region, !marks.counts);
  return viewer;
}

// What was sent and not stored travels in the page; what is deployed has an address.
async function content({ bpmnXml, marks, bpmnUrl, marksUrl }) {
  if (bpmnXml) return [bpmnXml, JSON.parse(marks || '{}')];
  return Promise.all([text(bpmnUrl), json(marksUrl)]);
}

// Names on a drawing are Chinese; an English one may stand beside each as a property.
function inEnglish(xml) {
  const drawing = new DOMParser().parseFromString(xml, 'application/xml');
  for (const label of drawing.querySelectorAll('*|property[name="label_en"]')) {
    const named = label.parentElement.parentElement;
    if (named.hasAttribute('name')) named.setAttribute('name', label.getAttribute('value'));
  }
  return new XMLSerializer().serializeToString(drawing);
}

async function text(url) {
  const answer = await fetch(url, { credentials: 'same-origin' });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.text();
}

async function json(url) {
  return url ? JSON.parse(await text(url)) : {};
}

for (const region of document.querySelectorAll('[data-bpmn-url], [data-bpmn-xml]')) {
  draw(region).catch((problem) => {
    console.error(problem);
    const place = region.querySelector('.diagram-wait');
    if (place) place.textContent = word('noDiagram');
    region.classList.remove('is-drawn');
  });
}
