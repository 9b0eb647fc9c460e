// Reads and verifies the code in a certificate's QR code; docs/certificates.md specifies the format.
// It uses no page, no network and no storage. The offline page embeds this file as a script without exports.

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const forgiven = { 0: 'O', 1: 'I', 8: 'B' }
const common = ['公需科目', '专业科目', '总学时', '合格', '免修']
const kinds = { 1: 'annual', 2: 'hours' }
const signatureLength = 64
const lastDay = 2_932_896
const lastTime = 253_402_300_799_999

// The facts in a code, with `key`, `suite`, `signed` and `signature`, not verified; null if it is not a code.
export function decode(text) {
  const bytes = fromBase32(text)
  if (!bytes || bytes.length <= signatureLength) return null
  const [signed, signature] = [bytes.slice(0, -signatureLength), bytes.slice(-signatureLength)]
  try {
    return { ...readFacts(new Reader(signed)), signed, signature }
  } catch {
    return null
  }
}

// The 16 characters of a typed number; hyphens, blanks and lower case are accepted. Null for anything else.
export function readNumber(text) {
  const bytes = fromBase32(text.replace(/[- ]/g, ''))
  return bytes?.length === 10 ? toBase32(bytes) : null
}

// Reads an address with a code, a code or a number: { number, facts }, either of them null; or null for anything else.
export function readPresented(text) {
  const plain = text.replace(/\p{White_Space}/gu, '')
  const [address, ...rest] = plain.split('#')
  const number = readNumber(address.split('/').filter(Boolean).pop() ?? '')
  if (number && !rest.length) return { number, facts: null }
  const facts = decode(rest.length ? rest.join('#') : plain)
  return facts && { number, facts }
}

// The printed facts, [{ title, text }], without the empty ones.
export function printed(facts) {
  const [first, last] = [facts.from, facts.through].map(day => isoDay(day).slice(0, 4))
  const fields = [
    ['姓名', facts.name], paper(facts.idNumber), ['单位', facts.unit],
    ['年度', first === last ? first : `${first}—${last}`],
    ['起止日期', `${writtenDay(facts.from)}至${writtenDay(facts.through)}`], ['结果', facts.result],
    ['学时', facts.lines.map(line => `${line.name} ${line.hundredths / 100} 学时`).join('，')],
    ['认定项目', facts.item], ['日期', facts.itemDay ? writtenDay(facts.itemDay) : ''],
    ['证书编号', facts.number.match(/.{4}/g).join('-')], ['电子证照标识', identifier(facts)],
    ['颁发机关', facts.authority], ['颁发日期', writtenDay(facts.issued)],
  ]
  return fields.filter(([, text]) => text).map(([title, text]) => ({ title, text }))
}

// The title and the ID number. For other documents than the resident identity card, the document's name comes first.
function paper(text) {
  const [name, ...number] = text.split(' ')
  return number.length ? [`${name}号码`, number.join(' ')] : ['身份证号', text]
}

// The error that the signature shows: { state, reasons, facts }, with facts null if nothing is certain; null if the
// code is correct. `number` is the number that the code came with, or null; `keys` are the public keys.
export async function verify(facts, number, keys) {
  const fault = (state, reason, facts = null) => ({ state, reasons: [reason], facts })
  const key = findKey(keys, facts.key)
  if (!key) return fault('unknown-key', strangeKey)
  const isSigned = await fits(key, facts.suite, facts.signature, facts.signed)
  if (!isSigned) return fault('altered', '二维码的内容对不上签名：可能被改动过，也可能没有扫准。')
  if (number && number !== facts.number) return fault('altered', '二维码是另一张证书的：编号与打开的网址不同。', facts)
  const issued = isoDay(facts.issued)
  if (wasUsed(key, issued)) return null
  const life = `${key.created} 至 ${key.retired ?? '今'}`
  return fault('altered', `颁发日期 ${issued} 不在签名密钥的使用期内（${life}）。`, facts)
}

const strangeKey = '签发这张证书的机关不在这里认识的名单里：可能由其他机关签发，也可能不是真的。'

// The result for input that is neither a number nor a code.
export const unreadable = {
  state: 'cannot-check', facts: null,
  reasons: ['这里没有可核验的内容：既不是证书编号，也不是完整的核验码。请重新扫描二维码，或输入 16 位证书编号。'],
}

