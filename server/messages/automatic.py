"""Sends what Confab writes by itself: an answer of a rule, a welcome, an away text, a survey."""

import structlog
from aiopg import Cursor

from server.config.plans import Plans
from server.errors import ConfabError
from server.messages.sending import SendRequest, StoredSend, store_send
from server.plans.payer import Payer, read_rights
from server.store.accounts.accounts import LockedAccount
from server.store.db.savepoint import savepoint
from server.store.sending.sends import AUTOMATIC, Author

log = structlog.get_logger()


async def send_automatic(
    cursor: Cursor,
    plans: Plans,
    account: LockedAccount,
    chat_id: int,
    client_id: str,
    text: str,
    author: Author = AUTOMATIC,
) -> StoredSend | None:
    """Store a message of an account that this transaction has locked. `client_id` says what it is and for what, such as
    `away:7:1767222000`: with it the message is sent once, however often this runs. It neither answers the contact nor
    marks anything as read. None if it cannot be sent now: the plan is used up, the number is not connected.
    """
    rights = await read_rights(cursor, plans, account.user_id, account.provider)
    request = SendRequest(
        Payer(account.user_id, rights, plans),
        account.user_id,
        account.provider,
        account.id,
        chat_id,
        author,
        client_id,
        text,
    )
    try:
        async with savepoint(cursor):
            return await store_send(cursor, request)
    except ConfabError as error:
        log.warning("automatic_not_sent", chat_id=chat_id, client_id=client_id, error=error.code)
        return None
