from bot.nlu.buttons import custom_of


def test_a_reply_without_buttons_says_nothing_beyond_its_text() -> None:
    assert custom_of({"text": "Guten Tag.", "buttons": []}) is None


def test_buttons_of_a_reply_are_choices() -> None:
    buttons = [
        {"title": "Talk to a person", "payload": "/request_human"},
        {"title": "Gebühren", "payload": '/choose_service{"service": "42", "facet": "fees"}'},
    ]
    assert custom_of({"text": "…", "buttons": buttons}) == {
        "choices": [
            {"title": "Talk to a person", "intent": "request_human", "entities": {}},
            {"title": "Gebühren", "intent": "choose_service", "entities": {"service": "42", "facet": "fees"}},
        ]
    }


def test_what_an_action_says_stays() -> None:
    said = {"custom": {"outcome": "service", "choices": [1]}, "buttons": [{"title": "A", "payload": "/greet"}]}
    assert custom_of(said) == {
        "outcome": "service",
        "choices": [1, {"title": "A", "intent": "greet", "entities": {}}],
    }
