// The page of a number, opened by its QR: the code behind # is verified here and goes nowhere. Without a code, or
// without this file, the page stays as the server wrote it.

const section = document.querySelector('section[data-verify]')

// The code, taken out of the address so that it does not linger there; empty where # only leads to a place in the page.
function takeCode() {
  const code = location.hash.slice(1)
  if (!code || document.getElementById(code)) return ''
  history.replaceState(null, '', location.pathname + location.search)
  return code
}

// What signature and register say together, the worse first; null where this browser cannot verify.
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

// What the register says of a genuine code: whether it is the one that was issued, and still stands.
async function registered(facts) {
  const { state, digest } = section.dataset
  const reasons = section.dataset.reasons.split('\n')
  if (!digest) return { state, reasons, facts }
  if (digest === await digestOf(facts)) return { state, reasons, facts, isAsIssued: true }
  return { state: 'altered', reasons: ['核验码的内容与登记的颁发内容不同。'], facts: null }
}

// SHA-256 of all bytes of the code. Nobody guesses facts from it: the signature is among them.
async function digestOf({ signed, signature }) {
  const hash = await crypto.subtle.digest('SHA-256', Uint8Array.of(...signed, ...signature))
  return Array.from(new Uint8Array(hash), byte => byte.toString(16).padStart(2, '0')).join('')
}

const cutOff = '二维码没有扫完整，只读到证书编号，不能确认您手中的证书没有改动。下面是按这个编号登记的内容。'

// What is signed and what is registered stand side by side, unless they are the same.
function show({ state, reasons, rows, isAsIssued = false }) {
  const element = (name, text) => Object.assign(document.createElement(name), { textContent: text })
  const verdict = document.getElementById(`verdict-${state}`).content.cloneNode(true)
  verdict.querySelector('[data-slot=reasons]').replaceChildren(...reasons.map(reason => element('p', reason)))
  section.querySelector('[data-slot=verdict]').replaceChildren(verdict)
  const facts = rows.flatMap(({ title, text }) => [element('dt', title), element('dd', text)])
  section.querySelector('[data-slot=facts]').replaceChildren(...facts)
  section.querySelector('[data-signed]').hidden = rows.length === 0
  if (isAsIssued) {
    section.querySelector('#signed').textContent = '证书内容'
    section.querySelector('[data-same]').hidden = false
    for (const list of section.querySelectorAll('[data-registered]')) list.hidden = true
  }
  for (const hint of section.querySelectorAll('[data-no-code]')) hint.hidden = state !== 'cannot-check'
}

// The person decides whether the code goes to the server: the form is filled and shown, never submitted from here.
function ask(code) {
  const form = document.querySelector('form[data-ask]')
  if (!form) return
  form.elements.code.value = code
  form.hidden = false
}

// The page as the server wrote it, to go back to before another code is looked at.
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
