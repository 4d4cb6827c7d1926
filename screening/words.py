"""Words: numbers with their nouns, as messages and notes write them."""


def counted(number: int, noun: str) -> str:
    """`1 file`, `2,000 files`; a noun in -x takes -es."""
    ending = "" if number == 1 else "es" if noun.endswith("x") else "s"
    return f"{number:,} {noun}{ending}"
