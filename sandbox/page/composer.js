// The customer's composer: text, replies, edits, pictures, files and voice notes.

import { call, path } from './api.js'
import { summary } from './contacts.js'
import { h, icon } from './dom.js'
import { openChat, phoneOwner, state } from './state.js'
import { drawPicture, toBase64 } from './media.js'

const SAMPLE_LOCATION = { latitude: -23.561414, longitude: -46.655881, name: 'MASP', address: 'Av. Paulista, 1578, São Paulo' }
const SAMPLE_CARD = { name: 'Nina Rocha', phone_numbers: ['+55 11 97777-0001'] }

let form = null
let input = null
let banner = null
let quoting = null
let editing = null

export function build() {
  input = h('textarea', { rows: '1', placeholder: 'Message', 'aria-label': 'Message', 'data-testid': 'phone-composer', dir: 'auto', maxlength: '65536', oninput: grow, onkeydown: enter })
  banner = h('div', { class: 'banner', hidden: true })
  form = h('form', { class: 'composer', onsubmit: submit }, banner,
    attachMenu(),
    input,
    h('button', { class: 'round send', type: 'submit', 'aria-label': 'Send', 'data-testid': 'phone-send' }, icon('send')))
  return form
}

export function discard() {
  quoting = editing = form = null
}

export function update() {
  const contact = phoneOwner()
  for (const control of form.querySelectorAll('textarea, button')) control.disabled = Boolean(contact?.offline)
  input.placeholder = contact?.offline ? 'This phone is offline' : 'Message'
}

export function reply(message) {
  quoting = message
  editing = null
  showBanner(`Reply to ${message.sender_name}`, summary(message))
}

export function edit(message) {
  editing = message
  quoting = null
  input.value = message.text
  showBanner('Edit message', message.text)
  grow()
}

function showBanner(title, text) {
  banner.hidden = false
  banner.replaceChildren(
    h('span', { class: 'lines' }, h('strong', {}, title), h('span', { class: 'preview' }, text)),
    h('button', { class: 'round', type: 'button', 'aria-label': 'Cancel', onclick: () => resetDraft(editing ? '' : input.value) }, icon('close')))
  input.focus()
}

function resetDraft(text) {
  quoting = editing = null
  banner.hidden = true
  input.value = text
  grow()
}

function grow() {
  input.style.height = 'auto'
  input.style.height = `${Math.min(input.scrollHeight, 132)}px`
}

function enter(event) {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
  event.preventDefault()
  form.requestSubmit()
}

async function submit(event) {
  event.preventDefault()
  const text = input.value.trim()
  if (!text) return
  const sent = editing
    ? call('PATCH', path('messages', editing.id), { text })
    : write({ text })
  resetDraft('')
  input.focus()
  await sent.catch(() => {
    if (!input.value) input.value = text
  })
}

function write(content) {
  const chat = openChat()
  const contact = phoneOwner()
  const body = { account_id: state.accountId, from: { phone_number: contact.phone_number, name: contact.name }, quote: quoting?.id, ...content }
  if (chat) body.chat_id = chat.id
  return call('POST', '/sandbox/messages', body)
}

async function sendFile(file, extra = {}) {
  const attachment = { name: file.name, mimetype: file.type, data: await toBase64(file), ...extra }
  const text = input.value.trim() || undefined
  const sent = write({ text, attachments: [attachment] })
  resetDraft('')
  await sent.catch(() => null)
}

function attachMenu() {
  const picker = h('input', { type: 'file', hidden: true, 'data-testid': 'phone-file', onchange: async () => {
    for (const file of picker.files) await sendFile(file)
    picker.value = ''
  } })
  const details = h('details', { class: 'attach' }, h('summary', { class: 'round', 'aria-label': 'Attach', 'data-testid': 'phone-attach' }, icon('plus')))
  const entry = (label, testid, act) => h('button', { type: 'button', 'data-testid': testid, onclick: () => {
    details.open = false
    void act()
  } }, label)
  details.append(h('div', { class: 'menu' },
    entry('Photo or file…', 'phone-attach-file', () => picker.click()),
    entry('A sample picture', 'phone-attach-picture', async () => sendFile(await drawPicture(phoneOwner().name))),
    entry('A location', 'phone-attach-location', () => sendSample({ location: SAMPLE_LOCATION })),
    entry('A contact card', 'phone-attach-contact', () => sendSample({ contacts: [SAMPLE_CARD] })),
    entry('A sample voice note', 'phone-attach-voice', async () => sendFile(await sampleVoice(), { voice_note: true }))))
  details.addEventListener('focusout', ({ relatedTarget }) => {
    if (relatedTarget && !details.contains(relatedTarget)) details.open = false
  })
  return [details, picker]
}

function sendSample(content) {
  const sent = write(content)
  resetDraft(input.value)
  return sent.catch(() => null)
}

async function sampleVoice() {
  const answer = await fetch('/page/voice-note.ogg')
  return new File([await answer.blob()], 'voice-note.ogg', { type: 'audio/ogg' })
}
