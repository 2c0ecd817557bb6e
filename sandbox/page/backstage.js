// The Backstage panel: webhook delivery counters and fault switches.

import { call, path } from './api.js'
import { fill, h } from './dom.js'
import { changed, on, state } from './state.js'

const SWITCHES = [
  ['Webhooks', [
    ['webhooks_off', 'Send no webhooks at all'],
    ['duplicate', 'Deliver everything twice'],
    ['reorder', 'Deliver out of order'],
    ['delay_ms', 'Delay by five seconds'],
    ['drop', 'Lose one in three permanently'],
    ['fail_first', 'Fail the first attempt, then retry'],
    ['missing_keys', 'Omit optional keys'],
    ['unknown_keys', 'Add unknown keys'],
  ]],
  ['Sending and connecting', [
    ['echo_before_response', 'Send the echo before the response'],
    ['no_delivered', 'Suppress “delivered”'],
    ['no_read', 'Suppress “read”'],
    ['send_status', 'Reject every send (503)'],
    ['stranger_error', 'Reject first messages to strangers'],
    ['accept_then_timeout', 'Accept sends, then hang'],
    ['stale_reads', 'Answer reads with old data'],
    ['never_unread', 'Always report chats as read'],
    ['auth_in_progress', 'Reject a second QR code (425)'],
  ]],
  ['Contacts and media', [
    ['hidden_phone', 'New customers hide their number'],
    ['lid_only', 'New chats are identified by LID only'],
    ['media_expired', 'All media has expired'],
  ]],
]
const ON_VALUES = { duplicate: 1, reorder: 1, delay_ms: 5000, drop: 0.33, fail_first: 1, send_status: 503, stranger_error: 'limit_exceeded', accept_then_timeout: 1 }
const ACCOUNT_ACTIONS = [['CREDENTIALS', 'Unlink the phone'], ['CONNECTING', 'Interrupt the network'], ['ERROR', 'Stop with an error'], ['OK', 'Reconnect']]
const REFRESH_MS = 2000

const box = document.getElementById('backstage')
const layout = document.getElementById('layout')
const counts = h('div', { class: 'counts' })
const accountActions = h('div', { class: 'buttons wrap' })
const switches = h('div')
const script = h('div', { class: 'buttons wrap' })

export function start() {
  box.append(
    h('div', { class: 'row' }, h('h2', {}, 'Backstage'),
      h('button', { class: 'ghost only-narrow', type: 'button', onclick: () => (layout.dataset.pane = 'list') }, 'Close')),
    h('section', { 'aria-label': 'Webhook deliveries' }, counts),
    h('section', {}, h('h3', {}, 'Selected number'), accountActions),
    switches,
    h('section', { 'aria-live': 'polite' }, h('h3', {}, 'A busy day'), script),
    h('section', {}, h('h3', {}, 'Data'),
      h('button', { class: 'ghost danger', type: 'button', 'data-testid': 'phone-reset', onclick: resetWorld }, 'Delete all data')))
  document.getElementById('open-backstage').addEventListener('click', () => (layout.dataset.pane = 'backstage'))
  on('faults', drawSwitches)
  on('accounts', drawAccountActions)
  on('accounts', drawScript)
  on('script', drawScript)
  setInterval(refresh, REFRESH_MS)
  void refresh()
}

function resetWorld() {
  if (!confirm('Delete all numbers, chats and messages? Webhooks stay registered.')) return
  void call('POST', '/sandbox/reset', { keep_webhooks: true }).catch(() => null)
}

function drawAccountActions() {
  const account = state.accounts.get(state.accountId)
  if (!account) {
    accountActions.replaceChildren(h('p', { class: 'quiet' }, 'None yet.'))
    return
  }
  accountActions.replaceChildren(...ACCOUNT_ACTIONS.map(([status, label]) =>
    h('button', { class: 'ghost', type: 'button', disabled: account.status === status, 'data-testid': `phone-status-${status}`, onclick: () => setStatus(account, status) }, label)))
}

async function setStatus(account, status) {
  const view = await call('POST', path('accounts', account.id, 'status'), { status }).catch(() => null)
  if (!view) return
  state.accounts.set(view.id, view)
  changed('accounts')
}

