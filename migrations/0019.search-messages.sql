-- The search index: words of messages. A periodic task writes them, not the ingest: it reads what changed since
-- channels_search_state.seq from the rows, as a client reads its changes.
create table channels_message_words (
    message_id bigint primary key references channels_message on delete cascade,
    sent_at    timestamptz(3) not null,
    words      tsvector not null -- <account id>/<word>: each account has its own entries
);
create index channels_message_words_search on channels_message_words using gin (words);

create table channels_search_state (
    account_id bigint primary key references channels_account on delete cascade,
    seq        bigint not null -- all changes up to here are in channels_message_words
);

-- Searches of names ignore case and accents.
create function search_fold(text) returns text language sql immutable strict parallel safe
    return lower(regexp_replace(normalize($1, NFKD), '[\u0300-\u036f]', '', 'g'));
