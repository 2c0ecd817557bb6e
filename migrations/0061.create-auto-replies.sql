-- The texts that a number sends by itself: a welcome to who opens a conversation, and an away text outside its office
-- hours. What was sent is in the messages: their client_id says for which conversation or closed period.
create table account_auto_reply (
    account_id bigint not null references channels_account on delete cascade,
    kind       text not null check (kind in ('welcome', 'away')),
    is_on      boolean not null,
    body       text not null check (length(body) <= 10000),
    updated_at timestamptz(3) not null default now(),
    primary key (account_id, kind),
    check (body <> '' or not is_on)
);
