import pytest

from bot.catalogue.importers.headings import Description, take_apart
from bot.catalogue.importers.vocabulary import load_vocabulary
from bot.facets import Facet


def parts(html: str, **options: bool) -> Description:
    return take_apart(html, load_vocabulary("de"), **options)


@pytest.mark.parametrize(
    ("heading", "facet"),
    [
        ("Erforderliche Unterlagen", "documents"),
        ("Benötigte Unterlagen:", "documents"),
        ("Das müssen Sie mitbringen", "documents"),
        ("Antragsunterlagen", "documents"),
        ("Gebühren", "fees"),
        ("Kosten", "fees"),
        ("Bearbeitungsdauer", "processing_time"),
        ("Wartezeit", "processing_time"),
        ("Fristen", "deadline"),
        ("Antragsfrist", "deadline"),
        ("Gültigkeitsdauer", "deadline"),
        ("Voraussetzungen", "eligibility"),
        ("Wer kann den Antrag stellen?", "eligibility"),
        ("Personenkreis", "eligibility"),
        ("Termin", "appointment"),
        ("Terminvereinbarung", "appointment"),
        ("So funktioniert die Online-Meldung", "online"),
        ("Online", "online"),
        ("Rechtsgrundlagen", "legal_basis"),
        ("Gesetzliche Grundlage", "legal_basis"),
        ("Öffnungszeiten", "opening_hours"),
        ("Anschrift", "location"),
        ("Zuständige Stelle", "office"),
    ],
)
@pytest.mark.parametrize("form", ["<h3>{}</h3>", "<p><strong>{}</strong></p>", "<p><b>{}</b><br></p>"])
def test_text_under_a_heading_becomes_the_facet(heading: str, facet: Facet, form: str) -> None:
    description = parts(f"<p>Worum es geht.</p>{form.format(heading)}<p>Der Text dazu.</p>")
    assert description.facets == {facet: "Der Text dazu."}
    assert description.summary == "Worum es geht."


@pytest.mark.parametrize(
    "heading", ["Langfristiger Aufenthalt", "Nach der Einreise", "Hinweis", "Befristung", "Onlinehandel"]
)
def test_heading_that_only_looks_alike_stays_in_the_summary(heading: str) -> None:
    description = parts(f"<p>Anfang.</p><h3>{heading}</h3><p>Text.</p>")
    assert description.facets == {}
    assert description.summary == f"Anfang.\n\n{heading}\nText."


def test_facet_ends_at_the_next_heading() -> None:
    description = parts("<h3>Fristen</h3><p>Eine Frist.</p><h3>Mehr</h3><p>Etwas anderes.</p>")
    assert description.facets == {"deadline": "Eine Frist."}
    assert description.summary == "Mehr\nEtwas anderes."


def test_heading_of_two_facets_gives_its_text_to_both() -> None:
    description = parts("<p>A.</p><h3>Unterlagen und Termin</h3><p>Wir rufen Sie an.</p>")
    assert description.facets == {"documents": "Wir rufen Sie an.", "appointment": "Wir rufen Sie an."}


def test_two_headings_of_one_facet_are_told_apart() -> None:
    description = parts("<h3>Frist Inland</h3><p>Eine Woche.</p><h3>Frist Ausland</h3><p>Zwei Wochen.</p>")
    assert description.facets["deadline"] == "Frist Inland:\nEine Woche.\n\nFrist Ausland:\nZwei Wochen."


def test_list_of_documents_becomes_single_documents() -> None:
    description = parts(
        "<h3>Unterlagen</h3><p>Bitte bringen Sie mit:</p><ul><li>Ausweis</li><li>Foto</li></ul><p>Kopien genügen.</p>"
    )
    assert description.documents == ("Ausweis", "Foto")
    assert description.facets == {"documents": "Kopien genügen."}


def test_short_line_with_a_colon_is_a_heading_if_it_names_a_facet() -> None:
    description = parts("<p>Anfang.</p><p>Voraussetzungen:</p><p>Volljährig.</p>")
    assert description.facets == {"eligibility": "Volljährig."}


def test_sentence_in_bold_type_is_no_heading() -> None:
    description = parts("<p><strong>Die Frist endet bald.</strong></p><p>Text.</p>")
    assert description.summary == "Die Frist endet bald.\n\nText."
    assert description.facets == {}


@pytest.mark.parametrize(
    "html", ["<h3>Fristen</h3><p>Eine Woche.</p>", "<p><b>Termin</b></p><ul><li>Anrufen</li></ul>"]
)
def test_summary_is_never_empty_where_there_is_text(html: str) -> None:
    assert parts(html).summary


def test_nothing_gives_nothing() -> None:
    assert parts("") == Description()
    assert parts("<h3>Fristen</h3>").facets == {}


