create view ingest_report as
select
    f.name as file,
    s.position,
    s.block_name as block,
    s.line,
    s.verdict,
    s.code,
    s.reason,
    s.notes,
    (select count(*) from structure_complex as sc where sc.structure_id = s.id) as complexes,
    s.is_synthetic,
    f.sha256,
    f.ingested_at
from structure as s
join source_file as f on f.id = s.source_file_id;

comment on view ingest_report is 'What became of each data block of each file.';
comment on column ingest_report.position is 'Of the block in its file.';
comment on column ingest_report.line is 'Line of the file where the block, or the fault, is.';
comment on column ingest_report.verdict is 'accepted or rejected.';
comment on column ingest_report.code is 'Why it was rejected, as a word to group by.';
comment on column ingest_report.reason is 'Why it was rejected, in words.';
comment on column ingest_report.complexes is 'Complexes that the block holds.';
comment on column ingest_report.sha256 is 'Of the file as it was read.';
