-- Pacing: when an account's next message may go, and which chats it began recently.
create table channels_pace (
    account_id bigint primary key references channels_account on delete cascade,
    free_at    timestamptz(3) not null
);
create table channels_new_chat (
    id         bigint generated always as identity primary key,
    account_id bigint not null references channels_account on delete cascade,
    created_at timestamptz(3) not null default now()
);
create index channels_new_chat_recent on channels_new_chat (account_id, created_at desc);

-- Null: not scheduled yet; -infinity: may go at once; else when it goes.
alter table channels_message add column scheduled_at timestamptz(3);
