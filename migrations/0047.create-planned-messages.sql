-- Messages to be sent at a time. `user_id` is whose access they use, and their author's unless an API key wrote them.
create table channels_planned_message (
    id             bigint generated always as identity primary key,
    account_id     bigint not null references channels_account on delete cascade,
    chat_id        bigint not null references channels_chat on delete cascade,
    user_id        bigint not null references users on delete cascade,
    author_kind    text not null check (author_kind in ('user', 'api_key')),
    author_id      bigint not null,
    body           text,                         -- null once it was sent: the message has it
    quote_id       bigint references channels_message on delete set null,
    client_id      text not null check (length(client_id) between 1 and 100), -- of the message it becomes
    send_at        timestamptz(3) not null,
    cancel_if_contact_writes boolean not null default true,
    state          text not null default 'planned' check (state in ('planned', 'sent', 'cancelled', 'failed')),
    cancelled_kind text check (cancelled_kind in ('contact', 'user', 'api_key', 'system')),
    cancelled_id   bigint,
    error          jsonb,                        -- why it could not be sent: code and message
    message_id     bigint references channels_message on delete cascade,
    seq            bigint not null,
    created_at     timestamptz(3) not null default now(),
    updated_at     timestamptz(3) not null default now(),
    unique (account_id, client_id),
    check ((state = 'sent') = (body is null)),
    check ((state = 'cancelled') = (cancelled_kind is not null)),
    check ((state = 'failed') = (error is not null))
);
create index channels_planned_message_due on channels_planned_message (send_at, id) where state = 'planned';
create index channels_planned_message_chat on channels_planned_message (chat_id, send_at) where state = 'planned';
create index channels_planned_message_user on channels_planned_message (user_id) where state = 'planned';
create index channels_planned_message_list on channels_planned_message (account_id, state, send_at, id);
create index channels_planned_message_chats on channels_planned_message (chat_id);
create index channels_planned_message_seq on channels_planned_message (account_id, seq);
create index channels_planned_message_message on channels_planned_message (message_id) where message_id is not null;
create index channels_planned_message_quote on channels_planned_message (quote_id) where quote_id is not null;
