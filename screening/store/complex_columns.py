"""Complex columns: what lists tell of each complex, as SQL for the select list over `complex c`."""

from typing import Final

SITES: Final = """
        (select string_agg(site, '; ' order by site) from (
            select concat_ws(' ', nullif(count(*), 1), s.element, 'CN', s.coordination_number,
                s.polyhedron, case when s.polyhedron not like '%-' || s.coordination_number
                    then 'of centroids' end, s.donor_set) as site
            from metal_site s where s.complex_id = c.id
            group by s.element, s.coordination_number, s.polyhedron, s.donor_set) sites) as sites"""

IMPLAUSIBLE: Final = """
        array(select f.rule || ': ' || f.reason from plausibility_flag f
            where f.complex_id = c.id and f.severity = 'high' order by f.rule) as implausible"""
"""What rules of high severity speak against."""

FORMULA_DIFFERS: Final = """
        exists (select from structure_complex x join structure s on s.id = x.structure_id
            where x.complex_id = c.id and s.superseded_at is null
                and s.notes like '%sum formula%') as formula_differs"""
