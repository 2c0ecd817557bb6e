alter function keep_contacts(jsonb) reset all;
alter function link_contacts(jsonb) reset all;
