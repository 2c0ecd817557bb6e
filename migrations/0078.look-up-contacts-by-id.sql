-- A batch has an unknown number of ids for the planner, which assumes a thousand: with some ten thousand contacts it read
-- the whole table five times for each message of a new contact, 50 ms, where a few look-ups take one.
alter function keep_contacts(jsonb) set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off;
alter function link_contacts(jsonb) set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off;