// Whether this browser can verify, tested with the first test vector of RFC 8032.
export async function canVerify() {
  const key = '11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo='
  const signature = '5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc+bRr0lv18FlbviRlUUFDjnoQCw=='
  return fits({ suite: 1, key }, 1, fromBase64(signature), new Uint8Array()).catch(() => false)
}

// Whether a status snapshot is genuine: signed by a key during its validity, and unambiguous.
export async function checkStatus(snapshot, keys) {
  const { format, time, superseded, revoked } = snapshot
  if (format !== 1 || !Number.isInteger(time) || time < 0 || time > lastTime) return false
  const key = findKey(keys, snapshot.key)
  if (!isInOrder(superseded) || !isInOrder(revoked) || !key || !wasUsed(key, dayInChina(time))) return false
  const text = ['xueshi certificate status 1', time, superseded.join(' '), revoked.join(' ')].join('\n')
  return fits(key, snapshot.suite, fromBase64(snapshot.signature), new TextEncoder().encode(text))
}

// The state of a genuine certificate by a snapshot: { state, reason, age }, two sentences. Valid without one (null).
export function stateOf(snapshot, number, now = Date.now()) {
  const answer = (state, reason) => ({ state, reason, age: ageOf(snapshot, now) })
  if (snapshot?.revoked.includes(number)) return answer('revoked', '证书已被颁发机关作废。原因请联网查询。')
  if (snapshot?.superseded.includes(number)) {
    return answer('superseded', '证书真实，但登记的结果或持证人信息已变更，此证书不再有效。新证书颁发了没有，请联网核验。')
  }
  return isRecent(snapshot, now) ? answer('valid', '证书真实有效，登记信息如下。') : answer('cannot-check', tooOld)
}

// Whether a snapshot is at most 30 days old by this device's clock.
function isRecent(snapshot, now) {
  const age = snapshot ? (now - snapshot.time) / 86_400_000 : 0
  return -1 <= age && age <= 30
}

const tooOld = '证书是真的，但状态快照不是最近 30 天的（或本机时钟不对），不能据此判断现在是否仍然有效。请取得新的核验页，或联网核验。'

function ageOf(snapshot, now) {
  if (!snapshot) return '这里没有证书的状态：此后是否被取代或作废，离线时不知道。'
  const hours = Math.floor(Math.max(0, now - snapshot.time) / 3_600_000)
  const age = hours < 1 ? '不到 1 小时' : hours < 48 ? `${hours} 小时` : `${Math.floor(hours / 24)} 天`
  return `证书的状态截至 ${dayInChina(snapshot.time)}（${age}前）；其后的变化不在其中。`
}

// Accepts only the canonical encoding, so that a code has one form; throws on anything else.
class Reader {
  constructor(bytes) { this.rest = bytes }

  take(count) {
    need(count <= this.rest.length)
    const taken = this.rest.subarray(0, count)
    this.rest = this.rest.subarray(count)
    return taken
  }

  byte() { return this.take(1)[0] }

  // Groups of seven bits, the lowest first, at most 35 bits: too many for JavaScript's shift operators.
  number() {
    for (let [value, place] = [0, 0]; place < 5; place += 1) {
      const byte = this.byte()
      value += (byte & 127) * 128 ** place
      if (byte === 0) need(place === 0)
      if (byte < 128) return value
    }
    return need(false)
  }

  day() {
    const day = this.number()
    need(day <= lastDay)
    return day
  }

  text() {
    const length = this.number()
    if (length === 1) return need(common[this.byte()])
    const isWide = length % 2 === 1
    const decoder = new TextDecoder(isWide ? 'utf-16be' : 'utf-8', { fatal: true, ignoreBOM: true })
    const text = decoder.decode(this.take(Math.floor(length / 2)))
    need(isWide === text.length * 2 < new TextEncoder().encode(text).length && !common.includes(text.normalize()))
    return text
  }

  lines() {
    const count = this.number()
    need(count <= 40)
    return Array.from({ length: count }, () => ({ name: this.text(), hundredths: this.number() }))
  }
}

function need(it) {
  if (!it) throw new RangeError('no code')
  return it
}

