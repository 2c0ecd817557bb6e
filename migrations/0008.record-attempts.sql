-- Send attempts with their outcomes; the row of the message has only the last one.
create table channels_send_attempt (
    message_id      bigint not null references channels_message on delete cascade,
    number          integer not null check (number > 0),
    at              timestamptz(3) not null default now(),
    outcome         text check (outcome in ('sent', 'failed', 'unconfirmed')), -- null: in progress
    error_code      text,
    provider_msg_id text,
    primary key (message_id, number)
);

alter table channels_message
    add column seen_at      timestamptz(3), -- when its echo arrived
    add column looks        integer not null default 0, -- how often an unknown outcome was verified
    add column next_look_at timestamptz(3);
-- Messages sent before this migration are not verified.
update channels_message set seen_at = updated_at where direction = 'out';
create index channels_message_unseen on channels_message (attempted_at)
    where status = 'sent' and client_id is not null and seen_at is null;
create index channels_message_looks on channels_message (next_look_at) where status = 'unconfirmed';
