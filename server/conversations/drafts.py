"""Saves drafts: the newest of a person's devices wins; colleagues hear of it while it is shared."""

from aiopg import Cursor

from server.errors import NotFound
from server.store.conversations import drafts
from server.store.conversations.drafts import DraftChat, NewDraft, SavedDraft
from server.store.db.seq import take_seqs, take_user_seq


async def save_draft(
    cursor: Cursor, chat: DraftChat, draft: NewDraft, *, in_account_feed: bool
) -> SavedDraft | None:
    """Store a draft. `in_account_feed` takes a seq of the account, which must come before the lock of the user's feed;
    None if the stored draft is shared and needs it, and nothing was changed.
    """
    shared_seq = await take_seqs(cursor, chat.account_id, 1) if in_account_feed else None
    if not await drafts.has_chat(cursor, chat):
        raise NotFound
    seq = await take_user_seq(cursor, chat.user_id)
    if shared_seq is None and await drafts.is_shared(cursor, chat):
        return None
    return await drafts.save_draft(cursor, chat, draft, seq, shared_seq)
