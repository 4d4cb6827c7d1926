"""Tables of measured or computed properties of complexes."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from screening.schema.base import Base, Created, Key


class PropertyDefinitionRow(Base):
    """What a property is, yes or no or a number in one unit; a description may come later."""

    __tablename__ = "property_definition"
    __table_args__ = (
        CheckConstraint("kind in ('binary', 'numeric')", name="kind"),
        CheckConstraint("kind = 'numeric' or unit is null", name="unit"),
    )

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    unit: Mapped[str | None]
    description: Mapped[str | None]
    defined_by: Mapped[str]
    defined_at: Mapped[Created]


class PropertyValueRow(Base):
    """What one source says of one structure; withdrawn ones stay. Whose it is, the view tells."""

    __tablename__ = "property_value"
    __table_args__ = (
        CheckConstraint("value > '-Infinity' and value < 'Infinity'", name="finite"),
        Index(
            "ix_property_value_standing",
            "property_id",
            "source",
            "name",
            "of_file",
            unique=True,
            postgresql_where="withdrawn_at is null",
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[Key]
    property_id: Mapped[int] = mapped_column(ForeignKey("property_definition.id"))
    identifier: Mapped[str]
    # What the identifier can mean: see `screening.evidence.identifier.Reading`.
    name: Mapped[str]
    refcode: Mapped[str | None]
    cod_id: Mapped[int | None]
    ccdc_number: Mapped[int | None]
    base: Mapped[str | None]
    formula: Mapped[str | None]
    of_file: Mapped[str | None]
    value: Mapped[float]
    given: Mapped[str]
    source: Mapped[str]
    method: Mapped[str | None]
    source_name: Mapped[str]
    source_sha256: Mapped[str]
    source_row: Mapped[int]
    entered_by: Mapped[str]
    entered_at: Mapped[Created]
    withdrawn_at: Mapped[datetime | None]


class PropertyEventRow(Base):
    """What happened to a property or to one of its values later: when, by whom and why."""

    __tablename__ = "property_event"
    __table_args__ = (
        CheckConstraint("event in ('described', 'withdrawn', 'reinstated')", name="event"),
        CheckConstraint(
            "(event = 'described') = (property_id is not null)"
            " and (event = 'described') = (value_id is null)",
            name="subject",
        ),
    )

    id: Mapped[Key]
    property_id: Mapped[int | None] = mapped_column(ForeignKey("property_definition.id"))
    value_id: Mapped[int | None] = mapped_column(ForeignKey("property_value.id"), index=True)
    event: Mapped[str]
    at: Mapped[Created]
    by: Mapped[str]
    reason: Mapped[str | None]
