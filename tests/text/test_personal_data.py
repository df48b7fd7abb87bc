import time

import pytest

from bot.text.personal_data import Masked, mask, without_markers

FOUND = [
    # e-mail
    ("Schreiben Sie mir an j.koenig@mail.example bitte", "Schreiben Sie mir an [E-Mail] bitte", "email"),
    ("Meine Adresse: Jana-K+amt@post.mail.example.", "Meine Adresse: [E-Mail].", "email"),
    ("jana.könig@käse.example ist neu", "[E-Mail] ist neu", "email"),
    ("erreichbar über jana (at) mail.example", "erreichbar über [E-Mail]", "email"),
    ("jana [at] mail [punkt] example", "[E-Mail]", "email"),
    ("mail me: sam_lee99@work.co.example", "mail me: [E-Mail]", "email"),
    # IBAN
    ("Bitte auf DE89 3704 0044 0532 0130 00 erstatten", "Bitte auf [IBAN] erstatten", "iban"),
    ("DE89370400440532013000", "[IBAN]", "iban"),
    ("de89-3704-0044-0532-0130-00 ist mein Konto", "[IBAN] ist mein Konto", "iban"),
    ("IBAN: DE89 3704 0044 0532 0130 01 (vertippt)", "IBAN: [IBAN] (vertippt)", "iban"),
    ("Konto DE 89 3704 0044 0532 0130 00.", "Konto [IBAN].", "iban"),
    ("DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000 steht da", "[IBAN] steht da", "iban"),
    ("my account is GB29 NWBK 6016 1331 9268 19 in London", "my account is [IBAN] in London", "iban"),
    ("AT61 1904 3002 3457 3201 bitte", "[IBAN] bitte", "iban"),
    ("NL91 ABNA 0417 1643 00", "[IBAN]", "iban"),
    ("Lastschrift von DE89 3704 0044 0532 0130 00, geht das?", "Lastschrift von [IBAN], geht das?", "iban"),
    # payment cards
    ("Meine Karte 4111 1111 1111 1111 geht nicht", "Meine Karte [Card] geht nicht", "card"),
    ("card 5500-0000-0000-0004 was refused", "card [Card] was refused", "card"),
    ("378282246310005", "[Card]", "card"),
    # telephone
    ("Rufen Sie mich an: 0152 28817386", "Rufen Sie mich an: [Phone]", "phone"),
    ("0152/28817386 oder abends", "[Phone] oder abends", "phone"),
    ("015228817386", "[Phone]", "phone"),
    ("Handy +49 152 28817386", "Handy [Phone]", "phone"),
    ("+49 (0)152 288 173 86", "[Phone]", "phone"),
    ("0049 152 28817386 ist meine Nummer", "[Phone] ist meine Nummer", "phone"),
    ("Ich bin unter (05999) 23 45 67 zu Hause", "Ich bin unter [Phone] zu Hause", "phone"),
    ("Festnetz 05999/234567.", "Festnetz [Phone].", "phone"),
    ("Tel. 05999-234567", "Tel. [Phone]", "phone"),
    ("Telefon: 234567, bitte nachmittags", "Telefon: [Phone], bitte nachmittags", "phone"),
    ("meine Handynummer ist 152.288.173.86", "meine Handynummer ist [Phone]", "phone"),
    ("Call me on 07700 900123 please", "Call me on [Phone] please", "phone"),
    ("my number: +44 7700 900123", "my number: [Phone]", "phone"),
    ("phone number 555 0143 77", "phone number [Phone]", "phone"),
    ("Erreichbar: 05999 – 23 45 67", "Erreichbar: [Phone]", "phone"),
    # tax numbers
    ("Meine Steuer-ID ist 86095742719", "Meine Steuer-ID ist [Tax-ID]", "tax_id"),
    ("86 095 742 719", "[Tax-ID]", "tax_id"),
    ("Steueridentifikationsnummer: 12 345 678 901", "Steueridentifikationsnummer: [Tax-ID]", "tax_id"),
    ("Steuernummer 24/815/08155", "Steuernummer [Tax-ID]", "tax_id"),
    ("IdNr. 12345678901", "IdNr. [Tax-ID]", "tax_id"),
    ("my tax ID: 12345678901", "my tax ID: [Tax-ID]", "tax_id"),
    # identity documents
    ("Mein Personalausweis L01X00T471 ist weg", "Mein Personalausweis [ID] ist weg", "document"),
    ("Ausweisnummer: LZ6311T47", "Ausweisnummer: [ID]", "document"),
    ("Reisepass C01X00T47 verloren", "Reisepass [ID] verloren", "document"),
    ("verloren: L01X00T471", "verloren: [ID]", "document"),
    ("passport number 533380006 expired", "passport number [ID] expired", "document"),
    ("My residence permit is Y7012345K", "My residence permit is [ID]", "document"),
    ("Führerschein B072RRE2I55", "Führerschein [ID]", "document"),
    # number plates
    ("Abmelden: M-QX 7318", "Abmelden: [Car-ID]", "number_plate"),
    ("mein auto m-qx 7318 wurde abgeschleppt", "mein auto [Car-ID] wurde abgeschleppt", "number_plate"),
    ("Mein Auto hat das Kennzeichen HI QX 731", "Mein Auto hat das Kennzeichen [Car-ID]", "number_plate"),
    ("Wer parkt da? BÜD-A 12E", "Wer parkt da? [Car-ID]", "number_plate"),
    ("my car (H-QX 73H) was towed", "my car ([Car-ID]) was towed", "number_plate"),
    ("KFZ GÖ - QX 731 ummelden", "KFZ [Car-ID] ummelden", "number_plate"),
    ("kennzeichen gö qx 731", "kennzeichen [Car-ID]", "number_plate"),
    ("Kennzeichen GÖQX731", "Kennzeichen [Car-ID]", "number_plate"),
    ("Saisonkennzeichen H-QX 731 04-10", "Saisonkennzeichen [Car-ID]", "number_plate"),
    # dates of birth
    ("Ich bin am 03.05.1990 geboren", "Ich bin am [Birthday] geboren", "birth_date"),
    ("geboren am 3. Mai 1990 in Auenfurt", "geboren am [Birthday] in Auenfurt", "birth_date"),
    ("geb. 3.5.90", "geb. [Birthday]", "birth_date"),
    ("Geburtsdatum: 1990-05-03", "Geburtsdatum: [Birthday]", "birth_date"),
    ("meine Tochter (*03.05.2019) kommt mit", "meine Tochter (*[Birthday]) kommt mit", "birth_date"),
    ("I was born on 3 May 1990", "I was born on [Birthday]", "birth_date"),
    ("date of birth May 3rd, 1990", "date of birth [Birthday]", "birth_date"),
    ("DOB 03/05/1990", "DOB [Birthday]", "birth_date"),
    # file numbers
    ("Aktenzeichen 32.4-117/26", "Aktenzeichen [File-No.]", "file_number"),
    ("Az.: 12 K 345/26, wie weit ist das?", "Az.: [File-No.], wie weit ist das?", "file_number"),
    ("Mein Kassenzeichen lautet 5.0712.003417.8", "Mein Kassenzeichen lautet [File-No.]", "file_number"),
    ("Bescheidnummer: B-2026-004711 vom März", "Bescheidnummer: [File-No.] vom März", "file_number"),
    ("case number AB-2291/26 please", "case number [File-No.] please", "file_number"),
    ("your reference: XY 55/1207", "your reference: [File-No.]", "file_number"),
]