@pytest.mark.parametrize(
    ("sentence", "facet"),
    [
        ("Die Bearbeitungszeit beträgt zwei Wochen.", "processing_time"),
        ("Die Prüfung dauert in der Regel drei Tage.", "processing_time"),
        ("Es kann bis zu 6 Wochen in Anspruch nehmen.", "processing_time"),
        ("Wir bearbeiten Ihren Antrag innerhalb von 10 Tagen.", "processing_time"),
        ("Sie können die Bescheinigung sofort mitnehmen.", "processing_time"),
        ("Melden Sie den Umzug innerhalb von 14 Tagen.", "deadline"),
        ("Den Verlust müssen Sie unverzüglich anzeigen.", "deadline"),
        ("Sie müssen vier Wochen vor der Veranstaltung bei uns sein.", "deadline"),
        ("Die Karte ist fünf Jahre gültig.", "deadline"),
        ("Die Erlaubnis wird für zwei Jahre erteilt.", "deadline"),
        ("Sie brauchen einen Termin.", "appointment"),
        ("Der Besuch ist nur mit Termin möglich.", "appointment"),
        ("Bitte vereinbaren Sie telefonisch einen Termin.", "appointment"),
        ("Den Antrag können Sie online stellen.", "online"),
        ("Online ist das nicht möglich.", "online"),
        ("Voraussetzung ist ein Wohnsitz am Ort.", "eligibility"),
        ("Sie können sich vertreten lassen.", "eligibility"),
        ("Sie müssen persönlich erscheinen.", "eligibility"),
        ("Bitte bringen Sie Ihren Ausweis mit.", "documents"),
        ("Dem Antrag ist ein Foto beizufügen.", "documents"),
        ("Die Erteilung richtet sich nach § 5 Meldegesetz.", "legal_basis"),
        ("Wir sind von 8 bis 12 Uhr da.", "opening_hours"),
        ("Die Ausgabe findet in der Hofstraße 5 statt.", "location"),
        ("Zuständig ist das Amt am Wohnort.", "office"),
    ],
)
def test_sentence_that_says_it_plainly_is_evidence(sentence: str, facet: Facet) -> None:
    description = parts(f"<p>Das ist eine Leistung der Stadt. {sentence} Mehr gibt es nicht zu sagen.</p>")
    assert description.facets == {facet: sentence}
    assert sentence in description.summary


@pytest.mark.parametrize(
    "sentence",
    [
        "Das Studium dauert drei Jahre.",
        "Damit haben Sie den gesetzlichen Termin eingehalten.",
        "Reichen Sie die benötigten Unterlagen ein.",
        "Wir füllen die Formulare für Sie online aus.",
        "Das gilt auch für Kinder.",
        "Die Geldbuße beträgt bis zu 1.000 Euro.",
        "Notieren Sie sich die neue PIN für online.",
    ],
)
def test_sentence_that_only_sounds_alike_is_no_evidence(sentence: str) -> None:
    assert parts(f"<p>{sentence}</p>").facets == {}


@pytest.mark.parametrize("reference", ["Diese Prüfung dauert", "Das dauert"])
def test_sentence_that_refers_back_brings_the_one_before(reference: str) -> None:
    html = f"<p>Die Urkunde wird geprüft. {reference} drei Wochen. Danach melden wir uns.</p>"
    assert parts(html).facets == {"processing_time": f"Die Urkunde wird geprüft. {reference} drei Wochen."}


def test_article_at_the_beginning_does_not_refer_back() -> None:
    html = "<p>Wir sind gern für Sie da. Das Zeugnis können Sie online beantragen.</p>"
    assert parts(html).facets == {"online": "Das Zeugnis können Sie online beantragen."}


def test_sentence_under_a_heading_brings_the_heading() -> None:
    html = "<p>Wir stellen Pässe aus.</p><p><strong>Eilpass</strong></p><p>Die Herstellung dauert drei Tage.</p>"
    assert parts(html).facets == {"processing_time": "Eilpass:\nDie Herstellung dauert drei Tage."}


def test_sentence_that_introduces_a_list_brings_the_list() -> None:
    html = "<p>Bitte senden Sie folgende Angaben:</p><ul><li>Name</li><li>Anschrift</li></ul><p>Ende.</p>"
    assert parts(html).facets == {"documents": "Bitte senden Sie folgende Angaben:\n- Name\n- Anschrift"}


def test_piece_of_a_list_item_is_no_evidence() -> None:
    assert parts("<ul><li>spätestens am Montag und</li></ul>").facets == {}


def test_heading_counts_more_than_sentences_elsewhere() -> None:
    html = "<p>Die Karte ist ein Jahr gültig.</p><h3>Fristen</h3><p>Eine Woche.</p>"
    assert parts(html).facets["deadline"] == "Eine Woche."


def test_money_in_the_text_counts_only_where_no_fees_are_known() -> None:
    html = "<p>Die Beratung ist kostenlos.</p>"
    assert parts(html).facets == {"fees": "Die Beratung ist kostenlos."}
    assert parts(html, fees_known=True).facets == {}
