"""A flood from one address is held back; people behind a shared address and staff are not."""

from flask import Flask

from tests.build import World
from tests.conftest import settings_for
from tests.doors.client import LookingClient
from wsgi import create_app

FEW = 5


def limited(database_url: str, **more: object) -> Flask:
    app = create_app(settings_for(database_url, requests_a_minute=FEW, **more))
    app.test_client_class = LookingClient
    return app


def ask(app: Flask, path: str, times: int, address: str = "192.0.2.7") -> list[int]:
    browser = app.test_client()
    return [browser.get(path, environ_base={"REMOTE_ADDR": address}).status_code for _ in range(times)]


def test_a_flood_is_held_back_with_a_sentence_and_others_are_not(database_url: str, world: World):
    app = limited(database_url)
    browser = app.test_client()
    for path in ("/", "/how", "/book/pfullingen", "/privacy", "/"):
        assert browser.get(path, environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200
    assert browser.get("/?lang=ar", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 429
    assert "طلبات كثيرة" in browser.page.text
    assert ask(app, "/", 1, "192.0.2.8") == [200]
    app.extensions["empfang"].database.engine.dispose()


def test_shelters_this_machine_staff_and_the_health_page_are_not_counted(database_url: str, world: World):
    app = limited(database_url, trusted_networks=("198.51.100.0/24",))
    assert ask(app, "/", FEW + 3, "198.51.100.9") == [200] * (FEW + 3)
    assert set(ask(app, "/desk/", FEW + 3)) == {303}
    assert set(ask(app, "/health", FEW + 3)) == {200}
    assert set(ask(app, "/static/css/base.css", FEW + 3)) == {200}
    assert ask(app, "/", FEW + 1)[-1] == 429
    app.extensions["empfang"].database.engine.dispose()


def test_a_program_that_fills_every_field_is_stopped_and_loses_nothing(client: LookingClient, world: World):
    client.get("/book/pfullingen/other/B02")
    client.send("/book/pfullingen/other/B02", {"start": client.page.slots[0]})
    client.get("/book/contact")
    answer = client.send("/book/contact", {"sms": "no", "call_name": "Lila", "website": "x"})
    assert answer.status_code == 422
    assert client.page.field("call_name") == "Lila"


def test_wrong_links_look_alike_whatever_is_wrong(client: LookingClient, world: World):
    pages = {client.get(f"/t/{token}").text for token in ("x" * 22, "y" * 22, "short", "x" * 300)}
    assert len(pages) == 1
