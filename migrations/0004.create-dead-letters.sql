-- Dead letters: events that could not be stored ('dead') or are of an unhandled kind ('ignored'); listed, re-drivable.
create table dead_letters (
    id                  bigint generated always as identity primary key,
    source              text not null,
    state               text not null check (state in ('dead', 'ignored', 'redriven')),
    reason              text not null,
    external_account_id text,
    digest              bytea not null, -- of source and body, so that a rerun of the job adds no row
    body                text not null,  -- the event's JSON as text, because jsonb may reject it
    created_at          timestamptz(3) not null default now(),
    updated_at          timestamptz(3) not null default now(),
    unique (digest)
);
create index dead_letters_state on dead_letters (state, id desc);
