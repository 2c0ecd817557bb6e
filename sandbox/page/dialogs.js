// Prompts for values in a dialog; resolves to them, or to null if cancelled.

import { h } from './dom.js'

const host = document.getElementById('dialogs')

export function ask(title, fields, action) {
  return new Promise((resolve) => {
    let values = null
    const form = h('form', { method: 'dialog', class: 'dialog' },
      h('h2', {}, title),
      fields.map(control),
      h('div', { class: 'buttons end' },
        h('button', { type: 'button', class: 'ghost', onclick: () => dialog.close() }, 'Cancel'),
        h('button', { type: 'submit', class: 'primary' }, action)))
    const dialog = h('dialog', { 'aria-label': title }, form)
    form.addEventListener('submit', () => (values = read(form, fields)))
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(values)
    })
    host.append(dialog)
    dialog.showModal()
  })
}

function control({ label, choices, name, ...attributes }) {
  if (choices) {
    return h('fieldset', {}, h('legend', {}, label),
      choices.map(({ value, label: text }) => h('label', { class: 'check' }, h('input', { type: 'checkbox', name, value }), text)))
  }
  return h('label', { class: 'field' }, label, h('input', { name, ...attributes }))
}

function read(form, fields) {
  const data = new FormData(form)
  return Object.fromEntries(fields.map(({ name, choices }) => [name, choices ? data.getAll(name) : data.get(name)]))
}
