import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.importers.record import ServiceOffice
from bot.catalogue.responsibility import Place, Responsible, find_place, offices_for

NORTH = ServiceOffice(office_id="north", areas=("29990", "Nordstadt"))
SOUTH = ServiceOffice(office_id="south", areas=("29991", "Südstadt"))
ALL = ServiceOffice(office_id="all")


def ids(found: Responsible) -> list[str]:
    return [one.office_id for one in found.offices]


def office(*areas: str) -> ServiceOffice:
    return ServiceOffice(office_id="/".join(areas), areas=areas)


# --- when to ask -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "offices",
    [
        (),
        (NORTH,),
        (ALL, ServiceOffice(office_id="other")),
        (NORTH, ServiceOffice(office_id="same", areas=("Nordstadt", "29990"))),
        (office("034590000"), office("034591111")),  # nobody knows the regional key of a citizen
    ],
)
def test_nothing_is_asked_where_it_does_not_matter(offices: tuple[ServiceOffice, ...]) -> None:
    found = offices_for(offices)
    assert found.offices == offices
    assert found.ask == ()
    assert found.covered


@pytest.mark.parametrize(
    ("offices", "ask"),
    [
        ((office("29990"), office("29991")), ("postcode",)),
        ((office("Nordstadt"), office("Südstadt")), ("district",)),
        ((NORTH, SOUTH), ("postcode", "district")),
        ((office("29990"), ALL), ("postcode",)),
        ((office("034590000"), office("Südstadt")), ("district",)),
    ],
)
def test_what_tells_the_offices_apart_is_asked_for(offices: tuple[ServiceOffice, ...], ask: tuple[str, ...]) -> None:
    found = offices_for(offices)
    assert found.offices == offices
    assert found.ask == ask


# --- who it is -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (Place(postcode="29990"), ["north"]),
        (Place(postcode="29991"), ["south"]),
        (Place(district="Südstadt"), ["south"]),
        (Place(district="SUEDSTADT"), ["south"]),
        (Place(postcode="29991", district="Weststadt"), ["south"]),
    ],
)
def test_the_office_that_names_the_place_is_responsible(place: Place, expected: list[str]) -> None:
    found = offices_for((NORTH, SOUTH), place)
    assert ids(found) == expected
    assert (found.ask, found.covered) == ((), True)


def test_an_office_for_everybody_comes_after_the_one_that_names_the_place() -> None:
    assert ids(offices_for((ALL, NORTH, SOUTH), Place(postcode="29991"))) == ["south", "all"]


def test_an_office_for_everybody_is_left_where_no_other_names_the_place() -> None:
    found = offices_for((office("29990"), ALL), Place(postcode="29999"))
    assert ids(found) == ["all"]
    assert (found.ask, found.covered) == ((), True)


def test_a_place_that_no_office_is_for_is_said_and_all_offices_stay() -> None:
    found = offices_for((office("29990"), office("29991")), Place(postcode="80331"))
    assert ids(found) == ["29990", "29991"]
    assert (found.ask, found.covered) == ((), False)


def test_a_postcode_does_not_tell_districts_apart() -> None:
    found = offices_for((office("Nordstadt"), office("Südstadt")), Place(postcode="29990"))
    assert ids(found) == ["Nordstadt", "Südstadt"]
    assert found.ask == ("district",)


def test_what_was_told_is_not_asked_again() -> None:
    found = offices_for((NORTH, SOUTH), Place(postcode="29992"))
    assert ids(found) == ["north", "south"]
    assert found.ask == ("district",)
    found = offices_for((NORTH, SOUTH), Place(postcode="29992", district="Weststadt"))
    assert found.ask == ()
    assert not found.covered


def test_a_regional_key_belongs_to_the_regions_it_begins_with() -> None:
    offices = (office("03459"), office("034590001"), office("05"))
    assert ids(offices_for(offices, Place(key="034590001001"))) == ["03459", "034590001"]
    assert ids(offices_for(offices, Place(key="051110000000"))) == ["05"]
    assert not offices_for(offices, Place(key="091620000000")).covered


