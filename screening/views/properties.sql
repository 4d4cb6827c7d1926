create view properties as
with fit as (
    select v.id as value_id, v.formula as wanted, c.id as complex_id, 'refcode' as matched_by,
        1 as rank
    from property_value as v
    join complex as c on c.refcode = v.refcode
    union all
    select v.id, v.formula, c.id, 'COD id', 2
    from property_value as v
    join complex as c on c.cod_id = v.cod_id
    union all
    select v.id, v.formula, c.id, 'CCDC number', 2
    from property_value as v
    join complex as c on c.ccdc_number = v.ccdc_number
    union all
    select v.id, v.formula, c.id, 'identifier', 3
    from property_value as v
    join complex as c on lower(regexp_replace(trim(c.identifier), '\s+', ' ', 'g')) = v.base
    union all
    select v.id, null, c.id, 'identifier', 3
    from property_value as v
    join complex as c on lower(regexp_replace(trim(c.identifier), '\s+', ' ', 'g')) = v.name
),

meant as (
    select f.value_id, f.complex_id, f.matched_by, c.compound_id,
        c.identifier || ' (' || c.formula || ')' as title,
        f.rank, min(f.rank) over (partition by f.value_id) as best_rank
    from fit as f
    join property_value as v on v.id = f.value_id
    join complex as c on c.id = f.complex_id
    where c.superseded_at is null
        and (f.wanted is null or replace(c.formula, ' ', '') = f.wanted)
        and (
            v.of_file is null
            or exists (
                select from structure_complex as l
                join structure as s on s.id = l.structure_id and s.superseded_at is null
                join source_file as o on o.id = s.source_file_id
                where l.complex_id = c.id
                    and regexp_replace(regexp_replace(o.name, '![\d-]+$', ''), '^.*[/!]', '')
                    = v.of_file
            )
        )
),

best as (
    select value_id, complex_id, min(matched_by) as matched_by
    from meant
    where rank = best_rank
    group by value_id, complex_id
),

verdict as (
    select value_id, min(compound_id) = max(compound_id) as is_one,
        array_agg(distinct title order by title) as fits
    from meant
    where rank = best_rank
    group by value_id
)

select
    d.name as property,
    d.kind,
    d.unit,
    v.id as value_id,
    v.identifier,
    c.id as complex_id,
    c.compound_id,
    c.metals,
    c.is_synthetic,
    case
        when t.is_one then 'matched' when t.value_id is null then 'waiting' else 'ambiguous'
    end as state,
    b.matched_by,
    case when not t.is_one then t.fits end as fits,
    v.value,
    v.given,
    v.source,
    v.method,
    c.id is not null
    and min(v.value) over of_source <> max(v.value) over of_source as is_contradicted,
    v.of_file,
    v.source_name,
    v.source_sha256,
    v.source_row,
    v.entered_by,
    v.entered_at
from property_value as v
join property_definition as d on d.id = v.property_id
left join verdict as t on t.value_id = v.id
left join best as b on b.value_id = v.id and t.is_one
left join complex as c on c.id = b.complex_id
where v.withdrawn_at is null
window of_source as (partition by v.property_id, v.source, c.id);

comment on view properties is 'One measured or computed value with one complex that it belongs to, or with none yet; sources that disagree stand side by side. Withdrawn ones are in property_history only.';
comment on column properties.kind is 'binary (value 0 or 1) or numeric.';
comment on column properties.unit is 'Of value; empty for a yes or no and for what has no unit.';
comment on column properties.identifier is 'As given: refcode, COD id, CCDC number or the identifier of a file without a crystal.';
comment on column properties.complex_id is 'Empty while no structure here has that identifier, or where it fits several compounds.';
comment on column properties.is_synthetic is 'The complex was made up for the sample.';
comment on column properties.state is 'matched, waiting (no such structure yet) or ambiguous (fits several compounds).';
comment on column properties.matched_by is 'refcode, COD id, CCDC number or identifier.';
comment on column properties.fits is 'The complexes that an ambiguous identifier fits.';
comment on column properties.given is 'The value as it stood in its file.';
comment on column properties.is_contradicted is 'The same source gives this complex another value under another identifier.';
comment on column properties.of_file is 'Only structures from the file of this name are meant; empty for all of this identifier.';
