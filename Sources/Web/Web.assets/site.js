// Everything works without this file; it only saves a step. No network, no storage.

// Copy: <button data-copy="id of the element" hidden>
for (const button of document.querySelectorAll('[data-copy]')) {
  if (!navigator.clipboard) continue
  button.hidden = false
  const label = button.textContent
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim())
      button.textContent = '已复制'
    } catch {
      button.textContent = '没有复制成功，请手工选取'
    }
    setTimeout(() => { button.textContent = label }, 3000)
  })
}

// Leaving a form that was changed asks first: <form data-guard>
for (const form of document.querySelectorAll('form[data-guard]')) {
  let changed = form.dataset.guard === 'changed'
  form.addEventListener('input', () => { changed = true })
  form.addEventListener('submit', () => { changed = false })
  addEventListener('beforeunload', event => { if (changed) event.preventDefault() })
}

// Relative times: <time datetime="…" data-relative>; the exact time stays as the title.
const words = new Intl.RelativeTimeFormat('zh-CN', { numeric: 'auto' })
const units = [['day', 86400], ['hour', 3600], ['minute', 60]]
for (const time of document.querySelectorAll('time[data-relative]')) {
  const seconds = (new Date(time.dateTime) - Date.now()) / 1000
  if (!Number.isFinite(seconds) || Math.abs(seconds) > 30 * 86400) continue
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1]
  time.title = time.textContent
  time.textContent = words.format(Math.round(seconds / size), unit)
}

// The signed code behind # never reaches a server by itself; the page hands it over in a form body:
// <form data-fragment method="post"><input type="hidden" name="code">
const fragment = document.querySelector('form[data-fragment]')
if (fragment && location.hash.length > 80) {
  fragment.elements.code.value = location.hash.slice(1)
  history.replaceState(null, '', location.pathname)
  fragment.requestSubmit()
}

// A running job looks again by itself and can be told not to: <p data-reload="5">
const running = document.querySelector('[data-reload]')
if (running) {
  const timer = setInterval(() => { if (!document.hidden) location.reload() }, running.dataset.reload * 1000)
  const stop = document.createElement('button')
  stop.type = 'button'
  stop.className = 'btn btn-link'
  stop.textContent = '停止自动刷新'
  stop.addEventListener('click', () => { clearInterval(timer); running.textContent = '已停止自动刷新。' })
  running.append(stop)
}
