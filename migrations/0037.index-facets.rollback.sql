-- The older version finds words only.
update channels_search_state set seq = 0;
