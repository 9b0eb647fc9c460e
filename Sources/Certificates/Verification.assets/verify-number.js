// The page of a number, opened by its QR code. The code after # is verified here and is not sent. Without a code, or
// without this file, the page stays as the server wrote it.

const section = document.querySelector('section[data-verify]')

// The code, removed from the address bar; empty if # only refers to a place in the page.
function takeCode() {
  const code = location.hash.slice(1)
  if (!code || document.getElementById(code)) return ''
  history.replaceState(null, '', location.pathname + location.search)
  return code
}

// The combined result of signature and register, the worse first; null if this browser cannot verify.
async function answer(code) {
  const { decode, verify, canVerify, printed, unreadable } = await import(section.dataset.module)
  const facts = decode(code)
  if (!facts) return { ...unreadable, reasons: section.dataset.digest ? [cutOff] : unreadable.reasons, rows: [] }
  if (!await canVerify()) return null
  const response = await fetch(section.dataset.keys, { credentials: 'omit' })
  const { keys } = await response.json()
  const found = await verify(facts, section.dataset.number, keys) ?? await registered(facts)
  return { ...found, rows: found.facts ? printed(found.facts) : [] }
}

// The register's result for a genuine code: whether it is the issued code, and whether it is still valid.
async function registered(facts) {
  const { state, digest } = section.dataset
  const reasons = section.dataset.reasons.split('\n')
  if (!digest) return { state, reasons, facts }
  if (digest === await digestOf(facts)) return { state, reasons, facts, isAsIssued: true }
  return { state: 'altered', reasons: ['核验码的内容与登记的颁发内容不同。'], facts: null }
}

// SHA-256 of all bytes of the code. It cannot be used to guess facts, because the signature is included.
async function digestOf({ signed, signature }) {
  const hash = await crypto.subtle.digest('SHA-256', Uint8Array.of(...signed, ...signature))
  return Array.from(new Uint8Array(hash), byte => byte.toString(16).padStart(2, '0')).join('')
}

const cutOff = '二维码没有扫完整，只读到证书编号，不能确认您手中的证书没有改动。下面是按这个编号登记的内容。'

// The signed and the registered facts are shown side by side, unless they are the same.
function show({ state, reasons, rows, isAsIssued = false }) {
  const element = (name, text) => Object.assign(document.createElement(name), { textContent: text })
  const verdict = document.getElementById(`verdict-${state}`).content.cloneNode(true)
  verdict.querySelector('[data-slot=reasons]').replaceChildren(...reasons.map(reason => element('p', reason)))
  section.querySelector('[data-slot=verdict]').replaceChildren(verdict)
  // A long code needs a whole line of a phone.
  const fact = (name, text, all) => Object.assign(element(name, text), { className: /^[!-~]{40,}$/.test(all) ? 'is-long' : '' })
  const facts = rows.flatMap(({ title, text }) => [fact('dt', title, text), fact('dd', text, text)])
  section.querySelector('[data-slot=facts]').replaceChildren(...facts)
  section.querySelector('[data-signed]').hidden = rows.length === 0
  if (isAsIssued) {
    section.querySelector('#signed').textContent = '证书内容'
    section.querySelector('[data-same]').hidden = false
    for (const list of section.querySelectorAll('[data-registered]')) list.hidden = true
  }
  for (const hint of section.querySelectorAll('[data-no-code]')) hint.hidden = state !== 'cannot-check'
}

// The user decides whether the code is sent to the server: the form is filled and shown, but not submitted here.
function ask(code) {
  const form = document.querySelector('form[data-ask]')
  if (!form) return
  form.elements.code.value = code
  form.hidden = false
}

// The page as the server wrote it, restored before another code is verified.
const written = section?.cloneNode(true)
let turn = 0

function restore() {
  section.replaceChildren(...written.cloneNode(true).childNodes)
  const form = document.querySelector('form[data-ask]')
  if (form) form.hidden = true
}

async function check() {
  const code = takeCode()
  if (!code || !section) return
  const mine = ++turn
  restore()
  const found = await answer(code).catch(() => null)
  if (mine !== turn) return
  if (found) show(found)
  else ask(code)
}

addEventListener('hashchange', check)
check()
