// Pages work without this file; it only saves steps. It uses no network and no storage.

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

// Reloads the page of a running job; the user can stop it: <p data-reload="seconds">
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

// Folds long content on a phone: <details class="xs-narrow" open>
const phone = matchMedia('(max-width: 575.98px)')
const fold = () => { for (const part of document.querySelectorAll('.xs-narrow')) part.open = !phone.matches }
phone.addEventListener('change', fold)
fold()
