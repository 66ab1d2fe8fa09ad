"""Service pages: reachable from everywhere, true to the columns, in every language (D-07, D-08)."""

import pytest

from foundation.languages import TRANSLATIONS, Languages
from foundation.model import data_register
from tests.conftest import settings_for
from tests.doors.client import LookingClient

PAGES = ("/how", "/privacy", "/imprint", "/accessibility")
LANGUAGES = Languages.load(TRANSLATIONS)


def test_every_page_of_clients_leads_to_all_four(client: LookingClient):
    for path in (
        "/",
        "/book/pfullingen",
        "/book/pfullingen/other/B02",
        "/book/pfullingen/other/B02/wishes",
        "/nowhere",
        *PAGES,
    ):
        client.get(path)
        assert set(PAGES) <= {a.get("href") for a in client.page.all("a")}, path


@pytest.mark.parametrize("tag", list(LANGUAGES.by_tag))
@pytest.mark.parametrize("path", PAGES)
def test_it_is_there_in_every_language(client: LookingClient, path: str, tag: str):
    assert client.get(f"{path}?lang={tag}").status_code == 200
    assert client.page.all("html")[0]["lang"] == tag


def test_the_privacy_page_names_every_personal_column(client: LookingClient):
    client.get("/privacy?lang=en")
    register = data_register()
    assert len(register) >= 10
    for _, column, entry in register:
        assert LANGUAGES["en"].gettext(entry.purpose) in client.page.text, column
        assert entry.purpose in client.page.text, "the German beside a draft"
        assert entry.basis in client.page.text


def test_the_imprint_names_the_operator_with_the_address_in_clear_text(client: LookingClient):
    client.get("/imprint")
    operator = settings_for("sqlite://")
    for said in (operator.operator_name, operator.operator_address, operator.operator_email, operator.operator_phone):
        assert said in client.page.text
