-- Events that could not be stored ('dead') or are of a kind not handled yet ('ignored'): kept, listed, re-drivable.
create table dead_letters (
    id                  bigint generated always as identity primary key,
    source              text not null,
    state               text not null check (state in ('dead', 'ignored', 'redriven')),
    reason              text not null,
    external_account_id text,
    digest              bytea not null, -- of source and body: a rerun of the job keeps one row
    body                text not null,  -- the event's JSON as text, since jsonb refuses what may have killed it
    created_at          timestamptz(3) not null default now(),
    updated_at          timestamptz(3) not null default now(),
    unique (digest)
);
create index dead_letters_state on dead_letters (state, id desc);
