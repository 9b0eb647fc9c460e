// The page that verifies without a network: one script together with certificate-code.js, whose functions it calls.

const { keys } = readJSON('keys')
const snapshot = readJSON('status')
const form = document.getElementById('ask')
const forged = '证书状态的签名不符，不能据此判断。请向颁发机关重新要一份核验页。'

function readJSON(id) { return JSON.parse(document.getElementById(id).textContent) }

// Whether the snapshot, if there is one, is genuine.
async function isKnowing() { return snapshot === null || checkStatus(snapshot, keys) }

async function answer(text) {
  const cannotCheck = (reason, facts = null) => ({ state: 'cannot-check', reasons: [reason], facts })
  const held = readPresented(text)
  if (!held) return unreadable
  if (!await canVerify()) return cannotCheck('这个浏览器不能验证签名。请换用新版的浏览器，或联网核验。')
  const { number, facts } = held
  const fault = facts && await verify(facts, number, keys)
  if (fault) return fault
  if (!await isKnowing()) return cannotCheck(forged, facts)
  const { state, reason, age } = stateOf(snapshot, facts?.number ?? number)
  if (facts) return { state, reasons: [reason, age], facts }
  if (!['revoked', 'superseded'].includes(state)) return cannotCheck('离线时只凭编号不能核验。请扫描二维码，或联网查询。')
  return { state, reasons: [reason], facts }
}

function show({ state, reasons, facts }) {
  const element = (name, text) => Object.assign(document.createElement(name), { textContent: text })
  const slot = name => document.querySelector(`[data-slot=${name}]`)
  slot('verdict').replaceChildren(document.getElementById(`verdict-${state}`).content.cloneNode(true))
  slot('reasons').replaceChildren(...reasons.map(reason => element('p', reason)))
  // A long code needs a whole line of a phone.
  const fact = (name, text, all) => Object.assign(element(name, text), { className: /^[!-~]{40,}$/.test(all) ? 'is-long' : '' })
  const rows = (facts ? printed(facts) : []).flatMap(({ title, text }) => [fact('dt', title, text), fact('dd', text, text)])
  slot('facts').replaceChildren(...rows)
  slot('facts').parentElement.hidden = rows.length === 0
  slot('verdict').scrollIntoView({ block: 'nearest' })
}

// Removes the code after # from this page's address.
async function takeCode() {
  const code = location.hash.slice(1)
  if (!code || document.getElementById(code)) return
  history.replaceState(null, '', location.href.split('#')[0])
  form.elements.code.value = code
  show(await answer(code))
}

form.addEventListener('submit', async event => {
  event.preventDefault()
  show(await answer(form.elements.code.value))
})
addEventListener('hashchange', takeCode)

const isForged = await canVerify() && !await isKnowing()
document.getElementById('snapshot').textContent = isForged ? forged : stateOf(snapshot, '').age
document.getElementById('unready').hidden = true
form.hidden = false
takeCode()
