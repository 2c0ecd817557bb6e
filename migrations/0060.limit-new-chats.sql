-- What stops an account. New chats: who they are with, what UniPile said about the phone number, and until when an
-- account begins none. Messages: until when those of its payer's plan are used up.
alter table channels_new_chat
    add column address text,                   -- null: older than this migration, or erased; still counts for its day
    add column is_on_whatsapp boolean,         -- UniPile's answer; null: not known
    add column checked_at timestamptz(3),
    add column chat_id bigint references channels_chat on delete set null, -- null: no first message was accepted
    add column answered_at timestamptz(3),     -- when the contact first wrote in it
    add check ((is_on_whatsapp is null) = (checked_at is null));
create unique index channels_new_chat_address on channels_new_chat (account_id, address);
create index channels_new_chat_chat on channels_new_chat (chat_id) where chat_id is not null;
create index channels_new_chat_old on channels_new_chat (created_at);

alter table channels_account
    add column new_chats_stopped_until timestamptz(3), -- in the past: over
    add column new_chats_stopped_by text,      -- UniPile's error type
    add column new_chats_stops smallint not null default 0, -- in a row; each lasts longer
    add column messages_used_up_until timestamptz(3), -- for all members to see; the payer's plan and usage decide
    add check ((new_chats_stopped_until is null) = (new_chats_stopped_by is null));
