-- The pace guard: when a number's next message is due, and which chats it began of late.
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

-- Null: nobody has asked the guard yet; -infinity: it may go at once; else when it goes out.
alter table channels_message add column scheduled_at timestamptz(3);
