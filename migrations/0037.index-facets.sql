-- The search index gets the chat, sender and contents of each message: it is written again in the background.
update channels_search_state set seq = 0;
