// Everything here makes pages quicker; no page depends on it.
import { forgetAtSignOut, settleSent, startAutosave } from './scripts/autosave.js'
import { startDisplay } from './scripts/display.js'
import { startForms } from './scripts/forms.js'
import { startQueue } from './scripts/queue.js'
import { forgetOthersPages, guardSignOut } from './scripts/visit-keep.js'
import { startVisitLog } from './scripts/visit-log.js'

startDisplay()
startForms(document)
settleSent()
guardSignOut() // before the next one, which clears what was typed
forgetAtSignOut()
forgetOthersPages(document.body.dataset.user)
startVisitLog()
startAutosave(document)
startQueue(document)

// Parts of a page that htmx brings in get the same treatment as the page itself.
document.body.addEventListener('htmx:load', (event) => {
  if (event.detail.elt === document.body) return
  startForms(event.detail.elt)
  startAutosave(event.detail.elt)
  startQueue(event.detail.elt)
})

document.body.addEventListener('htmx:configRequest', (event) => {
  const token = document.querySelector('meta[name=csrf-token]')
  if (token && event.detail.verb !== 'get') event.detail.headers['X-CSRFToken'] = token.content
})
