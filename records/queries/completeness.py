"""records: how complete the base data of each class are in a semester. 規§5.1.1, 規§5.2.1, 規§5.2.2"""

from __future__ import annotations

from typing import Any

from records.db import Connection


async def by_class(connection: Connection, school: str, semester: str) -> list[dict[str, Any]]:
    """A row a class: students, grades there and due, who lacks one, cadre records, talks, who had none."""
    rows = await connection.fetch(
        "with member as (select s.class, s.person, k.id as course from student s"
        "  join course k on k.school = s.school and k.class = s.class and k.semester = $2 and k.kind = 'own'"
        "  where s.school = $1 and s.left_on is null)"
        " select c.id as class, (select count(*) from student s where s.school = c.school and s.class = c.id"
        "   and s.left_on is null) as students,"
        " (select count(*) from member m join grade g on g.school = $1 and g.course = m.course and g.person = m.person"
        "   where m.class = c.id) as grades,"
        " (select count(*) from member m where m.class = c.id) as grades_due,"
        " (select count(distinct m.person) from member m where m.class = c.id and not exists"
        "   (select from grade g where g.school = $1 and g.course = m.course and g.person = m.person)) as without_grade,"
        " (select count(*) from cadre r join student s on s.school = r.school and s.person = r.person"
        "   where r.school = c.school and r.semester = $2 and s.class = c.id) as cadre,"
        " (select count(distinct a.id) from advisory a join advisory_member x on x.school = a.school and x.advisory = a.id"
        "   join student s on s.school = x.school and s.person = x.person"
        "   where a.school = c.school and a.semester = $2 and s.class = c.id) as advisory,"
        " (select count(*) from student s where s.school = c.school and s.class = c.id and s.left_on is null and not exists"
        "   (select from advisory a join advisory_member x on x.school = a.school and x.advisory = a.id"
        "    where a.school = s.school and a.semester = $2 and x.person = s.person)) as without_advisory"
        " from class c where c.school = $1 order by c.id",
        school,
        semester,
    )
    return [dict(r) for r in rows]
