// The photos of a log that was not sent yet, as they are, under the log's key: local storage has no room for them.

const NAME = 'visit-photos'
const STORE = 'photos'
const LIFE = 60 * 24 * 60 * 60 * 1000

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

async function opened() {
  const request = indexedDB.open(NAME, 1)
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'key' })
  return asked(request)
}

/** Does something with the shelf of photos and waits until it is on the device. */
async function within(mode, work) {
  const base = await opened()
  try {
    const transaction = base.transaction(STORE, mode)
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve
      transaction.onabort = () => reject(transaction.error)
    })
    const result = await work(transaction.objectStore(STORE))
    await done
    return result
  } finally { base.close() }
}

/** Keeps the photos of a log in the place of those that it had; false when the device has no room for them. */
export async function keepPhotos(key, files) {
  try {
    const photos = [...files].map((file) => ({ name: file.name, content: file }))
    await within('readwrite', (store) => asked(photos.length ? store.put({ key, at: Date.now(), photos }) : store.delete(key)))
    return true
  } catch { return false }
}

/** The photos of a log, as files. */
export async function photosOf(key) {
  try {
    const found = await within('readonly', (store) => asked(store.get(key)))
    return (found?.photos ?? []).map(({ name, content }) => new File([content], name, { type: content.type }))
  } catch { return [] }
}

/** Forgets the photos of a log. */
export const dropPhotos = (key) => keepPhotos(key, [])

/** Forgets photos of logs that nobody came back to. */
export async function expirePhotos() {
  try {
    await within('readwrite', async (store) => {
      for (const { key, at } of await asked(store.getAll())) if (Date.now() - at > LIFE) store.delete(key)
    })
  } catch { /* there is no shelf of photos on this device */ }
}

/** Clears all photos off this device. */
export function forgetPhotos() {
  return new Promise((resolve) => {
    if (!('indexedDB' in window)) return resolve()
    const request = indexedDB.deleteDatabase(NAME)
    request.onsuccess = request.onerror = request.onblocked = () => resolve()
  })
}

/** Puts files into a file field, as if they had been chosen. */
export function choose(field, files) {
  const chosen = new DataTransfer()
  for (const file of files) chosen.items.add(file)
  field.files = chosen.files
}
