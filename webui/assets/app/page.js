// What every module needs to know of the page: its token, its language, how to speak to a screen reader.
export const csrfToken = () => document.querySelector('meta[name="csrf-token"]')?.content ?? '';
export const isChinese = () => document.documentElement.lang.startsWith('zh');

const WORDS = {
  saved: ['已存草稿', 'draft saved'],
  saving: ['正在存草稿', 'saving draft'],
  unsaved: ['草稿没存上，写的还在这一页', 'draft not saved, your text is still on this page'],
  copied: ['已复制', 'copied'],
  show: ['显示', 'Show'],
  hide: ['隐藏', 'Hide'],
  seconds: ['，还有 {n} 秒', ', {n} seconds'],
  light: ['外观：浅色', 'Appearance: light'],
  dark: ['外观：深色', 'Appearance: dark'],
  system: ['外观：跟随系统', 'Appearance: follow system'],
  tooBig: ['超过 {n} MB，换一份小的', 'larger than {n} MB, choose a smaller one'],
  zoomIn: ['放大', 'Zoom in'],
  zoomOut: ['缩小', 'Zoom out'],
  fit: ['看全图', 'Whole diagram'],
  noDiagram: ['流程图没有取到。步骤的文字版在下面。', 'The diagram could not be loaded. The steps are below in words.'],
};

export function word(name, params = {}) {
  const text = WORDS[name][isChinese() ? 0 : 1];
  return text.replace(/{(\w+)}/g, (whole, key) => params[key] ?? whole);
}

export function announce(text) {
  const place = document.getElementById('announce');
  if (place) place.textContent = text;
}

export function remember(name, value) {
  const age = value ? 365 * 24 * 3600 : 0;
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  document.cookie = `${name}=${value}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`;
}
