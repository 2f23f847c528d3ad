// The faults that the server found in a log, drawn as it draws them itself: a list of links, and a sentence at each field.

function labelOf(control) {
  const field = control.closest('.form-field')
  const label = field?.querySelector('.field-label')?.cloneNode(true)
  label?.querySelector('.required')?.remove()
  return label?.textContent.trim() ?? ''
}

function first(found) {
  return found instanceof RadioNodeList ? found[0] : found
}

/** Takes the faults off the form again. */
export function clearFaults(form) {
  for (const old of form.querySelectorAll('[data-drawn-fault]')) old.remove()
  for (const field of form.querySelectorAll('.has-error')) field.classList.remove('has-error')
  for (const control of form.querySelectorAll('[aria-invalid]')) control.removeAttribute('aria-invalid')
  for (const old of form.querySelectorAll('.field-error')) old.remove()
  form.parentElement.querySelector(':scope > .error-summary')?.remove()
}

function atField(form, control, errors) {
  const field = control.closest('.form-field')
  const box = document.createElement('div')
  box.className = 'field-error'
  box.id = `${control.id}-error`
  box.dataset.drawnFault = ''
  for (const error of errors) {
    const line = document.createElement('p')
    const word = document.createElement('span')
    word.className = 'sr-only'
    word.textContent = `${form.dataset.errorWord} `
    line.append(word, error)
    box.append(line)
  }
  field.classList.add('has-error')
  field.querySelector('.field-label').after(box)
  control.setAttribute('aria-invalid', 'true')
  const described = (control.getAttribute('aria-describedby') ?? '').split(' ').filter((id) => id && id !== box.id)
  control.setAttribute('aria-describedby', [...described, box.id].join(' '))
  const fold = control.closest('details')
  if (fold) fold.open = true
}

/** Draws faults ({fields: {name: [sentence]}, form: [sentence]}) and leads to them. */
export function showFaults(form, faults) {
  clearFaults(form)
  const summary = document.createElement('div')
  summary.className = 'error-summary'
  summary.setAttribute('role', 'alert')
  summary.tabIndex = -1
  summary.dataset.drawnFault = ''
  const title = document.createElement('h2')
  title.textContent = form.dataset.mendFirst
  const list = document.createElement('ul')
  for (const sentence of faults.form ?? []) {
    const item = document.createElement('li')
    item.textContent = sentence
    list.append(item)
  }
  for (const [name, errors] of Object.entries(faults.fields ?? {})) {
    const control = first(form.elements[name])
    if (!control) continue
    atField(form, control, errors)
    for (const error of errors) {
      const item = document.createElement('li')
      const link = document.createElement('a')
      link.href = `#${control.id}`
      link.textContent = `${labelOf(control)}: ${error}`
      item.append(link)
      list.append(item)
    }
  }
  summary.append(title, list)
  form.querySelector('[data-visit-faults]').after(summary)
  summary.focus()
}
