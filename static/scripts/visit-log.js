// The log of a visit on a phone: what is typed stays on the device, a log that cannot be sent is kept there and sent
// when there is a network again. The server decides; whatever it refuses comes back to be corrected.
import { keepPages } from './visit-keep.js'
import { clearFaults, showFaults } from './visit-faults.js'
import { choose, dropPhotos, expirePhotos, keepPhotos, photosOf } from './visit-photos.js'
import { drop, expireSent, fill, kept, newKey, put, shelf, typed } from './visit-store.js'

const TOKEN = '/visits/log/token'
const RETRY = 30000
const PATIENCE = 15000 // a network that is there but leads nowhere counts as none
const PER_BYTE = 0.02 // milliseconds more for what has to be carried: 50 kB a second
let busy = false // sending what was kept
let again = false // asked to, meanwhile
let handing = false // the form itself

const user = () => document.body.dataset.user ?? ''
const box = () => document.querySelector('[data-kept-logs]')

/** Sends a log; 'sent', 'refused', or why it is still here: 'offline', 'expired', 'failed'. */
async function send(log, how) {
  try {
    const photos = await photosOf(log.key)
    const load = photos.reduce((sum, photo) => sum + photo.size, 0)
    const signal = (bytes = 0) => AbortSignal.timeout(Math.round(PATIENCE + bytes * PER_BYTE))
    const asked = await fetch(TOKEN, { redirect: 'manual', cache: 'no-store', signal: signal() })
    // A redirect leads to the sign-in page: the session is over.
    if (asked.type === 'opaqueredirect' || asked.status === 403) return 'expired'
    if (!asked.ok) return 'failed'
    const session = await asked.json()
    if (String(session.user) !== log.user) return 'expired'
    const body = new FormData()
    for (const [name, value] of log.pairs) body.append(name, value)
    for (const photo of photos) body.append('photos', photo, photo.name)
    const headers = { 'X-CSRFToken': session.token, 'X-Visit-Send': how, Accept: 'application/json' }
    const answer = await fetch(log.action, { method: 'POST', body, redirect: 'manual', headers, signal: signal(load) })
    if (answer.type === 'opaqueredirect') return 'expired'
    if (answer.ok) {
      await dropPhotos(log.key)
      put({ ...log, state: 'sent', pairs: [], faults: null, url: (await answer.json()).url, at: Date.now() })
      return 'sent'
    }
    if (answer.status === 413) {
      put({ ...log, state: 'refused', faults: { fields: { photos: [box().dataset.tooLarge] }, form: [] } })
      return 'refused'
    }
    if (answer.status === 409 || answer.status === 422) {
      put({ ...log, state: 'refused', faults: await answer.json() })
      return 'refused'
    }
    return 'failed'
  } catch { return 'offline' }
}

/** Sends everything that is kept and was not refused, one after the other. */
async function sendKept() {
  if (busy) {
    again = true
    return
  }
  const waiting = kept(user()).filter((log) => log.state === 'kept')
  if (!waiting.length || handing) return
  busy = true
  let outcome = 'sent'
  for (const log of waiting) {
    outcome = await send(log, 'later')
    if (['offline', 'expired', 'failed'].includes(outcome)) break
  }
  busy = false
  draw(outcome)
  if (again) {
    again = false
    sendKept()
  } else retry(outcome)
}

/** Another try after a while, where the browser would not tell that one is worth it. */
function retry(outcome) {
  if (outcome === 'failed' || (outcome === 'offline' && navigator.onLine)) setTimeout(sendKept, RETRY)
}

function element(tag, text, className = '') {
  const made = document.createElement(tag)
  made.textContent = text
  if (className) made.className = className
  return made
}

function button(text, className, work) {
  const made = element('button', text, `krds-btn medium ${className}`)
  made.type = 'button'
  made.addEventListener('click', work)
  return made
}

/** One kept log as a line of the list: what it is about, where it stands, and what can be done. */
function line(log, words, outcome) {
  const item = document.createElement('li')
  item.dataset.logState = log.state
  const said = new Map(log.pairs)
  const times = said.get('on') ? `${said.get('on')} ${said.get('start')} ~ ${said.get('end')}` : ''
  item.append(element('p', [log.firm, log.when || times].filter(Boolean).join(' · ')))
  item.append(element('p', words[log.state], `kept-state${log.state === 'refused' ? ' is-failed' : ''}`))
  const row = element('p', '', 'button-row')
  if (log.state === 'kept') {
    item.append(element('p', words[outcome] ?? words.offline))
    if (outcome === 'expired') {
      const link = element('a', words.signIn, 'krds-btn medium primary')
      link.href = words.signInUrl
      row.append(link)
    }
  }
  if (log.state === 'refused') {
    const reasons = document.createElement('ul')
    const all = [...(log.faults.form ?? []), ...Object.values(log.faults.fields ?? {}).flat()]
    for (const reason of all) reasons.append(element('li', reason))
    item.append(reasons)
    row.append(button(words.mend, 'primary', () => mend(log)))
  }
  if (log.state === 'sent') {
    const link = element('a', words.open, 'krds-btn medium tertiary')
    link.href = log.url
    row.append(link)
  } else {
    row.append(button(words.discard, 'text', () => {
      if (window.confirm(words.discardQuestion)) {
        drop(log)
        dropPhotos(log.key)
        draw(outcome)
      }
    }))
  }
  item.append(row)
  return item
}

