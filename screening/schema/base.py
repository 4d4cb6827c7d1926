"""The declarative base and the column types that tables share."""

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    DateTime,
    Double,
    Identity,
    LargeBinary,
    MetaData,
    SmallInteger,
    Text,
    func,
)
from sqlalchemy.orm import DeclarativeBase, mapped_column


class Base(DeclarativeBase):
    """Base of all tables; one convention names the constraints, so migrations can too."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads this class attribute
        str: Text(),
        float: Double(),
        int: BigInteger(),
        bool: Boolean(),
        bytes: LargeBinary(),
        datetime: DateTime(timezone=True),
    }

    def __init_subclass__(cls, **arguments: Any) -> None:
        """Show each table's docstring to whoever looks at the table in the database."""
        super().__init_subclass__(**arguments)
        cls.metadata.tables[cls.__tablename__].comment = cls.__doc__


Key = Annotated[int, mapped_column(BigInteger, Identity(always=True), primary_key=True)]
Small = Annotated[int, mapped_column(SmallInteger)]
Created = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]
