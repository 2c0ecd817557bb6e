// The business accounts: a QR code or pairing code while pairing, then the status.

import { call, path } from './api.js'
import { avatar, h } from './dom.js'
import { changed, on, shownName, state } from './state.js'

const STATUS_LABELS = {
  OK: 'Connected',
  CONNECTING: 'Connecting…',
  CREDENTIALS: 'Disconnected: scan a new code',
  PERMISSIONS: 'Permissions missing',
  ERROR: 'Error',
  STOPPED: 'Stopped',
}

let withHistory = false

const box = document.getElementById('accounts')

export function start() {
  on('accounts', draw)
  setInterval(countDown, 500)
}

function draw() {
  const accounts = [...state.accounts.values()]
  const waiting = accounts.filter((account) => account.qrcode || account.pairing_number).sort((a, b) => (a.qr_expires_at < b.qr_expires_at ? 1 : -1))
  const linked = accounts.filter((account) => account.linked)
  box.replaceChildren(...waiting.slice(0, 3).map((account) => (account.qrcode ? qrCard(account) : codeCard(account))), ...linked.map(accountCard))
  if (!waiting.length && !linked.length) box.append(emptyCard())
  countDown()
}

function emptyCard() {
  return h('div', { class: 'card hint' },
    h('p', {}, h('strong', {}, 'No number is connected yet.')),
    h('p', {}, 'Open ', h('em', {}, 'Numbers'), ' in Confab and connect a number. Its QR code appears here, ready to scan.'),
  )
}

function qrCard(account) {
  return h('article', { class: 'card qr', 'data-testid': 'phone-waiting', 'data-account': account.id },
    h('p', { class: 'qr-title' }, account.linked ? `${shownName(account)}: waiting to be linked again` : 'Waiting to be linked'),
    h('div', { class: 'viewfinder' },
      h('img', { src: `${path('accounts', account.id, 'qr.svg')}?${encodeURIComponent(account.qr_expires_at)}`, alt: 'QR code', width: '180', height: '180' })),
    !account.linked && h('label', { class: 'check' }, h('input', { type: 'checkbox', checked: withHistory, 'data-testid': 'phone-history', onchange: (event) => (withHistory = event.target.checked) }), 'This phone has a chat history'),
    h('p', { class: 'countdown', 'data-until': account.qr_expires_at }),
    h('button', { class: 'primary big', type: 'button', 'data-testid': 'phone-scan', onclick: () => scan(account) }, 'Scan this code'),
    h('button', { class: 'ghost', type: 'button', 'data-testid': 'phone-busy-day', onclick: () => playBusyDay(account) }, 'Scan and play a busy day'),
  )
}

function codeCard(account) {
  const field = h('input', { type: 'text', class: 'code-field', 'aria-label': 'Code', placeholder: 'ABCD-1234', maxlength: '9', autocomplete: 'off', 'data-testid': 'phone-code' })
  return h('form', {
    class: 'card qr', 'data-testid': 'phone-waiting', 'data-account': account.id,
    onsubmit: (event) => { event.preventDefault(); submitCode(account, { pairing_code: field.value.trim() }) },
  },
  h('p', { class: 'qr-title' }, `+${account.pairing_number}: waiting to be linked. Enter the code shown in Confab.`),
  field,
  h('p', { class: 'countdown', 'data-until': account.qr_expires_at }),
  h('button', { class: 'primary big', type: 'submit', 'data-testid': 'phone-type-code' }, 'Link this phone'))
}

const scan = (account) => submitCode(account, { qrcode: account.qrcode })

async function playBusyDay(account) {
  const day = await call('POST', path('accounts', account.id, 'busy-day'), {}).catch(() => null)
  if (!day) return
  state.accountId = account.id
  changed('accounts', 'contacts', 'stage')
}

async function submitCode(account, code) {
  const view = await call('POST', path('accounts', account.id, 'scan'), { ...code, ...(withHistory ? { history: { chats: 12, messages: 40 } } : {}) }).catch(() => null)
  if (!view) return
  state.accountId = view.id
  changed('accounts', 'contacts', 'stage')
}

function accountCard(account) {
  const label = STATUS_LABELS[account.status] ?? account.status
  return h('button', {
    class: 'card account', type: 'button', 'data-testid': 'phone-account', 'data-account': account.id, 'data-status': account.status,
    'aria-pressed': String(account.id === state.accountId), onclick: () => select(account.id),
  },
  avatar(shownName(account), account.id),
  h('span', { class: 'lines' },
    h('strong', {}, shownName(account)),
    h('span', { class: 'status' }, h('i', { class: `dot ${account.status === 'OK' ? 'good' : account.status === 'CONNECTING' ? 'busy' : 'bad'}` }), label)))
}

function select(id) {
  state.accountId = id
  if (state.selection?.group) state.selection = null
  changed('accounts', 'contacts', 'stage')
}

function countDown() {
  for (const line of box.querySelectorAll('.countdown')) {
    const seconds = Math.ceil((new Date(line.dataset.until) - Date.now()) / 1000)
    const over = seconds <= 0
    line.textContent = over ? 'This code has expired. Request a new one in Confab.' : `Expires in ${seconds} second${seconds === 1 ? '' : 's'}`
    const card = line.closest('.qr')
    card.classList.toggle('over', over)
    for (const button of card.querySelectorAll('button')) button.disabled = over
  }
}