// The order of the properties is the order of reading.
function readFacts(input) {
  need(input.byte() === 1)
  const facts = {
    suite: input.byte(), key: input.take(4).reduce((number, byte) => number * 256 + byte, 0),
    number: toBase32(input.take(10)), kind: need(kinds[input.byte()]), form: input.number(), issued: input.day(),
    from: input.day(), through: input.day(), name: input.text(), idNumber: input.text(), unit: input.text(),
    authority: input.text(), issuer: input.text(), type: input.text(), result: input.text(), lines: input.lines(),
    item: input.text(), itemDay: input.day(),
  }
  const { issuer, type } = facts
  const isShort = type.startsWith('+')
  need(input.rest.length === 0 && facts.from <= facts.through && (isShort || !type.startsWith(issuer)))
  return { ...facts, type: isShort ? issuer + type.slice(1) : type }
}

// Null for any other character, and if the spare bits at the end are not 0.
function fromBase32(text) {
  if (!/^[A-Za-z0-8]*$/.test(text)) return null
  const values = Array.from(text.toUpperCase(), character => alphabet.indexOf(forgiven[character] ?? character))
  const bits = values.map(value => value.toString(2).padStart(5, '0')).join('')
  const whole = bits.length - bits.length % 8
  if (bits.length - whole > 4 || bits.includes('1', whole)) return null
  return Uint8Array.from(bits.slice(0, whole).match(/.{8}/g) ?? [], byte => parseInt(byte, 2))
}

// For byte counts that leave no spare bits.
function toBase32(bytes) {
  const bits = Array.from(bytes, byte => byte.toString(2).padStart(8, '0')).join('')
  return bits.replace(/.{5}/g, value => alphabet[parseInt(value, 2)])
}

function fromBase64(text) {
  const isWhole = /^[A-Za-z0-9+/]+={0,2}$/.test(text) && text.length % 4 === 0
  return isWhole ? Uint8Array.from(atob(text), character => character.charCodeAt(0)) : null
}

function findKey(keys, id) {
  const isUsable = key => isDay(key.created) && (key.retired == null || isDay(key.retired))
  return keys.find(key => key.id === id && isUsable(key))
}

function wasUsed(key, day) { return key.created <= day && day <= (key.retired ?? '9999-12-31') }

// Throws if the browser has no Ed25519; then the signature cannot be checked.
async function fits(key, suite, signature, signed) {
  const bytes = fromBase64(key.key)
  if (suite !== key.suite || suite !== 1 || bytes?.length !== 32 || signature?.length !== 64) return false
  try {
    const known = await crypto.subtle.importKey('raw', bytes, 'Ed25519', false, ['verify'])
    return await crypto.subtle.verify('Ed25519', known, signature, signed)
  } catch (error) {
    if (error.name === 'DataError') return false
    throw error
  }
}

function isInOrder(numbers) {
  return Array.isArray(numbers) && numbers.every((number, place) => typeof number === 'string'
    && /^[A-Z2-7]{16}$/.test(number) && (place === 0 || numbers[place - 1] < number))
}

function isoDay(day) { return new Date(day * 86_400_000).toISOString().slice(0, 10) }

function isDay(text) {
  const day = /^\d{4}-\d\d-\d\d$/.test(text) && text >= '1800' ? Date.parse(text) / 86_400_000 : NaN
  return !Number.isNaN(day) && isoDay(day) === text
}

function dayInChina(milliseconds) { return isoDay(Math.floor((milliseconds + 8 * 3_600_000) / 86_400_000)) }

function writtenDay(day) {
  const [year, month, date] = isoDay(day).split('-').map(Number)
  return `${year}年${month}月${date}日`
}

// GB/T 36904, with the check of ISO 7064 MOD 37,36; empty if a part has anything but digits and capital letters.
function identifier({ type, issuer, number }) {
  const parts = [type, issuer, number, '001']
  if (!/^[0-9A-Z]*$/.test(parts.join(''))) return ''
  let product = 36
  for (const character of parts.join('')) product = ((product + parseInt(character, 36)) % 36 || 36) * 2 % 37
  const check = ((37 - product) % 36).toString(36).toUpperCase()
  return ['1.2.156.3005.2', ...parts, check].join('.')
}
