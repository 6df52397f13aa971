"""The texts under which people are found, and how their names sort."""

from huiju.kernel.pinyin import initials, readings


def sort_key(name: str) -> str:
    """What lists sort a name by: its pinyin, syllable by syllable."""
    first = next(iter(readings(name)), ())
    return " ".join(first)[:300]


def search_keys(name: str) -> set[str]:
    """Every part of a name from some character on, each reading in pinyin, and its initials."""
    written = "".join(name.split()).lower()
    parts = {written[start:] for start in range(len(written))}
    spoken = {"".join(reading) for reading in readings(name)}
    given = {"".join(reading[1:]) for reading in readings(name) if len(reading) > 2}
    short = {initials(reading) for reading in readings(name)}
    return {key[:120] for key in parts | spoken | given | short}


def masked_number(number: str) -> str:
    """An identity number as every page shows it: 3502**********1234."""
    if len(number) <= 8:
        return number[:1] + "*" * max(len(number) - 3, 1) + number[-2:]
    return number[:4] + "*" * (len(number) - 8) + number[-4:]
