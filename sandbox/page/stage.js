// The customer's phone: a chat as its contact sees it.

import { call, path } from './api.js'
import { bubble } from './bubbles.js'
import * as composer from './composer.js'
import { open } from './contacts.js'
import { avatar, dayName, fill, h, icon } from './dom.js'
import { changed, linkedAccounts, on, openChat, phoneOwner, shownName, state } from './state.js'

const stage = document.getElementById('stage')
const layout = document.getElementById('layout')
const NEAR_BOTTOM_PX = 120
// On touch screens, click fires slightly after pointerup.
const AFTER_CLICK_MS = 300

let shownKey = null
let log = null
let shown = new Map()

export function start() {
  on('stage', draw)
  document.addEventListener('visibilitychange', draw)
  window.addEventListener('resize', readIfSeen)
  window.addEventListener('pointerup', () => setTimeout(() => changed('stage'), AFTER_CLICK_MS))
}

function draw() {
  const account = state.accounts.get(state.accountId)
  const contact = phoneOwner()
  const key = account && contact ? `${account.id}|${JSON.stringify(state.selection)}` : `nothing|${linkedAccounts().length > 0}`
  if (key !== shownKey) rebuild(key, account, contact)
  if (!account || !contact) return
  drawHead(account, contact)
  drawLog(contact)
  composer.update()
  readIfSeen()
}

function rebuild(key, account, contact) {
  shownKey = key
  shown = new Map()
  composer.discard()
  if (!account || !contact) {
    stage.replaceChildren(welcome(linkedAccounts().length > 0))
    return
  }
  log = h('ol', { class: 'log', 'aria-label': 'Messages', 'aria-live': 'polite' })
  stage.replaceChildren(
    h('p', { class: 'whose', id: 'whose' }),
    h('div', { class: 'phone' }, h('header', { class: 'phone-head', id: 'phone-head' }), log, composer.build()))
}

function welcome(hasAccount) {
  return h('div', { class: 'welcome' },
    h('img', { src: '/page/icon.svg', alt: '', width: '72', height: '72' }),
    h('h2', {}, hasAccount ? 'Choose a customer' : 'No number is connected yet'),
    h('p', {}, hasAccount
      ? 'Choose a customer on the left and write to the business. Your messages arrive in Confab immediately; the team’s replies appear here.'
      : 'This page simulates the customers of a business. First connect a WhatsApp number in Confab and scan its code on the left.'))
}

function drawHead(account, contact) {
  const chat = openChat()
  const isGroup = chat?.kind === 'group'
  const title = isGroup ? chat.name : shownName(account)
  const typing = chat && state.typing.has(chat.id)
  const line = typing ? 'typing…' : isGroup ? ['You', shownName(account), ...chat.members.filter((id) => id !== contact.id).map((id) => state.contacts.get(id)?.name)].join(', ') : 'Business account'
  document.getElementById('whose').replaceChildren(h('span', { class: 'whose-name' }, `${contact.name}’s phone`), ` ${contact.phone_number}`)
  fill(document.getElementById('phone-head'),
    h('button', { class: 'round only-phone', type: 'button', 'aria-label': 'Back to customers', onclick: () => open(null) }, icon('back')),
    avatar(title, isGroup ? chat.id : account.id, isGroup ? 'group' : ''),
    h('span', { class: 'lines' }, h('strong', {}, title), h('span', { class: `sub${typing ? ' typing' : ''}` }, line)),
    isGroup ? actorChoice(chat, contact) : null,
    h('label', { class: 'switch', title: 'An offline phone receives its messages once it is online again' },
      h('input', { type: 'checkbox', role: 'switch', checked: contact.offline, 'data-testid': 'phone-offline', onchange: (event) => setOffline(contact, event.target.checked) }),
      h('span', {}, 'Phone offline')))
}

function actorChoice(chat, contact) {
  const choice = h('select', { 'aria-label': 'Whose phone', onchange: (event) => {
    state.actor = event.target.value
    changed('stage')
  } }, chat.members.map((id) => h('option', { value: id, selected: id === contact.id }, state.contacts.get(id)?.name ?? id)))
  return h('label', { class: 'actor' }, choice)
}

async function setOffline(contact, offline) {
  await call('PATCH', path('contacts', contact.id), { offline }).catch(() => changed('stage'))
}

function drawLog(contact) {
  const chat = openChat()
  if (chat && !state.messages.has(chat.id)) void fetchMessages(chat.id)
  const messages = visible(chat, contact)
  const wasNear = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_BOTTOM_PX
  const before = shown.size
  reconcile(rows(messages, contact, chat))
  const last = messages.at(-1)
  if (before === 0 || wasNear || (last && !shown.has(last.id))) log.scrollTop = log.scrollHeight
}

// A phone shows the messages delivered to it; pending ones appear once it is online.
function visible(chat, contact) {
  const messages = [...(state.messages.get(chat?.id)?.values() ?? [])]
  return messages
    .filter((message) => message.sender !== 'self' || message.delivered_to.includes(contact.id) || message.is_event)
    .sort((a, b) => a.timestamp.localeCompare(b.timestamp))
}

function rows(messages, contact, chat) {
  const wanted = []
  let day = null
  for (const message of messages) {
    const name = dayName(message.timestamp)
    if (name !== day) wanted.push({ id: `day ${name}`, text: name, make: () => h('li', { class: 'day' }, h('span', {}, name)) })
    day = name
    wanted.push({ id: message.id, text: JSON.stringify([message, contact.id]), make: () => bubble(message, contact, chat) })
  }
  if (!wanted.length) wanted.push({ id: 'empty', text: '', make: () => h('li', { class: 'day' }, h('span', {}, 'No messages yet')) })
  return wanted
}

// A receipt must not replace a button that is being pressed or close an open menu: the message is redrawn after the
// click, or when the menu is closed.
function isInUse(element) {
  return element.matches(':active') || element.querySelector(':popover-open') !== null
}

function reconcile(wanted) {
  const next = new Map()
  wanted.forEach(({ id, text, make }, index) => {
    const known = shown.get(id)
    const entry = known && (known.text === text || isInUse(known.element)) ? known : { text, element: make() }
    if (known && known !== entry) known.element.replaceWith(entry.element)
    if (log.children[index] !== entry.element) log.insertBefore(entry.element, log.children[index] ?? null)
    next.set(id, entry)
  })
  while (log.children.length > wanted.length) log.lastElementChild.remove()
  shown = next
}

async function fetchMessages(chatId) {
  const messages = new Map()
  state.messages.set(chatId, messages)
  const { items } = await call('GET', path('chats', chatId, 'messages')).catch(() => ({ items: [] }))
  for (const item of items) if (!messages.has(item.id)) messages.set(item.id, item)
  changed('stage')
}

const reading = new Set()

// Messages on a visible screen are marked as read.
async function readIfSeen() {
  const chat = openChat()
  const contact = phoneOwner()
  const isShown = document.visibilityState === 'visible' && (layout.dataset.pane === 'chat' || getComputedStyle(layout).display === 'grid')
  if (!chat || !contact || contact.offline || !isShown || reading.has(chat.id)) return
  const unseen = visible(chat, contact).some((m) => m.sender === 'self' && !m.is_event && !m.seen_by.includes(contact.id))
  if (!unseen) return
  reading.add(chat.id)
  await call('POST', path('chats', chat.id, 'read'), { contact_id: contact.id }).catch(() => null)
  reading.delete(chat.id)
  changed('stage')
}
