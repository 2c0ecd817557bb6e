-- Teams: groups of users that chats are assigned to.
create table user_team (
    id         bigint generated always as identity primary key,
    name       text not null check (length(name) between 1 and 100),
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now()
);
create unique index user_team_name on user_team (lower(name));
create table user_team_member (
    team_id bigint not null references user_team on delete cascade,
    user_id bigint not null references users on delete cascade,
    primary key (team_id, user_id)
);
create index user_team_member_user on user_team_member (user_id);

-- What holds for all users: at most one row; without it the defaults hold.
create table team_settings (
    id             boolean primary key default true check (id),
    answer_assigns boolean not null default true -- answering a chat without an assignee assigns it
);

-- Away users get no new chats and keep none that are open.
alter table users add column away_since timestamptz(3);

-- From a contact's first message, or a user's, to the closing. A chat has at most one open conversation.
create table channels_conversation (
    id             bigint generated always as identity primary key,
    account_id     bigint not null references channels_account on delete cascade,
    chat_id        bigint not null references channels_chat on delete cascade,
    opened_at      timestamptz(3) not null,  -- when its first message was sent
    opened_seq     bigint not null,          -- where that message is in the order of arrival
    opened_by      text not null check (opened_by in ('contact', 'user', 'api_key')),
    opener_id      bigint,                   -- of the user or key; no reference, as for authors
    follows_id     bigint references channels_conversation on delete set null, -- the chat's conversation before this one
    first_reply_at timestamptz(3),           -- by a human, from Confab or the phone
    first_reply_by bigint,                   -- null: from the phone
    reopened_at    timestamptz(3),           -- by a user, after it was closed
    closed_at      timestamptz(3),
    closed_by      bigint,
    category       text check (length(category) between 1 and 100),
    check ((opened_by = 'contact') = (opener_id is null)),
    check (closed_at is not null or closed_by is null and category is null),
    check (first_reply_at is not null or first_reply_by is null)
);
create unique index channels_conversation_open on channels_conversation (chat_id) where closed_at is null;
create index channels_conversation_chat on channels_conversation (chat_id, id desc);
create index channels_conversation_account on channels_conversation (account_id, opened_at);
create index channels_conversation_follows on channels_conversation (follows_id) where follows_id is not null;

-- The state of the newest conversation, and who owns the chat. `state_seq` is the seq of their last change.
alter table channels_chat
    add column conversation_id bigint,          -- no reference: conversations are deleted with their chat
    add column status          text not null default 'closed' check (status in ('open', 'snoozed', 'closed')),
    add column waiting_since   timestamptz(3),  -- the first unanswered message of the contact
    add column snoozed_until   timestamptz(3),
    add column wakes_on_message boolean not null default true, -- the contact's messages end the snooze
    add column assignee_id     bigint references users on delete set null,
    add column team_id         bigint references user_team on delete set null,
    add column state_seq       bigint not null default 0,
    add check ((status = 'snoozed') = (snoozed_until is not null)),
    add check (status <> 'closed' or waiting_since is null);
create index channels_chat_open on channels_chat (account_id, coalesce(last_message_at, created_at) desc, id desc)
    where status <> 'closed';
create index channels_chat_waiting on channels_chat (account_id, waiting_since, id) where waiting_since is not null;
create index channels_chat_snoozed on channels_chat (snoozed_until) where status = 'snoozed';
create index channels_chat_assignee on channels_chat (assignee_id, status) where assignee_id is not null;
create index channels_chat_team on channels_chat (team_id) where team_id is not null;

-- What users did with a chat, as lines between its messages. Rows are never changed.
create table channels_activity (
    id         bigint generated always as identity primary key,
    account_id bigint not null references channels_account on delete cascade,
    chat_id    bigint not null references channels_chat on delete cascade,
    seq        bigint not null,
    kind       text not null,
    actor_kind text not null check (actor_kind in ('user', 'api_key', 'rule', 'system')),
    actor_id   bigint,
    details    jsonb not null default '{}',
    at         timestamptz(3) not null default now(),
    check ((actor_kind = 'system') = (actor_id is null))
);
create index channels_activity_chat on channels_activity (chat_id, at desc, id desc);
create index channels_activity_seq on channels_activity (account_id, seq);
