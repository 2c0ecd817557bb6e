// The contacts and groups of the selected account, most recent chat first.

import { call } from './api.js'
import { avatar, h, when } from './dom.js'
import { ask } from './dialogs.js'
import { changed, directChat, groups, on, state } from './state.js'

const list = document.getElementById('contacts')
const layout = document.getElementById('layout')

export function start() {
  on('contacts', draw)
  document.getElementById('new-contact').addEventListener('click', newContact)
  document.getElementById('new-group').addEventListener('click', newGroup)
}

function entries() {
  const contacts = [...state.contacts.values()].map((contact) => ({ contact, chat: directChat(contact.id), name: contact.name, key: contact.id }))
  const rooms = groups().map((chat) => ({ chat, name: chat.name, key: chat.id }))
  return [...contacts, ...rooms].sort((a, b) => (b.chat?.last_at ?? '').localeCompare(a.chat?.last_at ?? '') || a.name.localeCompare(b.name))
}

function draw() {
  list.replaceChildren(...entries().map(row))
  document.getElementById('new-group').disabled = !state.accountId
}

function row({ contact, chat, name, key }) {
  const chosen = contact ? state.selection?.contact === contact.id : state.selection?.group === chat.id
  const unread = chat?.unread ?? 0
  return h('li', {},
    h('button', {
      class: 'entry', type: 'button', 'aria-current': chosen ? 'true' : null, 'data-testid': 'phone-contact', 'data-contact': contact?.id, 'data-chat': chat?.id,
      onclick: () => open(contact ? { contact: contact.id } : { group: chat.id }),
    },
    avatar(name, key, contact ? '' : 'group'),
    h('span', { class: 'lines' },
      h('span', { class: 'row' }, h('strong', {}, name), chat?.last_at && h('time', {}, when(chat.last_at))),
      h('span', { class: 'row' },
        h('span', { class: 'preview' }, preview(contact, chat)),
        contact?.offline && h('span', { class: 'tag' }, 'offline'),
        unread > 0 && h('span', { class: 'badge', 'aria-label': `${unread} unread` }, String(unread))))))
}

export function summary(message) {
  if (message.deleted) return 'Message deleted'
  if (message.is_event) return 'Group event'
  const kinds = { img: 'Photo', video: 'Video', audio: 'Voice note', file: 'File', location: 'Location' }
  return message.text ?? kinds[message.attachments[0]?.type] ?? 'Message'
}

function preview(contact, chat) {
  const last = chat?.last_message
  if (!last) return contact?.phone_number ?? 'No messages yet'
  if (contact) return last.sender === contact.id ? `You: ${summary(last)}` : summary(last)
  return `${last.sender_name}: ${summary(last)}`
}

export function open(selection) {
  state.selection = selection
  layout.dataset.pane = selection ? 'chat' : 'list'
  changed('contacts', 'stage')
}

async function newContact() {
  const values = await ask('New contact', [
    { name: 'name', label: 'Name', required: true, maxlength: '80', autocomplete: 'off' },
    { name: 'phone_number', label: 'Phone number', required: true, type: 'tel', placeholder: '+55 11 98888-0000', pattern: '[+0-9 ().\\-]{7,24}', autocomplete: 'off' },
  ], 'Add contact')
  const contact = values && (await call('POST', '/sandbox/contacts', values).catch(() => null))
  if (!contact) return
  state.contacts.set(contact.id, contact)
  open({ contact: contact.id })
}

async function newGroup() {
  const values = await ask('New group', [
    { name: 'name', label: 'Name of the group', required: true, maxlength: '80', autocomplete: 'off' },
    { name: 'members', label: 'Members', choices: [...state.contacts.values()].map(({ id, name }) => ({ value: id, label: name })) },
  ], 'Start group')
  if (!values) return
  const members = values.members.map((id) => ({ phone_number: id }))
  const chat = await call('POST', '/sandbox/groups', { account_id: state.accountId, name: values.name, members }).catch(() => null)
  if (!chat) return
  state.chats.set(chat.id, chat)
  open({ group: chat.id })
}
