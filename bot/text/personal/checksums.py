"""Checksums of numbers that belong to one person. Spaces and punctuation between the digits do not count."""

from collections import Counter

TAX_ID_LENGTH = 11
CARD_LENGTHS = range(13, 20)
# First digits of Visa, Mastercard, American Express, Diners, Discover, Maestro, girocard abroad.
CARD_STARTS = ("4", "51", "52", "53", "54", "55", "22", "23", "24", "25", "26", "27", "34", "37", "30", "36", "38", "6")


def is_iban(text: str) -> bool:
    """ISO 13616: moved and written as a number, it leaves 1 when divided by 97. Digits are at least half of it."""
    code = "".join(character for character in text.upper() if character.isalnum())
    if not code.isascii() or 2 * len(_digits(code)) < len(code):
        return False
    moved = code[4:] + code[:4]
    return int("".join(str(int(character, 36)) for character in moved)) % 97 == 1


def is_card(text: str) -> bool:
    """ISO 7812: known first digits and the Luhn sum."""
    digits = _digits(text)
    if len(digits) not in CARD_LENGTHS or not digits.startswith(CARD_STARTS):
        return False
    doubled = (2 * int(digit) if place % 2 else int(digit) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def is_tax_id(text: str) -> bool:
    """§ 139b AO: eleven digits, in the first ten one digit two or three times, ISO 7064 MOD 11,10."""
    digits = _digits(text)
    if len(digits) != TAX_ID_LENGTH or digits[0] == "0":
        return False
    repeated = sorted(count for count in Counter(digits[:-1]).values() if count > 1)
    if repeated not in ([2], [3]):
        return False
    product = 10
    for digit in digits[:-1]:
        total = (int(digit) + product) % 10 or 10
        product = 2 * total % 11
    return (11 - product) % 10 == int(digits[-1])


def is_document_number(text: str) -> bool:
    """Nine characters and a check digit as on German identity cards and passports (ICAO 9303: weights 7, 3, 1)."""
    body, check = text[:-1].upper(), text[-1]
    if sum(character.isdigit() for character in body) < 3:
        return False
    weighted = (int(character, 36) * (7, 3, 1)[place % 3] for place, character in enumerate(body))
    return sum(weighted) % 10 == int(check)


def _digits(text: str) -> str:
    return "".join(character for character in text if character in "0123456789")
