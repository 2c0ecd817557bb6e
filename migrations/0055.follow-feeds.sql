-- How far each consumer has processed an account's feed: the events up to `seq` are done, in the transaction that moved
-- it. Without a row the consumer has nothing to do in the account.
create table feed_cursor (
    consumer   text not null check (length(consumer) between 1 and 50),
    account_id bigint not null references channels_account on delete cascade,
    seq        bigint not null,
    primary key (consumer, account_id)
);
create index feed_cursor_account on feed_cursor (account_id);

-- The office hours of a number: minutes of the local day for each weekday, Monday first, and days that differ. Without a
-- row it is always open.
create table account_hours (
    account_id bigint primary key references channels_account on delete cascade,
    time_zone  text not null check (length(time_zone) between 1 and 64),
    week       jsonb not null check (jsonb_typeof(week) = 'array' and jsonb_array_length(week) = 7),
    holidays   jsonb not null default '[]' check (jsonb_typeof(holidays) = 'array'),
    updated_at timestamptz(3) not null default now()
);
