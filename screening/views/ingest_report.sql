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
    cardinality(held.complex_ids) as complexes,
    held.complex_ids,
    s.is_synthetic,
    f.sha256,
    f.ingested_at
from structure as s
join source_file as f on f.id = s.source_file_id
cross join lateral (
    select array(
        select sc.complex_id from structure_complex as sc
        join complex as c on c.id = sc.complex_id
        where sc.structure_id = s.id and c.superseded_at is null
        order by sc.complex_id
    ) as complex_ids
) as held
where s.superseded_at is null;

comment on view ingest_report is 'What became of each data block of each file, by its newest reading.';
comment on column ingest_report.position is 'Of the block in its file.';
comment on column ingest_report.line is 'Line of the file where the block begins.';
comment on column ingest_report.verdict is 'accepted or rejected.';
comment on column ingest_report.code is 'Why it was rejected, as a word to group by.';
comment on column ingest_report.reason is 'Why it was rejected, in words.';
comment on column ingest_report.complexes is 'How many complexes the block holds.';
comment on column ingest_report.complex_ids is 'Which: complex_id of the other views.';
comment on column ingest_report.is_synthetic is 'Made by a program, not measured.';
comment on column ingest_report.sha256 is 'Of the file as it was read.';
