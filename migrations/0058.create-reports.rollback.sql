delete from feed_cursor where consumer = 'reports';
drop trigger report_fact_count on report_fact;
drop function count_report_fact();
drop function report_counts_of(report_fact);
drop table report_recount, report_hour, report_count, report_fact;
