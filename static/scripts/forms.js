// Character counters, focus on the error summary, and a guard against sending a form twice.

function count(area) {
  const line = document.getElementById(area.dataset.count)
  if (!line) return
  const limit = Number(area.dataset.limit)
  const show = () => {
    // The server counts characters, not UTF-16 units, and a line break as one.
    const length = [...area.value].length
    line.textContent = `${length.toLocaleString()} ${line.dataset.text}`
    line.classList.toggle('is-over', length > limit)
  }
  area.addEventListener('input', show)
  show()
}

function guard(form) {
  form.addEventListener('submit', (event) => {
    if (event.defaultPrevented) return
    if (form.dataset.sent) {
      event.preventDefault()
      return
    }
    form.dataset.sent = 'yes'
    // A disabled button would drop its own name and value from the request, so it is only marked.
    event.submitter?.setAttribute('aria-disabled', 'true')
  })
}

// Coming back by the browser's back button restores the page as it was left: open the forms again.
window.addEventListener('pageshow', (event) => {
  if (!event.persisted) return
  for (const form of document.querySelectorAll('form[data-sent]')) {
    delete form.dataset.sent
    for (const button of form.querySelectorAll('[aria-disabled=true]')) button.removeAttribute('aria-disabled')
  }
})

/** Wires the forms inside `root`. */
export function startForms(root) {
  for (const area of root.querySelectorAll('textarea[data-count]')) count(area)
  for (const form of root.querySelectorAll('form[data-once]')) guard(form)
  root.querySelector('[data-focus-on-load]')?.focus()
}
