"""smmdb: from crystal structures and literature findings to ranked single-molecule magnets."""

from importlib.metadata import version

__version__ = version("smmdb")
