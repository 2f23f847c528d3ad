// Has the service worker keep the log's page for its person, and clears everything when he signs out.
import { forgetPhotos } from './visit-photos.js'
import { kept } from './visit-store.js'

const OWNER = 'visit-log-owner' // whose pages this device keeps
const SCOPE = '/visits/log/'

function guarded(work) {
  try { return work() } catch { return null }
}

async function forgetPages() {
  guarded(() => localStorage.removeItem(OWNER))
  if (!('caches' in window)) return
  for (const name of await caches.keys()) if (name.startsWith('visit-log-')) await caches.delete(name)
}

async function forgetWorker() {
  if (!('serviceWorker' in navigator)) return
  const registration = await navigator.serviceWorker.getRegistration(SCOPE)
  await registration?.unregister()
}

/** Pages that were kept for somebody else are forgotten as soon as another person uses the device. */
export async function forgetOthersPages(user) {
  const owner = guarded(() => localStorage.getItem(OWNER))
  if (user && owner && owner !== user) await forgetPages()
}

/** Keeps the page of this log, the list of logs and what both are drawn with. */
export async function keepPages(form, user) {
  if (!('serviceWorker' in navigator) || !navigator.onLine) return
  try {
    await forgetOthersPages(user)
    await navigator.serviceWorker.register(form.dataset.worker)
    const { active } = await navigator.serviceWorker.ready
    localStorage.setItem(OWNER, user)
    const drawn = performance.getEntriesByType('resource').map((entry) => entry.name)
    const linked = [...document.querySelectorAll('link[href], script[src]')].map((tag) => tag.href || tag.src)
    const assets = new Set([...drawn, ...linked].filter((name) => name.startsWith(`${location.origin}/static/`)))
    const channel = new MessageChannel()
    channel.port1.onmessage = () => { form.dataset.readyOffline = 'yes' }
    active.postMessage({ keep: [form.dataset.shell, SCOPE, ...assets] }, [channel.port2])
  } catch { /* the log works all the same, only not without a network */ }
}

/** Signing out asks about logs that were not sent, then clears pages, logs and worker off this device. */
export function guardSignOut() {
  for (const form of document.querySelectorAll('form[data-sign-out]')) {
    form.addEventListener('submit', (event) => {
      const unsent = kept().filter((log) => log.state !== 'sent').length
      const question = (form.dataset.unsent ?? '').replace('{count}', unsent)
      event.preventDefault()
      if (unsent && !window.confirm(question)) return event.stopImmediatePropagation()
      // The page leaves as soon as the form is sent, so everything is cleared before.
      return Promise.allSettled([forgetPages(), forgetWorker(), forgetPhotos()]).then(() => form.submit())
    })
  }
}
