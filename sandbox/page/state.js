// The page's data and selection, and the listeners for changes.

export const state = {
  accounts: new Map(),
  contacts: new Map(),
  chats: new Map(),
  messages: new Map(), // chat id -> Map of messages, for opened chats only
  faults: {},
  script: null,
  hasInbox: false, // whether a team can play its part of a busy day
  accountId: null,
  selection: null, // { contact } or { group } shown on the stage
  actor: null, // the selected member of a group
  typing: new Map(),
}

const listeners = new Map()

export function on(topic, listener) {
  listeners.set(topic, [...(listeners.get(topic) ?? []), listener])
}

const pendingTopics = new Set()

// Batches redraws. Not with requestAnimationFrame, which is paused in background pages.
export function changed(...topics) {
  if (pendingTopics.size === 0) {
    queueMicrotask(() => {
      const topicsNow = [...pendingTopics]
      pendingTopics.clear()
      for (const topic of topicsNow) for (const listener of listeners.get(topic) ?? []) listener()
    })
  }
  for (const topic of topics) pendingTopics.add(topic)
}

export function load(snapshot) {
  const byId = (items) => new Map(items.map((item) => [item.id, item]))
  state.accounts = byId(snapshot.accounts)
  state.contacts = byId(snapshot.contacts)
  state.chats = byId(snapshot.chats)
  state.faults = snapshot.faults
  state.script = snapshot.script ?? null
  state.hasInbox = snapshot.has_inbox
  state.messages.clear()
  choose()
  changed('accounts', 'contacts', 'stage', 'faults', 'script')
}

const APPLY = {
  account: (data) => state.accounts.set(data.id, data),
  account_gone: ({ id }) => {
    state.accounts.delete(id)
    for (const chat of [...state.chats.values()]) if (chat.account_id === id) state.chats.delete(chat.id)
  },
  contact: (data) => state.contacts.set(data.id, data),
  chat: (data) => state.chats.set(data.id, data),
  chat_gone: ({ id }) => state.chats.delete(id),
  message: (data) => state.messages.get(data.chat_id)?.set(data.id, data),
  typing: ({ chat_id, seconds }) => {
    clearTimeout(state.typing.get(chat_id))
    state.typing.set(chat_id, setTimeout(() => {
      state.typing.delete(chat_id)
      changed('stage')
    }, seconds * 1000))
  },
  faults: (data) => (state.faults = data),
  script: (data) => (state.script = data),
}

const TOPICS = {
  account: ['accounts', 'contacts', 'stage'],
  account_gone: ['accounts', 'contacts', 'stage'],
  contact: ['contacts', 'stage'],
  chat: ['contacts', 'stage'],
  chat_gone: ['contacts', 'stage'],
  message: ['stage'],
  typing: ['stage'],
  faults: ['faults'],
  script: ['script'],
}

export function apply(event, data) {
  APPLY[event](data)
  if (event.startsWith('account')) choose()
  changed(...TOPICS[event])
}

// Preserves the selection if it still exists; otherwise selects the first connected account.
function choose() {
  const linked = linkedAccounts()
  if (!linked.some((account) => account.id === state.accountId)) state.accountId = linked[0]?.id ?? null
  const { contact, group } = state.selection ?? {}
  if ((contact && !state.contacts.has(contact)) || (group && !state.chats.has(group))) state.selection = null
}

export function linkedAccounts() {
  return [...state.accounts.values()].filter((account) => account.linked)
}

// The profile name, or the phone number with a plus sign.
export function shownName(account) {
  return account.name === account.phone_number ? `+${account.phone_number}` : account.name
}

export function directChat(contactId) {
  return [...state.chats.values()].find(
    (chat) => chat.kind === 'direct' && chat.account_id === state.accountId && chat.members[0] === contactId,
  )
}

export function groups() {
  return [...state.chats.values()].filter((chat) => chat.kind === 'group' && chat.account_id === state.accountId)
}

export function openChat() {
  const { contact, group } = state.selection ?? {}
  return group ? state.chats.get(group) : contact ? directChat(contact) : undefined
}

// The contact whose phone is on the stage.
export function phoneOwner() {
  const { contact, group } = state.selection ?? {}
  if (contact) return state.contacts.get(contact)
  const members = state.chats.get(group)?.members ?? []
  return state.contacts.get(members.includes(state.actor) ? state.actor : members[0])
}
