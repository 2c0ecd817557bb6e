drop table backup;
drop table installation;
