"""Example keys: what a version was trained and tested on, told without the structures."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, text

from screening.store.copy import copy_rows


@dataclass(frozen=True, slots=True)
class ExampleKeys:
    """One example of a version's data snapshot, by keys that are the same in every database.

    content_key: of the determination; compound_key and skeleton_key: see `chemistry.identity`.
    metals: each element once. part: train, validation or test. answer: 1, 0, or a number.
    """

    content_key: str
    compound_key: str
    skeleton_key: str
    metals: tuple[str, ...]
    part: str
    answer: float


def read_example_keys(connection: Connection, version_id: int) -> tuple[ExampleKeys, ...]:
    """The examples of a version, trained here or elsewhere, in the order of their content keys."""
    return tuple(
        ExampleKeys(
            row.content_key,
            row.compound_key,
            row.skeleton_key,
            tuple(row.metals),
            row.part,
            row.answer,
        )
        for row in connection.execute(_KEYS, {"id": version_id})
    )


def add_imported_examples(
    connection: Connection, version_id: int, examples: Iterable[ExampleKeys]
) -> None:
    """Add the examples of a version that was trained elsewhere."""
    copy_rows(
        connection,
        "imported_example",
        (
            "model_version_id",
            "content_key",
            "compound_key",
            "skeleton_key",
            "metals",
            "part",
            "answer",
        ),
        ("int8", "text", "text", "text", "text[]", "text", "float8"),
        (
            (
                version_id,
                one.content_key,
                one.compound_key,
                one.skeleton_key,
                list(one.metals),
                one.part,
                one.answer,
            )
            for one in examples
        ),
    )


_KEYS = text("""
    select c.content_key collate "C" as content_key, k.key as compound_key, c.skeleton_key,
        c.metals, e.part, e.answer
    from training_example e
    join complex c on c.id = e.complex_id
    join compound k on k.id = c.compound_id
    where e.model_version_id = :id
    union all
    select content_key collate "C", compound_key, skeleton_key, metals, part, answer
    from imported_example where model_version_id = :id
    order by content_key""")
