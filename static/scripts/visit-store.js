// What a device keeps of visit logs: those that wait to be sent, and what is typed but not handed in. Each person who
// shares the browser has shelves of his own; all names begin with "draft:", which signing out clears.

const LOGS = 'draft:visit-log:'
const FORMS = 'draft:visit-form:'
const SENT_LIFE = 24 * 60 * 60 * 1000

function guarded(work, otherwise) {
  try { return work() } catch { return otherwise }
}

/** Keeps a log under its person and key; false when there is no room. */
export function put(log) {
  return guarded(() => {
    localStorage.setItem(`${LOGS}${log.user}:${log.key}`, JSON.stringify(log))
    return true
  }, false)
}

/** Forgets a log. */
export function drop(log) {
  guarded(() => localStorage.removeItem(`${LOGS}${log.user}:${log.key}`))
}

/** The logs of a person, or of everybody, the oldest first. */
export function kept(user = null) {
  const prefix = user === null ? LOGS : `${LOGS}${user}:`
  return guarded(() => Object.keys(localStorage)
    .filter((name) => name.startsWith(prefix))
    .map((name) => JSON.parse(localStorage.getItem(name)))
    .sort((one, other) => one.at - other.at), [])
}

/** Forgets what was sent a day ago. */
export function expireSent(user) {
  for (const log of kept(user)) if (log.state === 'sent' && Date.now() - log.at > SENT_LIFE) drop(log)
}

/** Where the draft of a form lies. */
export function shelf(user, form) {
  const name = `${FORMS}${user}:${form}`
  return {
    put: (draft) => guarded(() => { localStorage.setItem(name, JSON.stringify(draft)); return true }, false),
    take: () => guarded(() => JSON.parse(localStorage.getItem(name)), null),
    drop: () => guarded(() => localStorage.removeItem(name)),
  }
}

/** What a form holds, as [name, value] pairs; no tokens. */
export function typed(form) {
  return [...new FormData(form)].filter(([name, value]) => typeof value === 'string' && name !== 'csrf_token')
}

/** Puts pairs back into a form; the version that a page showed stays the page's. */
export function fill(form, pairs) {
  const values = new Map(pairs)
  for (const control of form.elements) {
    if (!control.name || ['csrf_token', 'edition'].includes(control.name)) continue
    if (['file', 'submit', 'button'].includes(control.type)) continue
    if (control.type === 'checkbox' || control.type === 'radio') control.checked = values.get(control.name) === control.value
    else if (values.has(control.name)) control.value = values.get(control.name)
  }
}

/** A key that no other log has. crypto.randomUUID is missing on plain HTTP. */
export function newKey() {
  const bytes = [...crypto.getRandomValues(new Uint8Array(16))]
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
