// Builds elements; strings are inserted as text, never as markup.

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else if (name in element && typeof value !== 'string') element[name] = value
    else element.setAttribute(name, value === true ? '' : value)
  }
  element.append(...present(children))
  return element
}

// Drops null, undefined and false children.
export function present(children) {
  return children.flat().filter((child) => child !== null && child !== undefined && child !== false)
}

export function fill(element, ...children) {
  element.replaceChildren(...present(children))
}

export function icon(name, label) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('class', 'icon')
  if (label) {
    svg.setAttribute('role', 'img')
    svg.setAttribute('aria-label', label)
  } else svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute('d', PATHS[name])
  svg.append(path)
  return svg
}

const PATHS = {
  back: 'M20 11H7.8l5.6-5.6L12 4l-8 8 8 8 1.4-1.4L7.8 13H20z',
  send: 'M3 20.5 21 12 3 3.5 3 10l12 2-12 2z',
  plus: 'M19 13h-6v6h-2v-6H5v-2h6V5h2v6h6z',
  more: 'M12 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4zm0 2a2 2 0 1 0 0 4 2 2 0 0 0 0-4zm0 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4z',
  sent: 'M9 16.2 4.8 12l-1.4 1.4L9 19 21 7l-1.4-1.4z',
  delivered: 'M17.6 6.4 16.2 5l-7 7 1.4 1.4zM22 5 10.4 16.600 6.200 12.400 4.800 13.800 10.400 19.400 23.400 6.400zM.5 13.800 6.100 19.400 7.500 18 1.900 12.400z',
  close: 'M18.300 5.700 12 12l6.300 6.300-1.400 1.400L10.600 13.400 4.300 19.700 2.900 18.300 9.200 12 2.900 5.700 4.300 4.300l6.300 6.300 6.300-6.300z',
  group: 'M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zm7 0a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM9 13c-3.300 0-7 1.600-7 4.500V20h14v-2.500C16 14.600 12.300 13 9 13zm7 0c-.4 0-.8 0-1.200.1 1.900 1 3.200 2.500 3.200 4.400V20h4v-2.500c0-2.900-3-4.500-6-4.500z',
  pin: 'M12 2a7 7 0 0 0-7 7c0 5.200 7 13 7 13s7-7.800 7-13a7 7 0 0 0-7-7zm0 9.500a2.500 2.500 0 1 1 0-5 2.500 2.500 0 0 1 0 5z',
  file: 'M14 2H6a2 2 0 0 0-2 2v16a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V8zm-1 7V3.500L18.500 9z',
}

const HUES = [166, 212, 262, 322, 18, 46, 96, 190, 290]

export function avatar(name, key, extra = '') {
  const names = name.replace(/[^\p{L}\p{N} ]/gu, '').split(' ').filter(Boolean)
  const initials = ((names[0]?.[0] ?? '#') + (names.length > 1 ? names.at(-1)[0] : '')).toUpperCase()
  let sum = 0
  for (const character of key) sum = (sum * 33 + character.codePointAt(0)) % 99_991
  const element = h('span', { class: `avatar ${extra}`, 'aria-hidden': 'true' }, extra === 'group' ? icon('group') : initials)
  element.style.setProperty('--hue', HUES[sum % HUES.length])
  return element
}

export function clockTime(iso) {
  return new Date(iso).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
}

export function dayName(iso) {
  const date = new Date(iso)
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86_400_000)
  if (days === 0) return 'Today'
  if (days === 1) return 'Yesterday'
  return date.toLocaleDateString([], { day: 'numeric', month: 'long', year: 'numeric' })
}

export function when(iso) {
  return dayName(iso) === 'Today' ? clockTime(iso) : new Date(iso).toLocaleDateString([], { day: 'numeric', month: 'short' })
}
