-- What a person is told: one unread line for each chat and kind. What it says is read from the rows it names.
create table notification (
    id         bigint generated always as identity primary key,
    user_id    bigint not null references users on delete cascade,
    kind       text not null check (kind in
        ('mine', 'unassigned', 'assigned', 'mentioned', 'snooze_over', 'number_down', 'scheduled_failed')),
    account_id bigint not null references channels_account on delete cascade,
    chat_id    bigint references channels_chat on delete cascade,
    message_id bigint,                          -- no reference: an erased message is named no more
    note_id    bigint,
    actor_id   bigint,                          -- the user who caused it
    at         timestamptz(3) not null default now(),
    read_at    timestamptz(3),
    seq        bigint not null,                 -- in the user's feed
    is_pushed  boolean not null default false   -- the newest state was published
);
create index notification_user on notification (user_id, id desc);
create index notification_seq on notification (user_id, seq);
create index notification_unread on notification (chat_id, kind, user_id) where read_at is null;
create index notification_unpushed on notification (id) where not is_pushed;
create index notification_account on notification (account_id);
create index notification_chat on notification (chat_id) where chat_id is not null;

create index notification_unread_user on notification (user_id) where read_at is null;

-- New messages of contacts without notifications yet: written with the message, before the recipients are found.
create table notification_due (
    chat_id    bigint not null,
    message_id bigint not null
);

-- All notifications up to this id were read at once, and the seq of that.
alter table user_feed add column read_up_to bigint not null default 0, add column read_seq bigint not null default 0;