KEPT = [
    "Ich wohne in 29990 Auenfurt",
    "01067 Dresden",
    "Was kostet ein Pass, 37,50 Euro oder 60,00 €?",
    "1.234.567,89 Euro",
    "Steht das in § 17 Absatz 1 BMG oder in § 9 PAuswG?",
    "Artikel 6 DSGVO, Verordnung (EU) 2016/679",
    "EG-VO 883/2004",
    "Leistung 99008001000000",
    "LeiKa 99115005006000, bitte",
    "Geöffnet 08.00-16.00 Uhr?",
    "Montag 08:00-12:30 und 14:00-18:00",
    "8 - 12 Uhr",
    "Seit 2019 oder 2020-2024",
    "Gilt das ab 01.01.2027?",
    "Der Termin ist am 03.05.2026 um 10:15 Uhr",
    "2026-05-03",
    "Umzug zum 1. Mai 2026",
    "Ich rufe die 115 an",
    "Notruf 110 und 112",
    "Tel. 115",
    "Hilfetelefon 116 016, Ärzte 116117",
    "Hilfetelefon 08000 116016",
    "Telefonseelsorge 0800 1110111",
    "0800/111 0 222 ist kostenlos",
    "+49 800 1110111",
    "0180 5 123456",
    "Kann ich mit 16 den Führerschein machen?",
    "Brauche ich für den Personalausweis 2 Fotos?",
    "Passfoto 35 x 45 mm",
    "Format DIN A 4 oder DIN-A 4",
    "Darf er ab 16 allein kommen?",
    "Mein Auto fährt ab 16 Jahren",
    "Das Auto, HU fällig in 2026",
    "Formular B-27 und Anlage N-2",
    "Die A 7 und die B 27 sind gesperrt",
    "Linie S 8 bis Haltestelle 12",
    "Haus 12-14, Zimmer 2.117",
    "Zimmer 0.12",
    "Ich verdiene 2000 bis 3000 Euro im Monat",
    "Mein Sohn wurde vor 3 Monaten geboren",
    "Wann muss man ein Kind nach der Geburt anmelden, 7 Tage?",
    "born in Germany, 2 children, 5 years here",
    "Ich brauche ein Aktenzeichen, woher bekomme ich das?",
    "Was ist ein Kassenzeichen?",
    "I have no reference number",
    "Hund, 7 Jahre, 32 kg",
    "Grundstück 1.250 m²",
    "Covid-19 und 2G-Regel",
    "10 000 000 Euro",
    "12345678901 Stück",
    "Bußgeld 4711",
    "@rathaus folgen",
    "der die das @ ist ein Zeichen",
    "Stand: 09/2026-12/2026",
    "00:30 Uhr",
    "neue Kennzeichen für 2 Autos",
    "new plates for my 20 cars",
    "Mein Kia EV6 braucht ein Kennzeichen",
    "Wer vor dem 01.01.1953 geboren ist",
    "Unser Kind ist geboren, Termin am 12.06.2026?",
    "Flugnummer LH 1234, Zimmernummer 2.117",
    "Rechnung 1.044.90 und Bescheid 2025/2026",
    "In that case 24 hours",
    "LeiKa 99 036 008 000 000",
    "Meldebescheinigung für 5 Personen 🙂",
    "",
]


