// A queue by keyboard: j and k choose a row, Enter opens it, a and r go to its approve and return
// controls. a and r only move the focus to a button, so that no key alone decides a case; a link is followed.

function typing(target) {
  return target.closest('input, textarea, select, [contenteditable]') !== null
}

function choose(items, item) {
  for (const other of items) other.classList.toggle('is-selected', other === item)
  const link = item.querySelector('[data-open]') ?? item.querySelector('a')
  link?.focus({ preventScroll: true })
  item.scrollIntoView({ block: 'nearest' })
}

function go(control) {
  if (!control) return false
  if (control.tagName === 'A') control.click()
  else control.focus()
  return true
}

function press(queue, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return
  const items = [...queue.querySelectorAll('[data-queue-item]')]
  const now = items.findIndex((item) => item.classList.contains('is-selected'))
  // event.code names the key itself: with the Korean layout on, the j key types ㅓ.
  if (event.code === 'KeyJ' || event.code === 'KeyK') {
    if (items.length === 0) { // a page of one case: its neighbours in the queue
      go(queue.querySelector(event.code === 'KeyJ' ? '[data-queue-next]' : '[data-queue-previous]'))
      return
    }
    const next = event.code === 'KeyJ' ? Math.min(now + 1, items.length - 1) : Math.max(now - 1, 0)
    if (items[next]) choose(items, items[next])
    event.preventDefault()
    return
  }
  const scope = items[now] ?? (items.length === 0 ? queue : null)
  if (!scope) return
  const onControl = event.target.closest('a, button, summary') !== null
  const done = event.code === 'KeyA' ? go(scope.querySelector('[data-approve]'))
    : event.code === 'KeyR' ? go(scope.querySelector('[data-return]'))
      : event.code === 'Enter' && !onControl ? go(scope.querySelector('[data-open]'))
        : false
  if (done) event.preventDefault()
}

/** Starts the keys for the [data-queue] inside `root`; a case page without rows is its own scope. */
export function startQueue(root) {
  const queue = root.querySelector('[data-queue]')
  if (!queue) return
  document.addEventListener('keydown', (event) => {
    if (queue.isConnected && !event.shiftKey) press(queue, event)
  })
  for (const item of queue.querySelectorAll('[data-queue-item]')) {
    item.addEventListener('focusin', () => {
      for (const other of queue.querySelectorAll('.is-selected')) other.classList.remove('is-selected')
      item.classList.add('is-selected')
    })
  }
}
