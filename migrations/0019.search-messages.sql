-- Words of the messages, for searching. A round of the worker writes them and ingest does not: what changed since
-- channels_search_state.seq is read from the rows, as a client reads its changes.
create table channels_message_words (
    message_id bigint primary key references channels_message on delete cascade,
    sent_at    timestamptz(3) not null,
    words      tsvector not null -- <account id>/<word>: each account's words are entries of their own
);
create index channels_message_words_search on channels_message_words using gin (words);

create table channels_search_state (
    account_id bigint primary key references channels_account on delete cascade,
    seq        bigint not null -- all changes up to here are in channels_message_words
);

-- Upper case and accents do not count when a name is looked for.
create function search_fold(text) returns text language sql immutable strict parallel safe
    return lower(regexp_replace(normalize($1, NFKD), '[\u0300-\u036f]', '', 'g'));