@pytest.mark.parametrize(("text", "masked", "kind"), FOUND)
def test_personal_data_is_taken_out(text: str, masked: str, kind: str) -> None:
    assert mask(text) == Masked(masked, (kind,))


@pytest.mark.parametrize("text", KEPT)
def test_what_is_not_personal_stays(text: str) -> None:
    assert mask(text) == Masked(text, ())


@pytest.mark.parametrize(
    ("masked", "rest"),
    [
        ("Mein Auto [Car-ID] ist weg", "Mein Auto ist weg"),
        ("[Phone] bitte [E-Mail]", "bitte"),
        ("[IBAN]", "[IBAN]"),
        ("[IBAN] [Phone]", "[IBAN] [Phone]"),
        ("Was bedeutet [x]?", "Was bedeutet [x]?"),
        ("eins\nzwei", "eins\nzwei"),
    ],
)
def test_markers_are_no_words_of_the_citizen(masked: str, rest: str) -> None:
    assert without_markers(masked) == rest


def test_several_kinds_are_named_in_the_order_they_stand() -> None:
    masked = mask("Tel. 0152 28817386, IBAN DE89370400440532013000, privat 05999 234567")
    assert masked == Masked("Tel. [Phone], IBAN [IBAN], privat [Phone]", ("phone", "iban"))


def test_masking_twice_changes_nothing_more() -> None:
    for text, masked, _kind in FOUND:
        assert mask(mask(text).text) == Masked(masked, ())


@pytest.mark.parametrize(
    "text",
    [
        "Unter 05999 400-117 geht niemand ran",
        "Tel. 05999 400-0",
        "+49 5999 400-117",
        "05999/400117",
        "Ich habe rathaus@auenfurt.example geschrieben",
        "RATHAUS@auenfurt.example",
    ],
)
def test_numbers_and_addresses_of_the_town_hall_stay(text: str) -> None:
    assert mask(text, allowed=frozenset({"05999 400-0", "rathaus@auenfurt.example", ""})) == Masked(text, ())


def test_other_numbers_are_masked_though_the_town_hall_has_one() -> None:
    allowed = frozenset({"05999 400-0", "115"})
    assert mask("05999 234567", allowed=allowed).text == "[Phone]"
    assert mask("0152 28817386", allowed=allowed).text == "[Phone]"


@pytest.mark.parametrize(
    "text",
    [
        "1" * 1000,
        "1 " * 500,
        "0 " * 500,
        "a@" * 500,
        "a." * 500,
        "a@" + "a." * 499,
        "DE12 " * 200,
        "M-A " * 250,
        "geboren " * 125,
        "geb. 1.1." * 110,
        "Az. A1 " * 140,
        "Az. " + "A1-" * 332,
        "tel " * 250,
        "tel 1 2 3 " * 100,
        "passnummer " * 90,
        "Ausweis a1" * 100,
        "+49 (" * 200,
        "(0" * 500,
        " " * 1000,
        "[at]" * 250,
        "1.1.11" * 160,
        "ab-" * 333,
        "abnummer" * 125,
        "Pass Nr. " + "A1 " * 330,
        "case 1/1 " * 111,
        "1.1.2001 am " * 83,
        "0 30 / 1 2 3 " * 77,
        "Kennzeichen " + "MQX73 " * 165,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    started = time.perf_counter()
    mask(text[:1000])
    assert time.perf_counter() - started < 0.5  # a few milliseconds; the rest is for a busy machine
