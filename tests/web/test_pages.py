import re

import pytest
from sqlalchemy import insert

from bot.catalogue.models import TownRow
from bot.database import open_engine
from bot.web.pages import WIDGET_DIR
from tests.web.conftest import StartWeb, Web


def put_town(database_url: str, **values: str) -> None:
    engine = open_engine(database_url)
    town = {"id": 1, "name": "Auenfurt", "phone": "05999 400-0", "email": "rathaus@auenfurt.example", "land": "NI"}
    with engine.begin() as connection:
        connection.execute(insert(TownRow).values(**{**town, "url": "", "address": "Am Markt 1", **values}))
    engine.dispose()


async def test_page_shows_the_town_and_how_to_reach_it(database_url: str, start_web: StartWeb) -> None:
    put_town(database_url, url="https://www.auenfurt.example")
    web = await start_web()
    response = await web.request("GET", "/")
    assert response.status == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    page = await response.text()
    for text in ("Auenfurt", "05999 400-0", "rathaus@auenfurt.example", "Am Markt 1", "https://www.auenfurt.example"):
        assert text in page
    assert "$" not in page


async def test_names_from_the_catalogue_cannot_break_out_of_the_page(database_url: str, start_web: StartWeb) -> None:
    put_town(database_url, name='<script>alert("x")</script>', address='" onclick="x', url="javascript:alert(1)")
    page = await (await (await start_web()).request("GET", "/")).text()
    assert "<script>alert" not in page
    assert 'onclick="x' not in page
    assert "javascript:" not in page


async def test_page_stands_before_the_first_import(web: Web) -> None:
    assert (await web.request("GET", "/")).status == 200


async def test_everything_the_page_loads_is_served_from_here(web: Web) -> None:
    page = await (await web.request("GET", "/")).text()
    loaded = re.findall(r'(?:src|href)="([^"#]+)"', page)
    files = [path for path in loaded if path.startswith("/widget/")]
    assert files
    assert all(path.startswith(("/", "tel:", "mailto:")) for path in loaded)
    for path in files:
        assert (await web.request("GET", path)).status == 200, path


async def test_page_has_nothing_the_policy_would_stop(web: Web) -> None:
    page = await (await web.request("GET", "/")).text()
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))


@pytest.mark.parametrize(
    ("file", "content_type"),
    [("stadtlotse.js", "text/javascript; charset=utf-8"), ("demo/town.css", "text/css; charset=utf-8")],
)
async def test_widget_file_has_its_type_and_may_be_used_everywhere(web: Web, file: str, content_type: str) -> None:
    response = await web.request("GET", f"/widget/{file}", headers={"Origin": "https://www.auenfurt.example"})
    assert response.status == 200
    assert response.headers["Content-Type"] == content_type
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


async def test_widget_file_is_not_sent_again_while_it_is_the_same(web: Web) -> None:
    first = await web.request("GET", "/widget/stadtlotse.js")
    assert "max-age" in first.headers["Cache-Control"]
    again = await web.request("GET", "/widget/stadtlotse.js", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status == 304
    assert again.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "path",
    [
        "/widget/nothing.js",
        "/widget/strings",
        "/widget/..%2Fpyproject.toml",
        "/widget/../bot/settings.py",
        "/widget/%2e%2e/README.md",
        "/widget//etc/passwd",
        "/widget/a%00.js",
        "/widget/" + "a" * 300 + ".js",
    ],
)
async def test_nothing_else_is_served(web: Web, path: str) -> None:
    from yarl import URL  # noqa: PLC0415

    response = await web.session.get(URL(web.origin + path, encoded=True))
    assert response.status == 404
    assert (await response.json())["error"]["code"] == "not_found"


async def test_scripts_are_served_without_comments_and_with_every_word(web: Web) -> None:
    for name in ("connection.js", "strings/de.js"):
        script = await (await web.request("GET", f"/widget/{name}")).text()
        source = (WIDGET_DIR / name).read_text(encoding="utf-8")
        assert "/**" not in script
        assert re.findall(r'"[^"\n]*"', script) == re.findall(r'"[^"\n]*"', source)
    assert "/**" in (WIDGET_DIR / "connection.js").read_text(encoding="utf-8")


async def test_widget_files_travel_compressed_and_only_once(web: Web) -> None:
    first = await web.request("GET", "/widget/stadtlotse.js", headers={"Accept-Encoding": "gzip"})
    assert first.headers["Content-Encoding"] == "gzip"
    again = await web.request("GET", "/widget/stadtlotse.js", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status == 304
    plain = await web.request("GET", "/widget/stadtlotse.js", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert await plain.text() == await first.text()
