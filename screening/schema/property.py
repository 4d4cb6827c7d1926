"""Tables of measured or computed properties of complexes."""

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from screening.schema.base import Base, Created, Key


class PropertyDefinitionRow(Base):
    """What a property is: yes or no, or a number in one unit; never changed."""

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
    """What one source says of one structure; which complexes that is, the view tells."""

    __tablename__ = "property_value"
    __table_args__ = (
        CheckConstraint("value > '-Infinity' and value < 'Infinity'", name="finite"),
        UniqueConstraint(
            "property_id", "source", "name", "of_file", postgresql_nulls_not_distinct=True
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
