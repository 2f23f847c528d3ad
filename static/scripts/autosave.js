// Drafts save themselves: two seconds after the last change the form is posted to data-autosave-url.
// Until the server has answered, a copy lies in this browser, and it is offered again when the page
// is opened after an expired session or a lost connection. Every other form that somebody types into keeps
// such a copy as well, in its own tab only: an expired session or a change of language loses nothing.

const QUIET = 2000
const RETRY = 15000
const KEEP = 7 * 24 * 60 * 60 * 1000
const PREFIX = 'draft:'
const SENT = 'draft-sent'
const TYPED_INTO = 'textarea, input:is([type=text], [type=number], [type=date], [type=tel], [type=email], [type=url])'

/** What somebody typed, as [name, value] pairs; no files, passwords or tokens. */
function typed(form) {
  const secret = new Set(['csrf_token'])
  for (const input of form.querySelectorAll('input[type=password]')) secret.add(input.name)
  return [...new FormData(form)].filter(([name, value]) => typeof value === 'string' && !secret.has(name))
}

function fill(form, pairs) {
  const values = new Map()
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value])
  for (const control of form.elements) {
    if (!control.name || ['hidden', 'file', 'password', 'submit', 'button'].includes(control.type)) continue
    const own = values.get(control.name) ?? []
    if (control.type === 'checkbox' || control.type === 'radio') control.checked = own.includes(control.value)
    else if (own.length) control.value = own.shift()
  }
}

/** Storage may be full or forbidden; then there is simply no copy. */
function guarded(work) {
  try { return work() } catch { return null }
}

/** The name of a copy; two people who share a browser do not see each other's. */
function nameOf(form) {
  return `${PREFIX}${document.body.dataset.user ?? ''}:${form.dataset.autosaveUrl}`
}

/** This browser's copy, or with `store` sessionStorage the copy of this tab. */
function shelf(key, store = localStorage) {
  return {
    put: (pairs) => guarded(() => store.setItem(key, JSON.stringify({ at: Date.now(), pairs }))),
    drop: () => guarded(() => store.removeItem(key)),
    take: () => guarded(() => {
      const copy = JSON.parse(store.getItem(key))
      return copy && Date.now() - copy.at < KEEP ? copy.pairs : null
    }),
  }
}

/** Shows that a copy is left, to be taken over or thrown away. */
function propose(offer, { restore, discard }) {
  offer.hidden = false
  offer.querySelector('[data-autosave-restore]').addEventListener('click', () => { offer.hidden = true; restore() })
  offer.querySelector('[data-autosave-discard]').addEventListener('click', () => { offer.hidden = true; discard() })
}

/** Puts a copy back as if it had just been typed. */
function putBack(form, pairs) {
  fill(form, pairs)
  for (const area of form.querySelectorAll('textarea')) area.dispatchEvent(new Event('input', { bubbles: true }))
}

class Draft {
  constructor(form) {
    this.form = form
    this.line = form.querySelector('[data-autosave-status]')
    this.offer = form.querySelector('[data-autosave-offer]')
    this.key = nameOf(form)
    this.copy = shelf(this.key)
    this.saved = JSON.stringify(typed(form))
    this.timer = null
    this.busy = false
  }

  start() {
    const left = this.copy.take()
    if (left && JSON.stringify(left) !== this.saved) {
      propose(this.offer, {
        restore: () => { putBack(this.form, left); this.changed() },
        discard: () => this.copy.drop(),
      })
    }
    for (const event of ['input', 'change']) this.form.addEventListener(event, () => this.changed())
    this.form.addEventListener('submit', () => {
      clearTimeout(this.timer)
      this.copy.put(typed(this.form))
      guarded(() => sessionStorage.setItem(SENT, this.key))
    })
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden' && this.timer) this.save()
    })
  }

  changed() {
    const pairs = typed(this.form)
    if (JSON.stringify(pairs) === this.saved) return
    this.copy.put(pairs)
    this.later(QUIET)
  }

  later(delay) {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.save(), delay)
  }

  say(word, failed = false) {
    const text = this.line.dataset[word]
    const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit', hour12: false })
    this.line.textContent = word === 'saved' ? `${text} ${time}` : text
    this.line.classList.toggle('is-failed', failed)
  }

  async save() {
    clearTimeout(this.timer)
    this.timer = null
    if (this.busy) return this.later(QUIET)
    const body = new FormData(this.form)
    const state = JSON.stringify(typed(this.form))
    // Files go with the form itself; posting them every two seconds would be a waste on a phone.
    for (const input of this.form.querySelectorAll('input[type=file]')) body.delete(input.name)
    this.busy = true
    this.say('saving')
    try {
      const answer = await fetch(this.form.dataset.autosaveUrl, {
        method: 'POST',
        body,
        redirect: 'manual',
        keepalive: document.visibilityState === 'hidden',
        headers: { 'X-CSRFToken': this.form.elements.csrf_token?.value ?? '', 'X-Autosave': '1', Accept: 'application/json' },
      })
      // A redirect leads to the sign-in page: the session is over. 400 is what a stale token gets.
      if (answer.type === 'opaqueredirect' || [400, 401, 403].includes(answer.status)) return this.say('expired', true)
      if (!answer.ok) throw new Error(String(answer.status))
      this.saved = state
      if (JSON.stringify(typed(this.form)) === state) this.copy.drop()
      this.say('saved')
    } catch {
      this.say('failed', true)
      this.later(RETRY)
    } finally {
      this.busy = false
    }
  }
}

/** Keeps what is typed into a form that does not save itself, until it has been sent. */
function keep(form) {
  const key = `${PREFIX}${document.body.dataset.user}:${location.pathname}:${form.getAttribute('action') ?? ''}`
  const copy = shelf(key, sessionStorage)
  const first = JSON.stringify(typed(form))
  const left = copy.take()
  if (left && JSON.stringify(left) !== first) {
    propose(form.querySelector('[data-autosave-offer]'), { restore: () => putBack(form, left), discard: copy.drop })
  }
  const changed = () => {
    const pairs = typed(form)
    if (JSON.stringify(pairs) === first) copy.drop()
    else copy.put(pairs)
  }
  for (const event of ['input', 'change']) form.addEventListener(event, changed)
  form.addEventListener('submit', () => guarded(() => sessionStorage.setItem(SENT, key)))
}

/** Drops the copy of a form that was just sent, unless the answer is a sign-in, an error or the form with its faults. */
export function settleSent() {
  const key = guarded(() => sessionStorage.getItem(SENT))
  if (!key) return
  guarded(() => sessionStorage.removeItem(SENT))
  if (!document.querySelector('input[type=password], .error-page, .error-summary')) {
    shelf(key).drop()
    shelf(key, sessionStorage).drop()
  }
}

/** Signing out leaves nothing typed behind on this device. */
export function forgetAtSignOut() {
  for (const form of document.querySelectorAll('form[data-sign-out]')) {
    form.addEventListener('submit', () => guarded(() => {
      for (const store of [localStorage, sessionStorage]) {
        for (const key of Object.keys(store)) if (key.startsWith(PREFIX)) store.removeItem(key)
      }
    }))
  }
}

/** Starts saving for every form[data-autosave] inside `root`, and keeping for every other one. */
export function startAutosave(root) {
  for (const form of root.querySelectorAll('form[data-autosave]')) new Draft(form).start()
  if (!document.body.dataset.user) return
  for (const form of root.querySelectorAll('form[data-keep]')) if (form.querySelector(TYPED_INTO)) keep(form)
}
