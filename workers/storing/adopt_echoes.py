"""Matches echoes of our own sends to the rows of those sends."""

from collections.abc import Collection
from typing import NamedTuple

from aiopg import Cursor

from server.store.messages import messages
from server.store.messages.messages import ChangedMessage
from server.store.sending import outbox
from workers.storing.batch import Batch, Key
from workers.storing.rows import KnownChats, chat_of, echo_rows, key_of, key_rows

# How often an echo waits for its send while that is in progress, each time ECHO_WAIT_SECONDS (publish.py).
MAX_ECHO_WAITS = 120


class Adoption(NamedTuple):
    """Sends that have got their ids from echoes, chats whose next send may go out, and messages left for later."""

    adopted: Collection[ChangedMessage] = ()
    chats_to_send: Collection[int] = ()
    delayed: Collection[Key] = ()


async def adopt_echoes(cursor: Cursor, batch: Batch, known_chats: KnownChats) -> Adoption:
    """Give sends the ids that their echoes bring.

    An own message that matches no send is taken out of the batch while a send of its chat is waiting for UniPile's
    response: it may be that send's echo with a changed text, which only the id in the response can tell.
    """
    own = batch.own_messages()
    if not own:
        return Adoption()
    echoes = echo_rows(batch, known_chats)
    adopted = await outbox.adopt_echoes(cursor, echoes)
    queues = await outbox.inspect_queues(
        cursor, [chat_id for echo in echoes if (chat_id := echo["chat_id"]) is not None]
    )
    # The worker that waits for the response would send the next message, if it is still alive.
    released = {m.chat_id for m in adopted if m.chat_id in queues and queues[m.chat_id].has_more}
    busy = {chat_id for chat_id, queue in queues.items() if queue.is_under_way}
    if not busy:
        return Adoption(adopted, released)
    found = await messages.fetch_by_provider_ids(cursor, key_rows(key for key, _ in own))
    stored = {key_of(message) for message in found}
    delayed = [
        key
        for key, event in own
        if key not in stored
        and key not in batch.history
        and chat_of(known_chats, key[0], event) in busy
        and batch.delay_message(key, MAX_ECHO_WAITS)
    ]
    return Adoption(adopted, released, delayed)
