import pytest

from bot.mail_address import is_mail_address


@pytest.mark.parametrize("address", ["h.sommer@town.example", "a+b@x-y.town.example", "o'neil@xn--mller-kva.example"])
def test_plain_address_is_taken(address: str) -> None:
    assert is_mail_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a@b",
        "a..b@town.example",
        ".a@town.example",
        "müller@town.example",
        "a@müller.example",
        "a b@town.example",
        "a@town.example\n",
        "a@town.example\r\nBcc: b@town.example",
        "a@town.example,b@town.example",
        "A <a@town.example>",
        '"a"@town.example',
        "a(b)@town.example",
        "a@-town.example",
        "x" * 65 + "@town.example",
        "a@" + "b." * 130 + "example",
    ],
)
def test_anything_else_is_not(address: str) -> None:
    assert not is_mail_address(address)