const SPEEDS = [[60, '60×'], [300, '300×'], [2000, '2000×']]
let speed = 300
let withTeam = true
let withWeek = true

const isPlaying = (day) => Boolean(day?.running || day?.team?.running || day?.week?.running)

// Of the customers, of the week behind them, and of the team where the sandbox knows an inbox; else why it does not play.
function describeDay({ done, steps, team, week }) {
  const played = team ? ` · team: ${team.played} of ${team.scenes}` : ''
  const past = week?.messages ? ` · week: ${week.written} of ${week.messages}` : ''
  return `${done} of ${steps}${past}${played}${team?.problem ? ` · ${team.problem}` : ''}`
}

// Redrawn on start and end; in between only the progress is updated, so that the buttons do not move.
function drawScript() {
  const day = isPlaying(state.script) ? state.script : null
  if (day && script.querySelector('progress')) {
    script.querySelector('progress').value = day.done
    script.querySelector('.quiet').textContent = describeDay(day)
    return
  }
  if (day) fill(script, h('progress', { max: day.steps, value: day.done, 'aria-label': 'Progress of the day' }), h('p', { class: 'quiet', 'data-testid': 'phone-day' }, describeDay(day)), h('button', { class: 'ghost', type: 'button', onclick: () => void call('DELETE', '/sandbox/script').catch(() => null) }, 'Stop'))
  else fill(script,
    state.hasInbox && h('label', { class: 'switch wide' }, h('span', {}, 'Ana, Bruno and Carla answer in the inbox'),
      h('input', { type: 'checkbox', role: 'switch', checked: withTeam, 'data-testid': 'phone-team', onchange: (event) => (withTeam = event.target.checked) })),
    h('label', { class: 'switch wide' }, h('span', {}, 'A week behind it, for Reports'),
      h('input', { type: 'checkbox', role: 'switch', checked: withWeek, 'data-testid': 'phone-week', onchange: (event) => (withWeek = event.target.checked) })),
    h('select', { class: 'choice', 'aria-label': 'Speed', onchange: (event) => (speed = Number(event.target.value)) }, SPEEDS.map(([value, label]) => h('option', { value: String(value), selected: value === speed }, label))),
    h('button', { class: 'ghost', type: 'button', disabled: !state.accountId, 'data-testid': 'phone-script', onclick: () => void call('POST', '/sandbox/script', { account_id: state.accountId, speed, seed: Date.now() % 1000, team: withTeam, week: withWeek }).catch(() => null) }, 'Play a busy day'),
    state.script?.team?.problem && h('p', { class: 'quiet', 'data-testid': 'phone-day' }, describeDay(state.script)))
}

function drawSwitches() {
  switches.replaceChildren(...SWITCHES.map(([title, entries]) =>
    h('section', {}, h('h3', {}, title), entries.map(([name, label]) =>
      h('label', { class: 'switch wide' }, h('span', {}, label),
        h('input', { type: 'checkbox', role: 'switch', checked: Boolean(state.faults[name]), 'data-fault': name, onchange: (event) => setFault(name, event.target.checked) }))))))
}

function setFault(name, on) {
  const off = name === 'send_status' || name === 'stranger_error' ? null : ON_VALUES[name] ? 0 : false
  void call('PATCH', '/sandbox/faults', { [name]: on ? (ON_VALUES[name] ?? true) : off }).catch(drawSwitches)
}

async function refresh() {
  if (document.visibilityState !== 'visible') return
  const answer = await fetch('/sandbox/deliveries').catch(() => null)
  if (!answer?.ok) return
  const { webhooks, pending } = await answer.json()
  const sum = (key) => webhooks.reduce((total, webhook) => total + webhook[key], 0)
  const figures = [['delivered', sum('delivered')], ['waiting', pending], ['failed attempts', sum('failed')], ['lost', sum('lost')]]
  fill(counts, ...figures.map(([label, value]) => h('p', { class: value && label === 'lost' ? 'figure bad' : 'figure' }, h('strong', {}, value.toLocaleString()), h('span', {}, label))),
    webhooks.length === 0 && h('p', { class: 'quiet' }, 'No webhook is registered: Confab will not receive any events.'))
}
