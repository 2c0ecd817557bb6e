// A message on the phone, with its menu.

import { call, path } from './api.js'
import * as composer from './composer.js'
import { clockTime, h, icon } from './dom.js'
import { changed } from './state.js'

const QUICK = ['👍', '❤️', '😂', '😮', '🙏']
const EVENTS = {
  3: 'started this group', 4: 'renamed the group', 5: 'added a participant', 6: 'removed a participant',
  7: 'left', 8: 'Missed voice call', 9: 'Missed video call',
}

export function bubble(message, contact, chat) {
  if (message.is_event) return eventLine(message)
  const mine = message.sender === contact.id
  const showName = !mine && chat?.kind === 'group'
  return h('li', { class: `bubble ${mine ? 'mine' : 'other'}`, 'data-testid': 'phone-message', 'data-message': message.id, 'data-from': message.sender === 'self' ? 'business' : 'customer' },
    h('div', { class: 'body' },
      showName && h('strong', { class: 'author' }, message.sender_name),
      message.forwarded && h('em', { class: 'forwarded' }, 'Forwarded'),
      message.quoted && h('blockquote', {}, h('strong', {}, message.quoted.sender_name), h('span', {}, message.quoted.text ?? 'Message')),
      message.attachments.map(attachment),
      message.deleted ? h('p', { class: 'removed' }, 'This message was deleted') : message.text && h('p', { class: 'text', dir: 'auto' }, message.text),
      h('span', { class: 'meta' }, message.edited && !message.deleted && 'edited ', h('time', { datetime: message.timestamp }, clockTime(message.timestamp)), mine && ticks(message.ticks)),
      !message.deleted && menuButton(message, mine, contact)),
    message.reactions.length > 0 && h('span', { class: 'reactions', title: message.reactions.map((r) => `${r.name} ${r.value}`).join(', ') },
      [...new Set(message.reactions.map((r) => r.value))].join(''), message.reactions.length > 1 && h('small', {}, ` ${message.reactions.length}`)))
}

function eventLine(message) {
  const label = EVENTS[message.event_type] ?? 'Something changed'
  const isCall = message.event_type === 8 || message.event_type === 9
  return h('li', { class: 'day event' }, h('span', {}, message.text ?? (isCall ? label : `${message.sender_name} ${label}`)))
}

const TICK_LABELS = { sent: 'Sent', delivered: 'Delivered', read: 'Read' }

function ticks(state) {
  const element = h('span', { class: `ticks ${state}`, 'data-testid': 'phone-ticks', 'data-ticks': state }, icon(state === 'sent' ? 'sent' : 'delivered', TICK_LABELS[state]))
  return element
}

function attachment(item) {
  if (item.type === 'location') return locationLink(item)
  if (item.unavailable) return h('p', { class: 'removed' }, 'Media expired')
  if (item.type === 'img') return h('a', { class: 'photo-link', href: item.href, target: '_blank', rel: 'noopener' }, h('img', { class: item.sticker ? 'sticker' : 'photo', src: item.href, alt: 'Photo', loading: 'lazy' }))
  if (item.type === 'video') return h('video', { src: item.href, controls: true, preload: 'metadata' })
  if (item.type === 'audio') return h('audio', { src: item.href, controls: true, preload: 'metadata', 'aria-label': item.voice_note ? 'Voice note' : 'Audio' })
  return h('a', { class: 'file', href: item.href, download: item.file_name }, icon('file'), h('span', {}, item.file_name))
}

function locationLink(item) {
  const href = `https://www.openstreetmap.org/?mlat=${item.latitude}&mlon=${item.longitude}#map=16/${item.latitude}/${item.longitude}`
  return h('a', { class: 'file', href, target: '_blank', rel: 'noreferrer', 'data-testid': 'phone-location' }, icon('pin'), h('span', {}, item.name ?? `${item.latitude}, ${item.longitude}`))
}

// A popover is not clipped by scroll containers; the browser closes it on Escape and outside clicks.
function menuButton(message, mine, contact) {
  const menu = h('div', { class: 'menu', popover: 'auto', role: 'menu', ontoggle: ({ newState }) => newState === 'closed' && changed('stage') })
  const show = () => {
    menu.replaceChildren(...entries(message, mine, contact, () => menu.hidePopover()))
    menu.showPopover()
    const { bottom, top, left, right } = button.getBoundingClientRect()
    const { width, height } = menu.getBoundingClientRect()
    menu.style.top = `${bottom + height > innerHeight ? Math.max(8, top - height) : bottom}px`
    menu.style.left = `${Math.max(8, mine ? right - width : Math.min(left, innerWidth - width - 8))}px`
    menu.querySelector('button').focus()
  }
  const button = h('button', { class: 'more', type: 'button', 'aria-label': 'Message menu', 'aria-haspopup': 'menu', 'data-testid': 'phone-message-menu', onclick: show }, icon('more'))
  return [button, menu]
}

function entries(message, mine, contact, hide) {
  const own = message.reactions.find((reaction) => reaction.by === contact.id)?.value
  const entry = (label, act, extra = {}) => h('button', { type: 'button', role: 'menuitem', ...extra, onclick: () => {
    hide()
    act()
  } }, label)
  const react = (value) => void call('PUT', path('messages', message.id, 'reaction'), { contact_id: contact.id, value: value === own ? '' : value }).catch(() => null)
  const list = [
    h('div', { class: 'quick' }, QUICK.map((value) => entry(value, () => react(value), { class: value === own ? 'chosen' : '', 'aria-label': `React with ${value}` }))),
    entry('Reply', () => composer.reply(message)),
  ]
  if (mine && message.text !== null) list.push(entry('Edit', () => composer.edit(message)))
  if (mine) list.push(entry('Delete for everyone', () => void call('DELETE', path('messages', message.id)).catch(() => null), { class: 'danger' }))
  if (mine && message.attachments.some((item) => !item.unavailable)) list.push(entry('Let the media expire', () => void call('POST', path('messages', message.id, 'expire')).catch(() => null)))
  return list
}
