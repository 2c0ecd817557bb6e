drop table user_preferences, user_feed;
