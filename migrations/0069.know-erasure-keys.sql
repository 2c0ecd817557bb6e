-- Which keys erasure digests were made with, so that a start notices one that is no longer set: what was erased with it
-- would be stored again. Only a hash of each key.
create table channels_erasure_key (
    key_id        bytea primary key check (length(key_id) = 16),
    first_used_at timestamptz(3) not null default now()
);
