// Keeps the pages on which a visit log is written, and what they are drawn with, so that they open without a network.
// It reaches no further than /visits/log/. Of a log page it keeps the copy that names nobody but its reader
// (?shell=1), never the page itself; nothing that is posted passes through here.

const CACHE = 'visit-log-1'
const PAGE = /^\/visits\/log\/(\d+)?$/
const PATIENCE = 8000

self.addEventListener('install', () => self.skipWaiting())

self.addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith('visit-log-') && name !== CACHE) await caches.delete(name)
    await self.clients.claim()
  })())
})

self.addEventListener('message', (event) => {
  event.waitUntil(keep(event.data.keep ?? []).then((count) => event.ports[0]?.postMessage(count)))
})

/** Fetches these addresses and keeps what was answered well, under the path alone; how many there were. */
async function keep(addresses) {
  const cache = await caches.open(CACHE)
  const kept = await Promise.all(addresses.map(async (address) => {
    try {
      const answer = await fetch(address, { credentials: 'same-origin', redirect: 'manual' })
      if (!answer.ok) return 0
      await cache.put(new URL(address, location).pathname, answer)
      return 1
    } catch { return 0 }
  }))
  return kept.reduce((sum, one) => sum + one, 0)
}

async function networkFirst(request, path) {
  const cache = await caches.open(CACHE)
  const copy = await cache.match(path)
  if (!copy) return fetch(request)
  const late = new Promise((resolve) => setTimeout(() => resolve(copy), PATIENCE))
  return Promise.race([fetch(request).catch(() => copy), late])
}

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin) return
  const page = request.mode === 'navigate' && PAGE.test(url.pathname)
  if (page || url.pathname.startsWith('/static/')) event.respondWith(networkFirst(request, url.pathname))
})
