-- Labels of chats. Only its owner sees a private one. Deleted ones stay as names of old activities.
create table label (
    id         bigint generated always as identity primary key,
    name       text not null check (length(name) between 1 and 60),
    colour     text not null check (
        colour in ('grey', 'red', 'orange', 'yellow', 'green', 'teal', 'blue', 'violet', 'pink')),
    owner_id   bigint references users on delete cascade,  -- null: shared by all users
    created_by bigint references users on delete set null,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    deleted_at timestamptz(3)
);
create unique index label_name on label (coalesce(owner_id, 0), lower(name)) where deleted_at is null;
create index label_owner on label (owner_id) where owner_id is not null;

-- `owner_id` is the label's: what a user labelled privately ends with their membership. `archived` is the chat's.
create table channels_chat_label (
    chat_id    bigint not null references channels_chat on delete cascade,
    label_id   bigint not null references label on delete cascade,
    account_id bigint not null references channels_account on delete cascade,
    owner_id   bigint,
    archived   boolean not null,
    added_by   bigint,  -- a user; null: a program
    added_at   timestamptz(3) not null default now(),
    primary key (chat_id, label_id),
    foreign key (account_id, owner_id) references channels_account_member (account_id, user_id) on delete cascade
);
create index channels_chat_label_label on channels_chat_label (label_id, account_id, chat_id);
create index channels_chat_label_owner on channels_chat_label (owner_id, chat_id) where owner_id is not null;
create index channels_chat_label_account on channels_chat_label (account_id);

-- The shared labels of the row, in the order they were added: all members are pushed the same bytes.
alter table channels_chat add column label_ids bigint[] not null default '{}';

-- How many chats of an account have a label, without archived ones.
create table channels_label_count (
    label_id   bigint not null references label on delete cascade,
    account_id bigint not null references channels_account on delete cascade,
    chats      integer not null check (chats >= 0),
    primary key (label_id, account_id)
);
create index channels_label_count_account on channels_label_count (account_id);

create function count_chat_label() returns trigger language plpgsql as $$
declare
    counted integer := 0;
begin
    if tg_op <> 'INSERT' and not old.archived then counted := -1; end if;
    if tg_op <> 'DELETE' and not new.archived then counted := counted + 1; end if;
    if counted < 0 then
        update channels_label_count set chats = chats - 1
        where label_id = old.label_id and account_id = old.account_id;
    elsif counted > 0 then
        insert into channels_label_count as known (label_id, account_id, chats)
        values (new.label_id, new.account_id, 1)
        on conflict (label_id, account_id) do update set chats = known.chats + 1;
    end if;
    return null;
end $$;
create trigger channels_chat_label_count after insert or update or delete on channels_chat_label
    for each row execute function count_chat_label();

create function archive_chat_labels() returns trigger language plpgsql as $$
begin
    update channels_chat_label set archived = new.archived where chat_id = new.id;
    return null;
end $$;
create trigger channels_chat_archived after update of archived on channels_chat
    for each row when (old.archived is distinct from new.archived) execute function archive_chat_labels();
