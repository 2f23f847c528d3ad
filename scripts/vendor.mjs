// Copies the parts of KRDS and htmx that the site uses to static/vendor/.
//
// The component sheet of KRDS is 584 kB and names 80 icons. A site that serves all of it makes
// phones parse ten times what they show, so rules of components that no template uses are left
// out here, rule by rule; the rules that stay are not changed, except for the paths of the icons.
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const KRDS = 'node_modules/krds-uiux/resources'
const HTMX = 'node_modules/htmx.org'
const OUT = 'static/vendor'

// A selector stays when it has no class at all (the reset) or when its first class is listed here.
const COMPONENTS = new Set([
  'blind', 'sr-only', 'fieldset', 'form-group', 'form-conts', 'form-tit', 'form-hint', 'textarea-wrap',
  'krds-badge', 'krds-badge-wrap', 'krds-breadcrumb-wrap', 'krds-btn', 'krds-check-area', 'krds-form-check',
  'krds-form-select', 'krds-input', 'krds-pagination', 'krds-spinner', 'krds-table-wrap',
])

/** Splits a sheet into [head, body] pairs; body is null for statements that end with a semicolon. */
function rules(css) {
  const found = []
  let head = ''
  for (let i = 0; i < css.length; i++) {
    if (css.startsWith('/*', i)) {
      i = css.indexOf('*/', i) + 1
    } else if (css[i] === '{') {
      let depth = 1
      let end = i + 1
      for (; depth > 0; end++) {
        if (css[end] === '{') depth++
        if (css[end] === '}') depth--
      }
      found.push([head.trim(), css.slice(i + 1, end - 1)])
      head = ''
      i = end - 1
    } else if (css[i] === ';') {
      found.push([head.trim(), null])
      head = ''
    } else {
      head += css[i]
    }
  }
  return found
}

/** Cuts at top-level commas only: `:not(.a, .b)` stays whole. */
function selectors(head) {
  const parts = ['']
  let depth = 0
  for (const letter of head) {
    if (letter === '(') depth++
    if (letter === ')') depth--
    if (letter === ',' && depth === 0) parts.push('')
    else parts[parts.length - 1] += letter
  }
  return parts.map((part) => part.trim())
}

function used(selector) {
  if (selector.includes('#') || selector.includes('[data-krds-mode=theme]')) return false
  const classes = [...selector.matchAll(/\.([a-zA-Z][\w-]*)/g)].map((match) => match[1])
  if (classes.length === 0) return true
  return COMPONENTS.has(classes[0]) && !classes.some((name) => name === 'svg-icon' || name.startsWith('ico-'))
}

/** The sheet with unused rules left out. */
function kept(css) {
  let text = ''
  for (const [head, body] of rules(css)) {
    if (body === null || head === '@charset "UTF-8"') continue
    if (head.startsWith('@media')) {
      const inner = kept(body)
      if (inner) text += `${head} {\n${inner}}\n`
    } else if (head.startsWith('@')) {
      text += `${head} {${body}}\n`
    } else {
      const stay = selectors(head).filter(used)
      if (stay.length && body.trim()) text += `${stay.join(',\n')} {${body}}\n`
    }
  }
  return text
}

rmSync(OUT, { recursive: true, force: true })
for (const folder of ['krds/icons', 'krds/fonts', 'htmx']) mkdirSync(join(OUT, folder), { recursive: true })

const version = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version
const note = (what) => `/* ${what} Made by scripts/vendor.mjs; do not edit. */\n`

const tokens = readFileSync(`${KRDS}/css/token/krds_tokens.css`, 'utf8')
writeFileSync(join(OUT, 'krds/tokens.css'), note(`krds-uiux ${version('krds-uiux')}, design tokens.`) + tokens.trimStart())

const sheet = kept(readFileSync(`${KRDS}/css/component/output.css`, 'utf8')).replaceAll(
  '../../img/component/icon/', 'icons/')
writeFileSync(join(OUT, 'krds/components.css'),
  note(`krds-uiux ${version('krds-uiux')}, resources/css/component/output.css, used rules only.`) + sheet)
const icons = new Set([...sheet.matchAll(/url\(icons\/([\w-]+\.svg)\)/g)].map((match) => match[1]))
for (const icon of icons) cpSync(`${KRDS}/img/component/icon/${icon}`, join(OUT, 'krds/icons', icon))
for (const weight of ['Regular', 'Medium', 'Bold']) {
  const file = `PretendardGOV-${weight}.subset.woff2`
  cpSync(`${KRDS}/fonts/${file}`, join(OUT, 'krds/fonts', file))
}
cpSync(`${HTMX}/dist/htmx.min.js`, join(OUT, 'htmx/htmx.min.js'))
cpSync(`${HTMX}/LICENSE`, join(OUT, 'htmx/LICENSE'))

for (const entry of readdirSync(OUT, { recursive: true }).sort()) {
  const size = statSync(join(OUT, entry)).size
  if (size > 20_000) console.log(`${String(Math.round(size / 1000)).padStart(5)} kB  ${entry}`)
}
