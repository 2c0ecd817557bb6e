// Starts the phone page.

import * as accounts from './accounts.js'
import { listen } from './api.js'
import * as backstage from './backstage.js'
import * as contacts from './contacts.js'
import * as stage from './stage.js'
import { apply, load } from './state.js'

const pill = document.getElementById('link-state')

for (const part of [accounts, contacts, stage, backstage]) part.start()

listen({
  load,
  apply,
  linked: (on) => {
    pill.textContent = on ? 'Live' : 'Reconnecting…'
    pill.classList.toggle('good', on)
  },
})
