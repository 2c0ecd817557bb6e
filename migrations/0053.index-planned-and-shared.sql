-- The lists over all accounts of a user: what they planned themselves, and what colleagues are writing and share.
create index channels_planned_message_author on channels_planned_message (author_kind, author_id, state, send_at, id)
    where state in ('planned', 'failed');
create index channels_draft_visible on channels_draft (account_id, id) where is_shared and text <> '';
