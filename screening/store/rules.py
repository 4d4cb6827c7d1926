"""Store the plausibility rules that flags refer to."""

from dataclasses import asdict

from sqlalchemy import Connection, or_
from sqlalchemy.dialects.postgresql import insert

from screening.chemistry.rule import rules
from screening.schema import PlausibilityRuleRow


def ensure_rules(connection: Connection) -> None:
    """Bring the table of rules in line with this program's: new words replace old ones."""
    statement = insert(PlausibilityRuleRow)
    words = ("severity", "statement", "source", "exceptions")
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["name"],
            set_={word: statement.excluded[word] for word in words},
            where=or_(
                *(
                    getattr(PlausibilityRuleRow, word).is_distinct_from(statement.excluded[word])
                    for word in words
                )
            ),
        ),
        [asdict(rule) for rule in rules()],
    )
