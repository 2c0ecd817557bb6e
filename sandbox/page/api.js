// The client of the sandbox's control routes and of its stream of changes.

import { notify } from './notices.js'

export async function call(method, path, body) {
  const options = { method, headers: { accept: 'application/json' } }
  if (body !== undefined) {
    options.body = JSON.stringify(body)
    options.headers['content-type'] = 'application/json'
  }
  let answer
  try {
    answer = await fetch(path, options)
  } catch {
    notify('The sandbox is not responding.')
    throw new Error('unreachable')
  }
  const content = await answer.json().catch(() => ({}))
  if (!answer.ok) {
    notify(content.detail ?? content.title ?? `The sandbox returned status ${answer.status}.`)
    throw new Error(content.type ?? answer.status)
  }
  return content
}

export const path = (...parts) => '/sandbox/' + parts.map(encodeURIComponent).join('/')

const EVENTS = ['account', 'account_gone', 'contact', 'chat', 'chat_gone', 'message', 'typing', 'faults', 'script']

// Events that arrive while the state is loading are queued and applied after it, so that newer data is not overwritten.
export function listen({ load, apply, linked }) {
  const source = new EventSource('/sandbox/live')
  let waiting = null
  const reload = async () => {
    const mine = (waiting = [])
    const state = await call('GET', '/sandbox/state').catch(() => null)
    if (waiting !== mine) return
    waiting = null
    if (state === null) return
    load(state)
    for (const [event, data] of mine) apply(event, data)
  }
  source.addEventListener('ready', () => {
    linked(true)
    void reload()
  })
  source.addEventListener('reload', () => void reload())
  source.addEventListener('error', () => linked(false))
  for (const event of EVENTS) {
    source.addEventListener(event, ({ data }) => {
      const value = JSON.parse(data)
      if (waiting) waiting.push([event, value])
      else apply(event, value)
    })
  }
}
