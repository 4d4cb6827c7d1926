"""Settings: where smmdb keeps its own things and which database it uses."""

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_dir


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says.

    home: directory of the embedded database and of checkpoints (SMMDB_HOME).
    database_url: an external PostgreSQL server (SMMDB_DATABASE_URL), or None for the embedded one.
    """

    home: Path
    database_url: str | None


def load_settings() -> Settings:
    """Read SMMDB_HOME and SMMDB_DATABASE_URL; an empty value counts as unset."""
    home = os.environ.get("SMMDB_HOME") or user_data_dir("smmdb", appauthor=False)
    return Settings(
        home=Path(home).expanduser().absolute(),
        database_url=os.environ.get("SMMDB_DATABASE_URL") or None,
    )
