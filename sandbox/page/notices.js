// Shows an error for a few seconds.

import { h } from './dom.js'

const SHOWN_MS = 6000

export function notify(text) {
  const notice = h('p', { class: 'notice' }, text)
  document.getElementById('notices').append(notice)
  setTimeout(() => notice.remove(), SHOWN_MS)
}