function draw(outcome) {
  const place = box()
  if (!place) return
  const logs = kept(user())
  place.hidden = logs.length === 0
  place.querySelector('[data-kept-list]').replaceChildren(...logs.map((log) => line(log, place.dataset, outcome)))
  place.querySelector('[data-send-kept]').hidden = !logs.some((log) => log.state === 'kept')
}

/** Brings a refused log back into its form, with its faults. */
function mend(log) {
  shelf(user(), log.action).put({ pairs: log.pairs, faults: log.faults })
  drop(log)
  const form = document.querySelector('form[data-visit-log]')
  if (form && new URL(form.action).pathname === log.action) {
    draw()
    restore(form)
  } else location.assign(log.action)
}

function say(form, text, failed = false) {
  const status = form.querySelector('[data-visit-status]')
  status.textContent = text
  status.classList.toggle('is-failed', failed)
}

/** What was typed before, if it was not handed in; whether there was anything. */
function restore(form) {
  const draft = shelf(user(), keyOf(form)).take()
  if (!draft) return false
  fill(form, draft.pairs)
  restorePhotos(form)
  say(form, form.dataset.draftRestored)
  if (draft.faults) showFaults(form, draft.faults)
  return true
}

/** The photos that were chosen before, back in their field. */
async function restorePhotos(form) {
  const key = form.elements.client_key?.value
  const photos = key ? await photosOf(key) : []
  if (photos.length) choose(form.elements.photos, photos)
}

const keyOf = (form) => form.dataset.visitDraft ?? new URL(form.action).pathname

function startDraft(form) {
  const copy = shelf(user(), keyOf(form))
  let timer = null
  const keep = () => {
    if (copy.put({ pairs: typed(form) })) say(form, form.dataset.draftKept)
  }
  for (const event of ['input', 'change']) {
    form.addEventListener(event, () => {
      clearTimeout(timer)
      timer = setTimeout(keep, 400)
    })
  }
  window.addEventListener('pagehide', () => { if (timer) keep() })
  form.addEventListener('submit', () => { clearTimeout(timer); timer = null })
  if (!('hasFaults' in form.dataset)) restore(form)
}

/** A form that has nothing of its own yet: a new key, and today, for a page that was kept on another day. */
function makeReady(form) {
  if (!form.elements.client_key.value) form.elements.client_key.value = newKey()
  if (!form.elements.on.value) {
    const now = new Date()
    form.elements.on.value = new Date(now - now.getTimezoneOffset() * 60000).toISOString().slice(0, 10)
  }
}

function missing(form) {
  const empty = ['on', 'start', 'end', 'done'].filter((name) => !form.elements[name].value.trim())
  return Object.fromEntries(empty.map((name) => [name, [form.dataset.required]]))
}

function withoutPhotos(faults) {
  const { photos, ...fields } = faults.fields ?? {}
  return Object.keys(fields).length || faults.form?.length ? { ...faults, fields } : null
}

async function handIn(form) {
  if (handing) return
  clearFaults(form)
  const gaps = missing(form)
  if (Object.keys(gaps).length) return showFaults(form, { fields: gaps, form: [] })
  const pairs = typed(form)
  const log = {
    key: form.elements.client_key.value, user: user(), firm: form.dataset.firm, action: new URL(form.action).pathname,
    when: `${form.elements.on.value} ${form.elements.start.value} ~ ${form.elements.end.value}`,
    pairs, state: 'kept', at: Date.now(),
  }
  handing = true
  const room = await keepPhotos(log.key, form.elements.photos.files) && put(log)
  handing = false
  if (!room) return form.submit() // no room on the device: as without a script
  shelf(user(), keyOf(form)).drop()
  handing = true
  say(form, form.dataset.sending)
  const outcome = await send(log, 'now')
  handing = false
  const after = kept(user()).find((other) => other.key === log.key)
  if (outcome === 'sent') {
    drop(log) // the page of the visit says it better
    return location.assign(after.url)
  }
  if (outcome === 'refused') {
    drop(log)
    // Photos that were refused stay in the field to be seen, but do not come back with the draft, nor does their fault.
    if (after.faults.fields?.photos) await dropPhotos(log.key)
    shelf(user(), keyOf(form)).put({ pairs, faults: withoutPhotos(after.faults) })
    say(form, '')
    return showFaults(form, after.faults)
  }
  form.reset()
  form.elements.client_key.value = newKey()
  makeReady(form)
  say(form, `${box().dataset.kept}. ${box().dataset[outcome]}`, true)
  draw(outcome)
  box().scrollIntoView()
  retry(outcome)
}

/** Wires the log and its kept ones on this page, and sends what an earlier page left behind. */
export function startVisitLog() {
  if (!user()) return
  expireSent(user())
  expirePhotos()
  for (const form of document.querySelectorAll('form[data-visit-draft], form[data-visit-log]')) {
    if ('visitLog' in form.dataset) {
      form.elements.photos.addEventListener('change', (event) => keepPhotos(form.elements.client_key.value, event.target.files))
      form.addEventListener('submit', (event) => {
        event.preventDefault()
        handIn(form)
      })
    }
    startDraft(form)
    if ('visitLog' in form.dataset) {
      makeReady(form)
      keepPages(form, user())
    }
  }
  box()?.querySelector('[data-send-kept]').addEventListener('click', sendKept)
  draw(navigator.onLine ? '' : 'offline')
  sendKept()
  window.addEventListener('online', sendKept)
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') sendKept() })
}
