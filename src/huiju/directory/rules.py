"""How names and codes of organisations are compared and checked."""

import unicodedata

CODE_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CODE_LENGTH = 18


def plain(text: str) -> str:
    """A name as it is kept and compared: letters and digits of plain width, Chinese brackets, no blanks."""
    narrow = "".join(unicodedata.normalize("NFKC", text).split())
    return narrow.replace("(", "（").replace(")", "）")


def is_credit_code(code: str) -> bool:
    """Whether a text is a unified social credit code: 18 characters, right check character (GB 32100)."""
    if len(code) != CODE_LENGTH or any(letter not in CODE_LETTERS for letter in code):
        return False
    total = sum(
        CODE_LETTERS.index(letter) * pow(3, place, 31) for place, letter in enumerate(code[:-1])
    )
    return CODE_LETTERS[(31 - total % 31) % 31] == code[-1]
