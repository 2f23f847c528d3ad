// Text size, high contrast and the menu on phones. The choices live in cookies, so that the server
// draws the next page with them and nothing jumps.

const YEAR = 365 * 24 * 60 * 60

function remember(name, value) {
  const secure = location.protocol === 'https:' ? '; Secure' : ''
  document.cookie = `${name}=${value}; Path=/; Max-Age=${value ? YEAR : 0}; SameSite=Lax${secure}`
}

function chooseSize(size, buttons) {
  const root = document.documentElement
  if (size === 'medium') root.removeAttribute('data-text-size')
  else root.dataset.textSize = size
  remember('text_size', size === 'medium' ? '' : size)
  for (const button of buttons) button.setAttribute('aria-pressed', String(button.dataset.textSize === size))
}

function toggleContrast(button) {
  const root = document.documentElement
  const high = root.dataset.krdsMode !== 'high-contrast'
  if (high) root.dataset.krdsMode = 'high-contrast'
  else root.removeAttribute('data-krds-mode')
  remember('contrast', high ? 'high' : '')
  button.setAttribute('aria-pressed', String(high))
}

/** Wires the switches of the header. */
export function startDisplay() {
  const sizes = [...document.querySelectorAll('button[data-text-size]')]
  for (const button of sizes) button.addEventListener('click', () => chooseSize(button.dataset.textSize, sizes))

  for (const button of document.querySelectorAll('button[data-contrast]')) {
    button.addEventListener('click', () => toggleContrast(button))
  }
  for (const button of document.querySelectorAll('.menu-toggle')) {
    button.addEventListener('click', () => {
      button.setAttribute('aria-expanded', String(button.getAttribute('aria-expanded') !== 'true'))
    })
  }
}