def test_five_digits_that_may_be_a_key_do_not_leave_an_office_out() -> None:
    """03159 is the district of Göttingen and a postcode in Brandenburg."""
    offices = (office("03159"), ALL)
    assert ids(offices_for(offices, Place(postcode="37073"))) == ["03159", "all"]
    assert offices_for(offices, Place(postcode="37073")).ask == ()
    assert ids(offices_for(offices, Place(key="091620000000", postcode="80331"))) == ["all"]


def test_postcodes_that_look_like_keys_are_told_apart_by_the_one_that_is_named() -> None:
    offices = (office("10115"), office("10117"))
    assert ids(offices_for(offices, Place(postcode="10117"))) == ["10117"]
    assert offices_for(offices).ask == ("postcode",)


# --- places in texts -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "postcode"),
    [
        ("29990", "29990"),
        ("Ich wohne in 29991 Auenfurt.", "29991"),
        ("D-29990 Auenfurt", "29990"),
        ("PLZ:29990?", "29990"),
        ("PLZ: 29990, danke", "29990"),
        ("my postcode is 80331!", "80331"),
        ("(29990)", "29990"),
        ("ich ziehe von 80331 nach 29990", "29990"),  # only one of them is known here
        ("ich ziehe von 29991 nach 29990", ""),
        ("29990 ist 29990", "29990"),
        ("Das kostet 29990 Euro", ""),
        ("29990 €, 29991,50 oder 29990,-", ""),
        ("Telefon 05999 40012345", ""),
        ("Telefon 05999/400", ""),
        ("12345678", ""),
        ("Aktenzeichen 12345/26", ""),
        ("00000", ""),
        ("00999 und 99999", ""),
        ("1.29990", ""),
        ("29990 km", ""),
        ("２９９９０", ""),
        ("", ""),
    ],
)
def test_a_postcode_is_found(text: str, postcode: str) -> None:
    assert find_place(text, (NORTH, SOUTH)).postcode == postcode


@pytest.mark.parametrize(
    ("text", "district"),
    [
        ("Nordstadt", "Nordstadt"),
        ("ich wohne in der nordstadt", "Nordstadt"),
        ("Suedstadt", "Südstadt"),
        ("in the Südstadt, near the station", "Südstadt"),
        ("Nordtstadt", "Nordstadt"),
        ("Nodrstadt bitte", "Nordstadt"),
        ("Altstadt", "Altstadt"),
        ("Altstadt-Nord", "Altstadt Nord"),
        ("sankt jürgen", "St. Jürgen"),
        ("am Rand von Au", "Au"),
        ("aus dem Auto", ""),
        ("Nordstadt oder Südstadt", ""),
        ("Weststadt", ""),
        ("", ""),
    ],
)
def test_a_district_is_found(text: str, district: str) -> None:
    offices = (NORTH, SOUTH, office("Altstadt", "St. Jürgen"), office("Altstadt Nord", "Au", "034590000"))
    assert find_place(text, offices).district == district


def test_only_districts_of_the_offices_are_known() -> None:
    assert find_place("Ich wohne in der Nordstadt", (ALL,)) == Place()


# --- always ----------------------------------------------------------------------------------------------------------
AREAS = st.lists(st.sampled_from(["29990", "29991", "03159", "034590000", "Nordstadt", "Südstadt"]), max_size=3)
PLACES = st.builds(
    Place,
    postcode=st.sampled_from(["", "29990", "29991", "03159", "80331"]),
    district=st.sampled_from(["", "Nordstadt", "Weststadt"]),
    key=st.sampled_from(["", "034590000000", "091620000000"]),
)


@given(st.lists(AREAS, max_size=4), PLACES)
def test_somebody_is_always_named_and_what_is_known_is_never_asked(areas: list[list[str]], place: Place) -> None:
    offices = tuple(ServiceOffice(office_id=str(index), areas=tuple(own)) for index, own in enumerate(areas))
    found = offices_for(offices, place)
    assert bool(found.offices) == bool(offices)
    assert set(found.offices) <= set(offices)
    assert not (place.postcode and "postcode" in found.ask)
    assert not (place.district and "district" in found.ask)
    assert {one for one in offices if not one.areas} <= set(found.offices)
    if found.ask:
        assert len(found.offices) > 1


@given(st.text(max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    place = find_place(text, (NORTH, SOUTH))
    assert place.postcode == "" or (place.postcode.isascii() and len(place.postcode) == 5)
    assert place.key == ""
